"""Renders an episode: clips from shots in parallel, the mix beside them, one mp4, captions, figures.

The order of work only. Resources are handed in; nothing here knows where bytes are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from narrative_assets.video.assemble import assemble, chapters_of
from narrative_assets.video.caption_files import caption_documents
from narrative_assets.video.captions import CaptionSets, caption_sets
from narrative_assets.video.clipfile import read_thumbnail
from narrative_assets.video.clips import RECIPE_VERSION, ClipFigures, clip_jobs, stored_clip
from narrative_assets.video.contact_sheet import MOST_SHOTS, contact_sheet
from narrative_assets.video.crew import film
from narrative_assets.video.encode import Encoding, encoder_build, encoding_of
from narrative_assets.video.filming import ClipJob, ClipRoom
from narrative_assets.video.flash_gate import flash_gate
from narrative_assets.video.kept import episode_key, keep_episode, kept_episode
from narrative_assets.video.lettered import Lettering
from narrative_assets.video.plates import PlateBook
from narrative_assets.video.ports import BlobStore, ClipStore
from narrative_assets.video.quality import judge
from narrative_assets.video.soundtrack import SoundRoom, soundtrack, verified
from narrative_assets.video.takes import staged
from narrative_assets.video.toolchain import Probe, Toolchain, probe
from narrative_assets.video.voices import VoiceBook
from schemas.assets import AssetManifest
from schemas.errors import MediaError
from schemas.project import DurationWindow
from schemas.render import BlobRef, CaptionFile, RenderedShot, RenderOutput, RenderPlan
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
    key = episode_key(shot_list, plan, vars(hashes), window, toolchain)
    kept = kept_episode(key, clips, blobs, workers)
    if kept is not None:
        for number, _ in enumerate(kept.shots, 1):
            if on_shot is not None:
                on_shot(number, len(kept.shots), True)
        return kept
    with _crew(workers) as (pool, halt):
        sound_room = SoundRoom(shot_list, plan, blobs, clips, toolchain, scratch)
        mixed = pool.submit(soundtrack, sound_room)
        cues = caption_sets(shot_list, plan)
        encoding = encoding_of(plan.profile, shot_list.fps)
        captions = pool.submit(_captions, cues, shot_list, encoding.height > encoding.width, blobs)
        book = PlateBook(plan, blobs.read)
        lettering, voices = Lettering.of(plan), VoiceBook(plan, blobs.read)
        burned = cues.subtitles if plan.profile.burn_captions else ()
        jobs = clip_jobs(shot_list, book, encoding, burned, lettering, voices)
        room = ClipRoom(shot_list, book, encoding, lettering, voices, scratch, halt)
        finished = _clips(jobs, room, clips, pool, workers, on_shot)
        paths = [finished[job.key][0] for job in jobs]
        figures = [replace(finished[job.key][1], shot_id=job.shot.shot_id) for job in jobs]
        track = mixed.result()
        sound = pool.submit(verified, track, sound_room)
        sheet = pool.submit(_sheet, shot_list, paths, blobs)
        flashes = pool.submit(flash_gate, figures, shot_list.fps)
        video = _video(paths, encoding, track.aac, shot_list, toolchain, scratch / "episode.mp4")
        shown = pool.submit(blobs.put_file, video.path, "video/mp4", width=encoding.width, height=encoding.height)
        quality = judge(
            shot_list,
            plan,
            cues.sdh,
            track.sound.heard,
            video.probe,
            figures,
            window=window,
            subtitles=cues.subtitles,
            flashes=flashes.result(),
        )
        output = RenderOutput(
            project_id=shot_list.project_id,
            episode_id=shot_list.episode_id,
            profile_id=plan.profile.id,
            shot_list_hash=hashes.shot_list,
            asset_manifest_hash=hashes.asset_manifest,
            render_plan_hash=hashes.render_plan,
            timing_lock_hash=shot_list.timing_lock_hash,
            video=shown.result(),
            video_stream_hash=video.stream_hash,
            audio_pcm_hash=track.sound.pcm_hash,
            captions=captions.result(),
            stems=sound.result().sound.stems,
            contact_sheet=sheet.result(),
            fps=shot_list.fps,
            total_frames=shot_list.total_frames,
            shots=tuple(_rendered(each) for each in figures),
            chapters=chapters_of(shot_list),
            loudness=track.sound.heard.loudness,
            quality=quality,
            placeholder_need_ids=tuple(missing.need_id for missing in plan.placeholders()),
            encoder=f"{encoder_build()}; {toolchain.build}",
        )
    keep_episode(key, output, clips, scratch)
    return output


@contextmanager
def _crew(workers: int) -> Iterator[tuple[Executor, threading.Event]]:
    """Threads for one render, and the signal that ends their work; whatever ends the render ends it too."""
    import cv2

    cv2.setNumThreads(1)
    halt = threading.Event()
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="render") as pool:
        try:
            yield pool, halt
        except BaseException:
            halt.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@dataclass(frozen=True)
class _Video:
    """The finished file and what was found in it."""

    path: Path
    stream_hash: str
    probe: Probe


def _clips(
    jobs: Sequence[ClipJob], room: ClipRoom, store: ClipStore, pool: Executor, workers: int, on_shot: OnShot | None
) -> dict[str, tuple[Path, ClipFigures]]:
    """Every job's clip by key; shots that show the same share one. The first failure ends the work.

    What is new is filmed while the clips that are kept are verified; a damaged one is filmed after them.
    """
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

    kept: list[ClipJob] = []
    new: list[ClipJob] = []
    damaged: list[ClipJob] = []
    for key, same in shots_of.items():
        (new if store.figures(key) is None else kept).append(same[0])
    filming = film(new, room, store, pool, workers)
    for job in kept:
        stored = stored_clip(job, store)
        if stored is None:
            damaged.append(job)
        else:
            arrived(job.key, stored)
    for key, clip in chain(filming, film(damaged, room, store, pool, workers)):
        arrived(key, clip)
    return finished


def _video(
    clips: Sequence[Path], encoding: Encoding, aac: Path, shot_list: ShotList, toolchain: Toolchain, path: Path
) -> _Video:
    """Put clips and sound into one file; its frames are the lock's, or it is no result."""
    frames = shot_list.total_frames
    stream_hash = assemble(clips, encoding, aac, chapters_of(shot_list), path)
    found = probe(toolchain, path)
    if found.video_frames != frames:
        raise MediaError(
            f"The finished file has {found.video_frames} frames; the timing lock says {frames}.",
            remedy="Empty the clip store and render again.",
        )
    return _Video(path, stream_hash, found)


def _sheet(shot_list: ShotList, clips: Sequence[Path], blobs: BlobStore) -> BlobRef:
    thumbnails = [read_thumbnail(path) for path in clips[:MOST_SHOTS]]
    sheet, width, height = contact_sheet(shot_list.shots[:MOST_SHOTS], thumbnails, shot_list.fps)
    return blobs.put(sheet, "image/png", width=width, height=height)


def _captions(cues: CaptionSets, shot_list: ShotList, vertical: bool, blobs: BlobStore) -> tuple[CaptionFile, ...]:
    language = shot_list.language
    documents = caption_documents(cues, shot_list.fps, language, shot_list.title, vertical=vertical)
    return tuple(
        CaptionFile(
            format=each.format, purpose=each.purpose, language=language, file=blobs.put(each.data, each.media_type)
        )
        for each in documents
    )


def _rendered(figures: ClipFigures) -> RenderedShot:
    return RenderedShot(
        shot_id=figures.shot_id,
        frames=figures.frames,
        clip_key=figures.clip_key,
        clip_hash=figures.clip_hash,
        mean_luma=figures.mean_luma,
    )
