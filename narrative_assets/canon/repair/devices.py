"""Devices that carry a voice into a scene: which words name one, and what is said of a voice from it."""

from __future__ import annotations

from dataclasses import dataclass

from narrative_assets.canon.repair.case import Case
from narrative_assets.canon.repair.spans import has_words
from schemas.script import ActionElement, Scene, SignElement


@dataclass(frozen=True, slots=True)
class Device:
    """``live`` and ``recorded`` are the parentheticals of a speech from it; empty ``recorded``: it keeps nothing."""

    word: str
    live: str
    recorded: str = ""

    @property
    def records(self) -> bool:
        """Whether it can play what was said earlier."""
        return bool(self.recorded)


DEVICES = (
    Device("tape recorder", "", "on tape"),
    Device("recorder", "", "recorded"),
    Device("answering machine", "", "recorded"),
    Device("phonograph", "", "recorded"),
    Device("gramophone", "", "recorded"),
    Device("recording", "", "recorded"),
    Device("hologram", "by hologram", "recorded"),
    Device("radio", "over the radio"),
    Device("intercom", "over the intercom"),
    Device("walkie-talkie", "over the walkie-talkie"),
    Device("speaker", "over the speaker"),
    Device("smart phone", "over the phone", "recorded"),
    Device("smartphone", "over the phone", "recorded"),
    Device("cell phone", "over the phone", "recorded"),
    Device("mobile", "over the phone", "recorded"),
    Device("telephone", "over the telephone"),
    Device("phone", "over the phone", "recorded"),
    Device("tablet", "on the tablet", "recorded"),
    Device("laptop", "on the laptop", "recorded"),
    Device("screen", "on the screen", "recorded"),
    Device("monitor", "on the monitor", "recorded"),
    Device("television", "on the television", "recorded"),
)


def device_of(case: Case, scene: Scene) -> Device | None:
    """The first device that the scene's action, signs or props name."""
    lines = [each for each in scene.elements if isinstance(each, ActionElement | SignElement)]
    said = [each.text for each in lines]
    said += [each.carrier for each in lines if isinstance(each, SignElement)]
    said += [case.world.name(prop) for each in lines if isinstance(each, ActionElement) for prop in each.props]
    return next((device for device in DEVICES if any(has_words(text, device.word) for text in said)), None)
