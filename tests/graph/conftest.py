"""One very short episode under three profiles, shared by the tests of this folder that only read it or copy it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dagster import DagsterInstance

from resources.studio import Studio
from schemas.kinds import KINDS, PROFILED
from schemas.profiles import BUILT_IN
from tests.fakes.in_process import project_in, run

SIZES = {"preview_local": (192, 108), "standard_local": (256, 144), "preview_vertical": (108, 192)}
SCREENPLAY = """Title: THE LAST FERRY
Author: The project

EXT. QUAY - DUSK

Mara waits by the ropes.

MARA
Is this the last one?
"""


@dataclass
class Made:
    """What stood after the episode was made under one profile: heads by kind, and every file by bytes and time."""

    heads: dict[str, str | None]
    files: dict[str, tuple[str, int]]


def files_in(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        path.relative_to(folder).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def films_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="session")
def studio(films_folder: Path) -> Iterator[Studio]:
    small = [
        profile.model_copy(update=dict(zip(("width", "height"), SIZES[profile.id], strict=True))).model_dump(
            mode="json"
        )
        for profile in BUILT_IN
        if profile.id in SIZES
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("NARRATIVE_ARTIFACTS", str(films_folder / "artifacts"))
        yield project_in(films_folder, SCREENPLAY, render_profiles=small)


@pytest.fixture(scope="session")
def made(studio: Studio) -> dict[str, Made]:
    found = {}
    with DagsterInstance.ephemeral() as instance:
        for name in SIZES:
            done = run(instance, studio, "make_episode", name)
            assert done.success, [event for event in done.all_events if event.is_failure]
            heads = {
                kind: studio.store.head("ferry", "s01e01", name if kind in PROFILED else "", kind) for kind in KINDS
            }
            found[name] = Made(heads, files_in(studio.store.episode_folder("ferry", "s01e01")))
    return found
