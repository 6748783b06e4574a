"""What a failed run's summary says of its end, and which failed runs are tried again."""

import pytest

from narrative_assets.assets.waiting import Again, try_again
from schemas.run import RunError, StageRun
from sensors.failures import ended_by, profile_of_run


def stage(name: str, status: str, error: RunError | None = None) -> StageRun:
    return StageRun(stage=name, status=status, milliseconds=1, cache_hit=False, error=error)  # type: ignore[arg-type]


def test_a_stage_that_failed_in_words_has_said_it_all() -> None:
    told = RunError(stage="script", error="CanonConflict", message="Mara is 30.", remedy="")
    assert ended_by([stage("story_arc", "succeeded"), stage("script", "failed", told)], "the run failed") is None


def test_a_run_that_was_lost_says_so_at_its_last_stage() -> None:
    error = ended_by([stage("story_arc", "succeeded")], "The worker is gone.")
    assert error is not None
    assert (error.stage, error.message) == ("story_arc", "The worker is gone.")
    assert "goes on from there" in error.remedy


def test_a_run_that_was_lost_before_its_first_stage_says_so_too() -> None:
    assert ended_by([], "x" * 5_000).message == "x" * 2_000  # type: ignore[union-attr]


def test_the_profile_is_the_one_that_the_run_was_configured_with() -> None:
    assert profile_of_run({}) == "preview_local"
    assert profile_of_run({"resources": {"settings": {"config": {"profile": "wide"}}}}) == "wide"


@pytest.mark.parametrize(
    ("errors", "tags", "found"),
    [
        (["Failure", "StorageError"], {}, Again(1, 10)),
        (["StorageError"], {"narrative/attempt": "2"}, Again(3, 40)),
        (["StorageError"], {"narrative/attempt": "6"}, None),
        (["StorageError"], {"narrative/process": "token"}, None),
        (["StorageError"], {"dagster/will_retry": "true"}, None),
        (["Failure", "CanonConflict"], {}, None),
        (["ZeroDivisionError"], {}, None),
        ([], {}, None),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again_each_time_later(
    errors: list[str], tags: dict[str, str], found: Again | None
) -> None:
    assert try_again(errors, tags) == found
