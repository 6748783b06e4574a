"""The quality gates of a finished episode: what was measured, the limit, and whether it holds.

Judging only, from figures at hand: nothing is decoded again. Here stand the gates of the file, the assets and the
runtime; those of captions, sound, picture and flashes have modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from narrative_assets.video.caption_gates import caption_findings
from narrative_assets.video.captions import Cue
from narrative_assets.video.clips import ClipFigures
from narrative_assets.video.findings import finding, several
from narrative_assets.video.flash_gate import flash_gate
from narrative_assets.video.lettering_gates import lettering_findings
from narrative_assets.video.picture_gates import black_frames, frozen_pictures, pacing
from narrative_assets.video.sound import Mix
from narrative_assets.video.sound_gates import clipped_speech, ducking, loudness, true_peak
from narrative_assets.video.toolchain import Probe
from schemas.project import DurationWindow
from schemas.render import Placeholder, QualityFinding, RenderPlan, Rights
from schemas.shots import ShotList

GATES_VERSION = "3"
"""Changes whenever the same episode would be judged differently, so that no older judgement is reused."""
AV_LIMIT_MS = 45
"""ITU-R BT.1359: sound ahead of picture by more than this is noticed."""

_UNSTATED = frozenset({"", "unknown", "none", "noassertion"})
_MAY_BE_SILENT = ("sound:", "ambience:", "music:")


def judge(
    shot_list: ShotList,
    plan: RenderPlan,
    cues: Sequence[Cue],
    mix: Mix,
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
        loudness(plan, mix),
        true_peak(plan, mix),
        ducking(shot_list, plan, mix),
        clipped_speech(shot_list, plan, mix),
        black_frames(shot_list, clips),
        frozen_pictures(shot_list, clips),
        flashes or flash_gate(clips, shot_list.fps),
        _missing_assets(plan),
        _rights(plan),
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


def _missing_assets(plan: RenderPlan) -> QualityFinding:
    """Whatever is missing has something that stands in for it; sounds may be silent instead."""
    bare = [each for each in plan.placeholders() if not _stands_in(each)]
    missing = [f"{each.need_id} ({each.reason})" for each in plan.placeholders()]
    message = f"Shown or heard by a stand-in: {several(missing)}." if missing else ""
    if bare:
        message = f"Nothing stands in for {several([each.need_id for each in bare])}: bring it into the library."
    return finding(
        "missing_assets",
        not bare,
        f"{len(missing)} placeholders, {len(bare)} without a stand-in",
        "each with a stand-in",
        message,
    )


def _stands_in(missing: Placeholder) -> bool:
    return bool(missing.stand_in or missing.variants) or missing.need_id.startswith(_MAY_BE_SILENT)


def _rights(plan: RenderPlan) -> QualityFinding:
    terms = list(_terms(plan))
    unknown = [need_id for need_id, rights in terms if not _cleared(rights)]
    return finding(
        "rights",
        not unknown,
        f"{len(unknown)} of {len(terms)} assets without a licence",
        "0 assets",
        f"Licence not stated, or overridden by nobody: {several(unknown)}. State it, or name who approves."
        if unknown
        else "",
    )


def _terms(plan: RenderPlan) -> Iterator[tuple[str, Rights]]:
    """What every asset may be used under, those of the chosen takes included."""
    yield from ((asset.need_id, asset.rights) for asset in plan.assets)
    for shot in plan.takes:
        yield from ((f"{own.need_id} in {shot.shot_id}", own.rights) for own in shot.take().assets)


def _cleared(rights: Rights) -> bool:
    approved = not rights.rights_override or rights.approver_id.strip() != ""
    return rights.license_type.strip().lower() not in _UNSTATED and approved


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
