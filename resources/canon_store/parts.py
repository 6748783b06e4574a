"""Pieces of canon as rows of the projection, and rows as pieces of canon. No database is touched here."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from narrative_assets.canon import episode_order
from narrative_assets.canon.history import begins_at, over_at
from narrative_assets.canon.scope import name_keys
from narrative_assets.canon.statements import plain_words
from schemas.base import Part
from schemas.canon import (
    Canon,
    CanonCharacter,
    CanonLocation,
    CanonThing,
    Fact,
    Relationship,
    TimelineEvent,
    WorldRule,
)
from schemas.canonical import sha256_hex
from schemas.errors import InputError
from schemas.story import EntityRef, StoryThread, TextValue

Key = tuple[str, str]
"""The kind of a piece and its own key."""

TOOK_PART = ".took_part"
"""The predicate of the rows that lead from people to the events they took part in."""
BOND = "."
"""The predicate of the rows of relationships: no fact has it."""
TOLD_OF = ".told_of"
"""The predicate of the rows that lead from subjects to the events told of them."""
HIDDEN = ".hidden"
"""The predicate of the rows that lead to facts that wait for their reveal."""
_TYPES: dict[str, tuple[str, TypeAdapter[Any]]] = {
    "character": ("characters", TypeAdapter(tuple[CanonCharacter, ...])),
    "location": ("locations", TypeAdapter(tuple[CanonLocation, ...])),
    "thing": ("things", TypeAdapter(tuple[CanonThing, ...])),
    "rule": ("world_rules", TypeAdapter(tuple[WorldRule, ...])),
    "relationship": ("relationships", TypeAdapter(tuple[Relationship, ...])),
    "event": ("timeline_events", TypeAdapter(tuple[TimelineEvent, ...])),
    "fact": ("persistent_states", TypeAdapter(tuple[Fact, ...])),
    "thread": ("threads", TypeAdapter(tuple[StoryThread, ...])),
}
KINDS = (*_TYPES, "arrival")
"""The kinds that hold canon itself; ``arrival`` is the last summary and the minute. The others only lead to them."""


def story_order(episode_id: str) -> int:
    """An episode's place in story order. Raises InputError for what is no episode id."""
    if not re.fullmatch(r"s[0-9]{2}e[0-9]{2,3}", episode_id):
        raise InputError(f"{episode_id!r} is no episode id.", remedy="Write season and episode, for example s01e03.")
    season, number = episode_order(episode_id)
    return season * 1_000 + number


class Piece(NamedTuple):
    """A row's content. ``begins`` and ``until`` are story minutes, or an order of the telling (participant, secret)."""

    kind: str
    key: str
    document: str
    subject: str | None = None
    predicate: str | None = None
    object: str | None = None
    name_key: str | None = None
    begins: int | None = None
    until: int | None = None

    @property
    def name(self) -> Key:
        """What the piece is replaced and removed by."""
        return self.kind, self.key


def pieces(parts: Iterable[Part]) -> Iterator[Piece]:
    """The rows of pieces of canon: one each, and those that lead to them by name or by participant."""
    for part in parts:
        document = part.model_dump_json()
        if isinstance(part, Fact):
            yield _of_fact(part, document)
            if part.revealed_in is not None:
                until = story_order(part.revealed_in)
                yield Piece("secret", part.fact_id, "", subject=part.subject, predicate=HIDDEN, until=until)
        elif isinstance(part, CanonCharacter):
            yield Piece("character", part.character_id, document)
            for key in sorted(name_keys(part)):
                digest = name_digest(key)
                yield Piece("name", f"{part.character_id}|{digest}", "", name_key=digest)
        elif isinstance(part, TimelineEvent):
            yield Piece("event", part.event_id, document)
            if part.subject is not None:
                yield Piece("told_of", part.event_id, "", subject=part.subject, predicate=TOLD_OF)
            told = story_order(part.telling.episode_id)
            for who in dict.fromkeys(part.participants):
                key = f"{part.event_id}|{who}"
                yield Piece("participant", key, "", subject=who, predicate=TOOK_PART, begins=told)
        elif isinstance(part, Relationship):
            key = f"{part.subject}|{part.relation}|{part.object}|{part.since}"
            yield Piece("relationship", key, document, subject=part.subject, predicate=BOND, object=part.object)
        else:
            yield _of_entity(part, document)


def arrival(summary: str, minute: int) -> Piece:
    """The row of where canon has arrived."""
    return Piece("arrival", "", json.dumps({"last_summary": summary, "story_minute": minute}))


def arrived(document: str) -> tuple[str, int]:
    """The summary and the minute of an arrival's row."""
    plain = json.loads(document)
    return plain["last_summary"], plain["story_minute"]


def name_digest(key: str) -> str:
    """A name or a text as it is compared, whatever its length, as 64 hex digits."""
    return sha256_hex(key.encode())


def read(kind: str, documents: Iterable[str]) -> tuple[Any, ...]:
    """Pieces of one kind from their rows' documents, in the order given."""
    found: tuple[Any, ...] = _TYPES[kind][1].validate_json(f"[{','.join(documents)}]")
    return found


def canon_of(project_id: str, as_of: str, rows: Iterable[tuple[str, str]]) -> Canon:
    """A canon of (kind, document) rows in the order of canon; kinds that only lead to others are passed over."""
    documents: defaultdict[str, list[str]] = defaultdict(list)
    for kind, document in rows:
        documents[kind].append(document)
    summary, minute = arrived(documents["arrival"][0]) if documents["arrival"] else ("", 0)
    fields = {name: read(kind, documents[kind]) for kind, (name, _) in _TYPES.items()}
    return Canon(project_id=project_id, as_of=as_of, last_summary=summary, story_minute=minute, **fields)


def _of_fact(fact: Fact, document: str) -> Piece:
    return Piece(
        "fact",
        fact.fact_id,
        document,
        subject=fact.subject,
        predicate=fact.predicate,
        object=fact.object.entity if isinstance(fact.object, EntityRef) else None,
        name_key=name_digest(plain_words(fact.object.text)) if isinstance(fact.object, TextValue) else None,
        begins=begins_at(fact),
        until=over_at(fact),
    )


def _of_entity(part: Part, document: str) -> Piece:
    if isinstance(part, CanonLocation):
        return Piece("location", part.location_id, document)
    if isinstance(part, CanonThing):
        return Piece("thing", part.thing_id, document)
    if isinstance(part, WorldRule):
        return Piece("rule", part.rule_id, document)
    if isinstance(part, StoryThread):
        return Piece("thread", part.thread_id, document)
    raise TypeError(type(part).__name__)
