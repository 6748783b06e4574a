"""The spoken lines of a render plan as samples, for whoever needs to hear one by itself: mouths that follow them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from narrative_assets.video.lips import shot_speech
from narrative_assets.video.mixing import Samples, decode_wav, mono
from narrative_assets.video.plates import ShotPlates
from schemas.assets import line_need_id
from schemas.render import BlobRef, Placeholder, RenderPlan
from schemas.shots import Shot, ShotList, SpokenLine, spoken_in


class VoiceBook:
    """The voices of a render plan, by line."""

    def __init__(self, plan: RenderPlan, read: Callable[[BlobRef], bytes]) -> None:
        self._read = read
        self._files = {
            asset.need_id: asset.stand_in if isinstance(asset, Placeholder) else asset.blob for asset in plan.assets
        }

    def hear(self, line: SpokenLine) -> tuple[Samples, int] | None:
        """The samples of a line, shape (samples,), and their rate; None where it has no voice. Raises MediaError."""
        file = self._files.get(line_need_id(line.line_id))
        if file is None:
            return None
        pcm, rate = decode_wav(self._read(file), line.line_id)
        return mono(pcm), rate

    def speech(self, shot: Shot, shot_list: ShotList, plates: ShotPlates) -> dict[str, bytes]:
        """By character who is seen speaking and has a mouth to show it: its shape in every frame of ``shot``."""
        able = _able(shot, plates)
        lines = tuple(line for line in spoken_in(shot, shot_list.lines) if line.speaker_id in able)
        return shot_speech(shot, lines, shot_list.fps, self.hear)

    def key(self, shot: Shot, said: Iterable[SpokenLine], plates: ShotPlates) -> list[object]:
        """All that decides the mouths of a shot in which ``said`` are seen spoken."""
        able = _able(shot, plates)
        return [
            [line.speaker_id, line.start_frame - shot.start_frame, line.frames, line.text, self._hash(line),
             [[word.text_offset, word.frame] for word in line.words]]
            for line in said if line.speaker_id in able
        ]  # fmt: skip

    def _hash(self, line: SpokenLine) -> str:
        file = self._files.get(line_need_id(line.line_id))
        return file.sha256 if file is not None else ""


def _able(shot: Shot, plates: ShotPlates) -> set[str]:
    """Who has a mouth to speak with."""
    return {f.character_id for f, mouths in zip(shot.figures, plates.mouths, strict=False) if mouths is not None}
