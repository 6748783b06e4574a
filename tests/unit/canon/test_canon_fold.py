"""Canon as of an episode: what the project states, and diffs folded in story order."""

from __future__ import annotations

import random

import pytest
from canon_cases import canon, fact, project, script
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative_assets.canon import (
    apply_diff,
    canon_as_of,
    episode_order,
    initial_canon,
    propose_diff,
    stale_changes,
)
from schemas.canon import Canon, CanonDiff, FactChange
from schemas.canonical import canonical_json, content_hash
from schemas.errors import InputError
from schemas.reading import read_bytes

PLACES = ("pier", "lighthouse", "village", "forest")


def diff_of(episode: str, diffs: list[CanonDiff], place: str = "pier", day: int = 0) -> CanonDiff:
    """The diff of a small episode in which Mara stands at ``place`` and the lamp changes."""
    base = canon_as_of(project(), diffs, episode)
    start = day * 1440 + 480
    told = script(
        [
            {
                "place": place,
                "at": [start, start + 10],
                "says": ["mara"],
                "claims": [
                    {"s": "lamp", "p": "state", "o": f"lit on day {day}"},
                    {"s": "lamp", "p": "happened", "o": f"The lamp is lit at the {place}"},
                ],
            }
        ],
        episode=episode,
    )
    return propose_diff(base, told, content_hash(told), content_hash(base))


def season(places: list[str]) -> list[CanonDiff]:
    diffs: list[CanonDiff] = []
    for number, place in enumerate(places):
        diffs.append(diff_of(f"s01e{number + 1:02d}", diffs, place, number))
    return diffs


def test_the_project_states_names_ages_lives_and_holders() -> None:
    start = initial_canon(project(), "s01e01")
    said = {(each.subject, each.predicate): each for each in start.persistent_states}
    assert said["mara", "name"].object.text == "Mara Vale"
    assert said["mara", "age"].valid_from == 0
    assert said["mara", "alive"].object.flag is True
    assert said["mara", "holds"].object.entity == "key"
    assert ("mara", "located_at") not in said
    assert {location.location_id: location.minutes_to for location in start.locations}["pier"]["village"] == 45
    assert len({each.fact_id for each in start.persistent_states}) == len(start.persistent_states)


@pytest.mark.parametrize(
    ("earlier", "later"), [("s01e09", "s01e10"), ("s01e99", "s01e100"), ("s01e10", "s02e01"), ("s09e01", "s10e01")]
)
def test_episodes_follow_by_season_and_number(earlier: str, later: str) -> None:
    assert episode_order(earlier) < episode_order(later)


def test_only_episodes_before_it_count() -> None:
    diffs = season(["pier", "village", "forest"])
    events = [event.telling.episode_id for event in canon_as_of(project(), diffs, "s01e03").timeline_events]
    assert events == ["s01e01", "s01e02"]
    past_the_end = canon_as_of(project(), diffs, "s02e01")
    assert [event.telling.episode_id for event in past_the_end.timeline_events] == ["s01e01", "s01e02", "s01e03"]
    assert past_the_end.story_minute == 2 * 1440 + 490


def test_a_rewrite_replaces_the_earlier_diff_of_its_episode() -> None:
    diffs = season(["pier", "village"])
    rewritten = diff_of("s01e01", [], "forest")
    folded = canon_as_of(project(), [*diffs, rewritten], "s01e02")
    places = [each.object.entity for each in folded.persistent_states if each.predicate == "located_at"]
    assert places == ["forest"]


def test_what_a_rewrite_left_without_ground_is_named_and_left_out() -> None:
    diffs = season(["pier", "village"])
    rewritten = diff_of("s01e01", [], "forest")
    base = canon_as_of(project(), [rewritten], "s01e02")
    stale = stale_changes(base, diffs[1])
    assert [(each.predicate, each.object.entity) for each in stale] == [("located_at", "pier")]
    assert stale_changes(canon_as_of(project(), diffs, "s01e02"), diffs[1]) == ()
    folded = apply_diff(base, diffs[1], "s01e03")
    assert "pier" not in {each.object.entity for each in folded.persistent_states if each.predicate == "located_at"}


def test_a_diff_of_another_project_is_refused() -> None:
    foreign = season(["pier"])[0].model_copy(update={"project_id": "other"})
    with pytest.raises(InputError, match="other"):
        canon_as_of(project(), [foreign], "s01e02")


def test_removed_and_corrected_facts_leave_no_trace_of_what_they_were() -> None:
    old = fact({"s": "mara", "p": "located_at", "o": "pier", "from": 100}, 1)
    corrected = old.model_copy(update={"fact_id": "golden.corrected", "valid_from": 90})
    wrong = fact({"s": "tom", "p": "located_at", "o": "pier", "from": 100}, 2)
    base = canon([]).model_copy(update={"persistent_states": (old, wrong)})
    diff = season(["pier"])[0].model_copy(
        update={
            "added_facts": (),
            "modified_facts": (FactChange(before=old, after=corrected, reason="the date was wrong"),),
            "removed_facts": (wrong,),
        }
    )
    assert apply_diff(base, diff, "s01e04").persistent_states == (corrected,)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(PLACES), min_size=1, max_size=5), st.integers(0, 2**31))
def test_the_order_in_which_diffs_arrive_changes_nothing(places: list[str], seed: int) -> None:
    diffs = season(places)
    shuffled = list(diffs)
    random.Random(seed).shuffle(shuffled)
    assert canonical_json(canon_as_of(project(), shuffled, "s02e01")) == canonical_json(
        canon_as_of(project(), diffs, "s02e01")
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(PLACES), min_size=1, max_size=5))
def test_folding_step_by_step_equals_folding_at_once(places: list[str]) -> None:
    diffs = season(places)
    stepwise = initial_canon(project(), "s01e01")
    for diff in diffs:
        stepwise = apply_diff(stepwise, diff, "s02e01")
    assert stepwise == canon_as_of(project(), diffs, "s02e01")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(PLACES), min_size=1, max_size=4), st.data())
def test_applying_a_diff_again_changes_nothing(places: list[str], data: st.DataObject) -> None:
    diffs = season(places)
    again = data.draw(st.sampled_from(diffs))
    assert canon_as_of(project(), [*diffs, again], "s02e01") == canon_as_of(project(), diffs, "s02e01")
    once = canon_as_of(project(), diffs, "s02e01")
    assert apply_diff(once, diffs[-1], "s02e01") == once


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(PLACES), min_size=1, max_size=4))
def test_canon_survives_its_json(places: list[str]) -> None:
    folded = canon_as_of(project(), season(places), "s02e01")
    read = read_bytes(canonical_json(folded), Canon)
    assert read == folded
    assert content_hash(read) == content_hash(folded)
