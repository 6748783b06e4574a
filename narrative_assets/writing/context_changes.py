"""Why an episode is written again: what came into its context pack, what went, and what changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from narrative_assets.writing.context_budget import item_line, recalled_line
from schemas.story import ContextItem, ContextPack, RecalledItem, StoryThread

Section = Literal["fact", "thread", "summary", "event", "recall", "clock", "budget"]
T = TypeVar("T", ContextItem, StoryThread, RecalledItem)


@dataclass(frozen=True)
class ContextChange:
    """One difference between two packs, each side as the pack reads; a side is empty where something came or went.

    ``source`` is where it stands: episode and scene, or the project.
    """

    kind: Literal["came", "went", "changed"]
    section: Section
    before: str
    after: str
    source: str

    @property
    def words(self) -> str:
        """On one line: "changed fact: Pip holds the key. (s01e01 sc02) → Mara holds the key. (s01e02 sc03)"."""
        return f"{self.kind} {self.section}: {' → '.join(part for part in (self.before, self.after) if part)}"


def why_changed(old: ContextPack, new: ContextPack) -> tuple[ContextChange, ...]:
    """What differs from ``old`` to ``new``, facts first. Empty where both packs say the same."""
    return (
        *_facts(old, new),
        *_paired("thread", old.open_threads, new.open_threads, lambda one: one.thread_id, _thread_words, _planted),
        *_lines(old, new),
        *_paired("event", old.past_events, new.past_events, lambda one: one.fact_id, item_line, _source),
        *_paired("recall", old.recalled, new.recalled, lambda one: None, recalled_line, _source),
        *_valued("clock", f"story minute {old.story_minute}", f"story minute {new.story_minute}"),
        *_valued("budget", _room(old), _room(new)),
    )


def _facts(old: ContextPack, new: ContextPack) -> Iterator[ContextChange]:
    """Facts by id; one that replaces the only other about the same subject and predicate is a change too."""

    def slot(item: ContextItem) -> str:
        return f"{item.subject} {item.predicate}"

    gone, arrived = _without_equals(old.facts, new.facts)
    lonely = {key for key, count in Counter(map(slot, gone)).items() if count == 1}
    lonely &= {key for key, count in Counter(map(slot, arrived)).items() if count == 1}
    yield from _paired(
        "fact", gone, arrived, lambda item: slot(item) if slot(item) in lonely else item.fact_id, item_line, _source
    )


def _paired(
    section: Section,
    old: Iterable[T],
    new: Iterable[T],
    key: Callable[[T], str | None],
    words: Callable[[T], str],
    source: Callable[[T], str],
) -> Iterator[ContextChange]:
    """Changes of what has the same key on both sides, then what came, then what went, each in the packs' order."""
    gone, arrived = _without_equals(old, new)
    before: dict[str | None, list[T]] = defaultdict(list)
    for item in gone:
        before[key(item)].append(item)
    came = []
    for item in arrived:
        if key(item) is not None and before[key(item)]:
            yield ContextChange("changed", section, words(before[key(item)].pop(0)), words(item), source(item))
        else:
            came.append(item)
    yield from (ContextChange("came", section, "", words(item), source(item)) for item in came)
    left = {id(item) for items in before.values() for item in items}
    yield from (ContextChange("went", section, words(item), "", source(item)) for item in gone if id(item) in left)


def _without_equals(old: Iterable[T], new: Iterable[T]) -> tuple[list[T], list[T]]:
    """Both sides without the items that stand on both."""
    old, new = list(old), list(new)
    olds, news = (Counter(item.model_dump_json() for item in items) for items in (old, new))
    return (
        [item for item in old if not news[item.model_dump_json()]],
        [item for item in new if not olds[item.model_dump_json()]],
    )


def _lines(old: ContextPack, new: ContextPack) -> Iterator[ContextChange]:
    """Lines of the last summary; it is a summary of the episode before."""
    olds, news = (pack.last_summary.split("\n") if pack.last_summary else [] for pack in (old, new))
    yield from (ContextChange("came", "summary", "", line, "last summary") for line in news if line not in olds)
    yield from (ContextChange("went", "summary", line, "", "last summary") for line in olds if line not in news)


def _valued(section: Section, before: str, after: str) -> Iterator[ContextChange]:
    if before != after:
        yield ContextChange("changed", section, before, after, "project" if section == "budget" else "canon")


def _room(pack: ContextPack) -> str:
    left = f", {pack.left_out} left out" if pack.left_out else ""
    return f"{pack.token_budget} tokens of {pack.tokenizer or 'no tokenizer'}{left}"


def _source(item: ContextItem | RecalledItem) -> str:
    return item.source


def _planted(thread: StoryThread) -> str:
    return thread.planted_in or "project"


def _thread_words(thread: StoryThread) -> str:
    marks = [f"planted in {thread.planted_in}"] if thread.planted_in else []
    marks += [f"pays off in {thread.pays_off_in}"] if thread.pays_off_in else []
    marks += [f"due by {thread.due_by}"] if thread.due_by else []
    marks += ["carried over"] if thread.carried_over else []
    marks += ["a red herring"] if thread.red_herring else []
    return f"{thread.question} ({', '.join(marks)})" if marks else thread.question
