"""Renders an episode: clips from shots in parallel, the mix beside them, one mp4, captions, figures.

The order of work only. Resources are handed in; nothing here knows where bytes are kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from narrative_assets.video.assemble import chapters_of, join_clips, mux
from narrative_assets.video.captions import Cue, caption_cues, to_srt, to_vtt
from narrative_assets.video.clips import (
    RECIPE_VERSION,
    ClipFigures,
    ClipJob,
    ClipRoom,
    clip_jobs,
    render_clip,
    stored_clip,
)
from narrative_assets.video.contact_sheet import contact_sheet
from narrative_assets.video.encode import elementary_hash, encoder_build, encoding_of
from narrative_assets.video.plates import PlateBook
from narrative_assets.video.ports import BlobStore, ClipStore
from narrative_assets.video.quality import judge
from narrative_assets.video.soundtrack import Soundtrack, soundtrack
from narrative_assets.video.takes import staged
from narrative_assets.video.toolchain import Probe, Toolchain, probe
from schemas.assets import AssetManifest
from schemas.errors import MediaError
from schemas.project import DurationWindow
from schemas.render import CaptionFile, RenderedShot, RenderOutput, RenderPlan, Stem
from schemas.shots import ShotList, require_lock

__all__ = ["RECIPE_VERSION", "RenderHashes", "render_episode"]

OnShot = Callable[[int, int, bool], None]
"""Called as each shot's clip is there: how many are, of how many, and whether this one came from the store."""


@dataclass(frozen=True)
class RenderHashes:
    """Content hashes of what an episode is rendered from."""

    shot_list: str
    asset_manifest: str
    render_plan: str


def render_episode(
    shot_list: ShotList,
    manifest: AssetManifest,
    plan: RenderPlan,
    *,
    hashes: RenderHashes,
    blobs: BlobStore,
    clips: ClipStore,
    toolchain: Toolchain,
    scratch: Path,
    workers: int,
    on_shot: OnShot | None = None,
    window: DurationWindow | None = None,
) -> RenderOutput:
    """Render ``shot_list`` with the assets of ``plan`` into one mp4 with captions, stems and a contact sheet.

    The same inputs give the same bytes whatever ``workers`` is (threads, one at least). Clips that ``clips``
    holds are reused. ``window`` (seconds) has the runtime judged as well. Files are made under ``scratch``, an
    existing folder, and handed to ``blobs``.

    Raises TimingLockError when manifest or plan were made for another timing, MediaError when a need has no
    usable picture or ffmpeg fails.
    """
    require_lock("Rendering (asset manifest)", shot_list.timing_lock_hash, manifest.timing_lock_hash)
    require_lock("Rendering (render plan)", shot_list.timing_lock_hash, plan.timing_lock_hash)
    shot_list = staged(shot_list, plan)
    cues = caption_cues(shot_list)
    jobs, finished, sound = _make(shot_list, plan, cues, blobs, clips, toolchain, scratch, workers, on_shot)
    paths = [finished[job.key][0] for job in jobs]
    figures = [_for_shot(job, finished[job.key][1]) for job in jobs]
    chapters = chapters_of(shot_list)
    joined, video = scratch / "joined.mp4", scratch / "episode.mp4"
    join_clips(paths, shot_list.fps, chapters, joined)
    mux(toolchain, joined, sound.aac, video)
    found = _probed(toolchain, video, shot_list)
    stream_hash = elementary_hash(video)
    profile = plan.profile
    quality = judge(shot_list, plan, cues, sound.mix, found, figures, window=window)
    sheet, width, height = contact_sheet(shot_list.shots, paths, shot_list.fps, workers)
    return RenderOutput(
        project_id=shot_list.project_id,
        episode_id=shot_list.episode_id,
        profile_id=profile.id,
        shot_list_hash=hashes.shot_list,
        asset_manifest_hash=hashes.asset_manifest,
        render_plan_hash=hashes.render_plan,
        timing_lock_hash=shot_list.timing_lock_hash,
        video=blobs.put_file(video, "video/mp4", width=profile.width, height=profile.height),
        video_stream_hash=stream_hash,
        audio_pcm_hash=hashlib.sha256(np.ascontiguousarray(sound.mix.mix, "<i2").data).hexdigest(),
        captions=_captions(cues, shot_list.fps, blobs),
        stems=_stems(sound, blobs),
        contact_sheet=blobs.put(sheet, "image/png", width=width, height=height),
        fps=shot_list.fps,
        total_frames=shot_list.total_frames,
        shots=tuple(_rendered(each) for each in figures),
        chapters=chapters,
        loudness=sound.mix.loudness,
        quality=quality,
        placeholder_need_ids=tuple(missing.need_id for missing in plan.placeholders()),
        encoder=f"{encoder_build()}; {toolchain.build}",
    )


def _make(
    shot_list: ShotList,
    plan: RenderPlan,
    cues: Sequence[Cue],
    blobs: BlobStore,
    clips: ClipStore,
    toolchain: Toolchain,
    scratch: Path,
    workers: int,
    on_shot: OnShot | None,
) -> tuple[tuple[ClipJob, ...], dict[str, tuple[Path, ClipFigures]], Soundtrack]:
    """Make the sound and every clip that the store does not hold, side by side."""
    import cv2

    cv2.setNumThreads(1)
    encoding = encoding_of(plan.profile, shot_list.fps)
    book = PlateBook(plan, blobs.read)
    jobs = clip_jobs(shot_list, book, encoding, cues if plan.profile.burn_captions else ())
    room = ClipRoom(shot_list, book, encoding, scratch, threading.Event())
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="render") as pool:
        try:
            sound = pool.submit(soundtrack, shot_list, plan, blobs.read, clips, toolchain, scratch)
            finished = _clips(jobs, room, clips, pool, on_shot)
            return jobs, finished, sound.result()
        except BaseException:
            room.halt.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _clips(
    jobs: Sequence[ClipJob],
    room: ClipRoom,
    store: ClipStore,
    pool: ThreadPoolExecutor,
    on_shot: OnShot | None,
) -> dict[str, tuple[Path, ClipFigures]]:
    """Every job's clip by key; shots that show the same share one. The first failure ends the work."""
    finished: dict[str, tuple[Path, ClipFigures]] = {}
    shots_of: dict[str, list[ClipJob]] = {}
    for job in jobs:
        shots_of.setdefault(job.key, []).append(job)
    done = 0

    def arrived(key: str, clip: tuple[Path, ClipFigures]) -> None:
        nonlocal done
        finished[key] = clip
        for _ in shots_of[key]:
            done += 1
            if on_shot is not None:
                on_shot(done, len(jobs), clip[1].from_cache)

    waiting: dict[Future[tuple[Path, ClipFigures]], str] = {}
    for key, same in shots_of.items():
        stored = stored_clip(same[0], store)
        if stored is not None:
            arrived(key, stored)
        else:
            waiting[pool.submit(render_clip, same[0], room, store)] = key
    for future in as_completed(waiting):
        arrived(waiting[future], future.result())
    return finished


def _probed(toolchain: Toolchain, video: Path, shot_list: ShotList) -> Probe:
    """Probe the finished file; its frames are the lock's, or it is no result."""
    found = probe(toolchain, video)
    if found.video_frames != shot_list.total_frames:
        raise MediaError(
            f"The finished file has {found.video_frames} frames; the timing lock says {shot_list.total_frames}.",
            remedy="Empty the clip store and render again.",
        )
    return found


def _captions(cues: Sequence[Cue], fps: int, blobs: BlobStore) -> tuple[CaptionFile, ...]:
    srt = blobs.put(to_srt(cues, fps), "application/x-subrip")
    vtt = blobs.put(to_vtt(cues, fps), "text/vtt")
    return (
        CaptionFile(format="srt", language="en", file=srt),
        CaptionFile(format="vtt", language="en", file=vtt),
    )


def _stems(sound: Soundtrack, blobs: BlobStore) -> tuple[Stem, ...]:
    """Hand the stems over as WAV files."""
    rate, samples = sound.mix.sample_rate, len(sound.mix.mix)
    return tuple(
        Stem.model_validate(
            {"name": name, "file": blobs.put_file(path, "audio/wav", samples=samples, sample_rate=rate)}
        )
        for name, path in sound.wavs.items()
    )


def _for_shot(job: ClipJob, figures: ClipFigures) -> ClipFigures:
    """The figures under this shot's own id: shots that show the same share a clip."""
    return replace(figures, shot_id=job.shot.shot_id)


def _rendered(figures: ClipFigures) -> RenderedShot:
    return RenderedShot(
        shot_id=figures.shot_id,
        frames=figures.frames,
        clip_key=figures.clip_key,
        clip_hash=figures.clip_hash,
        mean_luma=figures.mean_luma,
    )
