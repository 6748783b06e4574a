"""Sound cues of a scene: when each effect that an action asks for starts, how long it lasts and how loud it is.

Which recording or synthesis sounds is none of this module's business; it places tags on the timeline.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from narrative_assets.film.dice import draw, joined_id
from narrative_assets.film.draft import DraftShot
from narrative_assets.film.pace import frames_in

# Stem of the tag, length in milliseconds, level in hundredths of a decibel. Footsteps and impacts are short,
# weather is long (after Farnell); effects lie at -10 to -20 dB.
_KNOWN: tuple[tuple[str, int, int], ...] = (
    ("thud", 600, -1000), ("crash", 1800, -1000), ("boom", 2200, -1000), ("explo", 2600, -1000),
    ("thunder", 3000, -1100), ("bang", 600, -1000), ("shot", 600, -1000), ("slam", 600, -1100),
    ("whoosh", 900, -1300), ("fwoosh", 1200, -1200), ("bark", 900, -1300), ("yip", 600, -1300), ("howl", 2200, -1400),
    ("knock", 900, -1300), ("door", 1100, -1400), ("creak", 1300, -1700), ("footstep", 1600, -1900),
    ("step", 1400, -1900), ("wind", 3000, -2000), ("gust", 2400, -1700), ("rain", 3000, -2000), ("wave", 3000, -1900),
    ("water", 2400, -1900), ("splash", 1000, -1400), ("phone", 1400, -1500), ("buzz", 900, -1600),
    ("ring", 1600, -1500), ("bell", 2400, -1500), ("beep", 500, -1700), ("click", 500, -1800), ("clock", 1800, -1900),
    ("engine", 2600, -1700), ("horn", 1400, -1300), ("glass", 900, -1300), ("laugh", 1300, -1500),
    ("radio", 1800, -1700), ("electr", 1500, -1500), ("static", 1500, -1700), ("bird", 2400, -1900),
    ("rumble", 2800, -1300), ("stone", 600, -1500), ("sigh", 900, -1800), ("growl", 1200, -1500), ("clink", 500, -1700),
)  # fmt: skip
_LEVEL = -1400
_SHORTEST_MS = 500
_APART_MS = 350


@dataclass(frozen=True)
class DraftCue:
    """A cue of a scene; ``start`` counts from the scene's first frame, ``shot`` from its first shot."""

    cue_id: str
    tag: str
    shot: int
    start: int
    frames: int
    level: int


def place_cues(shots: Sequence[DraftShot], fps: int) -> tuple[DraftCue, ...]:
    """Cues for the sounds of ``shots``: each starts in its own shot and ends within the scene.

    No tag sounds over itself: repeats share their shot, and one that finds no room in it is left out.
    """
    end = sum(shot.frames for shot in shots)
    busy: dict[str, int] = {}
    taken: dict[str, int] = {}
    cues: list[DraftCue] = []
    at = 0
    for index, shot in enumerate(shots):
        latest = at + max(0, shot.frames - frames_in(_SHORTEST_MS, fps))
        often = Counter(sound.tag for sound in shot.sounds)
        for number, sound in enumerate(shot.sounds):
            wanted = min(at + number * frames_in(_APART_MS, fps), latest)
            start = max(wanted, busy.get(sound.tag, 0))
            if start > latest:
                continue
            length, level = _character(sound.tag)
            room = max(frames_in(_SHORTEST_MS, fps), shot.frames // often[sound.tag] if often[sound.tag] > 1 else end)
            frames = max(1, min(frames_in(length, fps), room, end - start))
            busy[sound.tag] = start + frames
            name = joined_id(sound.element_id, sound.tag)
            count = taken[name] = taken.get(name, 0) + 1
            cue_id = name if count == 1 else joined_id(sound.element_id, sound.tag, str(count))
            cues.append(DraftCue(cue_id, sound.tag, index, start, frames, level))
        at += shot.frames
    return tuple(cues)


def _character(tag: str) -> tuple[int, int]:
    """Length in milliseconds and level of a sound; unknown ones get a length of their own between 0.8 and 2 s."""
    known = next(((length, level) for stem, length, level in _KNOWN if stem in tag), None)
    return known or (draw(800, 2_000, "sound", tag), _LEVEL)
