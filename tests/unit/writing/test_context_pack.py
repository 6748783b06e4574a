"""The context pack: what an episode may rely on."""

from __future__ import annotations

import pytest
from template_stories import first_canon, lighthouse, written_season

from narrative_assets.writing.context import MAX_EVENTS, assemble_context
from schemas.canon import Canon, CanonCharacter, Fact, TimelineEvent
from schemas.canonical import content_hash
from schemas.errors import InputError, StoryOrderError
from schemas.story import EntityRef, NumberValue, SourceSpan, StoryInterval, Telling, TextValue

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
    pack = assemble_context(lighthouse(), canon, "s01e02")
    assert {item.source for item in pack.past_events} <= {f"s01e01 sc{number:02d}" for number in range(1, 7)}
    held = next(item for item in pack.facts if item.predicate == "holds" and item.subject == "mara")
    assert held.text == "Mara Quill holds the brass key."
    assert held.value == EntityRef(entity="brass-key")
    assert held.source.startswith("s01e01 sc")
    assert pack.story_minute == canon.story_minute
    assert len(pack.open_threads) == 3


def test_edits_of_canon_that_do_not_concern_the_series_change_nothing(canon: Canon):
    project = lighthouse()
    before = assemble_context(project, canon, "s01e02")
    stranger = CanonCharacter(character_id="hans", name="Hans")
    edited = with_facts(
        canon,
        fact("hans", "alive", {"flag": False}),
        fact("mara", "age", NumberValue(number=34, unit="years")),
        fact("pip", "knows", TextValue(text="a rhyme"), valid_from=0, valid_to=10),
    ).model_copy(update={"characters": (*canon.characters, stranger)})
    after = assemble_context(project, edited, "s01e02")
    assert content_hash(after) == content_hash(before)


def test_an_edit_that_concerns_the_series_changes_the_pack(canon: Canon):
    project = lighthouse()
    before = assemble_context(project, canon, "s01e02")
    after = assemble_context(project, with_facts(canon, fact("pip", "knows", TextValue(text="a rhyme"))), "s01e02")
    assert after.canon_hash != before.canon_hash


def test_the_order_in_which_canon_lists_facts_does_not_matter(canon: Canon):
    turned = canon.model_copy(
        update={
            "persistent_states": canon.persistent_states[::-1],
            "timeline_events": canon.timeline_events[::-1],
        }
    )
    assert assemble_context(lighthouse(), turned, "s01e02") == assemble_context(lighthouse(), canon, "s01e02")


def test_events_of_later_episodes_and_closed_threads_stay_out(canon: Canon):
    later = TimelineEvent(
        event_id="later", summary="The end.", story_time=StoryInterval(earliest=9, latest=9),
        telling=Telling(episode_id="s01e02"),
    )  # fmt: skip
    closed = canon.threads[0].model_copy(update={"closed": True})
    edited = canon.model_copy(
        update={"timeline_events": (*canon.timeline_events, later), "threads": (closed, *canon.threads[1:])}
    )
    pack = assemble_context(lighthouse(), edited, "s01e02")
    assert "The end." not in [item.text for item in pack.past_events]
    assert closed.thread_id not in {thread.thread_id for thread in pack.open_threads}


def test_a_long_past_is_cut_to_the_newest_events_about_the_cast(canon: Canon):
    def event(number: int, who: str) -> TimelineEvent:
        return TimelineEvent(
            event_id=f"event.{who}.{number:03d}", summary=f"{who} {number}", participants=(who,),
            story_time=StoryInterval(earliest=number, latest=number), telling=Telling(episode_id="s01e01"),
        )  # fmt: skip

    events = (*(event(n, "mara") for n in range(60)), *(event(n, "hans") for n in range(60)))
    pack = assemble_context(lighthouse(), canon.model_copy(update={"timeline_events": events}), "s01e02")
    assert [item.text for item in pack.past_events] == [f"mara {n}" for n in range(60 - MAX_EVENTS, 60)]


def test_canon_of_another_project_or_another_episode_is_refused():
    project = lighthouse()
    with pytest.raises(InputError, match="belongs to project"):
        assemble_context(project, first_canon(project).model_copy(update={"project_id": "other"}), "s01e01")
    with pytest.raises(StoryOrderError, match="as of s01e03"):
        assemble_context(project, first_canon(project), "s01e03")
