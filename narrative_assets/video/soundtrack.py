"""The episode's soundtrack as files: mix and stems as WAV, the mix as AAC, kept by key beside the shot clips.

What is heard is decided in ``sound``. Here it is made once for the same lines, sounds and levels.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from narrative_assets.video.aac import encode_aac
from narrative_assets.video.clips import file_hash
from narrative_assets.video.ports import ClipStore
from narrative_assets.video.sound import Mix, StemName, mix_episode
from narrative_assets.video.toolchain import Toolchain
from narrative_assets.video.tracks import open_wav
from schemas.canonical import content_hash
from schemas.errors import StorageError
from schemas.render import BlobRef, Loudness, Placeholder, RenderPlan
from schemas.shots import ShotList

SOUND_RECIPE = "4"
"""Changes whenever the same lines and sounds would be mixed or coded differently."""
STEMS: tuple[StemName, ...] = ("dialogue", "music", "effects", "mix")
_PARTS = (*STEMS, "aac")


@dataclass(frozen=True)
class Soundtrack:
    """The finished sound. The tracks of ``mix`` lie in the files of ``wavs``, so they cost no memory to hold.

    All files lie under the scratch folder and may be handed on. ``hashes`` are the SHA-256 of the WAV files.
    """

    mix: Mix
    wavs: dict[str, Path]
    aac: Path
    hashes: dict[str, str]


def soundtrack(
    shot_list: ShotList,
    plan: RenderPlan,
    read: Callable[[BlobRef], bytes],
    store: ClipStore,
    toolchain: Toolchain,
    scratch: Path,
) -> Soundtrack:
    """Mix the episode and encode the mix, or take both from ``store``. Raises MediaError as the mix does."""
    key = _key(shot_list, plan, toolchain)
    files = {part: scratch / f"sound-{part}" for part in _PARTS}
    fetched = _fetch(key, store, files)
    if fetched is None:
        figures = _make(shot_list, plan, read, store, toolchain, files)
        fetched = figures, _keep(key, store, files, figures)
    return _open(files, *fetched)


def _key(shot_list: ShotList, plan: RenderPlan, toolchain: Toolchain) -> str:
    """Covers all that is heard: lines, cues, scenes, the sounds planned, the levels wanted, the encoder."""
    profile = plan.profile
    heard = {"lines", "sound_cues", "scenes", "fps", "total_frames"}
    return content_hash(
        {
            "recipe": SOUND_RECIPE,
            "encoder": toolchain.build,
            "timeline": shot_list.model_dump(mode="json", include=heard),
            "shots": [[shot.scene_id, shot.duration_frames, shot.audio.model_dump(mode="json")]
                      for shot in shot_list.shots],
            "levels": [profile.sample_rate, profile.loudness, profile.true_peak, profile.duck],
            "sounds": sorted([need_id, blob.sha256] for need_id, blob in _sounds(plan).items()),
        }
    )  # fmt: skip


def _sounds(plan: RenderPlan) -> dict[str, BlobRef]:
    planned = {asset.need_id: asset.stand_in if isinstance(asset, Placeholder) else asset.blob for asset in plan.assets}
    return {need_id: blob for need_id, blob in planned.items() if blob and blob.media_type.startswith("audio/")}


def _make(
    shot_list: ShotList,
    plan: RenderPlan,
    read: Callable[[BlobRef], bytes],
    store: ClipStore,
    toolchain: Toolchain,
    files: dict[str, Path],
) -> dict[str, int | str]:
    """Write all files and return the figures that go with them."""
    try:
        mix = mix_episode(shot_list, plan, read, {part: files[part] for part in STEMS})
    except OSError as error:
        raise StorageError(f"The sound cannot be written: {error.strerror}.", remedy="Free some space.") from error
    samples, rate = len(mix.mix), mix.sample_rate
    wav, scratch = files["mix"], files["mix"].parent
    encode_aac(toolchain, wav, open_wav(wav, samples, 2), rate, store, scratch, files["aac"])
    levels = mix.loudness.model_dump(mode="json", include={"integrated", "true_peak", "gain", "duck_depth"})
    return {**levels, "sample_rate": rate, "samples": samples, "pcm_hash": mix.pcm_hash}


def _keep(key: str, store: ClipStore, files: dict[str, Path], figures: dict[str, int | str]) -> dict[str, str]:
    """Put every file into the store and return their hashes; a second name of each stays in the scratch folder."""
    hashes = {part: file_hash(path) for part, path in files.items()}
    for part, path in files.items():
        kept = path.with_name(f"{path.name}.kept")
        _share(path, kept)
        store.put(_part_key(key, part), kept, {**figures, "file_hash": hashes[part]})
    return hashes


def _fetch(key: str, store: ClipStore, files: dict[str, Path]) -> tuple[dict[str, int | str], dict[str, str]] | None:
    """Bring all files of ``key`` into the scratch folder; None when one is missing or differs from its hash."""
    figures: dict[str, int | str] = {}
    hashes: dict[str, str] = {}
    for part, path in files.items():
        stored, found = store.get(_part_key(key, part)), store.figures(_part_key(key, part))
        try:
            if stored is None or found is None:
                return None
            hashes[part] = file_hash(stored)
            if hashes[part] != found["file_hash"]:
                return None
            _share(stored, path)
            figures = {name: value for name, value in found.items() if name != "file_hash"}
            Loudness.model_validate(figures)
            str(figures["pcm_hash"])
        except (OSError, KeyError, ValueError):
            return None
    return figures, hashes


def _open(files: dict[str, Path], figures: dict[str, int | str], hashes: dict[str, str]) -> Soundtrack:
    samples, rate = int(figures["samples"]), int(figures["sample_rate"])
    mix = Mix(
        **{part: open_wav(files[part], samples, 2) for part in STEMS},
        sample_rate=rate,
        loudness=Loudness.model_validate({name: figures[name] for name in Loudness.model_fields}),
        pcm_hash=str(figures["pcm_hash"]),
    )
    return Soundtrack(mix, {part: files[part] for part in STEMS}, files["aac"], hashes)


def _share(path: Path, other: Path) -> None:
    """Give ``path`` a second name, or copy it where the file system allows no second name."""
    other.unlink(missing_ok=True)
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)


def _part_key(key: str, part: str) -> str:
    return content_hash([key, part])
