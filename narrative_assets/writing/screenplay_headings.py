"""What a scene heading means: inside or outside, which place, what time of day, which level of reality.

The heading's words themselves stay untouched in ``SceneHeading.raw``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from narrative_assets.writing.screenplay_names import shortened, slug_of, title_case
from schemas.project import Place
from schemas.script import SceneHeading
from schemas.story import NarrativeFrame, TimeOfDay

_PREFIX = re.compile(r"^\.?\s*(?P<kind>INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT|EST)[\s.]+", re.IGNORECASE)
_SCENE_NUMBER = re.compile(r"\s*#[\w.-]+#\s*$")
_SEPARATOR = re.compile(r"\s*(?:--+|—|–)\s*|\s+-\s+|\s*[,;]\s+(?=[^,;]*$)|\s+-(?=[A-Z]+$)")
_TIMES: tuple[tuple[TimeOfDay, str], ...] = (
    ("dawn", r"dawn|sunrise|daybreak|first light"),
    ("dusk", r"dusk|sunset|sundown|twilight|magic hour|golden hour"),
    ("morning", r"morning"),
    ("afternoon", r"afternoon"),
    ("evening", r"evening"),
    ("night", r"nights?|midnight"),
    ("day", r"days?|noon|midday|daytime"),
)
_CARRIED_ON = re.compile(
    r"^(?:moments? |minutes? |hours? |seconds? |a (?:moment|while|little) |much |\w+ (?:minutes|hours) )?"
    r"(?:later|continuous|same(?: time)?|the same|earlier|present|now|next)\b",
    re.IGNORECASE,
)
_IS_ASIDE = re.compile(r"^\W*(?:flash ?back|flash ?forward|dream|nightmare)\W*$|^\d{1,2}[:.]\d\d\b", re.IGNORECASE)
_FRAMES = (("flashback", r"flashback"), ("flash_forward", r"flash[ -]?forward"), ("dream", r"dream|nightmare"))
NOWHERE = "Somewhere"


class HeadingMeaning(NamedTuple):
    """A heading read: ``time_of_day`` is None where it names none; ``later`` where it says time has passed."""

    setting: str
    place_name: str
    time_of_day: TimeOfDay | None
    later: bool
    frame: str


def read_heading(text: str) -> HeadingMeaning:
    """Meaning of a heading such as ``EXT. PARK--DAY`` or ``INT. HOUSE - KITCHEN - LATER``."""
    match = _PREFIX.match(text)
    kind = match["kind"].upper() if match else ""
    setting = {"INT": "int", "EXT": "ext", "EST": "ext"}.get(kind, "int_ext")
    words = _SCENE_NUMBER.sub("", text[match.end() :] if match else text.lstrip(". "))
    parts = [part.strip() for part in _SEPARATOR.split(words) if part.strip()]
    time, later, kept = None, False, []
    for index, part in enumerate(parts):
        found = _time_of(part) if index and len(part.split()) <= 4 else None
        carried = bool(index and _CARRIED_ON.match(part))
        if index == 0 or not (found or carried or _IS_ASIDE.search(part)):
            kept.append(part)
            continue
        time, later = found or time, later or "later" in part.lower()
    frame = next((name for name, stem in _FRAMES if re.search(rf"\b(?:{stem})\b", text, re.IGNORECASE)), "actual")
    bracketed = re.search(r"\(([^)]*)\)\s*$", words)
    time = time or (_time_of(bracketed.group(1)) if bracketed else None)
    return HeadingMeaning(setting, _place_name(kept), time, later, frame)


def _place_name(parts: list[str]) -> str:
    name = " - ".join(re.sub(r"\s*\([^)]*\)\s*$", "", part) for part in parts).strip(" -.,")
    return shortened(title_case(name) or NOWHERE)


def _time_of(words: str) -> TimeOfDay | None:
    return next((time for time, stem in _TIMES if re.search(rf"\b(?:{stem})\b", words, re.IGNORECASE)), None)


def scene_heading(meaning: HeadingMeaning, raw: str, place: Place | None, time: TimeOfDay) -> SceneHeading:
    """The contract's heading, at the project's ``place`` where one answers to the name."""
    return SceneHeading.model_validate(
        {
            "setting": meaning.setting,
            "place_id": place.id if place else slug_of(meaning.place_name, "place"),
            "place_name": place.name if place else meaning.place_name,
            "time_of_day": time,
            "raw": shortened(raw),
        }
    )


class PlaceBook:
    """The project's places by id and by name; a name that fits neither is a new place, never a guess."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places: dict[str, Place] = {}
        for place in places:
            for key in (place.id.replace("-", "_"), slug_of(place.name, "place")):
                self._places.setdefault(key, place)

    def find(self, name: str) -> Place | None:
        """The place called ``name`` in a heading."""
        return self._places.get(slug_of(name, "place"))


def frame_of(meaning: HeadingMeaning, scene_number: int) -> NarrativeFrame:
    """The level of reality; every flashback or dream is a thread of its own."""
    if meaning.frame == "actual":
        return NarrativeFrame()
    return NarrativeFrame.model_validate(
        {"kind": meaning.frame, "frame_id": f"{meaning.frame}_{scene_number}", "parent_id": "actual"}
    )
