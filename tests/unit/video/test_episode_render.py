"""Whole renders of a small episode: the same bytes every time, reuse of clips, exact frames, guarded input."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import ffmpeg
import numpy as np
import pytest
from episode_kit import Stage, line, plate_png, shot, shot_list, varied

from narrative_assets.video.assemble import assemble
from narrative_assets.video.clipfile import read_clip
from narrative_assets.video.contact_sheet import frame_of
from narrative_assets.video.encode import elementary_hash, encoding_of
from narrative_assets.video.toolchain import guarded_input, probe, run_ffmpeg
from schemas.errors import MediaError, TimingLockError
from schemas.project import RenderProfile
from schemas.shots import Movement


@pytest.fixture(scope="module")
def episode():
    return shot_list(varied(), [line(1, 30, 24)])


@pytest.fixture(scope="module")
def rendered(tmp_path_factory, episode):
    stage = Stage(tmp_path_factory.mktemp("rendered"))
    output, came = stage.render(episode, workers=2)
    return stage, output, came


@pytest.mark.parametrize("workers", [1, 4])
def test_the_number_of_workers_moves_no_byte(tmp_path, episode, rendered, workers):
    _, expected, _ = rendered
    output, _ = Stage(tmp_path).render(episode, workers=workers)
    assert output == expected


def test_a_second_render_takes_every_clip_from_the_store(episode, rendered):
    stage, first, came = rendered
    assert came == [False] * len(episode.shots)
    again, came = stage.render(episode)
    assert came == [True] * len(episode.shots)
    assert again == first


def test_the_file_has_exactly_the_frames_of_the_lock_and_sound_beside_them(episode, rendered):
    stage, output, _ = rendered
    found = probe(stage.toolchain, stage.blobs.path(output.video))
    assert found.video_frames == episode.total_frames == sum(each.frames for each in output.shots)
    assert (found.width, found.height, found.frame_rate) == (320, 180, 24)
    assert (found.video_codec, found.audio_codec, found.channels) == ("h264", "aac", 2)
    length = episode.total_frames * 1_000_000 // 24
    assert abs(found.video_duration_us - length) < 1_000
    assert abs(found.audio_duration_us - length) < 50_000
    assert (found.video_start_us, found.audio_start_us) == (0, 0)
    assert found.chapters == len(output.chapters) == 1


def test_every_frame_of_the_file_decodes_without_complaint(episode, rendered):
    stage, output, _ = rendered
    video = guarded_input(stage.blobs.path(output.video), ["mov"])
    shown = run_ffmpeg(
        stage.toolchain, ffmpeg.output(video["v:0"], "pipe:", f="framemd5").global_args("-xerror"), "decoding"
    )
    frames = [row for row in shown.decode().splitlines() if not row.startswith("#")]
    assert len(frames) == episode.total_frames


def test_the_file_names_neither_time_nor_tool(rendered):
    stage, output, _ = rendered
    data = stage.blobs.path(output.video).read_bytes()
    assert b"Lavf" not in data
    assert b"x264" not in data
    assert b"creation_time" not in data


def test_the_stream_hash_is_that_of_the_clips_joined_and_of_the_finished_file(episode, rendered, tmp_path):
    stage, output, _ = rendered
    clips = [stage.clips.get(each.clip_key) for each in output.shots]
    assert [read_clip(clip).stream_hash for clip in clips] == [each.clip_hash for each in output.shots]
    joined = assemble(clips, encoding_of(stage.profile, 24), None, [], tmp_path / "joined.mp4")
    assert joined == output.video_stream_hash
    assert elementary_hash(stage.blobs.path(output.video)) == elementary_hash(tmp_path / "joined.mp4") == joined


def test_a_changed_shot_is_rendered_alone(episode, rendered, tmp_path):
    stage, before, _ = rendered
    shots = list(episode.shots)
    shots[3] = shots[3].model_copy(update={"movement": Movement(kind="push_in", amount=70)})
    output, came = stage.render(shot_list(shots, episode.lines))
    assert came.count(False) == 1
    changed = [a.shot_id for a, b in zip(before.shots, output.shots, strict=True) if a.clip_hash != b.clip_hash]
    assert changed == [shots[3].shot_id]


def test_a_shot_that_moves_on_the_timeline_is_not_rendered_again(episode, rendered):
    stage, before, _ = rendered
    shots = [*episode.shots[3:5], *episode.shots[:3], *episode.shots[5:]]
    output, came = stage.render(shot_list(shots))
    assert came == [True] * len(shots)
    assert {each.clip_hash for each in output.shots} == {each.clip_hash for each in before.shots}


def test_a_truncated_clip_is_rendered_again(episode, tmp_path):
    stage = Stage(tmp_path)
    small = shot_list([shot(1, 14), shot(2, 14, movement=Movement(kind="pan_left", amount=90))])
    first, _ = stage.render(small)
    clip = stage.clips.get(first.shots[1].clip_key)
    clip.write_bytes(clip.read_bytes()[:-500])
    forget_episodes(stage)
    again, came = stage.render(small)
    assert sorted(came) == [False, True]
    assert again == first


def episodes(stage: Stage) -> list[Path]:
    """What the store keeps of whole episodes."""
    return [path for path in stage.clips.folder.glob("*.mp4") if path.read_bytes().startswith(b'{"')]


def forget_episodes(stage: Stage) -> None:
    """Keep clips and sound only, so that the next render looks at them."""
    for path in episodes(stage):
        path.unlink()


def test_nothing_changed_makes_nothing_and_looks_at_every_file(tmp_path):
    stage = Stage(tmp_path)
    small = shot_list([shot(1, 14), shot(2, 14)], [line(1, 2, 10)])
    first, _ = stage.render(small)
    made = {path: path.stat().st_mtime_ns for path in stage.clips.folder.iterdir()}
    again, came = stage.render(small)
    assert (again, came) == (first, [True, True])
    assert {path: path.stat().st_mtime_ns for path in stage.clips.folder.iterdir()} == made
    assert not any((stage.folder / "scratch2").iterdir())
    stage.blobs.path(first.video).write_bytes(b"no longer a video")
    again, _ = stage.render(small)
    assert again == first
    assert stage.blobs.intact(first.video.sha256)


def test_a_damaged_record_of_an_episode_is_made_again(tmp_path):
    stage = Stage(tmp_path)
    small = shot_list([shot(1, 14)])
    first, _ = stage.render(small)
    (kept,) = episodes(stage)
    kept.write_bytes(kept.read_bytes().replace(b"frames", b"flames"))
    assert stage.render(small)[0] == first


def sound_files(stage: Stage) -> dict[Path, int]:
    """The sound in the store, with when each file was written."""
    others = {*(stage.clips.folder / f"{key}.mp4" for key in stage.keys), *episodes(stage)}
    return {path: path.stat().st_mtime_ns for path in stage.clips.folder.glob("*.mp4") if path not in others}


def test_new_pictures_leave_the_sound_as_it_is_and_new_lines_do_not(tmp_path):
    stage = Stage(tmp_path)
    talk = [line(1, 2, 10)]
    first, _ = stage.render(shot_list([shot(1, 24)], talk))
    kept = sound_files(stage)
    assert len(kept) == 2  # the coded sound, and its only minute
    second, _ = stage.render(shot_list([shot(1, 24, movement=Movement(kind="push_in", amount=90))], talk))
    assert sound_files(stage) == kept
    assert (second.audio_pcm_hash, second.stems) == (first.audio_pcm_hash, first.stems)
    third, _ = stage.render(shot_list([shot(1, 24)], [line(1, 4, 10)]))
    assert len(sound_files(stage)) == 4
    assert third.audio_pcm_hash != first.audio_pcm_hash


def test_damaged_sound_is_made_again(tmp_path):
    stage = Stage(tmp_path)
    small = shot_list([shot(1, 24)], [line(1, 2, 10)])
    first, _ = stage.render(small)
    for path in [*sound_files(stage), *(stage.blobs.path(stem.file) for stem in first.stems)]:
        path.write_bytes(path.read_bytes()[:-8])
        forget_episodes(stage)
        again, _ = stage.render(small)
        assert again == first
        assert all(stage.blobs.intact(stem.file.sha256) for stem in first.stems)


def test_a_clip_without_readable_figures_is_rendered_again(tmp_path):
    stage = Stage(tmp_path)
    small = shot_list([shot(1, 14)])
    first, _ = stage.render(small)
    (stage.clips.folder / f"{first.shots[0].clip_key}.json").write_text(json.dumps({"file_hash": "?"}))
    forget_episodes(stage)
    again, came = stage.render(small)
    assert came == [False]
    assert again == first


def test_a_script_in_place_of_a_clip_is_no_clip(rendered, tmp_path):
    stage, output, _ = rendered
    (tmp_path / "real.mp4").write_bytes(stage.blobs.path(output.video).read_bytes())
    script = tmp_path / "clip.mp4"
    script.write_text("ffconcat version 1.0\nfile real.mp4\n")
    with pytest.raises(MediaError, match=r"clip\.mp4"):
        assemble([script], encoding_of(stage.profile, 24), None, [], tmp_path / "joined.mp4")
    with pytest.raises(MediaError):
        probe(stage.toolchain, script)
    copy = ffmpeg.output(guarded_input(script, ["mov"])["v:0"], str(tmp_path / "out.mp4"), c="copy")
    with pytest.raises(MediaError, match="copying"):
        run_ffmpeg(stage.toolchain, copy, "copying")
    # The attack is real: without the guards the same file is followed.
    unguarded = subprocess.run(
        [stage.toolchain.ffmpeg, "-v", "error", "-i", script, "-c", "copy", "-f", "null", "-"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert unguarded.returncode == 0


def test_a_manifest_or_plan_for_another_timing_is_refused(tmp_path, episode):
    stage = Stage(tmp_path)
    manifest, plan = stage.plan(episode)
    with pytest.raises(TimingLockError, match="asset manifest"):
        stage.render(episode, plan=plan, manifest=manifest.model_copy(update={"timing_lock_hash": "f" * 64}))
    with pytest.raises(TimingLockError, match="render plan"):
        stage.render(episode, plan=plan.model_copy(update={"timing_lock_hash": "f" * 64}), manifest=manifest)


def test_a_need_without_an_asset_is_named(tmp_path):
    stage = Stage(tmp_path)
    small = shot_list([shot(1, 14)])
    manifest, plan = stage.plan(small)
    plan = plan.model_copy(update={"assets": tuple(a for a in plan.assets if a.need_id != "background:pier:day")})
    with pytest.raises(MediaError, match=r"sh001 needs background:pier:day"):
        stage.render(small, plan=plan, manifest=manifest)


@pytest.mark.parametrize("damage", [b"", b"no picture at all", plate_png()[:200]])
def test_a_picture_that_cannot_be_decoded_is_named(tmp_path, damage):
    stage = Stage(tmp_path)
    small = shot_list([shot(1, 14)])
    manifest, plan = stage.plan(small)
    bad = stage.blobs.put(damage, "image/png")
    assets = tuple(a.model_copy(update={"blob": bad}) if a.need_id == "background:pier:day" else a for a in plan.assets)
    with pytest.raises(MediaError, match="background:pier:day cannot be decoded"):
        stage.render(small, plan=plan.model_copy(update={"assets": assets}), manifest=manifest)


def test_captions_are_burned_in_where_and_while_their_line_is_spoken(tmp_path):
    quiet = Stage(tmp_path / "plain")
    loud = Stage(tmp_path / "burned", RenderProfile(id="tiny", width=320, height=180, burn_captions=True))
    talk = shot_list([shot(1, 60)], [line(1, 20, 30)])
    plain, _ = quiet.render(talk)
    burned, _ = loud.render(talk)
    clips = quiet.clips.get(plain.shots[0].clip_key), loud.clips.get(burned.shots[0].clip_key)
    before, during = ([np.asarray(frame_of(clip, number)).astype(int) for clip in clips] for number in (2, 30))
    assert np.abs(before[0] - before[1]).max() == 0
    changed = np.abs(during[0] - during[1]).max(axis=2) > 60
    assert changed[130:].sum() > 200
    assert changed[:110].sum() == 0
    assert np.asarray(during[1])[130:].max() > 225


def test_a_vertical_profile_renders_too(tmp_path):
    stage = Stage(tmp_path, RenderProfile(id="tall", width=180, height=320, preset="superfast"))
    output, _ = stage.render(shot_list(varied(13)))
    assert probe(stage.toolchain, stage.blobs.path(output.video)).video_frames == output.total_frames


def test_a_stop_in_the_middle_leaves_finished_clips_and_no_process(tmp_path):
    stage = Stage(tmp_path)
    shots = shot_list([shot(n, 40, movement=Movement(kind="push_in", amount=50 + n)) for n in range(1, 7)])

    class StoppedError(Exception):
        pass

    def stop(done: int, total: int, cached: bool) -> None:
        if done == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        stage.render(shots, workers=1, on_shot=stop)
    _, came = stage.render(shots, workers=1)
    assert 2 <= came.count(True) < len(came)


def test_ffmpegs_own_words_reach_the_reader(tmp_path, rendered):
    stage, _, _ = rendered
    spec = ffmpeg.output(guarded_input(Path("/nowhere/at/all.mp4"), ["mov"]), str(tmp_path / "x.mp4"))
    with pytest.raises(MediaError, match=r"while looking: .*No such file"):
        run_ffmpeg(stage.toolchain, spec, "looking")


def test_chapters_keep_their_titles(rendered):
    stage, output, _ = rendered
    found = ffmpeg.probe(str(stage.blobs.path(output.video)), cmd=str(stage.toolchain.ffprobe), show_chapters=None)
    assert [chapter["tags"]["title"] for chapter in found["chapters"]] == ["Pier"]
    assert abs(float(found["chapters"][0]["end_time"]) - output.total_frames / 24) < 0.001
