"""What an image model is asked for: a place or a thing in words. The wording itself stands in ``prompts``."""

from __future__ import annotations

import functools
from importlib import resources
from string import Template

from schemas.assets import BackgroundNeed, PropNeed

_MOST = 2_000


def place_words(need: BackgroundNeed, style: str) -> str:
    """A place at its time of day, empty of people: those are put in front of it."""
    told = [need.description, *need.details]
    return _filled(
        "place.md",
        name=need.name,
        where="interior" if need.interior else "exterior",
        time=need.time_of_day.replace("_", " "),
        details=" ".join(_sentence(each) for each in told if each.strip()),
        style=style,
    )


def thing_words(need: PropNeed, style: str) -> str:
    """A thing seen close."""
    return _filled("thing.md", name=need.name, style=style)


def _filled(prompt: str, **words: str) -> str:
    return " ".join(_prompt(prompt).substitute(words).split())[:_MOST]


def _sentence(text: str) -> str:
    return text.strip().rstrip(".") + "."


@functools.cache
def _prompt(name: str) -> Template:
    folder = resources.files("narrative_assets.media").joinpath("prompts")
    return Template(folder.joinpath(name).read_text(encoding="utf-8"))
