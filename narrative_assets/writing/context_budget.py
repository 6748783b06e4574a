"""The token budget of a context pack: the port that counts tokens, and the lines that still fit.

What deserves a place is ranked elsewhere. A pack is read, and so counted, line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from schemas.story import ContextItem, RecalledItem, StoryThread

T = TypeVar("T")


class TokenCounter(Protocol):
    """Counts text as a model reads it. ``name`` identifies the vocabulary: another one, another name."""

    @property
    def name(self) -> str:
        """The vocabulary and its version, on one line."""

    def count(self, text: str) -> int:
        """How many tokens ``text`` is, without marks of beginning or end."""


class Budget:
    """Room for lines of text, in tokens. Lines are taken in the order they are offered."""

    def __init__(self, tokens: TokenCounter, limit: int, spent: int = 0) -> None:
        self.limit = limit
        self.spent = spent
        self.left_out = 0
        self._tokens = tokens

    def takes(self, line: str) -> bool:
        """Take ``line`` where there is room for it, and count it as left out where there is none."""
        cost = self._tokens.count(f"{line}\n")
        if self.spent + cost > self.limit:
            self.left_out += 1
            return False
        self.spent += cost
        return True

    def fitting(self, items: Iterable[T], line: Callable[[T], str], most: int) -> list[T]:
        """The items whose lines find room, at most ``most``; the rest is counted as left out."""
        kept: list[T] = []
        for item in items:
            if len(kept) == most:
                self.left_out += 1
            elif self.takes(line(item)):
                kept.append(item)
        return kept


def item_line(item: ContextItem) -> str:
    """A fact or an event as a pack is read: "Mara Quill holds the brass key. (s01e01 sc03)"."""
    return f"{item.text} ({item.source})"


def thread_line(thread: StoryThread) -> str:
    """An open thread as a pack is read: "Who lit the lamp? (s01e01)"."""
    return f"{thread.question} ({thread.planted_in})" if thread.planted_in else thread.question


def recalled_line(item: RecalledItem) -> str:
    """What was recalled as a pack is read: "Recalled, not established: Mara hides the key. (s01e01 sc02)"."""
    return f"Recalled, not established: {item.text} ({item.source})"
