"""What the gate holds of the world: places and ways, things and counts, events, states, light, reveals and threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from narrative_assets.canon import apply_diff, judge, propose_diff, rules_of
from schemas.canon import Canon, CanonDiff, Judgement
from schemas.canonical import content_hash
from schemas.story import StoryThread
from tests.fakes.continuity_shorthand import canon, project, script

HASH = "0" * 64
DAY_ONE = {"at": "d1 09:00"}
Short = str | dict[str, Any]


def judged(scenes: Sequence[dict[str, Any]], facts: Sequence[Short] = (), **case: Any) -> tuple[Judgement, ...]:
    of = project({"facts": facts, **case})
    return judge(canon(of=of), script(scenes, of=of), HASH, rules=rules_of(of)).judgements


def blocks(scenes: Sequence[dict[str, Any]], facts: Sequence[Short] = (), **case: Any) -> list[str]:
    return [each.code for each in judged(scenes, facts, **case) if each.severity == "block"]


def told(*claims: Short, at: str = "d1 09:00", **fields: Any) -> dict[str, Any]:
    return {"at": at, "claims": list(claims), **fields}


def folded(scenes: Sequence[dict[str, Any]], base: Canon) -> tuple[CanonDiff, Canon]:
    first = script(scenes)
    diff = propose_diff(base, first, content_hash(first), content_hash(base))
    return diff, apply_diff(base, diff, "s01e04")


def later(base: Canon, scenes: Sequence[dict[str, Any]]) -> list[str]:
    return [
        each.code for each in judge(base, script(scenes, episode="s01e04"), HASH).judgements if each.severity == "block"
    ]


def there(who: str, place: str, at: str, **fields: Any) -> dict[str, Any]:
    return {"place": place, "at": at, "present": [who], **fields}


# Place


def test_the_way_is_the_shortest_over_places_in_between() -> None:
    rushed = [there("mara", "lamp_room", "d1 09:00"), there("mara", "village", "d1 09:50")]
    (block,) = [each for each in judged(rushed) if each.severity == "block"]
    assert block.code == "place"
    assert "The way takes 65 minutes" in block.message
    assert blocks([there("mara", "lamp_room", "d1 09:00"), there("mara", "village", "d1 10:20")]) == []


def test_a_shorter_way_than_the_direct_one_is_taken() -> None:
    isle = {"id": "isle", "name": "Isle", "minutes_to": {"pier": 5, "village": 5}}
    rushed = [there("mara", "pier", "d1 09:00"), there("mara", "village", "d1 09:30")]
    assert blocks(rushed) == ["place"]
    assert blocks(rushed, places=[isle]) == []


def test_a_passenger_is_where_the_vehicle_is() -> None:
    sailed = [
        there("mara", "ferry", "d1 09:00", claims=["ferry located_at pier"]),
        there("mara", "village", "d1 09:20"),
    ]
    assert blocks(sailed) == ["place"]
    landed = there("mara", "village", "d1 09:20", claims=["ferry located_at village"])
    assert "place" in blocks([sailed[0], landed])
    carried = [sailed[0], there("mara", "ferry", "d1 12:00", claims=["ferry located_at village"])]
    assert blocks([*carried, there("mara", "village", "d1 12:10")]) == []


def test_what_was_once_measured_to_a_place_that_moves_says_nothing() -> None:
    ferry = {"id": "ferry", "name": "Ferry", "minutes_to": {"village": 300}}
    scenes = [there("mara", "ferry", "d1 09:00"), there("mara", "village", "d1 09:30")]
    assert blocks(scenes, places=[ferry]) == ["place"]
    moored = [*scenes, told("ferry located_at village", at="d1 08:00", place="village")]
    assert blocks(moored, places=[ferry]) == []


def test_a_traveller_is_compared_by_the_own_clock_where_both_tell_it() -> None:
    def jumped(own: list[int]) -> list[dict[str, Any]]:
        return [
            told({"is": "jonas located_at gates", "personal_time": [0, 10]}, place="gates"),
            told({"is": "jonas located_at forest", "personal_time": own}, place="forest"),
        ]

    assert blocks(jumped([9000, 9010])) == []
    assert blocks(jumped([0, 10])) == ["place"]


def test_a_personal_clock_is_kept_in_canon_for_later_episodes() -> None:
    first = script([told({"is": "jonas located_at gates", "personal_time": [5, 6]}, place="gates")])
    diff = propose_diff(canon(), first, HASH, HASH)
    (fact,) = [each for each in diff.added_facts if each.predicate == "located_at"]
    assert fact.personal_time is not None
    assert fact.personal_time.earliest == 5


# Possession and counts


@pytest.mark.parametrize(
    ("claims", "codes"),
    [
        ((["mara !holds key"], ["mara uses key"]), ["holder"]),
        ((["mara !holds key"], [{"is": "mara uses key", "change": "return: found in the sand"}]), []),
        (([{"is": "tom holds key", "change": "transfer: lent"}], ["mara uses key"]), ["holder"]),
        (([{"is": "tom holds key", "change": "transfer: lent"}], ["mara owns key", "tom uses key"]), []),
        ((["letter exists no"], ["tom uses letter"]), ["destroyed"]),
        ((["letter exists no"], ["tom holds letter"]), ["destroyed"]),
        ((["letter exists no"], [{"is": "letter exists yes", "change": "create: copied"}, "tom uses letter"]), []),
        ((["letter exists no"], ["tom uses spare_key"]), []),
        ((["mara owns boat"], ["tom owns boat"]), ["owner"]),
        ((["mara owns boat"], [{"is": "tom owns boat", "change": "transfer: sold"}]), []),
        ((["mara has_count 5 coins"], ["mara has_count 3 coins"]), ["count"]),
        ((["mara has_count 5 coins"], [{"is": "mara has_count 3 coins", "change": "spend: bread"}]), []),
        ((["mara has_count 5 coins"], [{"is": "mara has_count 7 coins", "change": "spend: bread"}]), ["count"]),
        ((["mara has_count 5 coins"], ["mara has_count 3 stamps"]), []),
    ],
)  # fmt: skip
def test_things_and_counts_change_by_events_alone(claims: tuple[list[Short], list[Short]], codes: list[str]) -> None:
    first, second = claims
    scenes = [told(*first, at="d1 09:00"), told(*second, at="d1 12:00")]
    assert blocks(scenes) == codes
    _, base = folded(scenes[:1], canon())
    assert later(base, scenes[1:]) == codes


def test_what_one_gives_the_other_gets() -> None:
    start = told("mara has_count 5 coins", "tom has_count 1 coins")

    def given(left: int, got: int) -> list[dict[str, Any]]:
        claims = [
            {"is": f"mara has_count {left} coins", "change": "transfer: a debt"},
            {"is": f"tom has_count {got} coins", "change": "transfer: a debt"},
        ]
        return [start, told(*claims, at="d1 12:00")]

    assert blocks(given(2, 4)) == []
    assert blocks(given(2, 5)) == ["count"]


def test_every_contradiction_of_a_thing_names_both_sides_and_a_way_out() -> None:
    scenes = [told("letter exists no", at="d1 09:00"), told("tom uses letter", at="d1 12:00")]
    (block,) = [each for each in judged(scenes) if each.severity == "block"]
    assert "Letter is destroyed (day 1, 09:00 to day 1, 09:10; s01e03, scene sc01" in block.message
    assert "Tom Reed uses Letter (day 1, 12:00 to day 1, 12:10; s01e03, scene sc02" in block.message
    assert "create, return" in block.repair


# Timeline


@pytest.mark.parametrize(
    ("scenes", "codes"),
    [
        ([told("trip begins yes"), told("trip lasts 11520", "trip ends yes", at="d2 09:00")], ["timeline"]),
        ([told("trip begins yes"), told("trip lasts 11520", "trip ends yes", at="d9 09:00")], []),
        ([told("trip begins yes", at="d3 09:00"), told("trip ends yes", at="d2 09:00")], ["timeline"]),
        ([told("feast after trip"), told("trip ends yes", at="d4 09:00"), told("feast begins yes")], ["timeline"]),
        ([told("feast after trip"), told("trip ends yes"), told("feast begins yes", at="d4 09:00")], []),
        ([told("feast after trip", "trip after vigil", "vigil after feast")], ["timeline"]),
        ([told("trip due_by d3 00:00"), told("trip ends yes", at="d5 09:00")], ["timeline"]),
        ([told("trip due_by d3 00:00"), told("trip ends yes", at="d2 09:00")], []),
        ([told("trip begins yes"), told("trip begins yes", at="d5 09:00")], ["timeline"]),
        ([told("trip begins yes"), told("trip ends yes", at="d2"), told("trip begins yes", at="d5 09:00")], []),
        ([told("trip begins yes"), told("siege begins yes"), told("siege ends yes", at="d2 09:00")], []),
    ],
)  # fmt: skip
def test_events_stand_in_their_order_however_they_are_told(scenes: list[dict[str, Any]], codes: list[str]) -> None:
    assert blocks(scenes) == codes
    assert len(blocks(scenes[::-1])) == len(codes)


def test_a_chain_of_events_is_followed_over_lengths() -> None:
    chain = ["feast after trial", "trial lasts 2880", "hanging after feast"]
    start = [told(*chain), told("trial begins yes", at="d2 09:00")]
    assert blocks([*start, told("hanging begins yes", at="d3 09:00")]) == ["timeline"]
    assert blocks([*start, told("hanging begins yes", at="d4 12:00")]) == []


# States, light, reveals


@pytest.mark.parametrize(
    ("first", "second", "at", "codes"),
    [
        ("tom wounded left arm", "tom !wounded left arm", "d2 09:00", ["state"]),
        ("tom wounded left arm", "tom !wounded left arm", "d40 09:00", []),
        ("tom wounded left arm", {"is": "tom !wounded left arm", "change": "heal: a spell"}, "d2 09:00", []),
        ("lamp state broken", "lamp state whole", "d2 09:00", ["state"]),
        ("lamp state broken", {"is": "lamp state whole", "change": "heal: mended"}, "d2 09:00", []),
        ("lamp state lit", "lamp !state lit", "d2 09:00", []),
        ("tom state crushed", "tom !state crushed", "d2 09:00", []),
        ("pier weather rain", "pier weather clear", "d1 09:20", ["weather"]),
        ("pier weather rain", "village weather clear", "d1 09:20", []),
        ("pier weather rain", "pier weather clear", "d1 15:00", []),
        ("tom disguised_as ines", "tom name Tom Reed", "d1 09:00", []),
    ],
)  # fmt: skip
def test_states_last_as_long_as_they_do(first: Short, second: Short, at: str, codes: list[str]) -> None:
    assert blocks([told(first), told(second, at=at)]) == codes


def test_a_project_sets_its_own_healing_time() -> None:
    quick = {**rules_of(project())["wounded"].model_dump(mode="json"), "holds_for": 1440}
    scenes = [told("tom wounded left arm"), told("tom !wounded left arm", at="d4 09:00")]
    assert blocks(scenes) == ["state"]
    assert blocks(scenes, predicates=[quick]) == []


def test_night_falls_by_the_clock_of_the_place() -> None:
    assert blocks([told("pier light night", at="d1 12:00")]) == ["light"]
    assert blocks([told("pier light night", at="d1 23:00", time_of_day="night")]) == []
    assert blocks([told("capital light night", at="d1 12:00", place="capital", time_of_day="night")]) == []


def test_a_heading_against_the_clock_only_warns() -> None:
    found = judged([{"at": "d1 12:00", "time_of_day": "night"}])
    assert [(each.code, each.severity) for each in found] == [("light", "warn")]
    assert judged([{"at": "d1 23:00", "time_of_day": "night"}]) == ()


SECRET = [{"is": "tom state the lost heir", "revealed_in": "s01e05"}]


@pytest.mark.parametrize(
    ("claim", "codes"),
    [
        ("tom state the lost heir", ["reveal"]),
        ({"is": "tom state the lost heir", "modality": "said", "holder": "ines"}, ["reveal"]),
        ("letter reveals the lost heir", ["reveal"]),
        ({"is": "tom state the lost heir", "modality": "lied", "holder": "ines"}, []),
        ({"is": "tom state the lost heir", "frame": {"kind": "dream"}}, []),
        ({"is": "tom state the lost heir", "appears_as": True}, []),
        ("ines state the lost heir", []),
    ],
)
def test_a_truth_waits_for_its_reveal(claim: Short, codes: list[str]) -> None:
    assert blocks([told(claim)], SECRET) == codes


def test_a_story_told_meanwhile_leaves_the_hidden_truth_standing() -> None:
    base = canon(of=project({"facts": [{"is": "tom alive no", "from": "d1", "revealed_in": "s01e05"}]}))
    seen = script([{"at": "d2 09:00", "says": ["tom"], "claims": ["tom alive yes"]}])
    diff = propose_diff(base, seen, content_hash(seen), HASH)
    assert [each.severity for each in diff.validation.judgements if each.severity == "block"] == []
    assert [change.before.revealed_in for change in diff.modified_facts if change.before.revealed_in] == []


def test_from_its_episode_on_a_truth_may_be_told() -> None:
    of = project({"facts": SECRET})
    base = canon(of=of, as_of="s01e05")
    revealed = script([told("tom state the lost heir")], of=of, episode="s01e05")
    assert [each for each in judge(base, revealed, HASH).judgements if each.severity == "block"] == []


def thread(**fields: Any) -> StoryThread:
    return StoryThread.model_validate({"thread_id": "wreck", "question": "Who sank her?", **fields})


@pytest.mark.parametrize(
    ("standing", "fields", "episode", "warned"),
    [
        (thread(closed=True), {"threads_closed": ("wreck",)}, "s01e04", True),
        (thread(), {"threads_closed": ("wreck", "wreck")}, "s01e04", True),
        (thread(closed=True), {"threads_touched": ("wreck",)}, "s01e04", True),
        (thread(closed=True), {"threads_opened": (thread(),)}, "s01e04", True),
        (thread(closed=True), {"threads_opened": (thread(),), "threads_touched": ("wreck",)}, "s01e04", False),
        (thread(), {"threads_touched": ("nobodys",)}, "s01e04", True),
        (thread(due_by="s01e03"), {}, "s01e04", True),
        (thread(due_by="s01e03"), {"threads_closed": ("wreck",)}, "s01e04", True),
        (thread(due_by="s01e04"), {"threads_closed": ("wreck",)}, "s01e04", False),
        (thread(due_by="s01e05"), {}, "s01e04", False),
        (thread(due_by="s01e03", red_herring=True), {}, "s01e04", False),
        (thread(), {"threads_closed": ("wreck",)}, "s01e04", False),
    ],
)
def test_threads_warn_and_never_block(
    standing: StoryThread, fields: dict[str, Any], episode: str, warned: bool
) -> None:
    base = canon(as_of=episode).model_copy(update={"threads": (standing,)})
    found = judge(base, script([DAY_ONE], episode=episode, **fields), HASH).judgements
    assert [(each.code, each.severity) for each in found] == ([("thread", "warn")] if warned else [])


@pytest.mark.parametrize(
    ("fields", "warned"), [({}, True), ({"carried_over": True}, False), ({"red_herring": True}, False)]
)
def test_a_season_ends_with_its_threads_closed_or_declared(fields: dict[str, Any], warned: bool) -> None:
    base = canon().model_copy(update={"threads": (thread(**fields),)})
    assert judge(base, script([DAY_ONE]), HASH).judgements == ()
    found = judge(base, script([DAY_ONE]), HASH, season_end=True).judgements
    assert [each.verdict for each in found] == (["unsupported"] if warned else [])
