"""Shot clips by content: the key a shot is rendered under, the figures measured on it, its way through the clip store.

Drawing frames lives in ``filming``, coding them in ``encode``, who does what when in ``crew``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from narrative_assets.video.captions import Cue
from narrative_assets.video.clipfile import Clip, assembled, read_clip, write_clip
from narrative_assets.video.colour import scene_of
from narrative_assets.video.encode import Encoding, Segment, encoder_build, form_of
from narrative_assets.video.filming import ClipJob, ClipRoom, cues_within, fade_out, transition
from narrative_assets.video.lettered import Lettering, card_key, third_key
from narrative_assets.video.picture import ingredients
from narrative_assets.video.plates import PlateBook, ShotPlates
from narrative_assets.video.ports import ClipStore
from narrative_assets.video.voices import VoiceBook
from schemas.canonical import content_hash
from schemas.errors import MediaError
from schemas.shots import Shot, ShotList, said_in_shots

RECIPE_VERSION = "14"
"""Changes whenever the same shot would be drawn or coded differently, so that no older clip is reused."""


@dataclass(frozen=True)
class ClipFigures:
    """What was measured on a clip's frames while it was made.

    ``luma`` holds the mean luma (0 to 255) of every frame in display order; flashes and freezes are judged
    on it. ``min_luma`` and ``max_luma`` are the smallest and largest of these means, ``clip_hash`` is the
    SHA-256 of the clip's elementary stream. ``grid`` holds 16 x 9 bytes a frame: the mean luma of its fields,
    row by row.
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
    grid: bytes = b""


def clip_jobs(
    shot_list: ShotList,
    book: PlateBook,
    encoding: Encoding,
    cues: Sequence[Cue],
    lettering: Lettering,
    voices: VoiceBook,
) -> tuple[ClipJob, ...]:
    """The jobs of an episode in shot order.

    ``cues`` are the captions to burn in, in timeline order. A key covers what the clip shows and how it is
    coded, not where on the timeline it stands. Raises MediaError that names a need without a picture.
    """
    jobs: list[ClipJob] = []
    for shot, said in zip(shot_list.shots, said_in_shots(shot_list), strict=True):
        plates = book.of(shot)
        own = cues_within(shot, cues)
        before = jobs[-1] if jobs and transition(shot) and shot.transition_in == "dissolve" else None
        covered = {
            "recipe": RECIPE_VERSION,
            "encoder": encoder_build(),
            "encoding": vars(encoding),
            "still": _still(shot, plates, book, shot_list, lettering),
            "transition": [shot.transition_in if transition(shot) else "cut", transition(shot)],
            "fade_out": fade_out(shot),
            "before": _still(before.shot, before.plates, book, shot_list, lettering) if before else None,
            "lower_third": third_key(shot, shot_list.project_id, lettering),
            "speech": voices.key(shot, said, plates),
            "cues": [[cue.start, cue.end, list(cue.lines), cue.italic] for cue in own],
        }
        jobs.append(ClipJob(shot, plates, own, before, content_hash(covered)))
    return tuple(jobs)


def stored_clip(job: ClipJob, store: ClipStore) -> tuple[Path, ClipFigures] | None:
    """The finished clip of ``job``, if the store holds it whole: a clip that differs from its hash counts as none."""
    path, stored = store.get(job.key), store.figures(job.key)
    if path is None or stored is None:
        return None
    try:
        data = path.read_bytes()
        if stored["file_hash"] != hashlib.sha256(data).hexdigest():
            return None
        clip = read_clip(path, data)
        figures = _figures(job, str(stored["clip_hash"]), clip)
    except (OSError, KeyError, MediaError):
        return None
    return (path, replace(figures, from_cache=True)) if figures.frames == job.shot.duration_frames else None


def keep_clip(
    job: ClipJob, room: ClipRoom, segments: Sequence[Segment], thumbnail: bytes, store: ClipStore
) -> tuple[Path, ClipFigures]:
    """Put the coded frames of ``job`` into the store as one clip. Raises MediaError that names the shot."""
    clip = assembled(form_of(room.encoding).headers, segments, thumbnail)
    figures = _figures(job, clip.stream_hash, clip)
    if figures.frames != job.shot.duration_frames:
        raise MediaError(f"Shot {job.shot.shot_id} came out {figures.frames} frames long.", remedy="Report this.")
    draft = room.scratch / f"{job.key}.zip"
    write_clip(draft, clip)
    stored: dict[str, int | str] = {
        "frames": figures.frames,
        "clip_hash": figures.clip_hash,
        "file_hash": file_hash(draft),
        "mean_luma": figures.mean_luma,
    }
    return store.put(job.key, draft, stored), figures


def _still(
    shot: Shot, plates: ShotPlates, book: PlateBook, shot_list: ShotList, lettering: Lettering
) -> dict[str, Any]:
    """All that decides a shot's picture and the camera's move over it."""
    return {
        **ingredients(shot, plates, book, scene_of(shot, shot_list)),
        "card": card_key(shot, shot_list, lettering),
    }


def _figures(job: ClipJob, clip_hash: str, clip: Clip) -> ClipFigures:
    luma = tuple(clip.luma)
    return ClipFigures(
        shot_id=job.shot.shot_id,
        clip_key=job.key,
        clip_hash=clip_hash,
        frames=len(luma),
        mean_luma=sum(luma) // max(1, len(luma)),
        min_luma=min(luma, default=0),
        max_luma=max(luma, default=0),
        luma=luma,
        grid=clip.grid,
    )


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
