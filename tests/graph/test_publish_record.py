"""Publishing looks for itself: whatever no longer holds is refused in one error, and what was published stays."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance

from resources.registry import Production
from resources.studio import Studio
from schemas.canonical import content_hash
from schemas.render import RenderOutput, RenderPlan
from tests.fakes.in_process import run
from tests.graph.conftest import Made, files_in

pytestmark = pytest.mark.slow


@pytest.fixture
def copied(
    films_folder: Path, made: dict[str, Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    """A studio over a copy of the finished films, which a test may spoil."""
    assert made
    shutil.copytree(films_folder / "artifacts", tmp_path / "artifacts")
    monkeypatch.setenv("NARRATIVE_ARTIFACTS", str(tmp_path / "artifacts"))
    yield Studio.open(tmp_path / "artifacts")


def head(studio: Studio, contract: type[Any]) -> Any:
    digest = studio.store.head("ferry", "s01e01", "preview_local", contract.__name__)
    return studio.store.load(str(digest), contract)


def stands(studio: Studio, artifact: RenderOutput | RenderPlan) -> None:
    digest = content_hash(artifact)
    studio.store.save(artifact, Production("ferry", "s01e01", digest, "1", "preview_local"))
    studio.store.set_head("ferry", "s01e01", "preview_local", artifact.kind, digest)


def refusal(studio: Studio) -> str:
    """What is said when only publishing is asked for; what was published must stay as it was."""
    folder = studio.store.episode_folder("ferry", "s01e01", "preview_local") / "published"
    before = files_in(folder)
    with DagsterInstance.ephemeral() as instance:
        done = run(instance, studio, "make_episode", only="publish_record")
    assert not done.success
    assert files_in(folder) == before
    (failed,) = [event for event in done.all_events if event.is_step_failure]
    failure = failed.step_failure_data.user_failure_data
    assert failure is not None
    assert failure.metadata["error"].value == "GateRefused"
    return str(failure.description)


def hashed(folder: Path) -> dict[str, str]:
    """The files by their bytes; the log of the run differs from run to run."""
    return {name: digest for name, (digest, _) in files_in(folder).items() if name != "run_summary.json"}


def test_what_holds_is_published_again_as_it_was(copied: Studio) -> None:
    folder = copied.store.episode_folder("ferry", "s01e01", "preview_local") / "published"
    whole = hashed(folder)
    shutil.rmtree(folder)
    with DagsterInstance.ephemeral() as instance:
        assert run(instance, copied, "make_episode", only="publish_record").success
    assert hashed(folder) == whole


def test_every_failed_gate_is_named_with_its_remedy(copied: Studio) -> None:
    output = head(copied, RenderOutput)
    quality = tuple(
        each.model_copy(update={"passed": False, "message": f"{each.gate} is off."})
        if each.gate in ("loudness", "frame_count", "pacing")
        else each
        for each in output.quality
    )
    stands(copied, output.model_copy(update={"quality": quality}))
    said = refusal(copied)
    assert "ferry/s01e01 is not published under preview_local." in said
    assert "loudness: loudness is off." in said and "frame_count: frame_count is off." in said
    assert "narrative gates override loudness" in said
    assert "override frame_count" not in said
    assert "pacing" not in said


def test_a_licence_that_has_ended_since_the_render_is_refused(copied: Studio) -> None:
    plan, output = head(copied, RenderPlan), head(copied, RenderOutput)
    first, *rest = plan.assets
    ended = first.model_copy(update={"rights": first.rights.model_copy(update={"expires": "2020-01-01"})})
    late = plan.model_copy(update={"assets": (ended, *rest)})
    stands(copied, late)
    stands(copied, output.model_copy(update={"render_plan_hash": content_hash(late)}))
    said = refusal(copied)
    assert f"rights: {first.need_id}: its licence ended on 2020-01-01" in said
    assert "lineage" not in said


def test_a_stored_file_that_has_changed_is_refused(copied: Studio) -> None:
    path = copied.store.blobs.path(head(copied, RenderOutput).video.sha256)
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert "stored_files: episode.mp4 is missing or has changed on disk." in refusal(copied)


def test_another_timing_or_another_plan_is_refused_and_cannot_be_overridden(copied: Studio) -> None:
    output = head(copied, RenderOutput)
    stands(copied, output.model_copy(update={"timing_lock_hash": "0" * 64, "render_plan_hash": "1" * 64}))
    said = refusal(copied)
    assert "timing_lock: The video was made for another timing" in said
    assert "lineage: The video was made from another render plan" in said
    assert "gates override" not in said


def test_a_script_whose_canon_is_not_settled_is_refused(copied: Studio) -> None:
    from sqlalchemy import delete
    from sqlalchemy.orm import Session

    from resources.tables import CanonEntryRow

    with Session(copied.store.engine) as session, session.begin():
        session.execute(delete(CanonEntryRow))
    assert "canon: The canon of s01e01 is not settled with this script." in refusal(copied)


def test_a_gate_that_was_let_pass_stands_in_the_record(copied: Studio) -> None:
    from resources.gates.keeper import GateKeeper
    from schemas.publication import PublishRecord

    output = head(copied, RenderOutput)
    quality = tuple(each.model_copy(update={"passed": each.gate != "ducking"}) for each in output.quality)
    stands(copied, output.model_copy(update={"quality": quality}))
    assert "ducking" in refusal(copied)
    record = copied.store.record(content_hash(head(copied, RenderOutput)))
    GateKeeper(copied).override("ducking", record, "Ines", "It is a song.")
    with DagsterInstance.ephemeral() as instance:
        assert run(instance, copied, "make_episode", only="publish_record").success
    (told,) = [each for each in head(copied, PublishRecord).gates if each.outcome == "overridden"]
    assert (told.gate, told.by, told.reason) == ("ducking", "Ines", "It is a song.")
