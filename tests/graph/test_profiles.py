"""The same episode under three profiles: one story, one lock, one list of needs, and each film beside the others."""

from itertools import pairwise

import pytest

from resources.studio import Studio
from schemas.kinds import PROFILED
from schemas.publication import PublishRecord
from schemas.render import RenderOutput
from tests.graph.conftest import SIZES, Made

pytestmark = pytest.mark.slow
SHARED = ("StoryArc", "EpisodePlan", "Script", "CanonDiff", "Canon", "Episode", "ShotList", "AssetManifest")


def test_a_profile_changes_the_render_plan_and_what_follows_and_nothing_before(made: dict[str, Made]) -> None:
    for kind in SHARED:
        hashes = {each.heads[kind] for each in made.values()}
        assert None not in hashes and len(hashes) == 1, kind
    for kind in PROFILED:
        hashes = {each.heads[kind] for each in made.values()}
        assert None not in hashes and len(hashes) == len(SIZES), kind


def test_all_films_keep_the_one_timing_lock(studio: Studio, made: dict[str, Made]) -> None:
    outputs = [studio.store.load(str(each.heads["RenderOutput"]), RenderOutput) for each in made.values()]
    assert len({output.timing_lock_hash for output in outputs}) == 1
    assert len({output.total_frames for output in outputs}) == 1
    assert [(output.video.width, output.video.height) for output in outputs] == list(SIZES.values())


def test_the_films_lie_side_by_side_and_none_touches_the_others(made: dict[str, Made]) -> None:
    names = list(SIZES)
    for earlier, later in pairwise(names):
        for name, (digest, written) in made[earlier].files.items():
            assert made[later].files[name][0] == digest, name
            if "/" in name:
                assert made[later].files[name][1] == written, name
    last = made[names[-1]].files
    for name in names:
        assert {f"{name}/episode.mp4", f"{name}/published/episode.mp4", f"{name}/published/PublishRecord.json"} <= (
            last.keys()
        )


def test_each_is_published_with_a_record_of_its_own(studio: Studio, made: dict[str, Made]) -> None:
    for name, each in made.items():
        record = studio.store.load(str(each.heads["PublishRecord"]), PublishRecord)
        assert record.profile_id == name
        assert record.asset_manifest_hash == each.heads["AssetManifest"]
        assert record.render_output_hash == each.heads["RenderOutput"]
