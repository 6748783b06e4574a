"""A shot made ready for the encoder: every frame as it is seen, with transitions and lettering over the camera's view.

Which shots are filmed, and under which key, is decided in ``clips``; coding lives in ``encode``.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narrative_assets.video.camera import camera
from narrative_assets.video.captions import Cue
from narrative_assets.video.cards import title_card
from narrative_assets.video.colour import scene_of, to_planes
from narrative_assets.video.contact_sheet import thumbnail
from narrative_assets.video.credits import credits_view
from narrative_assets.video.encode import Encoding, blank_planes
from narrative_assets.video.lettered import Lettering, overlays
from narrative_assets.video.motion import Planes, View, extent
from narrative_assets.video.overlays import letter
from narrative_assets.video.picture import view_of
from narrative_assets.video.plates import PlateBook, ShotPlates
from narrative_assets.video.sheet import Sheet
from narrative_assets.video.transitions import blend, dim
from narrative_assets.video.voices import VoiceBook
from schemas.errors import MediaError
from schemas.shots import Shot, ShotList


@dataclass(frozen=True)
class ShotCue:
    """A caption within a shot: on screen from ``start`` up to ``end``, frames from the shot's first."""

    start: int
    end: int
    lines: tuple[str, ...]
    italic: bool = False


@dataclass(frozen=True)
class ClipJob:
    """A clip to be had: the shot, its pictures, its burned-in captions, and the job dissolved from."""

    shot: Shot
    plates: ShotPlates
    cues: tuple[ShotCue, ...]
    before: ClipJob | None
    key: str


@dataclass(frozen=True)
class ClipRoom:
    """What rendering any clip of an episode needs besides its job. ``halt`` ends all rendering when set."""

    shot_list: ShotList
    book: PlateBook
    encoding: Encoding
    lettering: Lettering
    voices: VoiceBook
    scratch: Path
    halt: threading.Event


class Shoot:
    """A shot with its pictures composed. Frames may be drawn in any order and by several threads at once.

    ``thumbnail`` is a PNG of the first frame clear of the transition, once that frame was drawn.
    """

    def __init__(self, job: ClipJob, room: ClipRoom) -> None:
        shot, encoding = job.shot, room.encoding
        self.frames = shot.duration_frames
        self.thumbnail = b""
        self._halt = room.halt
        self._view = _view(job, room)
        self._opening, self._closing = transition(shot), shot.duration_frames - fade_out(shot)
        self._last = _last_view(job.before, room) if job.before else None
        size = (encoding.width, encoding.height)
        self._lettered = overlays(shot, job.cues, room.shot_list.project_id, room.lettering, *size, encoding.fps)

    def draw(self, frame: int, out: Planes) -> None:
        """Fill ``out`` with ``frame``. Raises MediaError when rendering was stopped."""
        if self._halt.is_set():
            raise MediaError("Rendering was stopped.", remedy="Render again; finished shots are kept.")
        self._view.draw(frame, out)
        if frame < self._opening:
            share = (frame + 1) * 256 // (self._opening + 1)
            if self._last is not None:
                blend(out, self._last, share)
            else:
                dim(out, share)
        if frame >= self._closing:
            dim(out, (self.frames - 1 - frame) * 256 // max(1, self.frames - self._closing))
        letter(out, self._lettered, frame)
        if frame == self._opening:
            self.thumbnail = thumbnail(out)

    def repeats(self, frame: int) -> bool:
        """Whether ``frame`` shows exactly what the frame before it does."""
        return (
            self._opening < frame < self._closing
            and self._view.repeats(frame)
            and not any(overlay.changes(frame) for overlay in self._lettered)
        )


def cues_within(shot: Shot, cues: Sequence[Cue]) -> tuple[ShotCue, ...]:
    """The captions on screen during ``shot``, in its own frames."""
    first, after = shot.start_frame, shot.start_frame + shot.duration_frames
    spans = ((max(cue.start_frame, first) - first, min(cue.end_frame, after) - first, cue) for cue in cues)
    return tuple(ShotCue(start, end, cue.lines, cue.italic) for start, end, cue in spans if start < end)


def transition(shot: Shot) -> int:
    """Frames of the transition into a shot; at least one frame of it stands clear."""
    return 0 if shot.transition_in == "cut" else min(shot.transition_frames, shot.duration_frames - 1)


def fade_out(shot: Shot) -> int:
    """Frames of the fade at a shot's end; at least one frame of it stands clear."""
    return min(shot.fade_out_frames, shot.duration_frames - 1)


def _view(job: ClipJob, room: ClipRoom, *, speaks: bool = True) -> View:
    """The camera's view of a shot's picture, frame by frame; with mouths at rest unless it ``speaks``."""
    encoding, shot = room.encoding, job.shot
    if shot.framing.kind == "credits":
        return credits_view(shot, room.shot_list, room.lettering.attributions, encoding.width, encoding.height)
    if shot.framing.kind != "title":
        speech = room.voices.speech(shot, room.shot_list, job.plates) if speaks else {}
        scene = scene_of(shot, room.shot_list)
        return view_of(shot, job.plates, room.book, scene, encoding.width, encoding.height, speech)
    size = extent(shot.movement, encoding.width, encoding.height)
    card = to_planes(title_card(shot, room.shot_list, Sheet.of(size, encoding.width, encoding.height)))
    return camera(shot.movement, card, encoding.width, encoding.height, shot.duration_frames)


def _last_view(before: ClipJob, room: ClipRoom) -> Planes:
    """The last frame of the shot before, without lettering, as a dissolve shows it."""
    last = blank_planes(room.encoding.width, room.encoding.height)
    _view(before, room, speaks=False).draw(before.shot.duration_frames - 1, last)
    if fade_out(before.shot):
        dim(last, 0)
    return last
