"""Breaks a scene of the script down into moments: what the camera has to show, in order.

Reads elements and words only; which picture shows a moment, and for how long, is decided in ``coverage``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from narrative_assets.film.beats import Beat, read_beats
from narrative_assets.film.names import Names
from narrative_assets.film.prose import named_in, word_count
from schemas.script import ActionElement, DialogueElement, Element, Scene, SignElement, TransitionElement

_WORDS_A_SHOT = 16
_PEAK = 850


@dataclass(frozen=True)
class ActionMoment:
    """Beats that share a shot."""

    beats: tuple[Beat, ...]
    transition: TransitionElement | None = None


@dataclass(frozen=True)
class PropMoment:
    """Things handled for the first time in the scene."""

    element_id: str
    props: tuple[str, ...]
    occurrence: int = 0
    transition: TransitionElement | None = None


@dataclass(frozen=True)
class SignMoment:
    element: SignElement
    transition: TransitionElement | None = None


@dataclass(frozen=True)
class SpeechMoment:
    """Utterances in turn; the lines of one utterance are spoken at the same time."""

    utterances: tuple[tuple[DialogueElement, ...], ...]
    transition: TransitionElement | None = None

    @property
    def elements(self) -> tuple[DialogueElement, ...]:
        return tuple(line for utterance in self.utterances for line in utterance)


Moment = ActionMoment | PropMoment | SignMoment | SpeechMoment


@dataclass(frozen=True)
class Breakdown:
    """A scene's moments, who takes part bodily, its one strongest element, and how it ends."""

    moments: tuple[Moment, ...]
    participants: tuple[str, ...]
    peak_element_id: str | None = None
    closing: TransitionElement | None = None


def break_down(scene: Scene, names: Names) -> Breakdown:
    """Moments of ``scene`` in the order of its elements; every element but transitions is in one or more of them."""
    who = participants(scene)
    beats = read_beats(scene, names, who)
    moments: list[Moment] = []
    shown: set[str] = set()
    pending: TransitionElement | None = None
    index = 0
    elements = scene.elements
    while index < len(elements):
        element = elements[index]
        stop = index + 1
        if isinstance(element, TransitionElement):
            pending = element if element.transition != "cut" or pending is None else pending
            index = stop
            continue
        if isinstance(element, ActionElement):
            while stop < len(elements) and isinstance(elements[stop], ActionElement):
                stop += 1
            run = [beat for action in elements[index:stop] for beat in beats[action.element_id]]
            found = list(_action_moments(run, shown, elements[stop] if stop < len(elements) else None))
        elif isinstance(element, DialogueElement):
            stop = index + 1 + _is_dual(elements, index)
            pair = tuple(e for e in elements[index:stop] if isinstance(e, DialogueElement))
            found = [SpeechMoment((pair,))]
        else:
            found = [SignMoment(element)]
        moments += [replace(found[0], transition=pending), *found[1:]]
        pending, index = None, stop
    return Breakdown(tuple(moments), who, _peak(scene), pending)


def participants(scene: Scene) -> tuple[str, ...]:
    """Who is bodily in the scene: those present, those who speak on screen; failing both, those who act."""
    speaking = [e.speaker_id for e in scene.elements if isinstance(e, DialogueElement) and e.heard == "on_screen"]
    found = dict.fromkeys((*scene.present, *speaking))
    if not scene.present:
        acting = (who for e in scene.elements if isinstance(e, ActionElement) for who in e.character_ids)
        found.update(dict.fromkeys(acting))
    return tuple(found)


def _is_dual(elements: Sequence[Element], index: int) -> bool:
    """True where the element after ``index`` is spoken at the same time."""
    if index + 1 >= len(elements):
        return False
    first, second = elements[index], elements[index + 1]
    if not isinstance(first, DialogueElement) or not isinstance(second, DialogueElement):
        return False
    return second.element_id == first.dual_with or first.element_id == second.dual_with


def _peak(scene: Scene) -> str | None:
    felt = [
        (e.emotion.intensity, e.element_id) for e in scene.elements if isinstance(e, ActionElement | DialogueElement)
    ]
    strongest = max((intensity for intensity, _ in felt), default=0)
    return next(name for intensity, name in felt if intensity == strongest) if strongest >= _PEAK else None


def _action_moments(run: list[Beat], shown: set[str], following: Element | None) -> Iterator[Moment]:
    carrier = following.carrier if isinstance(following, SignElement) else ""
    announces = isinstance(following, SignElement) and len(run) > 1 and _announces(run[-1])
    pack: list[Beat] = []
    for index, beat in enumerate(run):
        pack.append(beat)
        left = len(run) - index - 1
        if left and (_shares_shot(pack, run[index + 1]) or (left == 1 and announces)):
            continue
        yield ActionMoment(tuple(pack))
        new = tuple(prop for b in pack for prop in b.props if prop not in shown and not named_in(prop, carrier))
        shown.update(prop for b in pack for prop in b.props)
        if new:
            yield PropMoment(pack[0].element.element_id, tuple(dict.fromkeys(new)), pack[0].occurrence)
        pack = []


def _announces(beat: Beat) -> bool:
    """True for a few words that only lead up to a sign, such as ``It reads:``."""
    return beat.text.endswith(":") and not beat.subjects and word_count(beat.text) <= 8


def _shares_shot(pack: list[Beat], beat: Beat) -> bool:
    """Short actions about the same people share a shot unless somebody comes, goes or takes up something."""
    moving = any(b.entering or b.leaving or b.props for b in (*pack, beat))
    words = sum(word_count(b.text) for b in (*pack, beat))
    return (
        not moving
        and set(pack[0].subjects) == set(beat.subjects)
        and words <= _WORDS_A_SHOT
        and len(pack) < 3
        and abs(pack[0].element.emotion.intensity - beat.element.emotion.intensity) < 400
    )
