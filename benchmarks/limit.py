"""The limit of any render: x264 alone, as the product runs it, on frames that lie in memory; prints JSON.

Segments are drawn first, one for each worker, and only then coded side by side; only the coding counts. It is
timed twice: for the frames that differ from the one before, which is all that the product has coded, and for
every frame.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from benchmarks.episode import planned, shot_list
from benchmarks.worker import arguments, burned_in
from narrative_assets.video.captions import caption_sets
from narrative_assets.video.clips import clip_jobs
from narrative_assets.video.encode import Encoding, blank_planes, cut_up, encode, encoding_of
from narrative_assets.video.filming import ClipRoom, Shoot
from narrative_assets.video.lettered import Lettering
from narrative_assets.video.motion import Planes
from narrative_assets.video.plates import PlateBook
from narrative_assets.video.voices import VoiceBook
from resources.registry import ArtifactStore


@dataclass
class Drawn:
    """A segment's frames in memory."""

    frames: int
    pictures: dict[int, Planes]

    def shown(self, frame: int) -> Planes:
        while frame not in self.pictures:
            frame -= 1
        return self.pictures[frame]


def main() -> None:
    asked = arguments()
    cv2.setNumThreads(1)
    every, differing, frames, coded = 0.0, 0.0, 0, 0
    encoding, segments = drawn(asked.store, asked.shots, asked.profile)
    with ThreadPoolExecutor(asked.workers) as pool:
        while some := tuple(islice(segments, asked.workers)):
            differing += timed(pool, encoding, some, lambda segment, frame: frame not in segment.pictures)
            every += timed(pool, encoding, some, lambda _segment, _frame: False)
            frames += sum(segment.frames for segment in some)
            coded += sum(len(segment.pictures) for segment in some)
    seconds = frames / encoding.fps
    print(json.dumps({"video_seconds": seconds, "differing": differing, "every": every, "coded": coded}))


def timed(
    pool: ThreadPoolExecutor,
    encoding: Encoding,
    segments: tuple[Drawn, ...],
    repeats: Callable[[Drawn, int], bool],
) -> float:
    """Seconds until all ``segments`` are coded, each by a thread of its own."""

    def code(segment: Drawn) -> None:
        def copy(frame: int, out: Planes) -> None:
            for source, target in zip(segment.shown(frame).each(), out.each(), strict=True):
                np.copyto(target, source)

        encode(encoding, segment.frames, copy, lambda frame: repeats(segment, frame))

    before = time.perf_counter()
    list(pool.map(code, segments))
    return time.perf_counter() - before


def drawn(folder: Path, shots: int, profile_id: str) -> tuple[Encoding, Iterator[Drawn]]:
    """The segments of the benchmark's episode as the render draws them, one after another."""
    store, episode, profile = ArtifactStore(folder), shot_list(shots), burned_in(profile_id)
    _, plan = planned(store, episode, profile)
    book, encoding = PlateBook(plan, store.blobs.read), encoding_of(profile, episode.fps)
    lettering, voices = Lettering.of(plan), VoiceBook(plan, store.blobs.read)
    room = ClipRoom(episode, book, encoding, lettering, voices, folder, threading.Event())

    def segments() -> Iterator[Drawn]:
        for job in clip_jobs(episode, book, encoding, caption_sets(episode, plan).subtitles, lettering, voices):
            shoot = Shoot(job, room)
            for first, end in cut_up(shoot.frames):
                segment = Drawn(end - first, {})
                for frame in range(end - first):
                    if frame == 0 or not shoot.repeats(first + frame):
                        segment.pictures[frame] = blank_planes(encoding.width, encoding.height)
                        shoot.draw(first + frame, segment.pictures[frame])
                yield segment

    return encoding, segments()


if __name__ == "__main__":
    main()
