"""Finished episodes kept by all that they were rendered from: when nothing has changed, files are only verified.

Shots and sound are kept on their own, in ``clips`` and ``soundtrack``.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import ValidationError

from narrative_assets.video.clips import RECIPE_VERSION, file_hash
from narrative_assets.video.encode import encoder_build
from narrative_assets.video.ports import BlobStore, ClipStore
from narrative_assets.video.quality import GATES_VERSION
from narrative_assets.video.soundtrack import SOUND_RECIPE
from narrative_assets.video.toolchain import Toolchain
from schemas.canonical import content_hash
from schemas.project import DurationWindow
from schemas.render import BlobRef, RenderOutput, RenderPlan
from schemas.shots import ShotList


def episode_key(
    shot_list: ShotList,
    plan: RenderPlan,
    hashes: Mapping[str, str],
    window: DurationWindow | None,
    toolchain: Toolchain,
) -> str:
    """Covers all that is seen, heard, judged and recorded of an episode."""
    return content_hash(
        {
            "recipes": [RECIPE_VERSION, SOUND_RECIPE, GATES_VERSION],
            "encoders": [encoder_build(), toolchain.build],
            "shot_list": content_hash(shot_list),
            "plan": content_hash(plan),
            "hashes": dict(hashes),
            "window": window.model_dump(mode="json") if window else None,
        }
    )


def kept_episode(key: str, store: ClipStore, blobs: BlobStore, workers: int) -> RenderOutput | None:
    """The episode kept under ``key``, if all its files are there and fit their hashes."""
    path, figures = store.get(key), store.figures(key)
    if path is None or figures is None:
        return None
    try:
        if file_hash(path) != figures["file_hash"]:
            return None
        output = RenderOutput.model_validate_json(path.read_bytes())
    except (OSError, KeyError, ValidationError):
        return None
    with ThreadPoolExecutor(max(1, workers)) as pool:
        return output if all(pool.map(lambda file: blobs.intact(file.sha256), _files(output))) else None


def keep_episode(key: str, output: RenderOutput, store: ClipStore, scratch: Path) -> None:
    """Keep what an episode came to; its files are the blob store's."""
    draft = scratch / f"{key}.json"
    draft.write_bytes(output.model_dump_json().encode())
    store.put(key, draft, {"file_hash": file_hash(draft), "frames": output.total_frames})


def _files(output: RenderOutput) -> tuple[BlobRef, ...]:
    sheet = () if output.contact_sheet is None else (output.contact_sheet,)
    stems, captions = (stem.file for stem in output.stems), (caption.file for caption in output.captions)
    return (output.video, *sheet, *stems, *captions)
