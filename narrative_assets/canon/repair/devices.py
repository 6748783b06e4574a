"""Devices that carry a voice into a scene: which words name one, and what is said of a voice from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from narrative_assets.canon.repair.case import Case
from narrative_assets.canon.repair.spans import has_words
from schemas.script import ActionElement, Scene, SignElement


@dataclass(frozen=True, slots=True)
class Device:
    """The word that names it, and the parenthetical of a speech that comes from it."""

    word: str
    said: str


RECORDERS = (
    Device("tape recorder", "on tape"),
    Device("recorder", "recorded"),
    Device("answering machine", "recorded"),
    Device("voicemail", "recorded"),
    Device("phonograph", "recorded"),
    Device("gramophone", "recorded"),
    Device("recording", "recorded"),
    Device("old video", "recorded"),
    Device("hologram", "recorded"),
)
"""They play what was said earlier."""
LINES = (
    Device("radio", "over the radio"),
    Device("intercom", "over the intercom"),
    Device("walkie-talkie", "over the walkie-talkie"),
    Device("loudspeaker", "over the loudspeaker"),
    Device("phone", "over the phone"),
    Device("smartphone", "over the phone"),
    Device("telephone", "over the telephone"),
)
"""They bring what is said elsewhere at that moment."""


def recorder_of(case: Case, scene: Scene) -> Device | None:
    """What in the scene plays voices of earlier, None where nothing does."""
    return _named(case, scene, RECORDERS)


def line_of(case: Case, scene: Scene) -> Device | None:
    """What in the scene brings voices from elsewhere, None where nothing does."""
    return _named(case, scene, LINES)


def _named(case: Case, scene: Scene, devices: Sequence[Device]) -> Device | None:
    """The first device that the scene's action, signs or props name."""
    lines = [each for each in scene.elements if isinstance(each, ActionElement | SignElement)]
    said = [each.text for each in lines]
    said += [each.carrier for each in lines if isinstance(each, SignElement)]
    said += [case.world.name(prop) for each in lines if isinstance(each, ActionElement) for prop in each.props]
    return next((device for device in devices if any(has_words(text, device.word) for text in said)), None)
