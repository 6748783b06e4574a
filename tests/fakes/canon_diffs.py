"""Diffs for tests of canon's storage: small ones by hand, and random seasons with every kind of change in them."""

from __future__ import annotations

import random
from typing import Any

from narrative_assets.canon import canon_as_of
from narrative_assets.canon.identity import fact_id
from schemas.canon import (
    CanonCharacter,
    CanonDiff,
    CanonLocation,
    CanonThing,
    CanonValidation,
    Fact,
    FactChange,
    Relationship,
    TimelineEvent,
)
from schemas.canonical import content_hash
from schemas.project import CastMember, EpisodeEntry, Place, Project, ProjectRule, Prop
from schemas.story import (
    EntityRef,
    FlagValue,
    SourceSpan,
    StoryInterval,
    StoryThread,
    Telling,
    TextValue,
    Value,
)

SOURCE = SourceSpan(document="test")
PEOPLE = ("mara", "tobias", "orla", "bram")
PLACES = ("pier", "lamp_room", "attic")


def project(**more: Any) -> Project:
    """Four people, two places with a way between them, and a key that Mara holds."""
    given: dict[str, Any] = {
        "cast": (
            CastMember(id="mara", name="Mara Venn", age_years=37),
            *(CastMember(id=name, name=name.capitalize()) for name in PEOPLE[1:]),
        ),
        "places": (
            Place(id="pier", name="Pier", minutes_to={"lamp_room": 20}),
            Place(id="lamp_room", name="Lamp room"),
        ),
        "props": (Prop(id="brass_key", name="Brass key", holder="mara"),),
        "world_rules": (ProjectRule(id="lamp", statement="The lamp is never put out."),),
        **more,
    }
    return Project(id="lighthouse", title="The Lighthouse", episodes=(EpisodeEntry(id="s01e01"),), **given)


def fact(episode: str, subject: str, predicate: str, value: str | bool | Value, start: int, **more: Any) -> Fact:
    """A fact told in an episode; words become a text, a flag a flag."""
    said: Value
    if isinstance(value, bool):
        said = FlagValue(flag=value)
    else:
        said = TextValue(text=value) if isinstance(value, str) else value
    return Fact(
        fact_id=fact_id(episode, subject, predicate, said, more.get("polarity", "affirmed"), start),
        subject=subject,
        predicate=predicate,
        object=said,
        valid_from=start,
        established=Telling(episode_id=episode),
        source=SOURCE,
        **more,
    )


def diff(episode: str, *facts: Fact, **more: Any) -> CanonDiff:
    """A diff of the lighthouse that adds these facts."""
    given: dict[str, Any] = {"justification": "test", "summary": f"What happened in {episode}.", **more}
    return CanonDiff(
        project_id=given.pop("project_id", "lighthouse"),
        episode_id=episode,
        base_canon_hash="0" * 64,
        added_facts=facts,
        provenance=SOURCE,
        validation=CanonValidation(gate_version="test", canon_hash="0" * 64, claims_checked=0, honoured=0),
        **given,
    )


def amendment(episode: str, *facts: Fact, **more: Any) -> CanonDiff:
    """An amendment by Ana that adds these facts."""
    return diff(episode, *facts, **{"origin": "amendment", "author": "Ana", "summary": "", **more})


def random_diff(dice: random.Random, episode: str, standing: list[CanonDiff], origin: str = "script") -> CanonDiff:
    """A diff with additions, ends, corrections and removals, of what stands or of what no longer does."""
    minute = 1_000 * int(episode[4:]) + dice.randrange(500)
    before = episode if origin == "script" else f"{episode[:4]}{int(episode[4:]) + 1:02d}"
    known = canon_as_of(project(), standing, before).persistent_states
    facts = [_random_fact(dice, episode, minute) for _ in range(dice.randrange(6))]
    touched = dice.sample(known, min(len(known), dice.randrange(4)))
    changes = [
        FactChange(before=before, after=_changed(dice, before, minute, episode), reason="test")
        for before in touched[1:]
    ]
    who = f"guest{dice.randrange(4)}"
    return diff(
        episode,
        *facts,
        origin=origin,
        author="Ana" if origin == "amendment" else "",
        summary=dice.choice(("", f"{episode} {minute}")),
        removed_facts=tuple(touched[:1]),
        modified_facts=tuple(changes),
        added_characters=(
            CanonCharacter(character_id=who, name=dice.choice(("Ann", "Ben", "Dr. Ann")), aliases=("Boss",)),
        ),
        added_locations=(CanonLocation(location_id="attic", name=f"Place {minute}"),),
        added_things=tuple(
            CanonThing(thing_id=f"thing{n}", name=f"Thing {minute}") for n in range(dice.randint(1, 3))
        ),
        added_relationships=(
            Relationship(subject=who, relation="related", object="mara", since=dice.choice((None, minute))),
        ),
        added_events=(
            TimelineEvent(
                event_id=f"{episode}.{dice.randrange(3)}",
                summary=f"Event {minute}",
                story_time=StoryInterval(earliest=minute, latest=minute + 5),
                participants=(who, "mara"),
                telling=Telling(episode_id=episode),
            ),
        ),
        threads=(StoryThread(thread_id=f"thread{dice.randrange(3)}", question="Why?", closed=dice.random() < 0.3),),
        story_minute=minute,
    )  # fmt: skip


def hashed(given: CanonDiff) -> tuple[CanonDiff, str]:
    """A diff and its hash."""
    return given, content_hash(given)


def _random_fact(dice: random.Random, episode: str, minute: int) -> Fact:
    who = dice.choice(PEOPLE)
    predicate = dice.choice(("located_at", "holds", "state", "alive", "knows"))
    value: Value = TextValue(text=dice.choice(("wet", "tired", "lost")))
    if predicate == "located_at":
        value = EntityRef(entity=dice.choice(PLACES))
    elif predicate == "holds":
        value = EntityRef(entity=dice.choice(("brass_key", "thing0")))
    elif predicate == "alive":
        value = FlagValue(flag=dice.random() < 0.8)
    return fact(episode, who, predicate, value, minute + dice.randrange(3))


def _changed(dice: random.Random, before: Fact, minute: int, episode: str) -> Fact:
    if dice.random() < 0.3:
        return before.model_copy(update={"fact_id": f"{episode}.{dice.randrange(4)}", "valid_to": minute})
    return before.model_copy(update={"valid_to": minute})
