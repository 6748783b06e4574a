"""The files that go with a timeline, by the relative names they have beside it. Nothing is read or copied here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.render import BlobRef, RenderOutput, RenderPlan

VIDEO = "episode.mp4"
STEMS = ("dialogue", "music", "effects")
"""The stems that together are the mix, in the order of their tracks."""


@dataclass(frozen=True)
class Media:
    """Files of a hand-off: relative name, with forward slashes, to stored bytes."""

    files: Mapping[str, BlobRef]

    def name_of(self, sha256: str) -> str | None:
        """The name that bytes of this hash have, None where they are not handed over."""
        return next((name for name, ref in self.files.items() if ref.sha256 == sha256), None)


def media_of(output: RenderOutput, plan: RenderPlan) -> Media:
    """What is handed over: the episode, its stems and captions, its contact sheet, pictures of takes not chosen."""
    files = {VIDEO: output.video}
    files.update({f"stems/{stem.name}.wav": stem.file for stem in output.stems})
    for caption in output.captions:
        files[f"captions/{caption.purpose}.{caption.language}.{caption.format}"] = caption.file
    if output.contact_sheet is not None:
        files["contact-sheet.png"] = output.contact_sheet
    for shot in plan.takes:
        for take in shot.takes:
            for number, asset in enumerate(take.assets, start=1):
                if take.take_id != shot.chosen:
                    ending = asset.picture.media_type.rpartition("/")[2]
                    name = f"takes/{_file_name(shot.shot_id)}.{take.take_id}.{number}.{ending}"
                    files[name] = asset.picture
    return Media(files)


def _file_name(element_id: str) -> str:
    return element_id.replace("/", "-").replace(":", "-")
