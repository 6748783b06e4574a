"""The context pack: what an episode may rely on."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from template_stories import first_canon, lighthouse, written_season

from narrative_assets.writing.context import assemble_context
from narrative_assets.writing.context_budget import TokenCounter
from narrative_assets.writing.context_relevance import focus_of, ranked_events, ranked_facts
from resources.tokenizing import packaged_counter
from schemas.canon import Canon, CanonCharacter, Fact, TimelineEvent
from schemas.canonical import content_hash
from schemas.errors import InputError, StoryOrderError
from schemas.story import (
    ContextPack,
    EntityRef,
    NumberValue,
    SourceSpan,
    StoryInterval,
    StoryThread,
    Telling,
    TextValue,
)

SOURCE = SourceSpan(document="test")


@pytest.fixture
def canon() -> Canon:
    """Canon before the second episode of the lighthouse."""
    return written_season(lighthouse())[1].canon


def fact(subject: str, predicate: str, value: object, **fields: object) -> Fact:
    return Fact.model_validate(
        {"fact_id": f"f.{subject}", "subject": subject, "predicate": predicate, "object": value, "source": SOURCE}
        | fields
    )


def with_facts(canon: Canon, *facts: Fact) -> Canon:
    return canon.model_copy(update={"persistent_states": (*canon.persistent_states, *facts)})


def test_items_say_where_they_come_from(canon: Canon):
    pack = assemble_context(lighthouse(), canon, "s01e02", packaged_counter())
    assert {item.source for item in pack.past_events} <= {f"s01e01 sc{number:02d}" for number in range(1, 7)}
    held = next(item for item in pack.facts if item.predicate == "holds" and item.subject == "mara")
    assert held.text == "Mara Quill holds the brass key."
    assert held.value == EntityRef(entity="brass-key")
    assert held.source.startswith("s01e01 sc")
    assert pack.story_minute == canon.story_minute
    assert len(pack.open_threads) == 3


def test_edits_of_canon_that_do_not_concern_the_series_change_nothing(canon: Canon):
    project = lighthouse()
    before = assemble_context(project, canon, "s01e02", packaged_counter())
    stranger = CanonCharacter(character_id="hans", name="Hans")
    edited = with_facts(
        canon,
        fact("hans", "alive", {"flag": False}),
        fact("mara", "age", NumberValue(number=34, unit="years")),
        fact("pip", "knows", TextValue(text="a rhyme"), valid_from=0, valid_to=10),
    ).model_copy(update={"characters": (*canon.characters, stranger)})
    after = assemble_context(project, edited, "s01e02", packaged_counter())
    assert content_hash(after) == content_hash(before)


def test_an_edit_that_concerns_the_series_changes_the_pack(canon: Canon):
    project = lighthouse()
    before = assemble_context(project, canon, "s01e02", packaged_counter())
    edited = with_facts(canon, fact("pip", "knows", TextValue(text="a rhyme")))
    after = assemble_context(project, edited, "s01e02", packaged_counter())
    assert after.canon_hash != before.canon_hash


def test_the_order_in_which_canon_lists_facts_does_not_matter(canon: Canon):
    turned = canon.model_copy(
        update={
            "persistent_states": canon.persistent_states[::-1],
            "timeline_events": canon.timeline_events[::-1],
        }
    )
    assert pack_of(turned) == pack_of(canon)


def test_events_of_later_episodes_and_closed_threads_stay_out(canon: Canon):
    later = TimelineEvent(
        event_id="later", summary="The end.", story_time=StoryInterval(earliest=9, latest=9),
        telling=Telling(episode_id="s01e02"),
    )  # fmt: skip
    closed = canon.threads[0].model_copy(update={"closed": True})
    edited = canon.model_copy(
        update={"timeline_events": (*canon.timeline_events, later), "threads": (closed, *canon.threads[1:])}
    )
    pack = assemble_context(lighthouse(), edited, "s01e02", packaged_counter())
    assert "The end." not in [item.text for item in pack.past_events]
    assert closed.thread_id not in {thread.thread_id for thread in pack.open_threads}


class Letters:
    """Counts letters: a budget in them can be reckoned by hand."""

    name = "letters"

    def count(self, text: str) -> int:
        return len(text)


def event(number: int, text: str, who: str = "mara", told: str = "s01e01") -> TimelineEvent:
    return TimelineEvent(
        event_id=f"event.{who}.{number:03d}", summary=text, participants=(who,),
        story_time=StoryInterval(earliest=number, latest=number), telling=Telling(episode_id=told),
    )  # fmt: skip


def bare(**fields: object) -> Canon:
    return Canon(project_id="lighthouse", as_of="s01e02", story_minute=900, **fields)


def pack_of(canon: Canon, budget: int = 4_000, counter: TokenCounter | None = None) -> ContextPack:
    project = lighthouse().model_copy(update={"context_tokens": budget})
    return assemble_context(project, canon, canon.as_of, counter or packaged_counter())


def test_a_pack_says_how_many_tokens_it_is_and_keeps_to_the_budget(canon: Canon):
    whole = pack_of(canon)
    lines = [f"{item.text} ({item.source})" for item in (*whole.facts, *whole.past_events)]
    lines += [f"{thread.question} ({thread.planted_in})" for thread in whole.open_threads]
    assert whole.tokens == sum(packaged_counter().count(f"{line}\n") for line in lines) <= 4_000
    assert (whole.tokenizer, whole.token_budget, whole.left_out) == (packaged_counter().name, 4_000, 0)
    small = pack_of(canon, 256)
    assert 0 < small.tokens <= 256
    assert len(lines) - small.left_out == len(small.facts) + len(small.past_events) + len(small.open_threads)


@given(st.integers(256, 1_500))
@settings(max_examples=25, deadline=None)
def test_more_room_never_costs_an_item_its_place_in_the_first_tier(budget: int):
    told = bare(
        persistent_states=[fact("mara", "state", TextValue(text=f"tired {n}"), fact_id=f"f{n:02d}") for n in range(40)]
    )
    small, larger = pack_of(told, budget, Letters()), pack_of(told, budget + 100, Letters())
    assert small.tokens <= budget
    assert {item.fact_id for item in small.facts} <= {item.fact_id for item in larger.facts}


def test_the_state_of_people_comes_before_threads_summary_events_and_knowledge():
    told = bare(
        persistent_states=[
            fact("mara", "knows", TextValue(text="x" * 100), fact_id="f.knows"),
            fact("mara", "holds", EntityRef(entity="brass-key"), fact_id="f.holds"),
        ],
        threads=[StoryThread(thread_id="t", question="Who lit the lamp?", planted_in="s01e01")],
        last_summary="Mara waited.\n" + "y" * 120,
        timeline_events=[event(1, "z" * 150)],
    )
    found = [(len(p.facts), len(p.open_threads), len(p.last_summary), len(p.past_events), p.left_out)
             for p in (pack_of(told, room, Letters()) for room in (256, 400, 700))]  # fmt: skip
    assert found == [(1, 1, 133, 0, 2), (1, 1, 133, 1, 1), (2, 1, 133, 1, 0)]


def test_events_come_by_those_who_took_part_by_open_threads_and_by_age():
    told = [
        event(1, "The crowd cheered.", "crowd", "s01e05"),
        event(2, "The keeper planted a doubt.", "mara", "s01e01"),
        event(3, "The keeper swept the stairs.", "mara", "s01e02"),
        event(4, "The keeper mended the door.", "mara", "s01e05"),
        event(5, "A stranger sailed by.", "hans", "s01e05"),
    ]
    threads = [StoryThread(thread_id="t", question="Why the doubt?", planted_in="s01e01")]
    canon = bare(timeline_events=told, threads=threads).model_copy(update={"as_of": "s01e06"})
    focus = focus_of(lighthouse(), "s01e06")
    ranked = ranked_events(canon, focus, "s01e06", set())
    assert [one.summary for one in ranked] == [told[index].summary for index in (3, 1, 2)]


def test_whom_the_logline_names_comes_first():
    project = lighthouse()
    entry = project.episodes[1].model_copy(update={"logline": "Pip finds out what the tide brought in."})
    named = project.model_copy(update={"episodes": (project.episodes[0], entry, *project.episodes[2:])})
    told = bare(persistent_states=[fact(who, "state", TextValue(text="tired")) for who in ("mara", "pip")])
    for series, first in ((project, "mara"), (named, "pip")):
        assert ranked_facts(told, focus_of(series, entry.id), entry.id)[0].subject == first


def test_the_same_thing_told_twice_stands_once_where_it_was_told_first():
    key = EntityRef(entity="brass-key")
    told = bare(
        persistent_states=[
            fact(
                "mara",
                "holds",
                key,
                fact_id="f.again",
                valid_from=500,
                established=Telling(episode_id="s01e01", scene_id="sc05"),
            ),
            fact(
                "mara",
                "holds",
                key,
                fact_id="f.first",
                valid_from=100,
                established=Telling(episode_id="s01e01", scene_id="sc01"),
            ),
            fact("mara", "knows", TextValue(text="The tide is late."), fact_id="f.tide"),
            fact("mara", "knows", TextValue(text="the tide is late"), fact_id="f.tide2"),
        ],
        timeline_events=[event(1, "Mara holds the brass key!"), event(2, "The bell rang."), event(3, "The bell rang")],
        last_summary="The bell rang.\nMara holds the brass key.\nThe storm came.\nThe storm came.",
    )
    pack = pack_of(told)
    assert [(item.text, item.source) for item in pack.facts] == [
        ("Mara Quill holds the brass key.", "s01e01 sc01"),
        ("Mara Quill knows the tide is late.", "test"),
    ]
    assert [item.text for item in pack.past_events] == ["The bell rang."]
    assert pack.last_summary == "The storm came."


def test_a_thing_is_in_one_hand_and_a_body_in_one_place():
    key, pier, room = (EntityRef(entity=one) for one in ("brass-key", "pier", "lamp-room"))
    told = bare(
        persistent_states=[
            fact("mara", "holds", key, fact_id="a", valid_from=1),
            fact("pip", "holds", key, fact_id="b", valid_from=2),
            fact("pip", "located_at", pier, fact_id="c", valid_from=9),
            fact("pip", "located_at", room, fact_id="d", valid_from=3),
        ]
    )
    assert [item.fact_id for item in pack_of(told).facts] == ["b", "c"]


def test_what_is_not_true_yet_or_not_to_be_told_yet_stays_out():
    told = bare(
        persistent_states=[
            fact("mara", "state", TextValue(text="old"), valid_from=901, fact_id="later"),
            fact("mara", "knows", TextValue(text="who lit the lamp"), revealed_in="s01e05", fact_id="secret"),
            fact("mara", "knows", TextValue(text="the harbour song"), revealed_in="s01e02", fact_id="open"),
        ]
    )
    assert [item.fact_id for item in pack_of(told).facts] == ["open"]


def test_threads_that_are_due_are_kept_where_room_is_short():
    threads = [
        StoryThread(thread_id=f"t{n:02d}", question="q" * 60, planted_in="s01e01", due_by=f"s01e{40 - n:02d}")
        for n in range(30)
    ]
    pack = pack_of(bare(threads=threads), 256, Letters())
    assert [thread.thread_id for thread in pack.open_threads] == ["t27", "t28", "t29"]
    assert pack.left_out == 27


def test_a_pack_of_a_long_running_series_is_fast_and_within_the_contract():
    told = bare(
        timeline_events=[
            event(n, f"The keeper counted wave {n}.", told=f"s01e{1 + n % 90:02d}") for n in range(20_000)
        ],
        persistent_states=[fact("mara", "knows", TextValue(text=f"wave {n}"), fact_id=f"f{n}") for n in range(20_000)],
        threads=[StoryThread(thread_id=f"t{n}", question="?") for n in range(500)],
    ).model_copy(update={"as_of": "s01e99"})
    project = lighthouse().model_copy(update={"context_tokens": 1_000_000})
    start = time.perf_counter()
    pack = assemble_context(project, told, "s01e99", Letters())
    assert time.perf_counter() - start < 5
    assert ContextPack.model_validate_json(pack.model_dump_json()) == pack
    assert (len(pack.open_threads), len(pack.past_events), len(pack.facts)) == (100, 2_000, 5_000)
    assert pack.left_out == 400 + 18_000 + 15_000


def test_canon_of_another_project_or_another_episode_is_refused():
    project = lighthouse()
    with pytest.raises(InputError, match="belongs to project"):
        assemble_context(
            project, first_canon(project).model_copy(update={"project_id": "other"}), "s01e01", packaged_counter()
        )
    with pytest.raises(StoryOrderError, match="as of s01e03"):
        assemble_context(project, first_canon(project), "s01e03", packaged_counter())
