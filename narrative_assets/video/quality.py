"""The quality gates of a finished episode: what was measured, the limit, and whether it holds.

Judging only, from figures at hand: nothing is decoded again. The captions' gates live in ``caption_gates``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from narrative_assets.video.caption_gates import caption_limits, caption_sync, caption_words
from narrative_assets.video.captions import Cue
from narrative_assets.video.clips import ClipFigures
from narrative_assets.video.findings import finding, several
from narrative_assets.video.loudness import SILENCE
from narrative_assets.video.sound import Mix, sample_at
from narrative_assets.video.toolchain import Probe
from schemas.assets import line_need_id
from schemas.project import DurationWindow
from schemas.render import QualityFinding, RenderPlan, ResolvedAsset
from schemas.shots import ShotList, SpokenLine

AV_LIMIT_MS = 45
"""ITU-R BT.1359: sound ahead of picture by more than this is noticed."""
LOUDNESS_TOLERANCE = 50
DUCK_TOLERANCE = 100
BLACK_LUMA = 17
FLASHES_PER_SECOND = 3

_UNSTATED = frozenset({"", "unknown", "none", "noassertion"})


def judge(
    shot_list: ShotList,
    plan: RenderPlan,
    cues: Sequence[Cue],
    mix: Mix,
    probe: Probe,
    clips: Sequence[ClipFigures],
    *,
    window: DurationWindow | None = None,
) -> tuple[QualityFinding, ...]:
    """Every gate's finding, always in the same order; ``window`` adds the runtime's.

    A caption rule that the voice itself makes impossible (fast speech, the next line at once) is counted in the
    message but breaks no gate: only what could have been done better does.
    """
    findings = [
        _frame_count(shot_list, probe, clips),
        _av_offset(probe),
        caption_words(shot_list, cues),
        caption_sync(shot_list, cues),
        caption_limits(shot_list, cues),
        _loudness(plan, mix),
        _true_peak(plan, mix),
        _ducking(shot_list, plan, mix),
        _clipped_speech(shot_list, plan, mix),
        _black_frames(shot_list, clips),
        _flashes(shot_list, clips),
        _missing_assets(plan),
        _rights(plan),
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
    return finding(
        "frame_count",
        passed,
        f"{probe.video_frames} frames at {probe.frame_rate} per second in {len(clips)} shots",
        f"{shot_list.total_frames} frames at {shot_list.fps} per second in {len(shot_list.shots)} shots",
        f"Shots of another length than the lock's: {several(wrong)}." if wrong else "",
    )


def _av_offset(probe: Probe) -> QualityFinding:
    start = probe.audio_start_us - probe.video_start_us
    end = start + probe.audio_duration_us - probe.video_duration_us
    worst = max(abs(start), abs(end))
    passed = probe.audio_codec != "" and worst <= AV_LIMIT_MS * 1_000
    measured = f"{worst // 1_000} ms" if probe.audio_codec else "no sound in the file"
    return finding("av_offset", passed, measured, f"{AV_LIMIT_MS} ms at either end")


def _loudness(plan: RenderPlan, mix: Mix) -> QualityFinding:
    measured, target = mix.loudness.integrated, plan.profile.loudness
    silent = measured <= SILENCE
    return finding(
        "loudness",
        silent or abs(measured - target) <= LOUDNESS_TOLERANCE,
        "silence" if silent else f"{measured / 100:.2f} LUFS",
        f"{target / 100:.2f} LUFS, {LOUDNESS_TOLERANCE / 100:.1f} LU either way",
        "The episode makes no sound." if silent else "",
    )


def _true_peak(plan: RenderPlan, mix: Mix) -> QualityFinding:
    measured, limit = mix.loudness.true_peak, plan.profile.true_peak
    return finding("true_peak", measured <= limit, f"{measured / 100:.2f} dBTP", f"{limit / 100:.2f} dBTP")


def _ducking(shot_list: ShotList, plan: RenderPlan, mix: Mix) -> QualityFinding:
    """Music under speech lies as far down as the profile says; without both there is nothing to duck."""
    wanted, depth = plan.profile.duck, mix.loudness.duck_depth
    if wanted >= 0 or (depth == 0 and not _music_under_speech(shot_list, mix)):
        return finding("ducking", True, "no music under speech", f"{min(wanted, 0) / 100:.1f} dB")
    passed = abs(depth - wanted) <= DUCK_TOLERANCE
    return finding("ducking", passed, f"{depth / 100:.1f} dB", f"{wanted / 100:.1f} dB, 1 dB either way")


def _music_under_speech(shot_list: ShotList, mix: Mix) -> bool:
    return any(
        mix.music[first:end].any() for first, end in (_samples_of(line, shot_list, mix) for line in shot_list.lines)
    )


def _samples_of(line: SpokenLine, shot_list: ShotList, mix: Mix) -> tuple[int, int]:
    first = sample_at(line.start_frame, shot_list.fps, mix.sample_rate)
    return first, sample_at(line.start_frame + line.frames, shot_list.fps, mix.sample_rate)


def _clipped_speech(shot_list: ShotList, plan: RenderPlan, mix: Mix) -> QualityFinding:
    """No take outlasts its place on the timeline, none is cut by the episode's end, and each is heard."""
    takes = {asset.need_id: asset.blob for asset in plan.assets if isinstance(asset, ResolvedAsset)}
    cut, unheard = [], []
    for line in shot_list.lines:
        take = takes.get(line_need_id(line.line_id))
        longer = (
            take is not None
            and take.samples is not None
            and take.sample_rate is not None
            and take.samples * shot_list.fps > (line.frames + 1) * take.sample_rate
        )
        if longer or line.start_frame + line.frames > shot_list.total_frames:
            cut.append(line.line_id)
        first, end = _samples_of(line, shot_list, mix)
        if take is not None and re.search(r"\w", line.text) and not np.any(mix.dialogue[first:end]):
            unheard.append(line.line_id)
    message = f"Lines longer than their place: {several(cut)}. " if cut else ""
    message += f"Lines that cannot be heard: {several(unheard)}." if unheard else ""
    measured = f"{len(cut)} lines cut, {len(unheard)} not heard"
    return finding("clipped_speech", not cut and not unheard, measured, "0 lines", message.strip())


def _black_frames(shot_list: ShotList, clips: Sequence[ClipFigures]) -> QualityFinding:
    """No picture is black but in a fade."""
    black: list[str] = []
    for shot, clip in zip(shot_list.shots, clips, strict=False):
        first = shot.transition_frames if shot.transition_in == "fade" else 0
        last = len(clip.luma) - shot.fade_out_frames
        frames = sum(1 for luma in clip.luma[first : max(first, last)] if luma <= BLACK_LUMA)
        if frames:
            black.append(f"{shot.shot_id} ({frames} frames)")
    return finding(
        "black_frames",
        not black,
        f"{len(black)} shots with black frames",
        "0 shots, fades apart",
        f"Black: {several(black)}." if black else "",
    )


def _flashes(shot_list: ShotList, clips: Sequence[ClipFigures]) -> QualityFinding:
    """At most three flashes in any second, after WCAG 2.3.1, judged on each frame's mean luminance.

    A flash that fills only part of the picture moves its mean less and may pass: this is no photosensitivity test.
    """
    changes = _changes([luma for clip in clips for luma in clip.luma])
    most, where, first = 0, 0, 0
    for index, frame in enumerate(changes):
        while frame - changes[first] >= shot_list.fps:
            first += 1
        if index - first + 1 > most:
            most, where = index - first + 1, changes[first]
    flashes = most // 2
    return finding(
        "flashes",
        flashes <= FLASHES_PER_SECOND,
        f"{flashes} flashes in a second",
        f"{FLASHES_PER_SECOND} flashes in a second",
        f"The second from frame {where} on flashes most." if flashes > FLASHES_PER_SECOND else "",
    )


def _changes(lumas: Iterable[int]) -> list[int]:
    """Frames at which luminance has risen or fallen by a tenth or more, alternately, the darker side below 0.8."""
    changes: list[int] = []
    turn: float | None = None
    direction = 0
    for frame, luma in enumerate(lumas):
        light = (max(0, min(219, luma - 16)) / 219) ** 2.2
        if turn is None:
            turn = light
        step = light - turn
        if abs(step) >= 0.1 and min(light, turn) < 0.8 and direction * step <= 0:
            changes.append(frame)
            direction, turn = (1 if step > 0 else -1), light
        elif (direction > 0 and light > turn) or (direction < 0 and light < turn):
            turn = light
    return changes


def _missing_assets(plan: RenderPlan) -> QualityFinding:
    missing = [f"{asset.need_id} ({asset.reason})" for asset in plan.placeholders()]
    return finding(
        "missing_assets",
        True,
        f"{len(missing)} placeholders",
        "listed, not limited",
        f"Shown or heard by a stand-in: {several(missing)}." if missing else "",
    )


def _rights(plan: RenderPlan) -> QualityFinding:
    unknown = []
    for asset in plan.assets:
        stated = asset.rights.license_type.strip().lower() not in _UNSTATED
        approved = not asset.rights.rights_override or asset.rights.approver_id.strip() != ""
        if not stated or not approved:
            unknown.append(asset.need_id)
    return finding(
        "rights",
        not unknown,
        f"{len(unknown)} of {len(plan.assets)} assets without a licence",
        "0 assets",
        f"Licence not stated, or overridden by nobody: {several(unknown)}." if unknown else "",
    )


def _runtime(shot_list: ShotList, window: DurationWindow) -> QualityFinding:
    frames, fps = shot_list.total_frames, shot_list.fps
    passed = window.min_seconds * fps <= frames <= window.max_seconds * fps
    return finding("runtime", passed, f"{frames / fps:.1f} s", f"{window.min_seconds} to {window.max_seconds} s")
