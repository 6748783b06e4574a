"""The episode's sound: voices, effects, room tone and music placed on the timeline, ducked, mixed and mastered.

Which stretch sounds how lives in ``timeline``, sample arithmetic in ``mixing``, measuring and the master in
``loudness``. Levels before the master lie 6 dB under the finished ones, which keeps 16-bit buses clear of their
ceiling.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from narrative_assets.video import loudness, mixing
from narrative_assets.video.mixing import Samples
from narrative_assets.video.timeline import Bed, Ducking, Placed, Span, Swells, Timeline
from narrative_assets.video.tracks import FileTrack, Pool, Track, new_wav, wav_bytes, write_wav
from schemas.assets import ambience_need_id, line_need_id, music_need_id, sound_need_id
from schemas.errors import MediaError
from schemas.render import BlobRef, Loudness, Placeholder, RenderPlan
from schemas.shots import ShotList, ShotScene, SpokenLine

__all__ = ["BLOCK", "Mix", "StemName", "duck_spans", "mix_episode", "sample_at", "wav_bytes", "write_wav"]

BLOCK = 1 << 17
"""Frames that are mixed at a time: it decides on memory and speed, and on no sample."""
_HEADROOM = -600
DIALOGUE_LEVEL = -2_000 + _HEADROOM
MUSIC_LEVEL = -2_350 + _HEADROOM
AMBIENCE_LEVEL = -3_300 + _HEADROOM
"""Of all room tones of a scene together."""
_HEARD_LEVELS = {"on_screen": 0, "off_screen": -400, "voice_over": 0, "device": -300}
_DELIVERY_LEVELS = {"whisper": -500, "shout": 300}

_LOOK_AHEAD_MS, _ATTACK_MS, _RELEASE_MS = 300, 80, 400
_SHORTEST_CLEAR_MS = 500
_SHORTEST_FADE, _LONGEST_FADE = 12, 24
_SEAM_MS = 30
_LAST_BEATS = 4
_SWELL_LEVEL, _SWELL_MS = 200, 1_600

StemName = Literal["dialogue", "music", "effects", "mix"]


@dataclass(frozen=True, eq=False)
class Mix:
    """The finished sound, each track of shape (samples, 2) in 16 bits; the stems add up to the mix.

    Tracks are sliced like arrays. Where they lie in files, a slice is read when it is asked for.
    """

    mix: Track
    dialogue: Track
    music: Track
    effects: Track
    sample_rate: int
    loudness: Loudness
    pcm_hash: str
    """SHA-256 of the mix's samples, little-endian."""


def mix_episode(
    shot_list: ShotList,
    plan: RenderPlan,
    read: Callable[[BlobRef], bytes],
    files: dict[StemName, Path] | None = None,
    *,
    block: int = BLOCK,
) -> Mix:
    """Mix an episode under the plan's profile: exactly ``total_frames * sample_rate // fps`` samples.

    ``read`` returns the bytes of a stored WAV file. With ``files`` the tracks are written there as WAV, in memory
    that does not grow with the episode, prepared sounds beside them; else they are arrays. ``block`` is how many
    samples are mixed at a time. A scene without music or room tone has none; a placeholder sounds by its stand-in
    or not at all.

    Raises MediaError for a sound that cannot be read, a voice not planned, or more sound than a file holds, and
    OSError where a file cannot be written.
    """
    pool = Pool(files["mix"].parent if files else None)
    try:
        desk = _Desk(shot_list, plan, read, pool)
        timeline = _timeline(desk)
        tracks = _tracks(files, desk.samples, desk.rate)
        survey, depth = _first_pass(timeline, tracks["mix"], desk.rate, block)
        profile = plan.profile
        how = loudness.mastering(survey, tracks["mix"], profile.loudness, profile.true_peak)
        second, digest = _second_pass(timeline, tracks, survey, how, block)
        del survey
    finally:
        pool.close()
    integrated, true_peak = loudness.finished(second, tracks["mix"])
    measured = Loudness(integrated=integrated, true_peak=true_peak, gain=how.gain, duck_depth=depth)
    return Mix(**tracks, sample_rate=desk.rate, loudness=measured, pcm_hash=digest)


def sample_at(frame: int, fps: int, rate: int) -> int:
    """The sample at which a frame starts, rounded down."""
    return frame * rate // fps


def _tracks(files: dict[StemName, Path] | None, frames: int, rate: int) -> dict[StemName, FileTrack | Samples]:
    names: tuple[StemName, ...] = ("dialogue", "music", "effects", "mix")
    if files is None:
        return {name: np.zeros((frames, 2), np.int16) for name in names}
    return {name: new_wav(files[name], frames, 2, rate) for name in names}


def _first_pass(timeline: Timeline, mix: FileTrack | Samples, rate: int, block: int) -> tuple[loudness.Survey, int]:
    """Survey the sum of the buses, which is left in ``mix``, and measure how far music lies under speech."""
    survey = loudness.Survey(rate, timeline.frames)
    before = after = 0
    for first in range(0, timeline.frames, block):
        end = min(timeline.frames, first + block)
        clear = timeline.clear_music(first, end)
        music = timeline.ducked(clear, first)
        for low in timeline.ducking.within(first, end):
            before += _energy(clear[low])
            after += _energy(music[low])
        total = timeline.sounds(first, end).astype(np.float32)
        total += music
        mixing.add_to(total, timeline.dialogue(first, end))
        survey.feed(total)
        mix[first:end] = mixing.rounded(total)
    depth = round(1_000 * math.log10(after / before)) if before and after else 0
    return survey.finish(), depth


def _second_pass(
    timeline: Timeline,
    tracks: dict[StemName, FileTrack | Samples],
    before: loudness.Survey,
    how: loudness.Mastering,
    block: int,
) -> tuple[loudness.Survey, str]:
    """Write the mastered stems and their sum; returns what was measured on the sum, and its hash."""
    survey, digest = loudness.Survey(before.rate, timeline.frames, before=(before, how)), hashlib.sha256()
    parts = (tracks["dialogue"], tracks["music"], tracks["effects"])
    for first in range(0, timeline.frames, block):
        end = min(timeline.frames, first + block)
        level = loudness.level_of(how, first, end)
        stems = [loudness.mastered(stem, level) for stem in timeline.stems(first, end)]
        for track, stem in zip(parts, stems, strict=True):
            track[first:end] = stem
        total = stems[1].astype(np.float32)
        total += stems[2]
        mixing.add_to(total, stems[0])
        mixed = mixing.rounded(total)
        tracks["mix"][first:end] = mixed
        digest.update(mixed.astype("<i2", copy=False).data)
        survey.feed(mixed)
    for track in tracks.values():
        if isinstance(track, FileTrack):
            track.flush()
    return survey.finish(), digest.hexdigest()


@dataclass(frozen=True, eq=False)
class _Loop:
    """A bed at the mix's rate and level. ``beats`` is 0 for a sound without a beat of its own."""

    pcm: Track
    crossing: Samples
    beats: int


class _Desk:
    """What the mixer works from: the timeline in samples and the planned sounds, decoded."""

    def __init__(self, shot_list: ShotList, plan: RenderPlan, read: Callable[[BlobRef], bytes], pool: Pool) -> None:
        self.shot_list = shot_list
        self.rate = plan.profile.sample_rate
        self.duck = plan.profile.duck
        self.samples = self.at(shot_list.total_frames)
        self.pool = pool
        self._read = read
        self._blobs = {
            asset.need_id: asset.stand_in if isinstance(asset, Placeholder) else asset.blob for asset in plan.assets
        }
        self._loops: dict[tuple[str, int], _Loop | None] = {}

    def at(self, frame: int) -> int:
        """The sample at which ``frame`` starts."""
        return sample_at(frame, self.shot_list.fps, self.rate)

    def planned(self, need_id: str) -> bool:
        """Whether the plan says anything of this need."""
        return need_id in self._blobs

    def sound(self, need_id: str) -> tuple[Samples, int] | None:
        """Samples (frames, channels) and rate of what meets a need; None where nothing sounds."""
        blob = self._blobs.get(need_id)
        if blob is None:
            return None
        pcm, rate = mixing.decode_wav(self._read(blob), need_id)
        return (pcm, rate) if len(pcm) else None

    def bed(self, need_id: str, level: int) -> _Loop | None:
        """A loop at the mix's rate, brought to ``level`` loudness; None where it is silent."""
        blob = self._blobs.get(need_id)
        if blob is None:
            return None
        key = (blob.sha256, level)
        if key not in self._loops:
            self._loops[key] = self._loop(need_id, blob, level)
        return self._loops[key]

    def _loop(self, need_id: str, blob: BlobRef, level: int) -> _Loop | None:
        data = self._read(blob)
        pcm, rate = mixing.decode_wav(data, need_id)
        pcm = pcm[:, 0] if pcm.shape[1] == 1 else pcm[:, :2]
        measured = loudness.integrated(pcm, rate)
        if measured <= loudness.SILENCE:
            return None
        shaped = pcm if pcm.ndim == 2 else pcm[:, None]
        seam = 0 if mixing.ends_meet(shaped, rate * _SEAM_MS // 1_000) else self.rate * _SEAM_MS // 1_000
        finished = mixing.resample(mixing.gain(pcm, level - measured), rate, self.rate)
        crossing = mixing.crossing(finished, min(seam, len(finished) // 2))
        return _Loop(self.pool.keep(finished), crossing, 0 if seam else mixing.beats_of(data))


def _timeline(desk: _Desk) -> Timeline:
    music, entries = _music(desk)
    return Timeline(desk.samples, _voices(desk), music, _effects(desk), _ducking(desk), _swells(desk, entries))


def _voices(desk: _Desk) -> list[Placed]:
    """Each line at the level of its voice, place and delivery."""
    voices = []
    for line in desk.shot_list.lines:
        need_id = line_need_id(line.line_id)
        if not desk.planned(need_id):
            raise MediaError(
                f"The render plan has no voice for line {line.line_id}.",
                remedy="Make the render plan again from this shot list.",
            )
        found = desk.sound(need_id)
        if found is not None:
            pcm = desk.pool.keep(_voice(line, mixing.mono(found[0]), found[1], desk.rate))
            voices.append(Placed(desk.at(line.start_frame), pcm, len(pcm)))
    return voices


def _voice(line: SpokenLine, pcm: Samples, rate: int, target: int) -> Samples:
    if line.heard == "device":
        pcm = mixing.band_limited(pcm, rate)
    measured = loudness.integrated(pcm, rate)
    if measured <= loudness.SILENCE:
        return pcm[:0]
    level = DIALOGUE_LEVEL + line.voice.level + _HEARD_LEVELS[line.heard] + _DELIVERY_LEVELS.get(line.delivery, 0)
    return mixing.resample(mixing.gain(pcm, level - measured), rate, target)


def _music(desk: _Desk) -> tuple[list[Bed], list[int]]:
    """The scenes' music, and the samples at which a scene's own music enters.

    Music with a beat goes on through neighbouring scenes that share it and changes on a bar line: what comes
    fades in over the beat before the line, what goes is gone just behind it. Other music crosses over the scene
    change.
    """
    beds: list[Bed] = []
    entries: list[int] = []
    for loop, (start, end), fades in _music_spans(desk):
        if not loop.beats:
            beds.append(Bed((start, end), loop.pcm, loop.crossing, fades))
        else:
            beat = len(loop.pcm) // loop.beats
            early = min(beat, start)
            late = end + beat // 8 if end < desk.samples else end
            beds.append(
                Bed(
                    (start - early, late),
                    loop.pcm,
                    loop.crossing,
                    (early or beat // 4, beat if end < desk.samples else _LAST_BEATS * beat),
                    -early % len(loop.pcm),
                )
            )
            entries += [start] if start else []
    return beds, entries


def _music_spans(desk: _Desk) -> list[tuple[_Loop, Span, tuple[int, int]]]:
    """Each stretch of one music, in samples, with its fades."""
    spans: list[tuple[_Loop, Span, tuple[int, int]]] = []
    for scene, (start, end), (fade_in, fade_out) in _scene_spans(desk.shot_list):
        loop = desk.bed(music_need_id(scene.scene_id), MUSIC_LEVEL)
        if loop is None:
            continue
        fades = (desk.at(fade_in), desk.at(fade_out))
        span = (desk.at(start), desk.at(end))
        if loop.beats:
            first, last = scene.start_frame, scene.start_frame + scene.duration_frames
            span = (_bar_line(desk, loop, desk.at(first)), _bar_line(desk, loop, desk.at(last)))
            if span[0] >= span[1]:
                continue
            if spans and spans[-1][0] is loop and spans[-1][1][1] == span[0]:
                spans[-1] = (loop, (spans[-1][1][0], span[1]), fades)
                continue
        spans.append((loop, span, fades))
    return spans


def _bar_line(desk: _Desk, loop: _Loop, place: int) -> int:
    """The bar line nearest to ``place``, counted from the episode's start; its end is one as well."""
    bar = max(1, 4 * len(loop.pcm) // loop.beats)
    return desk.samples if place >= desk.samples else min(desk.samples, (place + bar // 2) // bar * bar)


def _swells(desk: _Desk, entries: Sequence[int]) -> Swells:
    """A small rise of the music where a scene's own enters."""
    half = _SWELL_MS * desk.rate // 1_000
    steps = (np.arange(2 * half) - half) / half
    rise = np.rint((0.5 + 0.5 * np.cos(math.pi * steps)) * (1 << 15)) / (1 << 15)
    curve = (1 + (mixing.linear(_SWELL_LEVEL) - 1) * rise).astype(np.float32)
    return Swells(tuple(entries), curve)


def _effects(desk: _Desk) -> list[Placed | Bed]:
    """Room tone under the scenes that name it, and the sound cues."""
    parts: list[Placed | Bed] = []
    fade = desk.at(_SHORTEST_FADE)
    for tag, spans in _ambience_spans(desk.shot_list).items():
        beside = max(len(set(scene.ambience)) for scene in desk.shot_list.scenes if tag in scene.ambience)
        loop = desk.bed(ambience_need_id(tag), AMBIENCE_LEVEL - round(1_000 * math.log10(beside)))
        if loop is None:
            continue
        for start, end in spans:
            parts.append(Bed((desk.at(start), desk.at(end)), loop.pcm, loop.crossing, (fade, fade)))
    decoded: dict[str, Track | None] = {}
    for cue in desk.shot_list.sound_cues:
        if cue.tag not in decoded:
            decoded[cue.tag] = _effect(desk, cue.tag)
        pcm = decoded[cue.tag]
        if pcm is not None:
            length = min(len(pcm), desk.at(cue.frames))
            # A sound of which only the beginning is heard ends in a short fade.
            cut = min(length, desk.rate * 3 // 100) if length < len(pcm) else 0
            parts.append(Placed(desk.at(cue.start_frame), pcm, length, mixing.linear(cue.level), cut))
    return parts


def _effect(desk: _Desk, tag: str) -> Track | None:
    """A sound effect at the mix's rate, its peak at the headroom below full scale."""
    found = desk.sound(sound_need_id(tag))
    if found is None:
        return None
    pcm = found[0][:, 0] if found[0].shape[1] == 1 else found[0][:, :2]
    peak = max(int(pcm.max()), -int(pcm.min()))
    if peak == 0:
        return None
    level = _HEADROOM - round(2_000 * math.log10(peak / 32_767))
    return desk.pool.keep(mixing.resample(mixing.gain(pcm, level), found[1], desk.rate))


def _scene_spans(shot_list: ShotList) -> Iterator[tuple[ShotScene, Span, Span]]:
    """Each scene with the frames its sound covers, lead and tail included, and its fades in frames."""
    shots: dict[str, tuple[int, int]] = {}
    for shot in shot_list.shots:
        first_lead = shots.get(shot.scene_id, (shot.audio.sound_lead_frames, 0))[0]
        shots[shot.scene_id] = (first_lead, shot.audio.sound_tail_frames)
    for scene in shot_list.scenes:
        lead, tail = shots.get(scene.scene_id, (0, 0))
        # Half of the shortest fade on either side of the change lets neighbours cross.
        lead, tail = max(lead, _SHORTEST_FADE // 2), max(tail, _SHORTEST_FADE // 2)
        start = max(0, scene.start_frame - lead)
        end = min(shot_list.total_frames, scene.start_frame + scene.duration_frames + tail)
        yield scene, (start, end), (_fade(lead), _fade(tail))


def _fade(reach: int) -> int:
    return min(_LONGEST_FADE, max(_SHORTEST_FADE, reach))


def _ambience_spans(shot_list: ShotList) -> dict[str, list[Span]]:
    """Frames each room tone covers; it goes on through neighbouring scenes that share it."""
    spans: dict[str, list[Span]] = {}
    for scene, (start, end), _ in _scene_spans(shot_list):
        for tag in dict.fromkeys(scene.ambience):
            known = spans.setdefault(tag, [])
            if known and start <= known[-1][1]:
                known[-1] = (known[-1][0], max(end, known[-1][1]))
            else:
                known.append((start, end))
    return spans


def duck_spans(shot_list: ShotList, rate: int) -> tuple[Span, ...]:
    """Samples over which music lies fully ducked, from the dialogue schedule: ramps not included.

    The level is down 220 ms before the first syllable; pauses too short to come up in are bridged.
    """
    early = (_LOOK_AHEAD_MS - _ATTACK_MS) * rate // 1_000
    bridge = (_LOOK_AHEAD_MS + _RELEASE_MS + _SHORTEST_CLEAR_MS) * rate // 1_000
    spans: list[Span] = []
    for start, end in _speech_spans(shot_list.lines, shot_list.fps, rate):
        if spans and start - spans[-1][1] < bridge:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start - early, end))
    return tuple(spans)


def _speech_spans(lines: Sequence[SpokenLine], fps: int, rate: int) -> list[Span]:
    return sorted(
        (sample_at(line.start_frame, fps, rate), sample_at(line.start_frame + line.frames, fps, rate)) for line in lines
    )


def _ducking(desk: _Desk) -> Ducking:
    """How the profile has music make room for speech."""
    if desk.duck >= 0 or not desk.shot_list.lines:
        return Ducking()
    return Ducking(
        duck_spans(desk.shot_list, desk.rate),
        round(10.0 ** (desk.duck / 2_000) * (1 << 15)),
        mixing.decibel_curve(_ATTACK_MS * desk.rate // 1_000, desk.duck),
        mixing.decibel_curve(_RELEASE_MS * desk.rate // 1_000, desk.duck)[::-1].copy(),
    )


def _energy(pcm: Samples) -> int:
    """Sum of squares, exact."""
    values = pcm.reshape(-1).astype(np.float64)
    return int(np.square(values).sum())
