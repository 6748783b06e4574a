"""The quality gates of a finished episode: what was measured, the limit, and whether it holds.

Judging only, from figures at hand: nothing is decoded again. Here stand the gates of the file and the runtime;
those of captions, sound, picture, flashes and the render plan have modules of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from narrative_assets.video.caption_gates import caption_findings
from narrative_assets.video.captions import Cue
from narrative_assets.video.clips import ClipFigures
from narrative_assets.video.findings import finding, several
from narrative_assets.video.flash_gate import flash_gate
from narrative_assets.video.lettering_gates import lettering_findings
from narrative_assets.video.picture_gates import black_frames, frozen_pictures, pacing
from narrative_assets.video.plan_gates import licences, missing_assets
from narrative_assets.video.sound_gates import Heard, clipped_speech, ducking, loudness, true_peak
from narrative_assets.video.toolchain import Probe
from schemas.project import DurationWindow
from schemas.render import QualityFinding, RenderPlan
from schemas.shots import ShotList

GATES_VERSION = "3"
"""Changes whenever the same episode would be judged differently, so that no older judgement is reused."""
AV_LIMIT_MS = 45
"""ITU-R BT.1359: sound ahead of picture by more than this is noticed."""


def judge(
    shot_list: ShotList,
    plan: RenderPlan,
    cues: Sequence[Cue],
    sound: Heard,
    probe: Probe,
    clips: Sequence[ClipFigures],
    *,
    window: DurationWindow | None = None,
    subtitles: Sequence[Cue] = (),
    flashes: QualityFinding | None = None,
) -> tuple[QualityFinding, ...]:
    """Every gate's finding, always in the same order; ``window`` adds the runtime's.

    ``cues`` are the captions for the hard of hearing, ``subtitles`` those of speech alone, ``flashes`` what
    ``flash_gate`` found where it has been asked already.

    A caption rule that the voice itself makes impossible (fast speech, the next line at once) is counted in the
    message but breaks no gate: only what could have been done better does. What fails says what to do about it.
    """
    findings = [
        _frame_count(shot_list, probe, clips),
        _av_offset(probe),
        *caption_findings(shot_list, cues, subtitles),
        loudness(plan, sound),
        true_peak(plan, sound),
        ducking(plan, sound),
        clipped_speech(shot_list, plan, sound),
        black_frames(shot_list, clips),
        frozen_pictures(shot_list, clips),
        flashes or flash_gate(clips, shot_list.fps),
        missing_assets(plan),
        licences(plan),
        pacing(shot_list),
        *lettering_findings(shot_list, plan),
    ]
    return tuple(findings if window is None else [*findings, _runtime(shot_list, window)])


def _frame_count(shot_list: ShotList, probe: Probe, clips: Sequence[ClipFigures]) -> QualityFinding:
    wrong = [
        shot.shot_id
        for shot, clip in zip(shot_list.shots, clips, strict=False)
        if (shot.shot_id, shot.duration_frames) != (clip.shot_id, clip.frames)
    ]
    passed = (
        probe.video_frames == shot_list.total_frames
        and probe.frame_rate == shot_list.fps
        and len(clips) == len(shot_list.shots)
        and not wrong
    )
    message = f"Shots of another length than the lock's: {several(wrong)}. " if wrong else ""
    return finding(
        "frame_count",
        passed,
        f"{probe.video_frames} frames at {probe.frame_rate} per second in {len(clips)} shots",
        f"{shot_list.total_frames} frames at {shot_list.fps} per second in {len(shot_list.shots)} shots",
        "" if passed else f"{message}Empty the clip store and render again.",
    )


def _av_offset(probe: Probe) -> QualityFinding:
    start = probe.audio_start_us - probe.video_start_us
    end = start + probe.audio_duration_us - probe.video_duration_us
    worst = max(abs(start), abs(end))
    passed = probe.audio_codec != "" and worst <= AV_LIMIT_MS * 1_000
    measured = f"{worst // 1_000} ms" if probe.audio_codec else "no sound in the file"
    message = "" if passed else "Join picture and sound again from their streams; both start at zero."
    return finding("av_offset", passed, measured, f"{AV_LIMIT_MS} ms at either end", message)


def _runtime(shot_list: ShotList, window: DurationWindow) -> QualityFinding:
    frames, fps = shot_list.total_frames, shot_list.fps
    least, most = window.min_seconds * fps, window.max_seconds * fps
    passed = least <= frames <= most
    message = ""
    if not passed:
        off = (least - frames if frames < least else frames - most) / fps
        message = (
            f"{off:.1f} s too {'short' if frames < least else 'long'}: change the script, or the project's window."
        )
    return finding(
        "runtime", passed, f"{frames / fps:.1f} s", f"{window.min_seconds} to {window.max_seconds} s", message
    )
