"""Lines spoken by a model in place of the local voice: a speaker as a whole or not at all, never a frame longer.

The local voice has set the time of every line; whoever speaks it anew keeps to that time. One line that cannot be
had leaves its speaker with the local voice for the episode: nobody changes voice between two lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from narrative_assets.media.finding import UNREACHED, line
from narrative_assets.media.intake import take_sound
from narrative_assets.media.ports import BlobSink, LibraryMiss, LineWish, SearchMiss, SpeechSynthesizer, VoiceModel
from narrative_assets.media.rights import credited, licence_note, refusal
from schemas.assets import VoiceLineNeed
from schemas.project import Voice
from schemas.render import BlobRef, Candidate, ResolvedAsset, Rights


@dataclass
class Recasting:
    """The lines of one plan, asked of a model speaker by speaker. ``unmoved`` is how each speaks by nature."""

    model: VoiceModel
    lines: Sequence[VoiceLineNeed]
    unmoved: Mapping[str, Voice]
    speech: SpeechSynthesizer
    sink: BlobSink
    fps: int
    today: str = ""
    _spoken: dict[str, dict[str, ResolvedAsset] | Candidate] = field(default_factory=dict)

    def line(self, need: VoiceLineNeed) -> ResolvedAsset | Candidate:
        """The line as the model speaks it, or why its speaker keeps the local voice."""
        if need.speaker_id not in self._spoken:
            self._spoken[need.speaker_id] = self._speaker(need.speaker_id)
        spoken = self._spoken[need.speaker_id]
        return spoken if isinstance(spoken, Candidate) else spoken[need.need_id]

    def _speaker(self, speaker_id: str) -> dict[str, ResolvedAsset] | Candidate:
        spoken: dict[str, ResolvedAsset] = {}
        for need in self.lines:
            if need.speaker_id != speaker_id:
                continue
            made = self._made(need)
            if isinstance(made, Candidate):
                return made
            spoken[need.need_id] = made
        return spoken

    def _made(self, need: VoiceLineNeed) -> ResolvedAsset | Candidate:
        own = self.speech.speak(need.text, need.voice)
        unmoved = self.unmoved.get(need.speaker_id, need.voice)
        wish = LineWish(need.text, need.voice, unmoved, own.samples or 0, own.sample_rate or 1)
        made = self.model.line(wish)
        if isinstance(made, SearchMiss):
            return self._missed(need, made.detail if made.reached else f"{UNREACHED}: {made.detail}")
        refused = refusal(made.rights, self.today)
        if refused is not None:
            return self._missed(need, refused, made.name)
        taken = take_sound(made.data, 1)
        if isinstance(taken, LibraryMiss):
            return self._missed(need, taken.detail, made.name)
        frames = -(-taken.samples * self.fps // taken.sample_rate)
        if frames > need.frames:
            return self._missed(need, f"{frames} frames, where the lock gives {need.frames}", made.name)
        blob = self.sink.put(taken.wav, "audio/wav", samples=taken.samples, sample_rate=taken.sample_rate)
        return self._resolved(need, blob, made.name, credited(made.rights))

    def _resolved(self, need: VoiceLineNeed, blob: BlobRef, name: str, rights: Rights) -> ResolvedAsset:
        chosen = Candidate(
            source=self.model.source, name=line(name), chosen=True, reason="spoken in the time of the lock",
            licence_type=line(licence_note(rights)),
        )  # fmt: skip
        return ResolvedAsset(
            need_id=need.need_id, source=self.model.source, blob=blob, rights=rights, considered=(chosen,)
        )

    def _missed(self, need: VoiceLineNeed, why: str, name: str = "voice model") -> Candidate:
        # A reason that begins as a source's does has the plan made again when the source is there.
        reason = why if why.startswith(UNREACHED) else f"{need.need_id}: {why}"
        return Candidate(source=self.model.source, name=line(name), reason=line(reason))
