"""One measured render in a process of its own, as ``python -m benchmarks.worker --help`` says; prints JSON.

Pictures and voices come from the store; ``--prepare`` only makes them, so that a render's memory is its own.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from benchmarks.episode import planned, project, shot_list
from narrative_assets.video.episode import RenderHashes, render_episode
from narrative_assets.video.toolchain import find_toolchain
from resources.clips import ClipFolder
from resources.registry import ArtifactStore
from resources.summaries import peak_memory_bytes
from schemas.canonical import content_hash
from schemas.profiles import profile_of
from schemas.project import RenderProfile


def main() -> None:
    asked = arguments()
    store = ArtifactStore(asked.store)
    profile = burned_in(asked.profile)
    episode = shot_list(asked.shots, None if asked.changed < 0 else asked.changed)
    start = time.perf_counter()
    manifest, plan = planned(store, episode, profile)
    prepared = time.perf_counter()
    if asked.prepare:
        print(json.dumps({"prepare_seconds": prepared - start}))
        return
    reused = 0

    def count(_done: int, _total: int, cached: bool) -> None:
        nonlocal reused
        reused += cached

    hashes = RenderHashes(content_hash(episode), content_hash(manifest), content_hash(plan))
    with store.blobs.scratch() as scratch:
        prepared = time.perf_counter()
        output = render_episode(
            episode,
            manifest,
            plan,
            hashes=hashes,
            blobs=store.blobs,
            clips=ClipFolder(store),
            toolchain=find_toolchain(),
            scratch=Path(scratch),
            workers=asked.workers,
            on_shot=count,
        )
        seconds = time.perf_counter() - prepared
    print(
        json.dumps(
            {
                "render_seconds": seconds,
                "video_seconds": episode.total_frames / episode.fps,
                "clips_reused": reused,
                "peak_mb": peak_memory_bytes() / 1e6,
                "megabytes": output.video.size_bytes / 1e6,
                "video": str(store.blobs.path(output.video.sha256)),
                "audio": str(store.blobs.path(next(s.file.sha256 for s in output.stems if s.name == "mix"))),
                "stream": output.video_stream_hash,
            }
        )
    )


def arguments() -> argparse.Namespace:
    """The store, and what to render from it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--shots", type=int, default=40)
    parser.add_argument("--changed", type=int, default=-1, help="a shot that differs from what the store has seen")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--profile", default="preview_local")
    parser.add_argument("--prepare", action="store_true", help="draw the pictures and speak the lines, and no more")
    return parser.parse_args()


def burned_in(profile_id: str) -> RenderProfile:
    """The built-in profile of that id with captions in the picture."""
    own = RenderProfile(id="none")
    return profile_of(project(own), profile_id).model_copy(update={"burn_captions": True})


if __name__ == "__main__":
    main()
