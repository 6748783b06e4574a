"""What memory holds: items of text with their place in story order, and how an episode becomes items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from narrative_assets.canon import RuleBook
from schemas.base import ElementId, EpisodeId, Line, Sha256, Slug
from schemas.canon import CanonDiff, Fact
from schemas.canonical import content_hash
from schemas.script import ActionElement, DialogueElement, Scene, Script, SignElement
from schemas.story import EntityRef, FlagValue, NumberValue, Telling, TextValue, Value

Kind = Literal["episode", "scene", "event", "fact"]
_PASSAGE_CHARACTERS = 800
"""About 200 tokens: a passage fits into what an embedding model reads."""
_MOST_TEXT = 8_000
_SCENES, _EPISODES = 10_000, 1_000


class MemoryItem(BaseModel):
    """One text of an episode. ``scene`` is the scene's number in it, 0 for the whole episode.

    ``revealed_in`` is the episode before which nobody may hear of it; ``source_hash`` is that of the script and the
    diffs it was taken from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    project_id: Slug
    episode_id: EpisodeId
    scene: Annotated[int, Field(ge=0, lt=_SCENES)] = 0
    scene_id: ElementId | None = None
    kind: Kind
    text: Annotated[str, Field(min_length=1, max_length=_MOST_TEXT, pattern=r"^[^\x00]*$")]
    source: Line
    source_hash: Sha256
    revealed_in: EpisodeId | None = None

    @cached_property
    def item_id(self) -> str:
        """64 hex digits of what it says and where: the same item is kept once."""
        return content_hash([self.project_id, self.episode_id, self.scene, self.scene_id, self.kind, self.text])

    @property
    def position(self) -> int:
        """Its place in story order."""
        return position_of(self.episode_id) + self.scene

    @property
    def known_from(self) -> int:
        """The place in story order from which it may be told."""
        return max(position_of(self.episode_id), position_of(self.revealed_in or self.episode_id))


def position_of(episode_id: str) -> int:
    """Where an episode begins in story order: season, then number."""
    season, _, number = episode_id[1:].partition("e")
    return (int(season) * _EPISODES + int(number)) * _SCENES


def items_of(
    script: Script, diffs: Iterable[CanonDiff], names: dict[str, str], rules: RuleBook, source_hash: str
) -> list[MemoryItem]:
    """An episode as items, each once: its summary, passages of its scenes, and the events and facts it established.

    ``names`` are those of people, places and things by id; ``rules`` put facts into words.
    """
    maker = _Maker(script, names, source_hash)
    found = [maker.item("episode", text) for text in (f"{script.title}. {script.logline}".strip(),)]
    for number, scene in enumerate(script.scenes, 1):
        found += [maker.item("scene", text, number, scene.scene_id) for text in _passages(scene, maker.names)]
    for diff in diffs:
        found += [maker.item("episode", text) for text in _cut(diff.summary.split("\n"))]
        found += [maker.told("event", event.summary, event.telling) for event in diff.added_events if event.summary]
        found += [
            maker.told("fact", fact_words(fact, maker.names, rules), fact.established, fact.revealed_in)
            for fact in diff.added_facts
        ]
    return list({item.item_id: item for item in found}.values())


def fact_words(fact: Fact, names: dict[str, str], rules: RuleBook) -> str:
    """A fact as a sentence: "Mara Quill is at the lighthouse."."""
    affirmed = (fact.polarity == "affirmed") == (not isinstance(fact.object, FlagValue) or fact.object.flag)
    rule = rules.get(fact.predicate)
    pattern = (rule.says if affirmed else rule.denies) if rule else ""
    if not pattern:
        pattern = f"{{subject}}: {fact.predicate.replace('_', ' ')} {'is' if affirmed else 'is not'} {{value}}"
    told = pattern.format(subject=names.get(fact.subject, fact.subject), value=_value_words(fact.object, names))
    return f"{told.rstrip('.')}."


class _Maker:
    """Makes the items of one episode."""

    def __init__(self, script: Script, names: dict[str, str], source_hash: str) -> None:
        self.names = {**names, **{member.character_id: member.name for member in script.cast}}
        self._script, self._source_hash = script, source_hash
        self._numbers = {scene.scene_id: number for number, scene in enumerate(script.scenes, 1)}

    def told(self, kind: Kind, text: str, telling: Telling | None, revealed_in: str | None = None) -> MemoryItem:
        """An item at the scene in which it was told."""
        scene_id = telling.scene_id if telling is not None and telling.scene_id in self._numbers else None
        return self.item(kind, text, self._numbers.get(scene_id or "", 0), scene_id, revealed_in)

    def item(
        self, kind: Kind, text: str, scene: int = 0, scene_id: str | None = None, revealed_in: str | None = None
    ) -> MemoryItem:
        """An item of the episode."""
        return MemoryItem(
            project_id=self._script.project_id,
            episode_id=self._script.episode_id,
            scene=scene,
            scene_id=scene_id,
            kind=kind,
            text=text[:_MOST_TEXT],
            source=" ".join(part for part in (self._script.episode_id, scene_id) if part),
            source_hash=self._source_hash,
            revealed_in=revealed_in,
        )


def _passages(scene: Scene, names: dict[str, str]) -> Iterator[str]:
    heading = f"{scene.heading.place_name}, {scene.heading.time_of_day}."
    lines = [scene.summary, *(_line(element, names) for element in scene.elements)]
    for passage in _cut(lines):
        yield f"{heading} {passage}"


def _line(element: object, names: dict[str, str]) -> str:
    if isinstance(element, DialogueElement):
        return f"{names.get(element.speaker_id, element.speaker_id)}: {element.text}"
    return element.text if isinstance(element, ActionElement | SignElement) else ""


def _cut(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined into passages of some length; a line is never cut."""
    passage = ""
    for line in filter(None, (" ".join(line.split()) for line in lines)):
        if passage and len(passage) + len(line) > _PASSAGE_CHARACTERS:
            yield passage
            passage = ""
        passage = f"{passage} {line}".lstrip()
    if passage:
        yield passage


def _value_words(value: Value, names: dict[str, str]) -> str:
    if isinstance(value, EntityRef):
        return names.get(value.entity, value.entity)
    if isinstance(value, TextValue):
        return value.text
    if isinstance(value, NumberValue):
        return f"{value.number} {value.unit}"
    return "yes" if value.flag else "no"
