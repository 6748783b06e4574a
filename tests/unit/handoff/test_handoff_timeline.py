"""Every format that an editor opens says the same as the timing lock, frame by frame, read back by its adapter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import opentimelineio as otio
import pytest

from narrative_assets.handoff import Interchange, interchange, media_of, timeline
from schemas.errors import InputError, TimingLockError
from schemas.shots import ShotList
from tests.unit.handoff.handoff_kit import episode, output_of, plan_of
from tests.unit.video.episode_kit import shot

ADAPTERS = {"otio": "otio_json", "fcpxml": "fcpx_xml", "xml": "fcp_xml", "edl": "cmx_3600"}


def handed(shots: ShotList) -> tuple[otio.schema.Timeline, Interchange]:
    plan, output = plan_of(shots), output_of(shots)
    made = timeline(shots, plan, output, media_of(output, plan))
    return made, interchange(made, plan.profile.width, plan.profile.height)


def read_back(files: Interchange, ending: str, fps: int) -> otio.schema.Timeline:
    options = {"rate": fps} if ending == "edl" else {}
    return otio.adapters.read_from_string(files.files[ending].decode(), ADAPTERS[ending], **options)


def frames_of(read: otio.schema.Timeline) -> Iterator[tuple[str, int, int, int]]:
    """Name, first frame on the timeline, frames, first frame in the source, of each clip of the picture."""
    track = next(each for each in read.tracks if each.kind == otio.schema.TrackKind.Video)
    for clip in track.find_clips():
        placed = clip.range_in_parent()
        yield (
            clip.name,
            int(placed.start_time.value),
            int(placed.duration.value),
            int(clip.source_range.start_time.value),
        )


def locked(shots: ShotList) -> list[tuple[str, int, int, int]]:
    return [(each.shot_id, each.start_frame, each.duration_frames, each.start_frame) for each in shots.shots]


@pytest.mark.parametrize("fps", [24, 25, 30])
@pytest.mark.parametrize("ending", ADAPTERS)
def test_each_format_read_back_has_the_locks_frames(ending: str, fps: int) -> None:
    shots = episode(fps, frames=17)
    read = read_back(handed(shots)[1], ending, fps)
    assert list(frames_of(read)) == locked(shots)
    assert read.duration() == otio.opentime.RationalTime(shots.total_frames, fps)


@pytest.mark.parametrize("ending", ["otio", "fcpxml", "xml"])
def test_stems_lie_under_the_whole_picture(ending: str) -> None:
    shots = episode()
    read = read_back(handed(shots)[1], ending, 24)
    sound = [track for track in read.tracks if track.kind == otio.schema.TrackKind.Audio]
    found = {clip.media_reference.target_url: clip.duration().value for track in sound for clip in track.find_clips()}
    assert found == {f"stems/{name}.wav": shots.total_frames for name in ("dialogue", "music", "effects")}


@pytest.mark.parametrize("ending", ["otio", "xml", "edl"])
def test_a_dissolve_is_a_transition_of_its_length(ending: str) -> None:
    read = read_back(handed(episode())[1], ending, 24)
    (track, *_) = read.tracks
    (found,) = [each for each in track if isinstance(each, otio.schema.Transition)]
    assert found.in_offset.value + found.out_offset.value == 5


def test_takes_story_and_hashes_go_with_each_shot() -> None:
    shots = episode()
    read = read_back(handed(shots)[1], "otio", 24)
    clip = next(clip for clip in read.find_clips() if clip.name == "sh006")
    told = clip.metadata["narrative"]
    assert told["framing"]["kind"] == "insert"
    assert told["clip_hash"] == f"{5:064x}"
    assert [(take["take_id"], take["chosen"]) for take in told["takes"]] == [("t1", True), ("t2", False)]
    references = clip.media_references()
    assert references["take t2 picture 1"].target_url == "takes/sh006.t2.1.png"
    assert clip.active_media_reference_key == clip.DEFAULT_MEDIA_KEY
    assert read.metadata["narrative"]["timing_lock_hash"] == shots.timing_lock_hash
    assert read.metadata["narrative"]["captions"][0]["file"] == "captions/sdh.en.srt"


def test_lines_sounds_scenes_fades_and_what_is_missing_are_marked() -> None:
    read = read_back(handed(episode())[1], "otio", 24)
    found = {
        (
            m.metadata["narrative"]["kind"],
            m.name,
            int(m.marked_range.start_time.value),
            int(m.marked_range.duration.value),
        )
        for clip in read.find_clips()
        for m in clip.markers
    }
    assert found == {
        ("scene", "Pier", 0, 112),
        ("line", "Ada: The lamp went out at midnight.", 44, 9),
        ("sound", "door", 47, 4),
        ("fade", "fade in", 0, 4),
        ("fade", "fade out", 107, 5),
        ("placeholder", "missing: a lamp", 84, 14),
    }


def test_the_bytes_repeat_in_another_process_folder_and_time_zone(tmp_path: Path) -> None:
    code = (
        "import hashlib\n"
        "from tests.unit.handoff.test_handoff_timeline import episode, handed\n"
        "for ending, data in sorted(handed(episode())[1].files.items()):\n"
        "    print(ending, hashlib.sha256(data).hexdigest())\n"
    )
    (tmp_path / "episode.mp4").write_bytes(b"not a film")
    root = str(Path(__file__).parents[3])
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            env={"PYTHONPATH": root, "TZ": zone, "PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for folder, zone, seed in ((tmp_path, "Asia/Tokyo", "1"), (root, "UTC", "2"))
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].splitlines()) == 4


def test_nothing_inside_leads_out_of_the_folder() -> None:
    for data in handed(episode())[1].files.values():
        for absolute in ("file:", "/tmp", "/home", "localhost", ":\\"):
            assert absolute not in data.decode()


def test_a_rate_that_a_format_cannot_hold_leaves_it_out_with_the_reason() -> None:
    _, files = handed(episode(fps=12))
    assert sorted(files.files) == ["otio"]
    assert files.left_out == {
        "xml": "Final Cut 7 XML is written at 24, 25, 30, 48, 50, 60 frames a second; the episode has 12.",
        "fcpxml": "FCPXML is written at 24, 25, 30, 50, 60 frames a second; the episode has 12.",
        "edl": "EDL is written at 24, 25, 30 frames a second; the episode has 12.",
    }


def test_an_edit_list_of_too_many_events_is_left_out() -> None:
    many = [shot(number, 2, figures=()) for number in range(1, 1_002)]
    _, files = handed(episode(shots=many, frames=20))
    assert "edl" not in files.files
    assert "999 events" in files.left_out["edl"]


def test_an_hour_is_exact_in_every_format() -> None:
    long = [shot(number, 8_641, figures=()) for number in range(1, 11)]
    shots = episode(shots=long, frames=20)
    assert shots.total_frames == 86_410
    for ending in ADAPTERS:
        assert list(frames_of(read_back(handed(shots)[1], ending, 24))) == locked(shots), ending


def test_an_output_of_another_timing_is_refused() -> None:
    shots, other = episode(), episode(frames=15)
    with pytest.raises(TimingLockError):
        timeline(shots, plan_of(shots), output_of(other), media_of(output_of(other), plan_of(shots)))
    shorter = output_of(shots).model_copy(update={"total_frames": shots.total_frames - 1})
    with pytest.raises(InputError):
        timeline(shots, plan_of(shots), shorter, media_of(shorter, plan_of(shots)))
