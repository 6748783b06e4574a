"""An episode handed over: a folder that opens on another machine, signed when asked, the same bytes every time."""

import hashlib
import json
import os
from pathlib import Path

import opentimelineio as otio
import pytest

from tests.fakes.terminal import narrative

pytestmark = pytest.mark.slow


def files_in(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_hand_off_is_whole_and_repeats_to_the_byte(finished_once: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "a" / "two"
    done = narrative("handoff", "ferry", "s01e01", "--to", one, "--json", cwd=finished_once)
    assert done.code == 0, done.err
    later = narrative("handoff", "ferry", "s01e01", "--to", two, cwd=finished_once, TZ="Asia/Tokyo", LC_ALL="C")
    assert later.code == 0, later.err
    assert files_in(one) == files_in(two)
    told = {row["name"]: row["sha256"] for row in done.json["files"]}
    assert told == {name: digest for name, digest in files_in(one).items() if name != "handoff.json"}
    read = otio.adapters.read_from_file(str(one / "ferry-s01e01.otio"))
    for clip in read.find_clips():
        for reference in clip.media_references().values():
            assert (one / reference.target_url).is_file()
    stems = {clip.media_reference.target_url for track in read.audio_tracks() for clip in track.find_clips()}
    assert stems == {f"stems/{name}.wav" for name in ("dialogue", "music", "effects")}


def test_what_an_editor_does_to_its_files_leaves_the_store_alone(ferry: Path, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    assert narrative("handoff", "ferry", "s01e01", "--to", desk, cwd=ferry).code == 0
    with (desk / "episode.mp4").open("r+b") as file:
        file.write(b"overwritten")
    assert narrative("artifacts", "verify", cwd=ferry).code == 0
    again = narrative("handoff", "ferry", "s01e01", "--to", desk, "--json", cwd=ferry)
    assert again.code == 0, again.err
    video = next(row for row in again.json["files"] if row["name"] == "episode.mp4")
    assert video["sha256"] == again.json["video_hash"]


def test_a_folder_with_other_things_in_it_is_left_alone(finished_once: Path, tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"sun")
    done = narrative("handoff", "ferry", "s01e01", "--to", tmp_path, cwd=finished_once)
    assert done.code == 3
    assert "'holiday.jpg'" in done.err
    assert files_in(tmp_path) == {"holiday.jpg": hashlib.sha256(b"sun").hexdigest()}


def test_a_signed_hand_off_verifies_and_a_flipped_byte_shows(ferry: Path, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    done = narrative("handoff", "ferry", "s01e01", "--to", desk, "--credentials", cwd=ferry)
    assert done.code == 0, done.err
    assert "not who made it" in done.out
    video = desk / "episode.mp4"
    told = narrative("credentials", "verify", video, "--json", cwd=ferry)
    assert told.code == 0, told.err
    described = json.loads((desk / "handoff.json").read_text())
    assert told.json["unsigned_sha256"] == described["video_hash"]
    assert told.json["state"] == "valid"
    with video.open("r+b") as file:
        file.seek(-200, os.SEEK_END)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    broken = narrative("credentials", "verify", video, cwd=ferry)
    assert broken.code == 9
    assert "changed after signing" in broken.err


def test_half_a_signer_and_an_episode_not_rendered_are_answered_in_words(finished_once: Path, tmp_path: Path) -> None:
    half = narrative(
        "handoff", "ferry", "s01e01", "--to", tmp_path / "x", "--credentials",
        cwd=finished_once, NARRATIVE_SIGNING_KEY="key.pem",
    )  # fmt: skip
    assert half.code == 3
    assert "Only one of NARRATIVE_SIGNING_CERTIFICATE and NARRATIVE_SIGNING_KEY is set." in half.err
    absent = narrative("handoff", "ferry", "s01e09", "--to", tmp_path / "x", cwd=finished_once)
    assert absent.code == 3
    assert "is not rendered" in absent.err
    assert not (tmp_path / "x").exists()
