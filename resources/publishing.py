"""The folder of a published episode: whole or not there, the same bytes every time, with its record beside its files.

Files are other names of stored bytes where the disk allows that, so that publishing costs neither time nor space.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from filelock import FileLock

from narrative_assets.video.credits_file import credits_file
from resources.blobs import file_sha256
from resources.durable import disk_errors, link_durably, sync_folder, write_durably
from resources.gates.clearance import Edition
from resources.registry import ArtifactStore
from schemas.canonical import canonical_json
from schemas.publication import PassedGate, PublishedFile, PublishRecord
from schemas.render import BlobRef, RenderOutput

FOLDER, RECORD, SUMMARY, CREDITS = "published", "PublishRecord.json", "run_summary.json", "credits.txt"


def files_of(output: RenderOutput) -> dict[str, BlobRef]:
    """The files of a finished episode by the name they get in its folder."""
    named = {"episode.mp4": output.video}
    for caption in output.captions:
        named[f"captions{'.sdh' if caption.purpose == 'sdh' else ''}.{caption.format}"] = caption.file
    named.update({f"stem-{stem.name}.wav": stem.file for stem in output.stems})
    if output.contact_sheet is not None:
        named["contact-sheet.png"] = output.contact_sheet
    return named


def publish_record(store: ArtifactStore, edition: Edition, gates: tuple[PassedGate, ...]) -> PublishRecord:
    """The record of an episode that all ``gates`` let through; its credits are stored as text."""
    output, plan = edition.output, edition.plan
    credits = store.blobs.put(credits_file(edition.shot_list, plan.attributions), "text/plain")
    return PublishRecord(
        project_id=output.project_id,
        episode_id=output.episode_id,
        profile_id=output.profile_id,
        title=edition.shot_list.title,
        **edition.hashes(),
        timing_lock_hash=output.timing_lock_hash,
        fps=output.fps,
        total_frames=output.total_frames,
        files=tuple(PublishedFile(name=name, file=ref) for name, ref in {**files_of(output), CREDITS: credits}.items()),
        attributions=plan.attributions,
        gates=gates,
    )


def published_folder(store: ArtifactStore, project: str, episode: str, profile: str) -> Path:
    """Where an episode is published under a profile."""
    return store.episode_folder(project, episode, profile) / FOLDER


def publish(store: ArtifactStore, record: PublishRecord) -> None:
    """Put the episode of ``record`` into its folder in one step; what stood there goes only when this is whole.

    Nothing is done where exactly this stands already. Raises IntegrityError or StorageError, and leaves what stood.
    """
    folder = published_folder(store, record.project_id, record.episode_id, record.profile_id)
    locks = store.root / store.tenant / ".locks"
    with disk_errors(FOLDER):
        locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / f"{record.project_id}-{record.episode_id}-{record.profile_id}-{FOLDER}.lock"):
        if not _stands(store, folder, record):
            _clear(folder)
            _write(store, folder, record)
        # The record last: who finds it in the object store finds the rest.
        for path in sorted(folder.iterdir(), key=lambda path: (path.name == RECORD, path.name)):
            store.show(path)


def standing_record(folder: Path) -> bytes | None:
    """The record that lies in a published folder, or None where nothing is published."""
    path = folder / RECORD
    return path.read_bytes() if path.is_file() else None


def _stands(store: ArtifactStore, folder: Path, record: PublishRecord) -> bool:
    """Whether the folder holds exactly the files of the record, the run's log apart."""
    if standing_record(folder) != canonical_json(record):
        return False
    names = {each.name for each in record.files}
    there = {path.name for path in folder.iterdir()} - {RECORD, SUMMARY}
    return there == names and all(_same(store, folder / each.name, each.file.sha256) for each in record.files)


def _same(store: ArtifactStore, path: Path, sha256: str) -> bool:
    blob = store.blobs.path(sha256)
    if blob.is_file() and path.samefile(blob):
        return store.blobs.intact(sha256)
    return file_sha256(path) == sha256


def _write(store: ArtifactStore, folder: Path, record: PublishRecord) -> None:
    with disk_errors(FOLDER):
        folder.parent.mkdir(parents=True, exist_ok=True)
        writing = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{FOLDER}-writing-"))
    try:
        for each in record.files:
            link_durably(store.blobs.verified_path(each.file.sha256), writing / each.name)
        summary = folder.parent / SUMMARY
        if summary.is_file():
            write_durably(writing / SUMMARY, summary.read_bytes())
        write_durably(writing / RECORD, canonical_json(record))
        with disk_errors(FOLDER):
            writing.chmod(0o755)
            _take_place(writing, folder)
    finally:
        shutil.rmtree(writing, ignore_errors=True)


def _take_place(writing: Path, folder: Path) -> None:
    """A folder cannot be renamed onto another: the earlier one steps aside first, and is not there for a moment."""
    earlier = folder.with_name(f".{FOLDER}-earlier")
    if folder.exists():
        folder.replace(earlier)
    writing.replace(folder)
    sync_folder(folder.parent)
    shutil.rmtree(earlier, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Take away what a publication that was cut short has left, giving an earlier folder its place back."""
    earlier = folder.with_name(f".{FOLDER}-earlier")
    with disk_errors(FOLDER):
        if earlier.exists() and not folder.exists():
            earlier.replace(folder)
        for left in (earlier, *folder.parent.glob(f".{FOLDER}-writing-*")):
            if left.exists():
                shutil.rmtree(left)
