"""A hand-off on disk: the rendered episode's files with its timelines beside them, by relative names.

Files are copied, never linked: an editor may write into what it is given.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from narrative_assets.handoff import LOST, VIDEO, Media, interchange, media_of, timeline
from resources.blobs import BlobFolder, file_sha256
from resources.credentials import sign_video
from resources.durable import disk_errors, sync_folder, write_durably
from resources.registry import ArtifactStore
from resources.signing import Signer
from schemas.errors import InputError
from schemas.reading import parse_json, read_limited
from schemas.render import RenderOutput, RenderPlan
from schemas.shots import ShotList

CONTENTS = "handoff.json"


@dataclass(frozen=True)
class Rendered:
    """A rendered episode with exactly the shot list and the plan it was rendered from."""

    shot_list: ShotList
    plan: RenderPlan
    output: RenderOutput


def rendered_episode(store: ArtifactStore, project: str, episode: str, profile: str) -> Rendered:
    """What the episode stands on under a profile. Raises InputError where it is not rendered."""
    digest = store.head(project, episode, profile, "RenderOutput")
    if digest is None:
        raise InputError(
            f"{project}/{episode} is not rendered under {profile!r}.",
            remedy=f"Render it: narrative run PROJECT_FILE --episode {episode} --profile {profile}.",
        )
    output = store.load(digest, RenderOutput)
    plan = store.load(output.render_plan_hash, RenderPlan)
    return Rendered(store.load(output.shot_list_hash, ShotList), plan, output)


def hand_over(store: ArtifactStore, rendered: Rendered, folder: Path, signer: Signer | None = None) -> dict[str, Any]:
    """Write the hand-off into ``folder`` and return its contents, as ``handoff.json`` there holds them.

    Without a ``signer`` the bytes are the same every time. A folder that holds anything but an earlier hand-off is
    refused with InputError.
    """
    media = media_of(rendered.output, rendered.plan)
    made = timeline(rendered.shot_list, rendered.plan, rendered.output, media)
    files = interchange(made, rendered.plan.profile.width, rendered.plan.profile.height)
    _make_room(folder)
    _copy_media(store.blobs, media, folder, rendered, signer)
    stem = f"{rendered.output.project_id}-{rendered.output.episode_id}"
    for ending, data in files.files.items():
        write_durably(folder / f"{stem}.{ending}", data)
    names = sorted([*media.files, *(f"{stem}.{ending}" for ending in files.files)])
    contents = {
        **made.metadata["narrative"],
        "files": [
            {"name": name, "sha256": file_sha256(folder / name), "bytes": (folder / name).stat().st_size}
            for name in names
        ],
        "timelines": {ending: f"{stem}.{ending}" for ending in sorted(files.files)},
        "left_out": dict(sorted(files.left_out.items())),
        "lost": {ending: LOST[ending] for ending in sorted(files.files) if ending in LOST},
        "credentials": None if signer is None else {"self_made": signer.self_made},
    }
    plain: dict[str, Any] = json.loads(json.dumps(contents, default=_plain))
    write_durably(folder / CONTENTS, json.dumps(plain, indent=2, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return plain


def _copy_media(blobs: BlobFolder, media: Media, folder: Path, rendered: Rendered, signer: Signer | None) -> None:
    for name, ref in media.files.items():
        source, target = blobs.verified_path(ref.sha256), folder / name
        with disk_errors(name):
            target.parent.mkdir(parents=True, exist_ok=True)
            if name == VIDEO and signer is not None:
                title = rendered.shot_list.title
                sign_video(source, target, rendered.output, rendered.plan, title, signer)
            else:
                _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    writing = target.with_name(f".writing-{target.name}")
    with source.open("rb") as read, writing.open("wb") as written:
        shutil.copyfileobj(read, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())
    writing.replace(target)
    sync_folder(target.parent)


def _make_room(folder: Path) -> None:
    """An empty folder, or one cleared of the hand-off that was made into it before."""
    with disk_errors("the hand-off"):
        folder.mkdir(parents=True, exist_ok=True)
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    if not found:
        return
    earlier = _earlier(folder / CONTENTS) if CONTENTS in found else set()
    strange = sorted(found - earlier - {CONTENTS})
    if strange:
        raise InputError(
            f"{folder} holds files that no hand-off has put there, {strange[0]!r} for one; nothing was written.",
            remedy="Give an empty folder with --to.",
        )
    for name in found:
        (folder / name).unlink()


def _earlier(path: Path) -> set[str]:
    """The files that the hand-off described at ``path`` put beside it."""
    document = parse_json(read_limited(path), path.name)
    rows = document.get("files", []) if isinstance(document, dict) else []
    return {str(row.get("name")) for row in rows if isinstance(row, dict)}


def _plain(value: Any) -> Any:
    """OpenTimelineIO's own dictionaries and lists as Python's."""
    return dict(value) if hasattr(value, "items") else list(value)
