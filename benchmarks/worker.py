"""One measured render in a process of its own: ``worker STORE SHOTS CHANGED WORKERS``; prints JSON.

``CHANGED`` is the number of a shot that differs from what the store has seen, or -1.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.episode import planned, shot_list
from narrative_assets.video.episode import RenderHashes, render_episode
from narrative_assets.video.toolchain import find_toolchain
from resources.caches import ClipFolder
from resources.registry import ArtifactStore
from resources.summaries import peak_memory_bytes
from schemas.canonical import content_hash
from schemas.project import RenderProfile


def main() -> None:
    folder, shots, changed, workers = Path(sys.argv[1]), *map(int, sys.argv[2:5])
    store = ArtifactStore(folder)
    profile = RenderProfile(burn_captions=True)
    episode = shot_list(shots, None if changed < 0 else changed)
    start = time.perf_counter()
    manifest, plan = planned(store, episode, profile)
    prepared = time.perf_counter()
    reused = 0

    def count(_done: int, _total: int, cached: bool) -> None:
        nonlocal reused
        reused += cached

    with store.blobs.scratch() as scratch:
        output = render_episode(
            episode,
            manifest,
            plan,
            hashes=RenderHashes(content_hash(episode), content_hash(manifest), content_hash(plan)),
            blobs=store.blobs,
            clips=ClipFolder(store),
            toolchain=find_toolchain(),
            scratch=Path(scratch),
            workers=workers,
            on_shot=count,
        )
    print(
        json.dumps(
            {
                "prepare_seconds": prepared - start,
                "render_seconds": time.perf_counter() - prepared,
                "video_seconds": episode.total_frames / episode.fps,
                "clips_reused": reused,
                "peak_mb": peak_memory_bytes() / 1e6,
                "video": str(store.blobs.path(output.video.sha256)),
                "audio": str(store.blobs.path(next(s.file.sha256 for s in output.stems if s.name == "mix"))),
                "stream": output.video_stream_hash,
            }
        )
    )


if __name__ == "__main__":
    main()
