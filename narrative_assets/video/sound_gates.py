"""Gates of the sound, judged on the finished stems: loudness, peaks, ducking, speech whole and unclipped."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from narrative_assets.video.findings import finding, several
from narrative_assets.video.loudness import SILENCE
from narrative_assets.video.mixing import Samples
from narrative_assets.video.sound import Mix, sample_at
from narrative_assets.video.tracks import Track
from schemas.assets import line_need_id
from schemas.render import BlobRef, Loudness, QualityFinding, RenderPlan, ResolvedAsset
from schemas.shots import ShotList, SpokenLine

LOUDNESS_TOLERANCE = 20
DUCK_TOLERANCE = 100
LEAST_UNDER_SPEECH = 600
"""Hundredths of a decibel by which music lies under speech at least, whatever both contain."""
FULL_SCALE = 32_767
CLIPPED_RUN = 3
"""Samples at full scale in a row that are heard as clipping."""
_QUIET = 33
_PIECE = 1 << 20


@dataclass(frozen=True)
class Heard:
    """What is judged of a finished sound: its loudness, and what was measured on its stems.

    ``under_speech`` says by how many hundredths of a decibel music lies under the voices while they speak, None
    without either. ``inaudible`` and ``unended`` are the ids of lines in whose place nothing is heard, and of those
    whose last word is not. ``clipped`` counts the places where voices stay at full scale.
    """

    loudness: Loudness
    under_speech: int | None
    inaudible: tuple[str, ...]
    unended: tuple[str, ...]
    clipped: int


def heard(shot_list: ShotList, mix: Mix) -> Heard:
    """Measure the stems of ``mix``."""
    lines = shot_list.lines
    return Heard(
        mix.loudness,
        _under_speech(shot_list, mix),
        tuple(line.line_id for line in lines if not _audible(mix.dialogue[slice(*_samples_of(line, shot_list, mix))])),
        tuple(line.line_id for line in lines if not _reaches_its_end(line, shot_list, mix)),
        _clipped_runs(mix.dialogue),
    )


def loudness(plan: RenderPlan, sound: Heard) -> QualityFinding:
    """The mix is as loud as the profile asks."""
    measured, target = sound.loudness.integrated, plan.profile.loudness
    silent = measured <= SILENCE
    passed = silent or abs(measured - target) <= LOUDNESS_TOLERANCE
    message = "The episode makes no sound." if silent else ""
    if not passed:
        way = "softer" if measured > target else "louder"
        message = f"Make the mix {abs(measured - target) / 100:.2f} LU {way}, or set the profile's loudness to it."
    return finding(
        "loudness",
        passed,
        "silence" if silent else f"{measured / 100:.2f} LUFS",
        f"{target / 100:.2f} LUFS, {LOUDNESS_TOLERANCE / 100:.1f} LU either way",
        message,
    )


def true_peak(plan: RenderPlan, sound: Heard) -> QualityFinding:
    """No peak between the samples is higher than the profile allows."""
    measured, limit = sound.loudness.true_peak, plan.profile.true_peak
    passed = measured <= limit
    message = "" if passed else f"Limit the mix by {(measured - limit) / 100:.2f} dB more."
    return finding("true_peak", passed, f"{measured / 100:.2f} dBTP", f"{limit / 100:.2f} dBTP", message)


def ducking(plan: RenderPlan, sound: Heard) -> QualityFinding:
    """Music under speech was lowered as far as the profile says, and the finished stems bear it out.

    Judged twice: by the depth that the mixer applied, and by how far the music stem lies under the voices where
    they speak. Without music under speech there is nothing to duck.
    """
    wanted, depth, under = plan.profile.duck, sound.loudness.duck_depth, sound.under_speech
    if wanted >= 0 or under is None:
        return finding("ducking", True, "no music under speech", f"{min(wanted, 0) / 100:.1f} dB")
    lowered = abs(depth - wanted) <= DUCK_TOLERANCE
    clear = under >= LEAST_UNDER_SPEECH
    message = "" if lowered else f"Music was lowered by {-depth / 100:.1f} dB: lower it by {-wanted / 100:.1f} dB. "
    message += "" if clear else "Music covers the voices: lower the music or raise the voices."
    return finding(
        "ducking",
        lowered and clear,
        f"{depth / 100:.1f} dB, music {under / 100:.1f} dB under the voices",
        f"{wanted / 100:.1f} dB, 1 dB either way; {LEAST_UNDER_SPEECH / 100:.0f} dB under the voices",
        message.strip(),
    )


def clipped_speech(shot_list: ShotList, plan: RenderPlan, sound: Heard) -> QualityFinding:
    """Each line is heard, has its place whole, reaches its last word, and no sample of it is cut off at the top."""
    takes = {asset.need_id: asset.blob for asset in plan.assets if isinstance(asset, ResolvedAsset)}
    cut, unheard = [], []
    for line in shot_list.lines:
        take = takes.get(line_need_id(line.line_id))
        said = take is not None and re.search(r"\w", line.text) is not None
        if said and line.line_id in sound.inaudible:
            unheard.append(line.line_id)
        elif _has_no_room(line, take, shot_list) or (said and line.line_id in sound.unended):
            cut.append(line.line_id)
    message = f"Lines that end too early: {several(cut)}. Give them the time of their voice. " if cut else ""
    message += f"Lines that cannot be heard: {several(unheard)}. Speak them again. " if unheard else ""
    message += "Voices are cut off at full scale: lower their level." if sound.clipped else ""
    return finding(
        "clipped_speech",
        not (cut or unheard or sound.clipped),
        f"{len(cut)} lines cut, {len(unheard)} not heard, {sound.clipped} clipped peaks",
        "0 lines, 0 peaks",
        message.strip(),
    )


def _samples_of(line: SpokenLine, shot_list: ShotList, mix: Mix) -> tuple[int, int]:
    first = sample_at(line.start_frame, shot_list.fps, mix.sample_rate)
    return first, sample_at(line.start_frame + line.frames, shot_list.fps, mix.sample_rate)


def _has_no_room(line: SpokenLine, take: BlobRef | None, shot_list: ShotList) -> bool:
    """Whether the voice is longer than the line's place, or the place reaches beyond the episode's end."""
    longer = (
        take is not None
        and take.samples is not None
        and take.sample_rate is not None
        and take.samples * shot_list.fps > (line.frames + 1) * take.sample_rate
    )
    return longer or line.start_frame + line.frames > shot_list.total_frames


def _reaches_its_end(line: SpokenLine, shot_list: ShotList, mix: Mix) -> bool:
    """Whether the last word is heard; a voice that reports no words is taken to."""
    if not line.words:
        return True
    last = sample_at(line.start_frame + line.words[-1].frame, shot_list.fps, mix.sample_rate)
    return _audible(mix.dialogue[last : _samples_of(line, shot_list, mix)[1]])


def _audible(pcm: Samples) -> bool:
    """Whether anything lies above 60 dB under full scale."""
    return bool(pcm.size) and max(int(pcm.max()), -int(pcm.min())) >= _QUIET


def _under_speech(shot_list: ShotList, mix: Mix) -> int | None:
    """Hundredths of a decibel by which music lies under the voices while they speak; None without either."""
    spans = [_samples_of(line, shot_list, mix) for line in shot_list.lines]
    voices = _energy(mix.dialogue[first:end] for first, end in spans)
    music = _energy(mix.music[first:end] for first, end in spans)
    return round(1_000 * math.log10(voices / music)) if voices and music else None


def _energy(parts: Iterable[Samples]) -> int:
    """Sum of the squares of all samples, exact."""
    return sum(int(np.square(part.astype(np.int64)).sum()) for part in parts)


def _clipped_runs(track: Track) -> int:
    """Runs of samples at full scale in a track, long enough to be heard."""
    runs = 0
    for first in range(0, len(track), _PIECE):
        piece = track[first : first + _PIECE]
        if not piece.size or max(int(piece.max()), -int(piece.min())) < FULL_SCALE:
            continue
        full = (np.abs(piece.astype(np.int32)) >= FULL_SCALE).any(axis=1).astype(np.int8)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], full, [0]))))
        runs += int(((edges[1::2] - edges[::2]) >= CLIPPED_RUN).sum())
    return runs
