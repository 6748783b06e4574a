"""The episode's soundtrack: stems handed over as WAV, the mix as AAC, kept by key beside the shot clips.

What is heard is decided in ``sound``. Here it is made, coded and measured once for the same lines, sounds and levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from narrative_assets.video.aac import encode_aac
from narrative_assets.video.clips import file_hash
from narrative_assets.video.ports import BlobStore, ClipStore
from narrative_assets.video.sound import StemName, mix_episode
from narrative_assets.video.sound_gates import Heard, heard
from narrative_assets.video.toolchain import Toolchain
from narrative_assets.video.tracks import open_wav
from schemas.canonical import content_hash
from schemas.errors import StorageError
from schemas.render import BlobRef, Placeholder, RenderPlan, Stem
from schemas.shots import ShotList

SOUND_RECIPE = "6"
"""Changes whenever the same lines and sounds would be mixed, coded or measured differently."""
STEMS: tuple[StemName, ...] = ("dialogue", "music", "effects", "mix")


@dataclass(frozen=True)
class Sound:
    """What a finished sound came to; the bytes of its stems are the blob store's."""

    heard: Heard
    pcm_hash: str
    stems: tuple[Stem, ...]


@dataclass(frozen=True)
class Soundtrack:
    """The finished sound, and its mix as AAC in an mp4. What was ``kept`` has stems that nobody has looked at yet."""

    sound: Sound
    aac: Path
    kept: bool


_KEPT = TypeAdapter(Sound)


@dataclass(frozen=True)
class SoundRoom:
    """What making the sound of an episode needs; ``store`` keeps the mix, ``blobs`` the stems."""

    shot_list: ShotList
    plan: RenderPlan
    blobs: BlobStore
    store: ClipStore
    toolchain: Toolchain
    scratch: Path


def soundtrack(room: SoundRoom) -> Soundtrack:
    """Mix the episode and encode the mix, or take both from the store. Raises MediaError as the mix does."""
    return _kept(_key(room), room.store) or _made(room)


def verified(track: Soundtrack, room: SoundRoom) -> Soundtrack:
    """``track`` with all its stems in the blob store: where one is lost or damaged all sound is made again.

    A video needs none of them, so this may run while it is put together. Raises MediaError as the mix does.
    """
    if not track.kept or all(room.blobs.intact(stem.file.sha256) for stem in track.sound.stems):
        return track
    return _made(room)


def _key(room: SoundRoom) -> str:
    """Covers all that is heard: lines, cues, scenes, the sounds planned, the levels wanted, the encoder."""
    shot_list, profile = room.shot_list, room.plan.profile
    heard = {"lines", "sound_cues", "scenes", "fps", "total_frames"}
    return content_hash(
        {
            "recipe": SOUND_RECIPE,
            "encoder": room.toolchain.build,
            "timeline": shot_list.model_dump(mode="json", include=heard),
            "shots": [[shot.scene_id, shot.duration_frames, shot.audio.model_dump(mode="json")]
                      for shot in shot_list.shots],
            "levels": [profile.sample_rate, profile.loudness, profile.true_peak, profile.duck],
            "sounds": sorted([need_id, blob.sha256] for need_id, blob in _sounds(room.plan).items()),
        }
    )  # fmt: skip


def _sounds(plan: RenderPlan) -> dict[str, BlobRef]:
    planned = {asset.need_id: asset.stand_in if isinstance(asset, Placeholder) else asset.blob for asset in plan.assets}
    return {need_id: blob for need_id, blob in planned.items() if blob and blob.media_type.startswith("audio/")}


def _made(room: SoundRoom) -> Soundtrack:
    """Mix, code and measure, then hand everything over."""
    store, scratch = room.store, room.scratch
    wavs = {name: scratch / f"sound-{name}" for name in STEMS}
    try:
        mix = mix_episode(room.shot_list, room.plan, room.blobs.read, wavs)
    except OSError as error:
        raise StorageError(f"The sound cannot be written: {error.strerror}.", remedy="Free some space.") from error
    samples, rate, aac = len(mix.mix), mix.sample_rate, scratch / "sound-aac"
    encode_aac(room.toolchain, wavs["mix"], open_wav(wavs["mix"], samples, 2), rate, store, scratch, aac)
    stems = tuple(
        Stem(name=name, file=room.blobs.put_file(path, "audio/wav", samples=samples, sample_rate=rate))
        for name, path in wavs.items()
    )
    sound = Sound(heard(room.shot_list, mix), mix.pcm_hash, stems)
    figures: dict[str, int | str] = {"file_hash": file_hash(aac), "sound": _KEPT.dump_json(sound).decode()}
    return Soundtrack(sound, store.put(_key(room), aac, figures), kept=False)


def _kept(key: str, store: ClipStore) -> Soundtrack | None:
    """The sound kept under ``key``; None where its AAC is missing or differs from its hash."""
    aac, figures = store.get(key), store.figures(key)
    try:
        if aac is None or figures is None or file_hash(aac) != figures["file_hash"]:
            return None
        sound = _KEPT.validate_json(str(figures["sound"]))
    except (OSError, KeyError, ValueError):
        return None
    return Soundtrack(sound, aac, kept=True)
