"""The shorthand of the golden continuity set, read into contracts: times, values, claims, facts, scenes, projects.

Its rules are told in tests/golden/continuity/README.md. Which cases there are and how they are scored is the business
of ``continuity_cases``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from narrative_assets.canon import initial_canon
from schemas.canon import Canon, Fact
from schemas.predicates import PREDICATES
from schemas.project import Project
from schemas.script import DialogueElement, Scene, SceneHeading, Script, ScriptCharacter
from schemas.story import Claim, EntityRef, FlagValue, NumberValue, SourceSpan, TextValue, Value

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "continuity"
EPISODE = "s01e03"
DAY = 1_440
UNITS = {"age": "years", "born": "minute", "lasts": "minutes", "due_by": "minute", "has_count": "pieces"}


def minute(short: int | str) -> int:
    """``540`` or ``d1 09:00`` (day 1 begins at minute 0)."""
    if isinstance(short, int):
        return short
    found = re.fullmatch(r"d(-?\d+)(?: (\d\d):(\d\d))?", short)
    assert found, f"no time: {short!r}"
    day, hour, past = found.groups()
    return (int(day) - 1) * DAY + int(hour or 0) * 60 + int(past or 0)


def interval(short: Any, lasting: int = 0) -> dict[str, int]:
    """``[480, 490]``, ``d1 08:00..d2 09:00``, ``d1 08:00..08:20``; a single time lasts ``lasting`` minutes."""
    if isinstance(short, str):
        first, _, last = short.partition("..")
        if last and not last.startswith("d"):
            last = f"{first.split()[0]} {last}"
        short = [first, last or minute(first) + lasting]
    return {"earliest": minute(short[0]), "latest": minute(short[1])}


def value(predicate: str, plain: Any, kind: Any = None) -> Value:
    kind = kind or (PREDICATES[predicate].value if predicate in PREDICATES else TextValue)
    if kind is EntityRef:
        return EntityRef(entity=plain)
    if kind is NumberValue:
        number, _, unit = str(plain).partition(" ")
        whole = minute(number if number.startswith("d") else int(number)) if not unit.count(":") else minute(plain)
        return NumberValue(number=whole, unit=UNITS[predicate] if unit.count(":") or not unit else unit)
    if kind is FlagValue:
        return FlagValue(flag={"yes": True, "no": False}.get(plain, plain))
    return TextValue(text=plain)


def statement(short: str | Mapping[str, Any]) -> dict[str, Any]:
    """``mara !holds key``, or that as ``is`` (or its parts ``s``, ``p``, ``o``) with more fields beside it."""
    fields = {"is": short} if isinstance(short, str) else dict(short)
    if "is" in fields:
        subject, predicate, plain = fields.pop("is").split(maxsplit=2)
        if predicate.startswith("!"):
            fields["polarity"], predicate = "denied", predicate[1:]
        fields |= {"s": subject, "p": predicate, "o": plain}
    return fields


def frame(short: str | Mapping[str, Any]) -> dict[str, Any]:
    """``dream``, or ``dream one`` for the frame with that id."""
    if not isinstance(short, str):
        return dict(short)
    kind, _, name = short.partition(" ")
    return {"kind": kind, "frame_id": name or kind}


def change(short: str | Mapping[str, Any]) -> dict[str, Any]:
    """``transfer: Mara lends it``."""
    if not isinstance(short, str):
        return dict(short)
    kind, _, permitted = short.partition(": ")
    return {"kind": kind, "permitted_by": permitted}


@cache
def world(name: str = "harbour") -> dict[str, Any]:
    """The project file of a golden world, or of an example, as plain data."""
    path = GOLDEN / "worlds" / f"{name}.json"
    if not path.exists():
        path = ROOT / "examples" / name / "project.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def project(case: Mapping[str, Any] = {}) -> Project:
    """The case's world with its own people, places, things, facts and rules on top."""
    base = world(case.get("world", "harbour"))
    merged = {**base}
    for field in ("cast", "places", "props", "predicates"):
        own = case.get("folk" if field == "cast" else field, [])
        taken = {each["id"] for each in own if "id" in each}
        merged[field] = [*(each for each in base.get(field, []) if each.get("id") not in taken), *own]
    merged["facts"] = [*base.get("facts", []), *(established(short) for short in case.get("facts", []))]
    merged["world_rules"] = [
        *base.get("world_rules", []),
        *({**rule, "terms": _terms(rule["terms"])} for rule in case.get("rules", [])),
    ]
    return Project.model_validate(merged)


def _terms(short: Mapping[str, Any]) -> dict[str, Any]:
    terms = dict(short)
    if "object" in terms:
        terms["object"] = value(terms["predicate"], terms["object"])
    for field in ("in_force_from", "in_force_until"):
        if field in terms:
            terms[field] = minute(terms[field])
    for field in ("requires", "costs"):
        terms[field] = [_condition(each) for each in terms.get(field, [])]
    return terms


def _condition(short: str | Mapping[str, Any]) -> dict[str, Any]:
    """``* wounded left arm``: of whoever pays; ``* wounded *``: whatever the value."""
    fields = statement(short)
    return {
        "subject": None if fields["s"] == "*" else fields["s"],
        "predicate": fields["p"],
        "object": None if fields["o"] == "*" else value(fields["p"], fields["o"]),
        "polarity": fields.get("polarity", "affirmed"),
    }


def established(short: str | Mapping[str, Any]) -> dict[str, Any]:
    fields = statement(short)
    return {
        "subject": fields["s"],
        "predicate": fields["p"],
        "object": value(fields["p"], fields["o"]),
        "polarity": fields.get("polarity", "affirmed"),
        "valid_from": minute(fields["from"]) if "from" in fields else None,
        "valid_to": minute(fields["to"]) if "to" in fields else None,
        "locked": fields.get("locked", False),
        "revealed_in": fields.get("revealed_in"),
    }


def fact(short: str | Mapping[str, Any], number: int = 0) -> Fact:
    """A fact that an earlier episode left; ``seen`` is the last minute it was shown."""
    fields = statement(short)
    times = {
        field: minute(fields[name]) if fields.get(name) is not None else None
        for field, name in (("valid_from", "from"), ("valid_to", "to"), ("observed_to", "seen"))
    }
    return Fact(
        fact_id=f"golden.{number}",
        subject=fields["s"],
        predicate=fields["p"],
        object=value(fields["p"], fields["o"]),
        polarity=fields.get("polarity", "affirmed"),
        authority=fields.get("authority", "approved"),
        revealed_in=fields.get("revealed_in"),
        established={"episode_id": "s01e01", "scene_id": "sc09"},
        source=SourceSpan(document="s01e01.fountain", first_line=12 + number),
        **times,
    )


def canon(
    facts: Sequence[str | Mapping[str, Any]] = (),
    rules: Sequence[Mapping[str, Any]] = (),
    *,
    as_of: str = EPISODE,
    of: Project | None = None,
) -> Canon:
    """Canon of a project before ``as_of``, with facts on top; a fact of the same kind ends the project's own."""
    start = initial_canon(of or project({"rules": rules}), as_of)
    added = tuple(fact(short, number) for number, short in enumerate(facts))
    opens = {(each.subject, each.predicate): each.valid_from for each in reversed(added)}
    standing = tuple(
        old.model_copy(update={"valid_to": opens[old.subject, old.predicate]})
        if old.predicate in ("name", "alive") and (old.subject, old.predicate) in opens
        else old
        for old in start.persistent_states
    )
    return start.model_copy(update={"persistent_states": (*standing, *added)})


_CLAIM_FIELDS = ("polarity", "modality", "holder", "certainty", "presence", "appears_as", "mention")


def claim(
    short: str | Mapping[str, Any], number: int, scene_id: str, time: Mapping[str, int], episode: str = EPISODE
) -> Claim:
    fields = statement(short)
    element = fields.get("element")
    extra = {name: fields[name] for name in _CLAIM_FIELDS if name in fields}
    for name, read in (("change", change), ("frame", frame), ("personal_time", interval)):
        if name in fields:
            extra[name] = read(fields[name])
    return Claim.model_validate(
        {
            "claim_id": f"{scene_id}.c{number}",
            "subject": fields["s"],
            "predicate": fields["p"],
            "object": value(fields["p"], fields["o"]),
            "story_time": interval(fields["at"]) if "at" in fields else time,
            "telling": {
                "episode_id": episode,
                "scene_id": scene_id,
                "element_id": None if element is None else f"{scene_id}.e{element}",
            },
            "source": {"document": f"{episode}.fountain", "first_line": 100 + number},
            **extra,
        }
    )


def scene(short: Mapping[str, Any], number: int, episode: str = EPISODE, clock_ahead: int = 0) -> Scene:
    scene_id = f"sc{number + 1:02d}"
    speeches = [{"who": said} if isinstance(said, str) else said for said in short.get("says", [])]
    time = interval(short["at"], lasting=10)
    place = short.get("place", "pier")
    by_day = 6 * 60 <= (time["earliest"] + clock_ahead) % DAY < 20 * 60
    daytime = short.get("time_of_day", "day" if by_day else "night")
    return Scene(
        scene_id=scene_id,
        heading=SceneHeading(
            setting="ext",
            place_id=place,
            place_name=place.title(),
            time_of_day=daytime,
            raw=f"EXT. {place.upper()} - {daytime.upper()}",
        ),
        story_time=time,
        frame=frame(short.get("frame", {})),
        summary=short.get("summary", ""),
        present=tuple(short.get("present", ())),
        elements=tuple(
            DialogueElement(
                element_id=f"{scene_id}.e{line}",
                speaker_id=said["who"],
                cue=said["who"].upper(),
                text="The tide turns.",
                heard=said.get("heard", "on_screen"),
                source=SourceSpan(document=f"{episode}.fountain", first_line=50 + line),
            )
            for line, said in enumerate(speeches)
        ),
        claims=tuple(claim(each, line, scene_id, time, episode) for line, each in enumerate(short.get("claims", []))),
    )


def script(
    scenes: Sequence[Mapping[str, Any]],
    cast: Sequence[Mapping[str, Any]] = (),
    *,
    episode: str = EPISODE,
    of: Project | None = None,
    **fields: Any,
) -> Script:
    """A script of the project's cast; ``cast`` replaces its members by id and adds others."""
    told = of or project()
    members = {
        member.id: ScriptCharacter(
            character_id=member.id, name=member.name, aliases=member.aliases, species=member.species
        )
        for member in told.cast
    }
    for short in cast:
        members[short["character_id"]] = ScriptCharacter.model_validate(short)
    ahead = {place.id: place.clock_ahead for place in told.places}
    return Script(
        project_id=told.id,
        episode_id=episode,
        title="The Tide",
        origin="generated",
        cast=tuple(members.values()),
        scenes=tuple(
            scene(each, number, episode, ahead.get(each.get("place", "pier"), 0)) for number, each in enumerate(scenes)
        ),
        **fields,
    )
