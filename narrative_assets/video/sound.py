"""The episode's sound: voices, effects, room tone and music placed on the timeline, ducked, mixed and mastered.

Sample arithmetic lives in ``mixing``, measuring and the master in ``loudness``. Levels before the master lie
6 dB under the finished ones, which keeps 16-bit buses clear of their ceiling.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from narrative_assets.video import loudness, mixing
from narrative_assets.video.mixing import Samples
from schemas.assets import ambience_need_id, line_need_id, music_need_id, sound_need_id
from schemas.errors import MediaError
from schemas.render import BlobRef, Loudness, Placeholder, RenderPlan
from schemas.shots import ShotList, ShotScene, SpokenLine

_HEADROOM = -600
DIALOGUE_LEVEL = -2_000 + _HEADROOM
MUSIC_LEVEL = -2_200 + _HEADROOM
AMBIENCE_LEVEL = -3_200 + _HEADROOM
_HEARD_LEVELS = {"on_screen": 0, "off_screen": -400, "voice_over": 0, "device": -300}
_DELIVERY_LEVELS = {"whisper": -500, "shout": 300}

_LOOK_AHEAD_MS, _ATTACK_MS, _RELEASE_MS = 300, 80, 450
_SHORTEST_CLEAR_MS = 500
_SHORTEST_FADE, _LONGEST_FADE = 12, 24
_SEAM_MS = 30


@dataclass(frozen=True, eq=False)
class Mix:
    """The finished sound, each of shape (samples, 2) in 16 bits; the stems add up to the mix."""

    mix: Samples
    dialogue: Samples
    music: Samples
    effects: Samples
    sample_rate: int
    loudness: Loudness


Span = tuple[int, int]


def mix_episode(shot_list: ShotList, plan: RenderPlan, read: Callable[[BlobRef], bytes]) -> Mix:
    """Mix an episode under the plan's profile: exactly ``total_frames * sample_rate // fps`` samples.

    ``read`` returns the bytes of a stored WAV file. A scene without music or room tone has none; a placeholder
    sounds by its stand-in or not at all. Raises MediaError for a sound that cannot be read or a voice not planned.
    """
    desk = _Desk(shot_list, plan, read)
    dialogue = _dialogue(desk)
    music = _music(desk)
    depth = _duck(desk, music)
    effects = _effects(desk)
    profile = plan.profile
    stems = (dialogue, music, effects)
    how = loudness.mastering(stems, desk.rate, profile.loudness, profile.true_peak)
    finished = loudness.mastered(stems, how)
    integrated, true_peak = loudness.measured(finished, desk.rate)
    measured = Loudness(
        integrated=integrated,
        true_peak=true_peak,
        gain=how.gain,
        duck_depth=depth,
    )
    return Mix(finished, np.broadcast_to(dialogue[:, None], finished.shape), music, effects, desk.rate, measured)


def wav_bytes(pcm: Samples, sample_rate: int) -> bytes:
    """A 16-bit WAV file of ``pcm``, of shape (samples,) or (samples, channels)."""
    return mixing.wav_bytes(pcm, sample_rate)


def write_wav(path: Path, pcm: Samples, sample_rate: int) -> None:
    """Write what ``wav_bytes`` returns to a file, stretch by stretch. Raises OSError."""
    with path.open("wb") as file:
        file.writelines(mixing.wav_parts(pcm, sample_rate))


def sample_at(frame: int, fps: int, rate: int) -> int:
    """The sample at which a frame starts, rounded down."""
    return frame * rate // fps


class _Desk:
    """What the mixer works from: the timeline in samples and the planned sounds, decoded."""

    def __init__(self, shot_list: ShotList, plan: RenderPlan, read: Callable[[BlobRef], bytes]) -> None:
        self.shot_list = shot_list
        self.rate = plan.profile.sample_rate
        self.duck = plan.profile.duck
        self.samples = self.at(shot_list.total_frames)
        self._read = read
        self._blobs = {
            asset.need_id: asset.stand_in if isinstance(asset, Placeholder) else asset.blob for asset in plan.assets
        }

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

    def bed(self, need_id: str, level: int) -> tuple[Samples, int] | None:
        """A loop in stereo at the mix's rate, brought to ``level`` loudness; None where it is silent.

        With it the frames over which its end has to cross into its start: 0 where the two meet.
        """
        found = self.sound(need_id)
        if found is None:
            return None
        pcm = mixing.stereo(found[0])
        measured = loudness.integrated(pcm, found[1])
        if measured <= loudness.SILENCE:
            return None
        seam = 0 if mixing.ends_meet(pcm, found[1] * _SEAM_MS // 1_000) else self.rate * _SEAM_MS // 1_000
        return mixing.resample(mixing.gain(pcm, level - measured), found[1], self.rate), seam


def _dialogue(desk: _Desk) -> Samples:
    """The voices on one channel, each line at the level of its voice, place and delivery."""
    bus = np.zeros(desk.samples, np.int16)
    for line in desk.shot_list.lines:
        need_id = line_need_id(line.line_id)
        if not desk.planned(need_id):
            raise MediaError(
                f"The render plan has no voice for line {line.line_id}.",
                remedy="Make the render plan again from this shot list.",
            )
        found = desk.sound(need_id)
        if found is not None:
            mixing.add(bus, desk.at(line.start_frame), _voice(line, mixing.mono(found[0]), found[1], desk.rate))
    return bus


def _voice(line: SpokenLine, pcm: Samples, rate: int, target: int) -> Samples:
    measured = loudness.integrated(pcm, rate)
    if measured <= loudness.SILENCE:
        return pcm[:0]
    level = DIALOGUE_LEVEL + line.voice.level + _HEARD_LEVELS[line.heard] + _DELIVERY_LEVELS.get(line.delivery, 0)
    if line.heard == "device":
        pcm = mixing.band_limited(pcm, rate)
        measured = loudness.integrated(pcm, rate)
    return mixing.resample(mixing.gain(pcm, level - measured), rate, target)


def _music(desk: _Desk) -> Samples:
    """The scenes' music, not yet ducked; neighbours cross-fade over the scene change."""
    bus = np.zeros((desk.samples, 2), np.int16)
    for scene, (start, end), (fade_in, fade_out) in _scene_spans(desk.shot_list):
        bed = desk.bed(music_need_id(scene.scene_id), MUSIC_LEVEL)
        if bed is not None:
            mixing.add_looped(bus, (desk.at(start), desk.at(end)), *bed, (desk.at(fade_in), desk.at(fade_out)))
    return bus


def _effects(desk: _Desk) -> Samples:
    """Room tone under the scenes that name it, and the sound cues."""
    bus = np.zeros((desk.samples, 2), np.int16)
    for tag, spans in _ambience_spans(desk.shot_list).items():
        bed = desk.bed(ambience_need_id(tag), AMBIENCE_LEVEL)
        if bed is None:
            continue
        fade = desk.at(_SHORTEST_FADE)
        for start, end in spans:
            mixing.add_looped(bus, (desk.at(start), desk.at(end)), *bed, (fade, fade))
    decoded: dict[str, Samples | None] = {}
    for cue in desk.shot_list.sound_cues:
        if cue.tag not in decoded:
            decoded[cue.tag] = _effect(desk, cue.tag)
        pcm = decoded[cue.tag]
        if pcm is not None:
            length = desk.at(cue.frames)
            mixing.add(bus, desk.at(cue.start_frame), _cut(mixing.gain(pcm[:length], cue.level), desk.rate, len(pcm)))
    return bus


def _effect(desk: _Desk, tag: str) -> Samples | None:
    """A sound effect in stereo at the mix's rate, its peak at the headroom below full scale."""
    found = desk.sound(sound_need_id(tag))
    if found is None:
        return None
    pcm = mixing.stereo(found[0])
    peak = max(int(pcm.max()), -int(pcm.min()))
    if peak == 0:
        return None
    level = _HEADROOM - round(2_000 * math.log10(peak / 32_767))
    return mixing.resample(mixing.gain(pcm, level), found[1], desk.rate)


def _cut(pcm: Samples, rate: int, whole: int) -> Samples:
    """``pcm`` with its last 30 ms faded out where it is only the beginning of a sound of ``whole`` samples."""
    fade = min(len(pcm), rate * 3 // 100)
    if len(pcm) == whole or fade == 0:
        return pcm
    return np.concatenate((pcm[:-fade], mixing.scaled_by(pcm[-fade:], mixing.fade_curve(fade)[::-1].copy())))


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


def _duck(desk: _Desk, music: Samples) -> int:
    """Lower ``music`` in place under speech; returns the measured depth: speech spans after against before."""
    if desk.duck >= 0 or not desk.shot_list.lines:
        return 0
    floor = round(10.0 ** (desk.duck / 2_000) * (1 << 15))
    fall = mixing.decibel_curve(_ATTACK_MS * desk.rate // 1_000, desk.duck)
    rise = mixing.decibel_curve(_RELEASE_MS * desk.rate // 1_000, desk.duck)[::-1].copy()
    before = after = 0
    for start, end in duck_spans(desk.shot_list, desk.rate):
        first, last = max(0, start), min(end, desk.samples)
        before += _energy(music[first:last])
        _ramp(music, start - len(fall), fall)
        for place in range(first, last, desk.rate):
            stop = min(last, place + desk.rate)
            music[place:stop] = mixing.scaled_by(music[place:stop], floor)
        _ramp(music, end, rise)
        after += _energy(music[first:last])
    return round(1_000 * math.log10(after / before)) if before and after else 0


def _ramp(music: Samples, start: int, curve: mixing.Levels) -> None:
    """Lower ``music`` by a curve from ``start`` on, as far as it lies inside."""
    first, end = max(0, start), min(len(music), start + len(curve))
    if first < end:
        music[first:end] = mixing.scaled_by(music[first:end], curve[first - start : end - start])


def _energy(pcm: Samples) -> int:
    """Sum of squares, exact."""
    flat = pcm.reshape(-1)
    return sum(
        int(np.square(flat[place : place + (1 << 18)].astype(np.int64)).sum()) for place in range(0, len(flat), 1 << 18)
    )
