"""Shot clips by content: the key a shot is rendered under, its rendering, and its way through the clip store.

Composing lives in ``picture``, moves in ``motion``, coding in ``encode``; this module puts them in order.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from narrative_assets.video.captions import Cue
from narrative_assets.video.encode import ClipWriter, Encoding, elementary_hash, encoder_build
from narrative_assets.video.motion import Draw, Planes, View, camera, extent, moves
from narrative_assets.video.picture import Sheet, compose, to_planes
from narrative_assets.video.plates import PlateBook, ShotPlates
from narrative_assets.video.ports import ClipStore
from narrative_assets.video.titles import Strip, burn, caption_strip, credits_card, title_card
from narrative_assets.video.transitions import blend, dim
from schemas.canonical import content_hash
from schemas.errors import MediaError, NarrativeError
from schemas.shots import Shot, ShotList

RECIPE_VERSION = "1"
"""Changes whenever the same shot would be drawn or coded differently, so that no older clip is reused."""
_SHORTEST_HOLD = 12


@dataclass(frozen=True)
class ClipFigures:
    """What was measured on a clip's frames while it was made.

    ``luma`` holds the mean luma (0 to 255) of every frame in display order; flashes and freezes are judged
    on it. ``min_luma`` and ``max_luma`` are the smallest and largest of these means, ``clip_hash`` is the
    SHA-256 of the clip's elementary stream.
    """

    shot_id: str
    clip_key: str
    clip_hash: str
    frames: int
    mean_luma: int
    min_luma: int
    max_luma: int
    luma: tuple[int, ...]
    from_cache: bool = False


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
    scratch: Path
    halt: threading.Event


def clip_jobs(shot_list: ShotList, book: PlateBook, encoding: Encoding, cues: Sequence[Cue]) -> tuple[ClipJob, ...]:
    """The jobs of an episode in shot order.

    ``cues`` are the captions to burn in, in timeline order. A key covers what the clip shows and how it is
    coded, not where on the timeline it stands. Raises MediaError that names a need without a picture.
    """
    jobs: list[ClipJob] = []
    for shot in shot_list.shots:
        plates = book.of(shot)
        own = tuple(_cues_within(shot, cues))
        before = jobs[-1] if jobs and _transition(shot) and shot.transition_in == "dissolve" else None
        ingredients = {
            "recipe": RECIPE_VERSION,
            "encoder": encoder_build(),
            "encoding": vars(encoding),
            "still": _still(shot, plates, shot_list),
            "transition": [shot.transition_in if _transition(shot) else "cut", _transition(shot)],
            "fade_out": _fade_out(shot),
            "before": _still(before.shot, before.plates, shot_list) if before else None,
            "cues": [[cue.start, cue.end, list(cue.lines), cue.italic] for cue in own],
        }
        jobs.append(ClipJob(shot, plates, own, before, content_hash(ingredients)))
    return tuple(jobs)


def stored_clip(job: ClipJob, store: ClipStore) -> tuple[Path, ClipFigures] | None:
    """The finished clip of ``job``, if the store holds it whole: a clip that differs from its hash counts as none."""
    path, stored = store.get(job.key), store.figures(job.key)
    if path is None or stored is None:
        return None
    try:
        if stored["file_hash"] != file_hash(path):
            return None
        luma = tuple(bytes.fromhex(str(stored["luma"])))
        figures = _figures(job, str(stored["clip_hash"]), luma)
    except (OSError, KeyError, ValueError):
        return None
    return (path, replace(figures, from_cache=True)) if len(luma) == job.shot.duration_frames else None


def render_clip(job: ClipJob, room: ClipRoom, store: ClipStore) -> tuple[Path, ClipFigures]:
    """Draw and encode the clip of ``job`` and put it into the store. Raises MediaError that names the shot."""
    draft = room.scratch / f"{job.key}.mp4"
    try:
        writer = ClipWriter(draft, room.encoding)
        _film(job, room, writer)
        writer.close()
    except NarrativeError:
        raise
    except (OSError, ValueError) as error:
        raise MediaError(
            f"Shot {job.shot.shot_id} could not be rendered: {error}.",
            remedy="Check free disk space, then render again; finished shots are kept.",
        ) from error
    figures = _figures(job, elementary_hash(draft), tuple(writer.luma))
    stored: dict[str, int | str] = {
        "frames": figures.frames,
        "clip_hash": figures.clip_hash,
        "file_hash": file_hash(draft),
        "mean_luma": figures.mean_luma,
        "luma": bytes(figures.luma).hex(),
    }
    return store.put(job.key, draft, stored), figures


def _film(job: ClipJob, room: ClipRoom, writer: ClipWriter) -> None:
    """Write all frames of a shot: still stretches as such, the rest frame by frame."""
    shot, encoding = job.shot, room.encoding
    draw = _finished(job, room, _view(job, room))
    still = _blank(encoding)
    for start, end, held in _runs(job):
        if room.halt.is_set():
            raise MediaError("Rendering was stopped.", remedy="Render again; finished shots are kept.")
        if held:
            draw(start, still)
            writer.still(end - start, still)
        else:
            writer.moving(end - start, lambda frame, out, start=start: draw(start + frame, out))  # type: ignore[misc]
    if len(writer.luma) != shot.duration_frames:
        raise MediaError(f"Shot {shot.shot_id} came out {len(writer.luma)} frames long.", remedy="Report this.")


def _view(job: ClipJob, room: ClipRoom) -> View:
    """The camera's view of a shot's picture, frame by frame."""
    encoding, shot = room.encoding, job.shot
    size = extent(shot.movement, encoding.width, encoding.height)
    sheet = Sheet.of(size, encoding.width, encoding.height)
    if shot.framing.kind == "title":
        picture = title_card(shot, room.shot_list, sheet)
    elif shot.framing.kind == "credits":
        picture = credits_card(shot, room.shot_list, sheet)
    else:
        picture = compose(shot, job.plates, room.book, sheet)
    return camera(shot.movement, to_planes(picture), encoding.width, encoding.height, shot.duration_frames)


def _finished(job: ClipJob, room: ClipRoom, view: View) -> Draw:
    """Lay transitions and captions over the camera's view."""
    shot, encoding = job.shot, room.encoding
    opening, closing = _transition(shot), shot.duration_frames - _fade_out(shot)
    last = _last_view(job.before, room) if job.before else None
    strips = [(cue, caption_strip(cue.lines, encoding.width, encoding.height, cue.italic)) for cue in job.cues]

    def draw(frame: int, out: Planes) -> None:
        if room.halt.is_set():
            raise MediaError("Rendering was stopped.", remedy="Render again; finished shots are kept.")
        view.draw(frame, out)
        if frame < opening:
            share = (frame + 1) * 256 // (opening + 1)
            if last is not None:
                blend(out, last, share)
            else:
                dim(out, share)
        if frame >= closing:
            dim(out, (shot.duration_frames - 1 - frame) * 256 // max(1, shot.duration_frames - closing))
        strip = _strip_at(strips, frame)
        if strip is not None:
            burn(out, strip)

    return draw


def _last_view(before: ClipJob, room: ClipRoom) -> Planes:
    """The last frame of the shot before, without captions, as a dissolve shows it."""
    last = _blank(room.encoding)
    _view(before, room).draw(before.shot.duration_frames - 1, last)
    if _fade_out(before.shot):
        dim(last, 0)
    return last


def _runs(job: ClipJob) -> Iterator[tuple[int, int, bool]]:
    """Cut a shot into runs (start, end, held): in a held run every frame is the same."""
    shot = job.shot
    opening, closing = _transition(shot), shot.duration_frames - _fade_out(shot)
    edges = {0, opening, closing, shot.duration_frames}
    edges.update(edge for cue in job.cues for edge in (cue.start, cue.end))
    marks = sorted(edge for edge in edges if 0 <= edge <= shot.duration_frames)
    pending = 0
    for start, end in pairwise(marks):
        steady = not moves(shot.movement) and opening <= start and end <= closing
        if not steady or end - start < _SHORTEST_HOLD:
            continue
        if pending < start:
            yield pending, start, False
        yield start, end, True
        pending = end
    if pending < shot.duration_frames:
        yield pending, shot.duration_frames, False


def _still(shot: Shot, plates: ShotPlates, shot_list: ShotList) -> dict[str, Any]:
    """All that decides a shot's picture and the camera's move over it."""
    lettering: list[Any] = []
    if shot.framing.kind in ("title", "credits"):
        lettering = [shot_list.project_id, shot_list.episode_id, shot_list.title, list(shot_list.credits)]
    return {
        "frames": shot.duration_frames,
        "framing": shot.framing.model_dump(mode="json"),
        "movement": shot.movement.model_dump(mode="json"),
        "figures": [[f.character_id, f.slot, f.facing] for f in shot.figures],
        "light": [shot.environment.time_of_day, shot.environment.interior],
        "plates": plates.hashes(),
        "lettering": [*lettering, shot.screen_text if lettering else ""],
    }


def _cues_within(shot: Shot, cues: Sequence[Cue]) -> Iterator[ShotCue]:
    first, after = shot.start_frame, shot.start_frame + shot.duration_frames
    for cue in cues:
        start, end = max(cue.start_frame, first) - first, min(cue.end_frame, after) - first
        if start < end:
            yield ShotCue(start, end, cue.lines, cue.italic)


def _strip_at(strips: list[tuple[ShotCue, Strip]], frame: int) -> Strip | None:
    return next((strip for cue, strip in strips if cue.start <= frame < cue.end), None)


def _transition(shot: Shot) -> int:
    """Frames of the transition into a shot; at least one frame of it stands clear."""
    return 0 if shot.transition_in == "cut" else min(shot.transition_frames, shot.duration_frames - 1)


def _fade_out(shot: Shot) -> int:
    return min(shot.fade_out_frames, shot.duration_frames - 1)


def _figures(job: ClipJob, clip_hash: str, luma: tuple[int, ...]) -> ClipFigures:
    return ClipFigures(
        shot_id=job.shot.shot_id,
        clip_key=job.key,
        clip_hash=clip_hash,
        frames=len(luma),
        mean_luma=sum(luma) // max(1, len(luma)),
        min_luma=min(luma, default=0),
        max_luma=max(luma, default=0),
        luma=luma,
    )


def _blank(encoding: Encoding) -> Planes:
    width, height = encoding.width, encoding.height
    half = (height // 2, width // 2)
    return Planes(np.zeros((height, width), np.uint8), np.zeros(half, np.uint8), np.zeros(half, np.uint8))


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
