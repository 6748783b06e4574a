"""The cards around an episode: the title before its first scene, and the credits after its last."""

from __future__ import annotations

import textwrap

from narrative_assets.film.draft import DraftShot
from narrative_assets.film.pace import frames_in
from narrative_assets.film.prose import word_count
from schemas.project import Project
from schemas.script import Script
from schemas.shots import Framing, Movement

FADE_MS = 500
_LINE = 300
_MOST_LINES = 200


def title_card(script: Script, project: Project, fps: int) -> DraftShot:
    """The title, readable for 3 s or longer between a fade in and a fade out."""
    title = script.title.strip() or script.episode_id
    series = project.title.strip()
    text = title if not series or series.casefold() in title.casefold() else f"{series}\n{title}"
    reading = min(7_000, max(3_000, 300 * word_count(text)))
    return DraftShot(
        Framing(size="ls", kind="title"),
        frames_in(reading + 2 * FADE_MS, fps),
        movement=Movement(kind="push_in", amount=30),
        screen_text=text,
    )


def credit_lines(script: Script) -> tuple[str, ...]:
    """Title, authors, attribution and licence, one fact a line; never empty."""
    lines = [script.title.strip() or script.episode_id]
    if script.authors:
        names = [name.strip() for name in script.authors if name.strip()]
        lines.append("Written by " + " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))))
    lines += script.attribution.splitlines()
    if script.licence.strip():
        lines.append(f"Licence: {script.licence.strip().replace('_', ' ')}")
    cut = [part for line in lines for part in textwrap.wrap(line, _LINE)]
    return tuple(dict.fromkeys(cut))[:_MOST_LINES]


def credits_card(lines: tuple[str, ...], fps: int) -> DraftShot:
    """The credits: 5 s, longer for many lines, 12 s at most."""
    length = min(12_000, 5_000 + 250 * max(0, len(lines) - 2))
    return DraftShot(Framing(size="ls", kind="credits"), frames_in(length, fps), screen_text="\n".join(lines)[:8_000])
