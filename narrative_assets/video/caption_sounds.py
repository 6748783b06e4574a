"""What the deaf and hard of hearing are told besides speech: sounds and music in brackets, where no caption stands."""

from __future__ import annotations

import bisect
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from narrative_assets.video.caption_timing import GAP_FRAMES, CaptionLimits
from narrative_assets.video.linebreaks import LINE_CHARACTERS
from schemas.shots import ShotList, ShotScene

_MUSIC = {
    "joy": "cheerful",
    "amusement": "playful",
    "tenderness": "gentle",
    "awe": "soaring",
    "curiosity": "curious",
    "determination": "driving",
    "surprise": "bright",
    "unease": "uneasy",
    "fear": "ominous",
    "sadness": "sad",
    "anger": "fierce",
    "disgust": "dark",
}
_TENSE = 650
_STIRRED = frozenset({"neutral", "curiosity", "determination", "surprise", "unease"})
_AGAIN_SECONDS = 10
_MUSIC_AGAIN_SECONDS = 90
_MUSIC_WAITS_SECONDS = 4


@dataclass(frozen=True)
class Told:
    """Words in brackets from ``start`` up to, not including, ``end``."""

    start: int
    end: int
    text: str


class _Timeline:
    """The captions there are, and what is put between them."""

    def __init__(self, taken: Sequence[tuple[int, int]], total_frames: int, limits: CaptionLimits) -> None:
        self._taken = sorted(taken)
        self._total = total_frames
        self._limits = limits

    def place(self, earliest: int, latest: int, frames: int) -> tuple[int, int] | None:
        """The first free stretch from ``earliest`` to ``latest`` for up to ``frames``; None where none is long enough.

        A gap under half a second to the next caption is closed to two frames.
        """
        limits, start = self._limits, earliest
        index = bisect.bisect_right(self._taken, (start, self._total))
        if index:
            start = max(start, self._taken[index - 1][1] + GAP_FRAMES)
        while start <= latest:
            last = index == len(self._taken)
            after = self._total if last else self._taken[index][0] - GAP_FRAMES
            end = min(after, start + max(limits.shortest, frames))
            if end - start >= limits.shortest:
                if not last and 0 < after - end < limits.half_second - GAP_FRAMES:
                    end = after
                self._taken.insert(index, (start, end))
                return start, end
            if last:
                return None
            start = max(start, self._taken[index][1] + GAP_FRAMES)
            index += 1
        return None


def told_sounds(
    shot_list: ShotList, taken: Sequence[tuple[int, int]], scored: Collection[str] | None, limits: CaptionLimits
) -> tuple[Told, ...]:
    """Sounds where they start and music where a scene does, between the captions whose frames are ``taken``.

    ``scored`` are the scenes under which music sounds; None means all. A sound is told again only after ten
    seconds, music when it changes.
    """
    timeline = _Timeline(taken, shot_list.total_frames, limits)
    found = [*_effects(shot_list, timeline, limits), *_music(shot_list, timeline, scored, limits)]
    return tuple(sorted(found, key=lambda told: told.start))


def music_words(scene: ShotScene) -> str:
    """The music under a scene in two words, by its mood and tension."""
    if scene.tension >= _TENSE and scene.music_mood in _STIRRED:
        return "tense music"
    return f"{_MUSIC.get(scene.music_mood, 'soft')} music"


def _effects(shot_list: ShotList, timeline: _Timeline, limits: CaptionLimits) -> Iterator[Told]:
    last: dict[str, int] = {}
    for sound in sorted(shot_list.sound_cues, key=lambda cue: (cue.start_frame, cue.cue_id)):
        at = sound.start_frame
        if sound.tag in last and at - last[sound.tag] < _AGAIN_SECONDS * limits.fps:
            continue
        span = timeline.place(at, at, min(sound.frames, 2 * limits.fps))
        if span is not None:
            last[sound.tag] = at
            yield _told(span, sound.tag.replace("_", " ").replace("-", " "))


def _music(
    shot_list: ShotList, timeline: _Timeline, scored: Collection[str] | None, limits: CaptionLimits
) -> Iterator[Told]:
    last, since = "", 0
    for scene in sorted(shot_list.scenes, key=lambda scene: scene.start_frame):
        at, words = scene.start_frame, music_words(scene)
        if scored is not None and scene.scene_id not in scored:
            last = ""
            continue
        if words == last and at - since < _MUSIC_AGAIN_SECONDS * limits.fps:
            continue
        latest = min(at + _MUSIC_WAITS_SECONDS * limits.fps, at + scene.duration_frames - limits.shortest)
        span = timeline.place(at, latest, 2 * limits.fps)
        if span is not None:
            last, since = words, at
            yield _told(span, words)


def _told(span: tuple[int, int], words: str) -> Told:
    return Told(*span, f"[{words[: LINE_CHARACTERS - 2]}]")
