"""The cards around an episode: the title before its first scene, and the credits after its last.

What the cards say and how long they stand; how they look is the renderer's.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from narrative_assets.film.draft import DraftShot
from narrative_assets.film.pace import frames_in
from narrative_assets.film.prose import word_count
from schemas.project import Project
from schemas.script import ActionElement, DialogueElement, Scene, Script
from schemas.shots import Framing, Movement

FADE_MS = 500
"""Fades between scenes."""
TITLE_FADE_MS = 1_000
"""The title comes and goes in a second each."""
CREDITS_FADE_MS = 1_000
_LINE = 300
_MOST_RIGHTS = 400
_READING_MS = 3_000
_WORD_MS = 300
_LONGEST_TITLE_MS = 7_000
_CREDITS_MS = 5_000
_CREDITS_ROWS = 12
_ROW_MS = 350
_LONGEST_CREDITS_MS = 60_000


def title_card(script: Script, project: Project, fps: int) -> DraftShot:
    """The episode's title, readable for 3 s or longer between a second in and a second out.

    The series' title stands on the card as a line of its own (``ShotList.series_title``) and counts as reading.
    """
    title = script.title.strip() or script.episode_id
    words = word_count(title) + word_count(project.title)
    reading = min(_LONGEST_TITLE_MS, max(_READING_MS, _WORD_MS * words))
    return DraftShot(
        Framing(size="ls", kind="title"),
        frames_in(reading + 2 * TITLE_FADE_MS, fps),
        movement=Movement(kind="push_in", amount=30),
        screen_text=title,
    )


def credit_lines(script: Script) -> tuple[str, ...]:
    """The title, then blocks that open with a heading: cast, authors, the screenplay's rights. Never empty."""
    blocks = [
        [script.title.strip() or script.episode_id],
        ["Cast", *_cast(script)],
        ["Written by", *_stripped(script.authors)],
        ["Screenplay", *_rights(script)],
    ]
    filled = [blocks[0], *(block for block in blocks[1:] if len(block) > 1)]
    return tuple(line for number, block in enumerate(filled) for line in ([""] * (number > 0) + block))


def credits_card(lines: tuple[str, ...], fps: int, awaited: int = 0) -> DraftShot:
    """The credits: 5 s for a dozen rows, 0.35 s for each one more, a minute at most.

    ``awaited`` counts attributions that the pictures and sounds are expected to bring.
    """
    rows = len(lines) + (awaited + 2 if awaited else 0)
    length = min(_LONGEST_CREDITS_MS, _CREDITS_MS + _ROW_MS * max(0, rows - _CREDITS_ROWS))
    return DraftShot(Framing(size="ls", kind="credits"), frames_in(length, fps), screen_text="\n".join(lines)[:8_000])


def awaited_attributions(script: Script, project: Project) -> int:
    """How many pictures and sounds may come from somewhere that has to be named: none where nothing is searched."""
    if not project.asset_sources:
        return 0
    places = {(scene.heading.place_id, scene.heading.time_of_day) for scene in script.scenes}
    sounds = {
        tag for scene in script.scenes for e in scene.elements if isinstance(e, ActionElement) for tag in e.sounds
    }
    return len(places) + len(sounds)


def _cast(script: Script) -> Iterator[str]:
    """Who is seen or heard, by first appearance; people of the same name count once."""
    names = {member.character_id: member.name.strip() for member in script.cast}
    order = (who for scene in script.scenes for who in _appearing(scene))
    return iter(dict.fromkeys(names[who] for who in order if names.get(who)))


def _appearing(scene: Scene) -> Iterator[str]:
    for element in scene.elements:
        if isinstance(element, ActionElement):
            yield from (who for who in element.character_ids if who in scene.present)
        elif isinstance(element, DialogueElement):
            yield element.speaker_id
    yield from scene.present


def _rights(script: Script) -> Iterator[str]:
    lines = [*_stripped(script.attribution.splitlines())]
    if len(lines) > _MOST_RIGHTS:
        lines = ["; ".join(lines)]
    if script.licence.strip():
        lines.append(f"Licence: {script.licence.strip().replace('_', ' ')}")
    return iter(dict.fromkeys(part for line in lines for part in textwrap.wrap(line, _LINE)))


def _stripped(lines: Iterable[str]) -> Iterator[str]:
    return (line.strip() for line in lines if line.strip())
