"""Builders shared by the tests of canon: golden cases in shorthand become contracts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from narrative_assets.canon import initial_canon
from schemas.canon import Canon, Fact, WorldRule
from schemas.predicates import PREDICATES
from schemas.project import Project
from schemas.script import DialogueElement, Scene, SceneHeading, Script, ScriptCharacter
from schemas.story import Claim, EntityRef, FlagValue, NumberValue, SourceSpan, TextValue, Value

GOLDEN = Path(__file__).parents[2] / "golden" / "canon"
EPISODE = "s01e03"


def load(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def project() -> Project:
    return Project.model_validate(load("world.json"))


def value(predicate: str, plain: Any) -> Value:
    kind = PREDICATES[predicate].value
    if kind is EntityRef:
        return EntityRef(entity=plain)
    if kind is NumberValue:
        return NumberValue(number=plain, unit="years")
    return FlagValue(flag=plain) if kind is FlagValue else TextValue(text=plain)


def fact(short: dict[str, Any], number: int = 0) -> Fact:
    return Fact(
        fact_id=f"golden.{number}",
        subject=short["s"],
        predicate=short["p"],
        object=value(short["p"], short["o"]),
        polarity=short.get("polarity", "affirmed"),
        valid_from=short.get("from"),
        valid_to=short.get("to"),
        observed_to=short.get("seen"),
        authority=short.get("authority", "approved"),
        established={"episode_id": "s01e01", "scene_id": "sc09"},
        source=SourceSpan(document="s01e01.fountain", first_line=12 + number),
    )


def canon(facts: Sequence[dict[str, Any]] = (), rules: Sequence[dict[str, Any]] = (), *, as_of: str = EPISODE) -> Canon:
    """Canon of the golden world, with facts on top; a fact of the same kind ends the project's own."""
    start = initial_canon(project(), as_of)
    added = tuple(fact(short, number) for number, short in enumerate(facts))
    opens = {(each.subject, each.predicate): each.valid_from for each in reversed(added)}
    standing = tuple(
        old.model_copy(update={"valid_to": opens[old.subject, old.predicate]})
        if old.predicate in ("name", "alive") and (old.subject, old.predicate) in opens
        else old
        for old in start.persistent_states
    )
    return start.model_copy(
        update={
            "persistent_states": (*standing, *added),
            "world_rules": tuple(WorldRule.model_validate(rule) for rule in rules),
        }
    )


def claim(short: dict[str, Any], number: int, scene_id: str, time: list[int], episode: str = EPISODE) -> Claim:
    earliest, latest = short.get("at", time)
    element = short.get("element")
    extra = {
        name: short[name]
        for name in ("polarity", "modality", "holder", "certainty", "presence", "appears_as", "change", "frame")
        if name in short
    }
    return Claim.model_validate(
        {
            "claim_id": f"{scene_id}.c{number}",
            "subject": short["s"],
            "predicate": short["p"],
            "object": value(short["p"], short["o"]),
            "story_time": {"earliest": earliest, "latest": latest},
            "telling": {
                "episode_id": episode,
                "scene_id": scene_id,
                "element_id": None if element is None else f"{scene_id}.e{element}",
            },
            "source": {"document": f"{episode}.fountain", "first_line": 100 + number},
            **extra,
        }
    )


def scene(short: dict[str, Any], number: int, episode: str = EPISODE) -> Scene:
    scene_id = f"sc{number + 1:02d}"
    speeches = [{"who": said} if isinstance(said, str) else said for said in short.get("says", [])]
    return Scene(
        scene_id=scene_id,
        heading=SceneHeading(
            setting="ext",
            place_id=short["place"],
            place_name=short["place"].title(),
            time_of_day="day",
            raw=f"EXT. {short['place'].upper()} - DAY",
        ),
        story_time={"earliest": short["at"][0], "latest": short["at"][1]},
        frame=short.get("frame", {}),
        summary=short.get("summary", ""),
        present=tuple(short.get("present", ())),
        elements=tuple(
            DialogueElement(
                element_id=f"{scene_id}.e{place}",
                speaker_id=said["who"],
                cue=said["who"].upper(),
                text="The tide turns.",
                heard=said.get("heard", "on_screen"),
                source=SourceSpan(document=f"{episode}.fountain", first_line=50 + place),
            )
            for place, said in enumerate(speeches)
        ),
        claims=tuple(
            claim(each, place, scene_id, short["at"], episode) for place, each in enumerate(short.get("claims", []))
        ),
    )


def script(
    scenes: list[dict[str, Any]],
    cast: Sequence[dict[str, Any]] = (),
    *,
    episode: str = EPISODE,
    **fields: Any,
) -> Script:
    """A script of the golden world's cast; ``cast`` replaces its members by id and adds others."""
    members = {
        member.id: ScriptCharacter(
            character_id=member.id, name=member.name, aliases=member.aliases, species=member.species
        )
        for member in project().cast
    }
    for short in cast:
        members[short["character_id"]] = ScriptCharacter.model_validate(short)
    return Script(
        project_id="lighthouse",
        episode_id=episode,
        title="The Tide",
        origin="generated",
        cast=tuple(members.values()),
        scenes=tuple(scene(each, number, episode) for number, each in enumerate(scenes)),
        **fields,
    )
