"""Prompt fields of a shot: short structured lines for a picture generator, never a paragraph."""

from __future__ import annotations

from collections.abc import Mapping

from narrative_assets.film.draft import DraftScene, DraftShot
from schemas.script import ScriptCharacter
from schemas.shots import PromptFields

_SIZE = {
    "els": "extreme long shot",
    "ls": "long shot",
    "mls": "medium long shot",
    "ms": "medium shot",
    "mcu": "medium close-up",
    "cu": "close-up",
    "bcu": "big close-up",
    "ecu": "extreme close-up",
}
_MOST = 300


def prompt(shot: DraftShot, draft: DraftScene, cast: Mapping[str, ScriptCharacter], style: str) -> PromptFields:
    """Subject, motion, style and mood of ``shot``, each on one line of 300 characters at most."""
    acts = [f"{_name(f.character_id, cast)}: {f.pose.replace('_', ' ')}" for f in shot.figures if f.pose != "stand"]
    move = shot.movement
    camera = "static camera" if move.kind == "static" else f"{move.kind.replace('_', ' ')} by {move.amount} permille"
    feeling = shot.emotion.name if shot.emotion.intensity else draft.scene.mood
    return PromptFields(
        subject=_line(_subject(shot, draft, cast)),
        motion=_line("; ".join((camera, *acts))),
        style=_line(style),
        mood=_line(f"{feeling}, tension {draft.scene.tension} permille"),
    )


def _subject(shot: DraftShot, draft: DraftScene, cast: Mapping[str, ScriptCharacter]) -> str:
    """The thing itself for an insert; else who, how seen, and where."""
    framing, place = shot.framing, draft.environment
    things = ", ".join(prop.replace("_", " ") for prop in shot.props)
    if framing.kind == "insert":
        return things or shot.carrier or " ".join(shot.beats) or "sign"
    over = framing.over_shoulder_of
    view = (
        " and ".join(_person(who, cast) for who in framing.subject_ids),
        f"{_SIZE[framing.size]}, {framing.kind.replace('_', ' ')}",
        f"over the shoulder of {_name(over, cast)}" if over else "",
        f"{framing.angle} angle" if framing.angle != "eye" else "",
        things,
        f"{place.place_name}, {place.time_of_day}",
    )
    return "; ".join(part for part in view if part)


def _name(who: str, cast: Mapping[str, ScriptCharacter]) -> str:
    return cast[who].name if who in cast else who


def _person(who: str, cast: Mapping[str, ScriptCharacter]) -> str:
    member = cast.get(who)
    if member is None or member.species == "human":
        return _name(who, cast)
    return f"{member.name} ({member.species.replace('_', ' ')})"


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())[:_MOST]
