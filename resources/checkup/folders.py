"""Checks of the artifact folder: it takes writes that last, its disk has room, and scratch lies on the same disk."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from resources.checkup.findings import Finding, failed, ok, told, warning
from resources.checkup.surroundings import Surroundings
from resources.durable import move_durably, write_durably
from schemas.errors import StorageError

_GB = 1_000_000_000
LEAST_FREE = _GB
"""Bytes without which an episode may not find room for its clips."""
COMFORTABLE_FREE = 10 * _GB
"""Bytes under which a season is better not begun."""
_PROBE = b"narrative doctor\n" * 256
_WRITABLE = "Give this user the right to write there, or name another folder in NARRATIVE_ARTIFACTS."


def artifact_folder(around: Surroundings) -> Finding:
    """Whether a file can be written, made durable, renamed, read and deleted where artifacts go."""
    place = _nearest(around.root)
    if not place.is_dir():
        return failed(f"{place} is a file where the artifact folder {around.root} should be.", _WRITABLE)
    try:
        with tempfile.TemporaryDirectory(dir=place, prefix=".doctor-") as folder:
            written, renamed = Path(folder) / "written", Path(folder) / "renamed"
            write_durably(written, _PROBE)
            move_durably(written, renamed)
            if renamed.read_bytes() != _PROBE:
                return failed(f"{place} gave back other bytes than were written.", "Have the disk checked.")
    except StorageError as error:
        return failed(f"The artifact folder {around.root} takes no files: {error.message}", error.remedy)
    except OSError as error:
        return failed(f"The artifact folder {around.root} takes no files: {error.strerror or told(error)}.", _WRITABLE)
    if place != around.root:
        return ok(f"{around.root} is not there yet and can be made.")
    return ok(f"{around.root} takes files: written, synced, renamed, read, deleted.")


def free_space(around: Surroundings) -> Finding:
    """Whether the disk under the artifact folder has room."""
    free = shutil.disk_usage(_nearest(around.root)).free
    said = f"{free / _GB:.1f} GB are free under {around.root}"
    remedy = "Free some space, or lower what the cache holds: `narrative cache prune --to GB`."
    if free < LEAST_FREE:
        return failed(f"{said}; {LEAST_FREE / _GB:.0f} GB are the least.", remedy)
    if free < COMFORTABLE_FREE:
        return warning(f"{said}; a season may need {COMFORTABLE_FREE / _GB:.0f} GB.", remedy)
    return ok(f"{said}.")


def scratch_disk(around: Surroundings) -> Finding:
    """Whether work in progress lies on the disk of the blobs, so that taking it over is one step."""
    blobs, scratch = (around.root / around.tenant / name for name in ("blobs", "scratch"))
    if _nearest(blobs).stat().st_dev == _nearest(scratch).stat().st_dev:
        return ok("Scratch and blobs lie on one disk.")
    return failed(
        f"{scratch} lies on another disk than {blobs}: a finished file cannot be moved there in one step.",
        "Mount one disk over the whole artifact folder, and none inside it.",
    )


def _nearest(path: Path) -> Path:
    """``path``, or the nearest folder above it that is there."""
    wanted = path.absolute()
    return next(each for each in (wanted, *wanted.parents) if each.exists())
