"""A season on several workers, with Postgres, Redis and an object store, each lost once: the bytes of one machine."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from narrative_assets.assets.stage import STAGES, STORY_STAGES
from resources.io_manager import kind_of
from resources.registry import ArtifactStore
from schemas.kinds import PROFILED
from schemas.render import RenderOutput
from tests.cluster.servers import Postgres, Redis, Swift, missing, running, swift_binaries
from tests.cluster.site import ClusterSite
from tests.fakes.short_season import short_season
from tests.fakes.terminal import narrative

pytestmark = pytest.mark.cluster

EPISODES = ["s01e01", "s01e02", "s01e03"]
KEYS = [f"lighthouse/{episode}" for episode in EPISODES]


def standing(store: ArtifactStore) -> dict[tuple[str, str], str | None]:
    """What every episode stands on, by kind."""
    kinds = [kind_of(stage) for stage in STAGES]
    return {
        (episode, kind): store.head("lighthouse", episode, "preview_local" if kind in PROFILED else "", kind)
        for episode in EPISODES
        for kind in kinds
    }


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterSite]:
    if lacking := missing():
        pytest.skip("not run: " + "; ".join(lacking))
    binaries = swift_binaries()
    assert binaries is not None
    # Sockets have short paths at most, so the folder is not pytest's.
    with tempfile.TemporaryDirectory(prefix="nc-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres, redis = Postgres(folder / "pg"), Redis(folder / "redis")
        swift = Swift(folder / "swift", binaries)
        with running(postgres, redis, swift):
            site = ClusterSite(folder, [short_season(folder, 3)], postgres=postgres, redis=redis, swift=swift)
            with site:
                yield site


def filmed(site: ClusterSite, episode: str) -> bool:
    """Whether the filming of an episode is under way: its worker has taken it and planned it."""
    return any(site.folder.glob(f"disk-of-*/local/lighthouse/{episode}/preview_local/RenderPlan.json"))


def test_a_season_on_a_cluster_that_loses_each_part_once_has_the_bytes_of_one_machine(
    cluster: ClusterSite, tmp_path: Path
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    reference = narrative("season", short_season(alone, 3), "--json", cwd=alone)
    assert reference.code == 0, reference.err + reference.out

    cluster.worker("writer", "local_ai_queue", "media_queue")
    assert cluster.wait_for_backfill(cluster.backfill(KEYS, STORY_STAGES), 600) == "COMPLETED_SUCCESS"
    assert {run.tags["dagster-celery/queue"] for run in cluster.runs()} == {"local_ai_queue"}

    film = [stage for stage in STAGES if stage not in STORY_STAGES]
    backfill = cluster.backfill(KEYS, film)
    cluster.worker("camera", "cpu_queue")
    cluster.wait(lambda: filmed(cluster, "s01e01"), "the first episode to be filmed", 300)
    cluster.end("camera")
    time.sleep(1)
    cluster.worker("camera-two", "cpu_queue")
    cluster.wait(lambda: filmed(cluster, "s01e02"), "the second episode to be filmed", 600)
    cluster.postgres.restart()
    cluster.wait(lambda: filmed(cluster, "s01e03"), "the third episode to be filmed", 600)
    cluster.redis.stop()
    time.sleep(2)
    cluster.redis.start()
    assert cluster.wait_for_backfill(backfill, 900) == "COMPLETED_SUCCESS"

    here = ArtifactStore(alone / "artifacts")
    there = cluster_store(cluster, tmp_path / "fresh-disk")
    assert standing(there) == standing(here)
    assert there.verify() == []
    for episode in EPISODES:
        digest = there.head("lighthouse", episode, "preview_local", "RenderOutput")
        assert digest is not None
        output = there.load(digest, RenderOutput)
        assert there.blobs.intact(output.video.sha256)
        runs = [run.run_id for run in cluster.runs() if run.episode == f"lighthouse/{episode}"]
        stages = [s for run in runs for _, s in there.stages(run) if s.stage == "render_output"]
        rendered = sum(s.units - s.unit_cache_hits for s in stages if s.status == "succeeded")
        assert rendered <= len(output.shots)


def cluster_store(site: ClusterSite, disk: Path) -> ArtifactStore:
    """The cluster's store as a machine sees it that was never there: everything has to come from the object store."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in site.environment("reader").items():
            if name.startswith(("NARRATIVE_", "AWS_")):
                patch.setenv(name, value)
        store = ArtifactStore.configured(disk)
        store.blobs.intact("0" * 64)  # the client takes its keys now, while they are set
        return store
