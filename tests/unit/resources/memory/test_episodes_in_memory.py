"""Episodes in memory: what they become, kept up with canon, and recalled in a pack."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from narrative_assets.canon import RULES
from narrative_assets.writing.recall import Recall
from resources.inference import onnx_embedding
from resources.inference.hashed_embedding import HashedEmbedding
from resources.memory.configured import MemoryRecall, configured_memory
from resources.memory.ingest import ingest_settled
from resources.memory.items import MemoryItem, fact_words, items_of
from resources.memory.store import VectorMemory
from resources.memory.wanted import Wanted
from resources.registry import Production
from resources.studio import Studio
from schemas.canon import CanonDiff, TimelineEvent
from schemas.canonical import content_hash
from schemas.errors import InputError, ModelError
from schemas.project import Project
from schemas.script import DialogueElement, Script
from schemas.story import EntityRef, NumberValue, RecalledItem, SourceSpan, StoryInterval, Telling
from tests.fakes.artifacts import sample
from tests.fakes.canon_diffs import amendment, diff, fact, project

NAMES = {"mara": "Mara Venn", "pier": "the pier"}
HASH = "c" * 64


def script(episode: str, words: str) -> Script:
    """The sample script as an episode of the lighthouse, in which Mara says these words."""
    base = sample("Script")
    assert isinstance(base, Script)
    scene = base.scenes[0]
    line = DialogueElement(
        element_id="sc01.e002", speaker_id="mara", cue="MARA", text=words, source=SourceSpan(document="test")
    )
    scene = scene.model_copy(update={"elements": (scene.elements[0], line, scene.elements[2]), "claims": ()})
    return base.model_copy(update={"project_id": "lighthouse", "episode_id": episode, "scenes": (scene,)})


def told(items: list[MemoryItem], kind: str) -> list[str]:
    return [item.text for item in items if item.kind == kind]


def test_an_episode_becomes_its_summary_its_scenes_its_events_and_its_facts() -> None:
    event = TimelineEvent(
        event_id="e1", summary="The lamp went out.", story_time=StoryInterval(earliest=0, latest=1),
        telling=Telling(episode_id="s01e01", scene_id="sc01"),
    )  # fmt: skip
    made = diff(
        "s01e01",
        fact("s01e01", "mara", "located_at", EntityRef(entity="pier"), 0),
        fact("s01e01", "mara", "knows", "who Pip is", 0, revealed_in="s01e09"),
        added_events=(event,),
    )
    items = items_of(script("s01e01", "Not tonight."), [made], NAMES, RULES, HASH)
    assert told(items, "episode") == ["The lamp.", "What happened in s01e01."]
    assert told(items, "scene") == ["The pier, night. The lamp dies. Mara: Not tonight. NO OIL"]
    assert told(items, "event") == ["The lamp went out."]
    assert len(told(items, "fact")) == 2
    scene = next(item for item in items if item.kind == "event")
    assert (scene.scene, scene.scene_id, scene.source) == (1, "sc01", "s01e01 sc01")
    assert [item.revealed_in for item in items if item.kind == "fact"] == [None, "s01e09"]
    assert {item.source_hash for item in items} == {HASH}


def test_a_long_scene_is_cut_between_lines() -> None:
    words = " ".join(f"Word number {number} of a very long speech." for number in range(15))
    lines = [
        DialogueElement(
            element_id=f"l{n}", speaker_id="mara", cue="MARA", text=f"{n}. {words}", source=SourceSpan(document="test")
        )
        for n in (1, 2, 2)
    ]
    base = script("s01e01", "x")
    long = base.model_copy(update={"scenes": (base.scenes[0].model_copy(update={"elements": tuple(lines)}),)})
    passages = [item for item in items_of(long, [], NAMES, RULES, HASH) if item.kind == "scene"]
    assert [item.text for item in passages] == [f"The pier, night. Mara: {n}. {words}" for n in (1, 2)]


def test_facts_are_told_in_the_words_of_their_rules() -> None:
    told = [
        fact("s01e01", "mara", "located_at", EntityRef(entity="pier"), 0),
        fact("s01e01", "mara", "alive", False, 0),
        fact("s01e01", "mara", "alive", False, 0, polarity="denied"),
        fact("s01e01", "mara", "shoe_size", NumberValue(number=40, unit="eu"), 0),
    ]
    words = [fact_words(each, NAMES, RULES) for each in told]
    assert words[0].startswith("Mara Venn ") and words[0].endswith("the pier.")
    assert "dead" in words[1] and "dead" not in words[2]
    assert words[3] == "Mara Venn: shoe size is 40 eu."


class Site:
    """A studio in a folder with the lighthouse registered, into which a test settles episodes."""

    def __init__(self, folder: Path) -> None:
        self.project: Project = project()
        path = folder / "project.json"
        path.write_text(json.dumps(self.project.model_dump(mode="json")), encoding="utf-8")
        self.studio = Studio.open(folder / "artifacts")
        self.studio.projects.register(path)
        self.memory = VectorMemory(folder / "memory", HashedEmbedding(64))

    def settle(self, episode: str, words: str) -> None:
        written = script(episode, words)
        digest = self.studio.store.save(
            written, Production("lighthouse", episode, stage_key=content_hash([episode, words]), code_version="1")
        )
        self.append(diff(episode, fact(episode, "mara", "knows", words, 0), script_hash=digest))

    def append(self, change: CanonDiff) -> None:
        self.studio.canon.append(self.project, change, content_hash(change), approver="Ana")

    def ingest(self, before: str = "") -> dict[str, Any]:
        return ingest_settled(self.studio, self.memory, self.project, before)

    def found(self, query: str, before: str = "") -> list[str]:
        return [hit.item.text for hit in self.memory.search(query, Wanted("lighthouse", before), 100)]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_memory_follows_canon_and_takes_in_nothing_twice(site: Site) -> None:
    site.settle("s01e01", "The oil is in the boat.")
    site.settle("s01e02", "The boat is gone.")
    assert list(site.ingest(before="s01e02")) == ["s01e01"]
    assert list(site.ingest()) == ["s01e02"]
    assert site.ingest() == {}
    assert any("The oil is in the boat." in text for text in site.found("where is the oil"))


def test_a_rewritten_episode_is_remembered_as_it_is_now(site: Site) -> None:
    site.settle("s01e01", "The oil is in the boat.")
    site.ingest()
    site.settle("s01e01", "The oil is in the sea.")
    assert list(site.ingest()) == ["s01e01"]
    texts = site.found("where is the oil")
    assert any("in the sea" in text for text in texts)
    assert not any("in the boat" in text for text in texts)


def test_an_amendment_makes_memory_anew_and_alone_makes_none(site: Site) -> None:
    site.settle("s01e01", "The oil is in the boat.")
    site.ingest()
    site.append(amendment("s01e01", fact("s01e01", "tobias", "knows", "the old song", 5)))
    site.append(amendment("s01e03", fact("s01e03", "tobias", "knows", "the new song", 5)))
    assert list(site.ingest()) == ["s01e01"]
    assert any("the old song" in text for text in site.found("song"))


def test_recall_is_what_was_told_before_and_does_not_change_with_what_comes(site: Site) -> None:
    site.settle("s01e01", "The oil is in the boat.")
    site.ingest()
    recall: Recall = MemoryRecall(site.memory)
    before = recall.recall("lighthouse", "s01e02", "Where is the oil?", 5)
    assert all(isinstance(each, RecalledItem) and each.source.startswith("s01e01") for each in before)
    site.settle("s01e02", "The oil, the oil, where is the oil?")
    site.ingest()
    assert recall.recall("lighthouse", "s01e02", "Where is the oil?", 5) == before
    assert recall.recall("lighthouse", "s01e01", "Where is the oil?", 5) == []


def test_recall_is_off_unless_it_is_configured(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    store = site.studio.store
    monkeypatch.delenv("NARRATIVE_RECALL", raising=False)
    assert configured_memory(store) is None
    monkeypatch.setenv("NARRATIVE_RECALL", "hashed")
    found = configured_memory(store)
    assert found is not None
    assert found.backend.identity == HashedEmbedding().identity
    assert found.tables.folder == store.root / "local" / "memory"
    monkeypatch.setenv("NARRATIVE_RECALL", "server")
    with pytest.raises(InputError, match="NARRATIVE_EMBEDDING_URL is"):
        configured_memory(store)
    monkeypatch.setenv("NARRATIVE_RECALL", "telepathy")
    with pytest.raises(InputError, match="telepathy") as error:
        configured_memory(store)
    assert "minilm" in error.value.remedy


def test_a_runtime_that_is_not_installed_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(onnx_embedding, "version", missing)
    with pytest.raises(ModelError, match="onnxruntime is not installed") as error:
        configured_memory(site.studio.store, "minilm")
    assert "narrative-assets[models]" in error.value.remedy
