"""The invented series that the continuity benchmark measures: a crowd with any number of facts, and a long season."""

from __future__ import annotations

from collections.abc import Iterator

from narrative_assets.canon.identity import fact_id
from schemas.canon import CanonCharacter, CanonDiff, CanonValidation, Fact
from schemas.project import CastMember, EpisodeEntry, Place, Project, Prop
from schemas.script import DialogueElement, Scene, SceneHeading, Script, ScriptCharacter
from schemas.story import (
    ChangeEvent,
    Claim,
    EntityRef,
    FlagValue,
    SourceSpan,
    StoryInterval,
    Telling,
    TextValue,
    Value,
)

PLACES, CAST, SCENES = 40, 8, 12
FACTS_EACH, PER_DIFF = 100, 20_000
WEEK = 10_080
SOURCE = SourceSpan(document="benchmark")


def project() -> Project:
    """Eight people, forty places on a line of ten minutes each, and six things."""
    return Project(
        id="bench",
        title="Benchmark",
        cast=tuple(CastMember(id=f"hero{n}", name=f"Hero {n}", age_years=20 + n) for n in range(CAST)),
        places=tuple(
            Place(id=f"place{n}", name=f"Place {n}", minutes_to={f"place{n - 1}": 10} if n else {})
            for n in range(PLACES)
        ),
        props=tuple(Prop(id=f"thing{n}", name=f"Thing {n}", holder=f"hero{n}") for n in range(6)),
        episodes=(EpisodeEntry(id="s01e01"),),
    )


def episode_id(number: int) -> str:
    """Episodes counted from 1."""
    return f"s01e{number:03d}"


def crowd(facts: int) -> Iterator[CanonDiff]:
    """Diffs that together add ``facts`` facts, a hundred to each person of a crowd, and to each of the heroes."""
    people = facts // FACTS_EACH
    for number, first in enumerate(range(0, people, PER_DIFF // FACTS_EACH), start=1):
        some = range(first, min(first + PER_DIFF // FACTS_EACH, people))
        names = [f"hero{n}" if n < CAST else f"person{n}" for n in some]
        episode = episode_id(number)
        yield CanonDiff(
            project_id="bench",
            episode_id=episode,
            base_canon_hash="0" * 64,
            added_characters=tuple(
                CanonCharacter(character_id=name, name=f"Person {name}") for name in names if name.startswith("person")
            ),
            added_facts=tuple(fact for n, name in zip(some, names, strict=True) for fact in _life(episode, name, n)),
            story_minute=WEEK,
            justification="benchmark",
            provenance=SOURCE,
            validation=CanonValidation(gate_version="none", canon_hash="0" * 64, claims_checked=0, honoured=0),
        )


def _life(episode: str, who: str, number: int) -> Iterator[Fact]:
    """A hundred facts of one person within the first week."""
    for step in range(FACTS_EACH // 4):
        start = step * 380
        told: list[tuple[str, Value, int | None]] = [
            ("located_at", EntityRef(entity=f"place{(number + step) % PLACES}"), start + 380),
            ("state", TextValue(text=f"tired of {step}"), start + 300),
            ("knows", TextValue(text=f"secret {step}"), None),
            ("acts", FlagValue(flag=True), start + 5),
        ]
        for predicate, value, end in told:
            yield Fact(
                fact_id=fact_id(episode, who, predicate, value, "affirmed", start),
                subject=who,
                predicate=predicate,
                object=value,
                valid_from=start,
                valid_to=end,
                observed_to=start + 5,
                established=Telling(episode_id=episode),
                source=SOURCE,
            )


def episode(number: int) -> Script:
    """An episode of twelve scenes in a week of its own: people go about, learn, tire, and pass things on."""
    return Script(
        project_id="bench",
        episode_id=episode_id(number),
        title=f"Episode {number}",
        origin="generated",
        cast=tuple(ScriptCharacter(character_id=f"hero{n}", name=f"Hero {n}") for n in range(CAST)),
        scenes=tuple(_scene(number, n) for n in range(SCENES)),
    )


def _scene(episode: int, number: int) -> Scene:
    name, start = f"sc{number:02d}", (episode + 1) * WEEK + number * 800
    place = f"place{(episode * 7 + number) % PLACES}"
    here = [f"hero{(number + n) % CAST}" for n in range(3)]
    time = StoryInterval(earliest=start, latest=start + 20)
    told: list[tuple[str, str, Value, ChangeEvent | None]] = [
        (here[0], "knows", TextValue(text=f"news {episode}.{number}"), None),
        (here[1], "state", TextValue(text=f"moved by {episode}.{number % 3}"), None),
        (here[2], "holds", EntityRef(entity=f"thing{number % 6}"), ChangeEvent(kind="transfer")),
        ("meeting", "happened", TextValue(text=f"meeting {episode}.{number}"), None),
    ]
    return Scene(
        scene_id=name,
        heading=SceneHeading(setting="ext", place_id=place, place_name=place, time_of_day="day", raw=f"EXT. {place}"),
        story_time=time,
        summary=f"Three meet at {place}.",
        present=tuple(here),
        elements=tuple(
            DialogueElement(
                element_id=f"{name}.e{n}", speaker_id=who, cue=who.upper(), text="The tide turns.", source=SOURCE
            )
            for n, who in enumerate(here)
        ),
        claims=tuple(
            Claim(
                claim_id=f"{name}.c{n}",
                subject=subject,
                predicate=predicate,
                object=value,
                story_time=time,
                telling=Telling(episode_id=episode_id(episode), scene_id=name),
                change=change,
                source=SOURCE,
            )
            for n, (subject, predicate, value, change) in enumerate(told)
        ),
    )
