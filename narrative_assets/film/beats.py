"""Reads beats out of a scene's actions: a sentence or clause each, with whom it is about and what it brings.

Which beats share a shot is decided in ``breakdown``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from narrative_assets.film.names import Names, leads_with_pronoun
from narrative_assets.film.prose import dealt, entering_at, leaving_at, pieces, pose_at, sentences
from schemas.script import ActionElement, DialogueElement, Scene


@dataclass(frozen=True)
class Beat:
    """A step of action: whom it is about, who of them acts, who comes and goes, what it handles and sounds like.

    ``occurrence`` counts equal texts in the scene, so that a repeated sentence is not the same shot again.
    """

    element: ActionElement
    text: str
    subjects: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    entering: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    props: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    occurrence: int = 0


def read_beats(scene: Scene, names: Names, who: tuple[str, ...]) -> dict[str, list[Beat]]:
    """Beats of every action by element id, among ``who``; an action without words is one beat without text."""
    met: set[str] = set()
    last: tuple[str, ...] = ()
    seen: dict[str, int] = {}
    found: dict[str, list[Beat]] = {}
    for element in scene.elements:
        if isinstance(element, DialogueElement) and element.heard == "on_screen":
            met.update((element.speaker_id, *element.addressee_ids))
            last = (element.speaker_id,)
        if not isinstance(element, ActionElement):
            continue
        beats: list[Beat] = []
        parts = sentences(element.text) or [""]
        for sentence in parts:
            known = tuple(name for name in who if name in met) or who
            beat = _read(element, sentence, names, who, (last, known), alone=len(parts) == 1)
            beat = replace(beat, entering=tuple(name for name in beat.entering if name not in met))
            beats += _cut(beat, names, who)
            met.update(beat.subjects)
            last = beat.subjects or last
        found[element.element_id] = [_counted(beat, seen) for beat in _equipped(element, beats)]
    return found


def _read(
    element: ActionElement,
    text: str,
    names: Names,
    who: tuple[str, ...],
    met: tuple[tuple[str, ...], tuple[str, ...]],
    alone: bool,
) -> Beat:
    """The beat of one sentence. ``met`` is who was meant last, and everybody met so far, for its pronouns."""
    last, known = met
    mentions = [(at, name) for at, name in names.found(text) if name in who]
    named = tuple(dict.fromkeys(name for _, name in mentions))
    own = tuple(name for name in dict.fromkeys(element.character_ids) if name in who)
    near = [name for name in last if name in own] or last
    main = names.meant(text, near, (own, last, known), named) if leads_with_pronoun(text) or not named else ()
    subjects = (*main, *named) or (own if alone else ())
    verb = pose_at(text)
    before = tuple(name for at, name in mentions if verb and at < verb[0])
    return Beat(
        element,
        text,
        subjects,
        actors=tuple(dict.fromkeys((*main, *before))) or subjects[:1],
        entering=_mover(entering_at(text), mentions, main or subjects),
        leaving=_mover(leaving_at(text), mentions, main or subjects),
    )


def _mover(verb_at: int | None, mentions: list[tuple[int, str]], main: tuple[str, ...]) -> tuple[str, ...]:
    """Who does what the verb says: the name that stands nearest before it, or the only one meant."""
    if verb_at is None:
        return ()
    before = [name for at, name in mentions if at < verb_at]
    if before:
        return (before[-1],)
    return main if len(main) == 1 else ()


def _cut(beat: Beat, names: Names, who: tuple[str, ...]) -> list[Beat]:
    """A long sentence in pieces: they stay about its subject; the entrance is in the first, the exit in the last."""
    texts = pieces(beat.text)
    if len(texts) < 2:
        return [beat]
    named = [tuple(dict.fromkeys(name for _, name in names.found(text) if name in who)) for text in texts]
    return [
        replace(
            beat,
            text=text,
            subjects=named[index] or beat.subjects[:1],
            actors=named[index][:1] or beat.subjects[:1],
            entering=beat.entering if index == 0 else (),
            leaving=beat.leaving if index == len(texts) - 1 else (),
        )
        for index, text in enumerate(texts)
    ]


def _equipped(element: ActionElement, beats: list[Beat]) -> list[Beat]:
    """``beats`` with the props and sounds that each of them names."""
    texts = [beat.text for beat in beats]
    props, sounds = dealt(dict.fromkeys(element.props), texts), dealt(element.sounds, texts)
    return [replace(beat, props=tuple(props[index]), sounds=tuple(sounds[index])) for index, beat in enumerate(beats)]


def _counted(beat: Beat, seen: dict[str, int]) -> Beat:
    count = seen[beat.text] = seen.get(beat.text, -1) + 1
    return replace(beat, occurrence=count)
