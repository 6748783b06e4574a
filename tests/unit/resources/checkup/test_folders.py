"""The artifact folder on disks that are read-only, full or two, on real mounts where this machine allows them."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resources.checkup.findings import Verdict
from resources.checkup.folders import artifact_folder, free_space, scratch_disk
from resources.checkup.surroundings import Surroundings

Mount = Callable[[Path, str], None]


@pytest.fixture
def mount() -> Iterator[Mount]:
    """Mounts a small disk with the given options; all are taken off at the end."""
    if os.geteuid() != 0:
        pytest.skip("not run: only root may mount a disk")
    mounted: list[Path] = []

    def mounting(folder: Path, options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False).returncode:
            pytest.skip("not run: this machine does not allow mounting")
        mounted.append(folder)

    yield mounting
    for folder in reversed(mounted):
        subprocess.run(["umount", str(folder)], check=True)


def test_a_sound_folder_takes_files_and_keeps_none(tmp_path: Path) -> None:
    found = artifact_folder(Surroundings(tmp_path))
    assert found.verdict is Verdict.OK
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "artifacts"
    found = artifact_folder(Surroundings(root))
    assert found.verdict is Verdict.OK
    assert "can be made" in found.message
    assert not root.parent.exists()


def test_a_read_only_disk_is_named(mount: Mount, tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    mount(root, "ro,size=1m")
    found = artifact_folder(Surroundings(root))
    assert found.verdict is Verdict.FAILED
    assert str(root) in found.message
    assert "Read-only" in found.message
    assert "NARRATIVE_ARTIFACTS" in found.remedy


def test_a_full_disk_takes_no_files_and_has_no_room(mount: Mount, tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    mount(root, "size=8k")
    (root / "much").write_bytes(bytes(4096))
    found = artifact_folder(Surroundings(root))
    assert found.verdict is Verdict.FAILED
    assert "full" in found.message
    assert free_space(Surroundings(root)).verdict is Verdict.FAILED
    assert [path.name for path in root.iterdir()] == ["much"]


@pytest.mark.parametrize(("size", "verdict"), [("100m", Verdict.FAILED), ("2g", Verdict.WARNING), ("12g", Verdict.OK)])
def test_room_is_judged_by_what_an_episode_and_a_season_need(
    mount: Mount, tmp_path: Path, size: str, verdict: Verdict
) -> None:
    mount(tmp_path / "artifacts", f"size={size}")
    assert free_space(Surroundings(tmp_path / "artifacts")).verdict is verdict


def test_a_folder_that_others_own_is_named(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("not run: root may write everywhere")
    tmp_path.chmod(0o500)
    assert artifact_folder(Surroundings(tmp_path)).verdict is Verdict.FAILED


def test_a_file_in_the_folder_s_place_is_named(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    root.write_text("not a folder")
    found = artifact_folder(Surroundings(root))
    assert found.verdict is Verdict.FAILED
    assert "is a file" in found.message


def test_scratch_on_another_disk_is_named(mount: Mount, tmp_path: Path) -> None:
    assert scratch_disk(Surroundings(tmp_path)).verdict is Verdict.OK
    mount(tmp_path / "local" / "scratch", "size=1m")
    found = scratch_disk(Surroundings(tmp_path))
    assert found.verdict is Verdict.FAILED
    assert "another disk" in found.message
