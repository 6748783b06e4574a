"""A disk that fills up at any point: one sentence, no half-published video, and the next run finishes the work."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.terminal import narrative, small_project


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Gives the artifact folder a disk of the asked size; asking again makes it larger."""
    if os.geteuid() != 0:
        pytest.skip("not run: only root may mount a small disk")
    folder = tmp_path / "artifacts"
    folder.mkdir()

    def resize(size: str) -> None:
        options = f"remount,size={size}" if folder.is_mount() else f"size={size}"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False)
        if done.returncode != 0:
            pytest.skip("not run: this machine does not allow mounting a small disk")

    yield resize
    if folder.is_mount():
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("size", ["400k", "6m", "14m"])
def test_a_full_disk_is_named_and_the_next_run_finishes(
    size: str, small_disk: Callable[[str], None], tmp_path: Path
) -> None:
    project = small_project(tmp_path)
    small_disk(size)
    refused = narrative("run", project, cwd=tmp_path)
    assert refused.code in (10, 11), refused.err
    assert "Traceback" not in refused.err
    assert "full" in refused.err or "No space left" in refused.err
    assert not list(tmp_path.rglob("*.mp4"))
    assert not list(tmp_path.rglob(".writing-*"))
    small_disk("300m")
    done = narrative("run", project, "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert Path(done.episode["video"]).is_file()
