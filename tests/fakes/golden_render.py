"""Renders one ten-shot episode in a process of its own and prints what came out, hash by hash.

``python -m tests.fakes.golden_render FOLDER [--workers N] [--runs N] [--plain-x264]``; every run starts with empty
stores. Plain x264 runs without any of the processor's vector instructions.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "video"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--plain-x264", action="store_true")
    asked = parser.parse_args()
    if asked.plain_x264:
        without_vectors()
    found = [rendered(asked.folder / str(number), asked.workers) for number in range(asked.runs)]
    print(json.dumps(found))


def rendered(folder: Path, workers: int) -> dict[str, Any]:
    """Hashes of everything an episode came to."""
    import av
    from episode_kit import Stage, line, shot_list, varied

    from schemas.canonical import content_hash
    from schemas.project import RenderProfile
    from schemas.shots import LowerThird

    profile = RenderProfile(id="tiny", width=320, height=180, burn_captions=True)
    shots = [*varied(16), *(each.model_copy(update={"shot_id": f"{each.shot_id}-more"}) for each in varied(24)[2:5])]
    third = LowerThird(character_id="ben", title="Ben", subtitle="Keeper of the light", start_frame=2, frames=12)
    shots[4] = shots[4].model_copy(update={"lower_third": third})
    episode = shot_list(shots, [line(1, 20, 24), line(2, 70, 30), line(3, 150, 24)])
    output, _ = Stage(folder, profile).render(episode, workers=workers)
    return {
        "stream": output.video_stream_hash,
        "pcm": output.audio_pcm_hash,
        "captions": [each.file.sha256 for each in output.captions],
        "mp4": output.video.sha256,
        "all": content_hash(output),
        "shots": len(output.shots),
        "muxer": av.__version__,
    }


def without_vectors() -> None:
    """Have x264 run on plain C."""
    from narrative_assets.video import encode

    encode.X264_PARAMS += ":asm=0"  # type: ignore[misc]


if __name__ == "__main__":
    main()
