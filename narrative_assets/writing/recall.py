"""Recall as a port: passages of earlier episodes that are like what is to be written, put behind all of canon.

They help with wording and echoes. What is true stands in canon alone: a recalled passage is marked as such, takes only
the room that canon left, and changes nothing of what canon contributed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from narrative_assets.writing.context_budget import Budget, TokenCounter, recalled_line
from narrative_assets.writing.context_relevance import plain_words
from schemas.project import Project
from schemas.story import ContextPack, RecalledItem

MOST_RECALLED = 40
_MOST_CHARACTERS = 2_000


class Recall(Protocol):
    """Finds passages of a project's episodes before one, the nearest first; the same memory gives the same answer."""

    def recall(self, project_id: str, before: str, query: str, most: int) -> Sequence[RecalledItem]:
        """At most ``most`` passages told before the episode ``before``. Raises NarrativeError."""


def with_recall(project: Project, pack: ContextPack, tokens: TokenCounter, recall: Recall | None) -> ContextPack:
    """The pack with what ``recall`` finds for its episode, as far as the budget has room; without recall, the pack.

    What the pack tells already is not told twice. ``canon_hash`` stays: recall is no part of canon.
    """
    query = _query(project, pack)
    if recall is None or not query:
        return pack
    told = set(_told(pack))
    found = recall.recall(pack.project_id, pack.episode_id, query, MOST_RECALLED)
    budget = Budget(tokens, pack.token_budget, pack.tokens)
    kept = budget.fitting((each for each in found if plain_words(each.text) not in told), recalled_line, MOST_RECALLED)
    if not kept:
        return pack
    return pack.model_copy(
        update={
            "schema_version": ContextPack.VERSION,
            "recalled": tuple(kept),
            "tokens": budget.spent,
            "left_out": pack.left_out + budget.left_out,
        }
    )


def _query(project: Project, pack: ContextPack) -> str:
    """What the episode is about, as far as it is known before it is written."""
    entry = next(entry for entry in project.episodes if entry.id == pack.episode_id)
    parts = [entry.title, entry.logline, *(thread.question for thread in pack.open_threads), pack.last_summary]
    return " ".join(filter(None, parts))[:_MOST_CHARACTERS].strip()


def _told(pack: ContextPack) -> Iterator[str]:
    yield from (plain_words(item.text) for item in (*pack.facts, *pack.past_events))
    yield from (plain_words(line) for line in pack.last_summary.split("\n"))
