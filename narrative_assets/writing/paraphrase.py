"""Other words for a passage, made from a stock: contractions, plain synonyms, and a turn of phrase in front or behind.

All of them say the same of the same people, things and numbers, so a model may choose among them blindly.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

from narrative_assets.writing.facts_kept import misfit
from schemas.project import Manner

MOST = 24
"""Candidates for one passage, its own words among them."""
_LEAST_OPENED, _LEAST_CLOSED = 3, 4
_MORE_WORDS = 3


def paraphrases(text: str, names: tuple[str, ...], manner: Manner | None = None) -> tuple[str, ...]:
    """The passage itself and other words for it, at most ``MOST``; with a speaker's ``manner`` turns of speech too.

    ``names`` are those that may not come or go: see ``facts_kept.names_of``.
    """
    most = len(text.split()) + _MORE_WORDS
    found = {text: None}
    for plain in _swapped(text):
        for other in _turned(plain, manner) if manner else (plain,):
            if len(found) < MOST and len(other.split()) <= most and misfit(text, other, names) is None:
                found[other] = None
    return tuple(found)


def _swapped(text: str) -> Iterator[str]:
    """The text, the text with one pair exchanged, and with all of them."""
    yield text
    every = text
    for one, other in _pairs():
        for before, after in ((one, other), (other, one)):
            changed = _exchanged(text, before, after)
            if changed != text:
                yield changed
                every = _exchanged(every, before, after)
                break
    yield every


def _exchanged(text: str, before: str, after: str) -> str:
    """The first ``before`` as ``after``, its first letter as it stood. A contraction at the end of a clause stays."""

    def put(match: re.Match[str]) -> str:
        return after[0].upper() + after[1:] if match[0][0].isupper() else after

    return re.sub(rf"(?<![\w'’]){re.escape(before)}(?= \w)", put, text, count=1, flags=re.IGNORECASE)


def _turned(text: str, manner: Manner) -> Iterator[str]:
    """The text, opened or closed by a turn of speech of that manner, or both."""
    opened = [text, *_opened(text, manner)]
    for one in opened:
        yield one
    for one in opened:
        yield from _closed(one, manner)


def _opened(text: str, manner: Manner) -> Iterator[str]:
    first = re.split(r"(?<=[.!?…])\s", text)[0]
    word = first.split(maxsplit=1)[0] if first else ""
    contraction = word.lower().split("'")[0].split("’")[0]
    if len(first.split()) < _LEAST_OPENED or contraction not in _stock()["lower"] or "!" in first:
        return
    kind = "question" if first.endswith("?") else "statement"
    for turn in _stock()["openers"][manner][kind]:
        yield turn + text[0].lower() + text[1:]


def _closed(text: str, manner: Manner) -> Iterator[str]:
    sentences = re.split(r"(?<=[.!?…])\s", text)
    last = sentences[-1]
    if len(last.split()) < _LEAST_CLOSED or not re.fullmatch(r"[^.!?…,;:—–]*\.", last):
        return
    for turn in _stock()["closers"][manner]:
        yield text[:-1] + turn


def _pairs() -> list[tuple[str, str]]:
    return [(one, other) for part in ("contractions", "words") for one, other in _stock()[part]]


@functools.cache
def _stock() -> dict[str, Any]:
    folder = resources.files("narrative_assets.writing").joinpath("templates")
    stock: dict[str, Any] = json.loads(folder.joinpath("paraphrase.json").read_text(encoding="utf-8"))
    return {**stock, "lower": frozenset(stock["lower"])}
