"""Why an episode is written again, in words with sources."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from narrative_assets.writing.context_changes import why_changed
from schemas.story import ContextItem, ContextPack, EntityRef, StoryThread, TextValue

KEY = EntityRef(entity="brass-key")


def pack(**fields: object) -> ContextPack:
    given_fields = {"project_id": "lighthouse", "episode_id": "s01e07", "canon_hash": "0" * 64, "tokenizer": "letters"}
    return ContextPack.model_validate(given_fields | {"token_budget": 4_000} | fields)


def held(who: str, source: str = "s01e01 sc02") -> ContextItem:
    return ContextItem(
        text=f"{who.title()} holds the brass key.", source=source, fact_id=f"f.{who}", subject=who, predicate="holds",
        value=KEY,
    )  # fmt: skip


def known(number: int) -> ContextItem:
    return ContextItem(
        text=f"Mara knows song {number}.", source="project", fact_id=f"k{number}", subject="mara", predicate="knows",
        value=TextValue(text=f"song {number}"),
    )  # fmt: skip


def happened(number: int, text: str) -> ContextItem:
    return ContextItem(text=text, source=f"s01e0{number} sc01", fact_id=f"e{number}")


def words(old: ContextPack, new: ContextPack) -> list[str]:
    return [change.words for change in why_changed(old, new)]


def test_what_came_what_went_and_what_changed_is_said_with_its_source():
    old = pack(facts=[held("pip")], past_events=[happened(1, "The bell rang.")], last_summary="A storm came.")
    new = pack(facts=[held("mara", "s01e03 sc01")], past_events=[happened(2, "The lamp went out.")])
    assert words(old, new) == [
        "came fact: Mara holds the brass key. (s01e03 sc01)",
        "went fact: Pip holds the brass key. (s01e01 sc02)",
        "went summary: A storm came.",
        "came event: The lamp went out. (s01e02 sc01)",
        "went event: The bell rang. (s01e01 sc01)",
    ]
    assert next(change.source for change in why_changed(old, new)) == "s01e03 sc01"


def test_another_value_of_the_same_predicate_is_a_change():
    lamp = held("mara").model_copy(
        update={"text": "Mara holds the lamp.", "value": EntityRef(entity="lamp"), "fact_id": "x"}
    )
    assert words(pack(facts=[held("mara")]), pack(facts=[lamp])) == [
        "changed fact: Mara holds the brass key. (s01e01 sc02) → Mara holds the lamp. (s01e01 sc02)"
    ]


def test_of_many_things_known_none_takes_the_place_of_another():
    old, new = pack(facts=[known(1), known(2)]), pack(facts=[known(3), known(4)])
    assert [change.kind for change in why_changed(old, new)] == ["came", "came", "went", "went"]


def test_a_reworded_event_and_a_thread_with_another_deadline_are_changes():
    thread = StoryThread(thread_id="t", question="Who lit the lamp?", planted_in="s01e01")
    old = pack(past_events=[happened(1, "The bell rang.")], open_threads=[thread])
    due = thread.model_copy(update={"due_by": "s01e08"})
    new = pack(past_events=[happened(1, "The bell fell.")], open_threads=[due])
    assert words(old, new) == [
        "changed thread: Who lit the lamp? (planted in s01e01) → Who lit the lamp? (planted in s01e01, due by s01e08)",
        "changed event: The bell rang. (s01e01 sc01) → The bell fell. (s01e01 sc01)",
    ]


def test_the_clock_and_the_room_are_reasons_too():
    assert words(pack(story_minute=10), pack(story_minute=20, token_budget=300, left_out=2)) == [
        "changed clock: story minute 10 → story minute 20",
        "changed budget: 4000 tokens of letters → 300 tokens of letters, 2 left out",
    ]


@given(*[st.lists(st.integers(0, 6), max_size=6, unique=True) for _ in range(2)])
def test_there_is_a_reason_exactly_where_the_packs_differ(old: list[int], new: list[int]):
    packs = [
        pack(facts=[known(n) for n in ids], past_events=[happened(n, f"e {n}") for n in ids]) for ids in (old, new)
    ]
    changes = why_changed(*packs)
    assert bool(changes) == (set(old) != set(new))
    assert {c.after for c in changes if c.section == "event"} - {""} == {
        f"e {n} (s01e0{n} sc01)" for n in new if n not in old
    }
