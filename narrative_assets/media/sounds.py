"""Sounds for needs: voices are spoken, effects, ambience and music come from the library or are made here.

How an effect or a bed sounds is decided in ``foley`` and ``score``; pictures live in ``pictures``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from narrative_assets.media import foley, score
from narrative_assets.media.intake import take_sound
from narrative_assets.media.pcm import RATE, Pcm, wav_bytes
from narrative_assets.media.ports import AssetKind, AssetLibrary, BlobSink, LibraryMiss, PictureCache, SpeechSynthesizer
from narrative_assets.media.recasting import Recasting
from narrative_assets.media.rights import refusal
from narrative_assets.media.versions import sound_version
from schemas.assets import MusicNeed, SoundNeed, VoiceLineNeed
from schemas.canonical import content_hash
from schemas.errors import MediaError, TimingLockError
from schemas.render import BlobRef, Candidate, Placeholder, PlannedAsset, ResolvedAsset, Rights


@dataclass(frozen=True)
class SoundDesk:
    """Where the sounds of one plan come from. ``recasting`` speaks lines anew in the time of the local voice."""

    fps: int
    library: AssetLibrary
    sink: BlobSink
    speech: SpeechSynthesizer
    cache: PictureCache | None
    recasting: Recasting | None = None

    def line(self, need: VoiceLineNeed) -> PlannedAsset:
        """A line spoken in its voice. Raises TimingLockError when it is longer than the lock allows."""
        blob = self.speech.speak(need.text, need.voice)
        if not blob.samples or not blob.sample_rate:
            raise MediaError(
                f"The voice gave no length for {need.need_id}.",
                remedy="Check the speech adapter: it must count samples.",
            )
        frames = -(-blob.samples * self.fps // blob.sample_rate)
        if frames > need.frames:
            raise TimingLockError(
                f"render plan: {need.need_id} takes {frames} frames; the timing lock gives it {need.frames}.",
                remedy="Make the shot list again with the voice that is installed now.",
            )
        recast = self.recasting.line(need) if self.recasting is not None else None
        if isinstance(recast, ResolvedAsset):
            return recast
        rights = Rights(license_type="generated_local", provider_or_model=self.speech.version[:300])
        return ResolvedAsset(
            need_id=need.need_id,
            source="generated_local",
            blob=blob,
            rights=rights,
            considered=(recast, self._own_voice()) if recast is not None else (),
        )

    def _own_voice(self) -> Candidate:
        return Candidate(
            source="generated_local",
            name=self.speech.version[:300],
            chosen=True,
            reason="the local voice speaks every line of who has one that the model did not",
            licence_type="generated_local",
        )

    def effect(self, need: SoundNeed) -> PlannedAsset:
        """A sound effect: ``sounds/door`` of the library, else made; an unknown tag gets a listed stand-in."""

        def make() -> Pcm:
            return foley.effect(need.tag, need.frames * RATE // self.fps)

        key = ("effect", need.tag, str(need.frames))
        return self._sound(need.need_id, "sound", (need.tag,), 1, key, make, foley.is_known(need.tag))

    def ambience(self, need: SoundNeed) -> PlannedAsset:
        """A background sound that loops: ``ambience/harbour`` of the library, else made."""
        key = ("ambience", need.tag)
        known = foley.is_known(need.tag)
        return self._sound(need.need_id, "ambience", (need.tag,), 1, key, lambda: foley.ambience(need.tag), known)

    def music(self, need: MusicNeed) -> PlannedAsset:
        """Music that loops: ``music/{scene}`` or ``music/{mood}`` of the library, else made."""
        names = (need.need_id.partition(":")[2], need.mood)
        key = ("music", need.mood, str(score.intensity(need.tension)), need.theme)

        def make() -> Pcm:
            return score.bed(need.mood, need.tension, need.theme)

        return self._sound(need.need_id, "music", names, 2, key, make, True, score.BARS * score.BEATS)

    def _sound(
        self,
        need_id: str,
        kind: AssetKind,
        names: tuple[str, ...],
        channels: Literal[1, 2],
        key: tuple[str, ...],
        make: Callable[[], Pcm],
        known: bool,
        beats: int = 0,
    ) -> PlannedAsset:
        found = self._from_library(need_id, kind, names, channels)
        if not isinstance(found, LibraryMiss):
            return ResolvedAsset(need_id=need_id, source="library", blob=found[0], rights=found[1])
        blob = self._made(key, make, beats)
        rights = Rights(license_type="generated_local", provider_or_model=f"procedural sound {sound_version()}")
        if known and found.reason == "not_in_library":
            return ResolvedAsset(need_id=need_id, source="generated_local", blob=blob, rights=rights)
        return Placeholder(
            need_id=need_id,
            wanted=f"{kind}: {names[-1]}"[:300],
            reason=found.reason,
            detail=" ".join(found.detail.split())[:300],
            stand_in=blob,
            rights=rights,
        )

    def _made(self, parts: tuple[str, ...], make: Callable[[], Pcm], beats: int) -> BlobRef:
        """The sound made from ``parts``, from the cache where it is kept."""
        key = content_hash({"sound": parts, "maker": sound_version()})
        kept = self.cache.get(key) if self.cache is not None else None
        if kept is not None:
            return kept
        pcm = make()
        blob = self.sink.put(wav_bytes(pcm, beats=beats), "audio/wav", samples=len(pcm), sample_rate=RATE)
        if self.cache is not None:
            self.cache.put(key, blob)
        return blob

    def _from_library(
        self, need_id: str, kind: AssetKind, names: tuple[str, ...], channels: Literal[1, 2]
    ) -> tuple[BlobRef, Rights] | LibraryMiss:
        """The library's sound in our own form, if its licence allows the use and it can be read."""
        answer = self.library.find(need_id, kind, names)
        if isinstance(answer, LibraryMiss):
            return answer
        refused = refusal(answer.rights)
        if refused is not None:
            return LibraryMiss("licence_unknown", f"{answer.name}: {refused}")
        if not answer.media_type.startswith("audio/"):
            return LibraryMiss("wrong_type", f"{answer.name}: {answer.media_type} is no sound")
        taken = take_sound(answer.data, channels)
        if isinstance(taken, LibraryMiss):
            return LibraryMiss(taken.reason, f"{answer.name}: {taken.detail}")
        blob = self.sink.put(taken.wav, "audio/wav", samples=taken.samples, sample_rate=taken.sample_rate)
        return blob, answer.rights
