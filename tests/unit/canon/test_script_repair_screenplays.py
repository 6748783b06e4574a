"""Repair of the two real screenplays in examples/, against canon that they contradict in one thing at a time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from script_differences import differing, logged

from narrative_assets.canon import initial_canon, judge, repair_script
from narrative_assets.writing.fountain import parse_screenplay
from narrative_assets.writing.imported import import_script
from schemas.canon import Canon, Fact
from schemas.canonical import content_hash
from schemas.project import Project
from schemas.reading import read_file
from schemas.repair import RepairLog
from schemas.script import DialogueElement, Script
from schemas.story import ContextPack, EntityRef, FlagValue, NumberValue, SourceSpan, TextValue, Value

EXAMPLES = Path(__file__).parents[3] / "examples"


@cache
def project(folder: str) -> Project:
    return read_file(EXAMPLES / folder / "project.json", Project)


@cache
def script(folder: str) -> Script:
    entry = project(folder).episodes[0].screenplay
    assert entry is not None
    screenplay = parse_screenplay((EXAMPLES / folder / entry.path).read_bytes(), entry.path)
    context = ContextPack(project_id=folder, episode_id="s01e01", canon_hash="0" * 64)
    return import_script(screenplay, project(folder), "s01e01", context, "1" * 64)


def planted(folder: str, subject: str, predicate: str, value: Value, start: int, end: int | None = None) -> Canon:
    """The project's canon with one fact in the place of its own of that kind."""
    canon = initial_canon(project(folder), "s01e01")
    fact = Fact(
        fact_id="planted", subject=subject, predicate=predicate, object=value, valid_from=start, valid_to=end,
        source=SourceSpan(document="bible.md", first_line=1),
    )  # fmt: skip
    others = tuple(each for each in canon.persistent_states if (each.subject, each.predicate) != (subject, predicate))
    return canon.model_copy(update={"persistent_states": (*others, fact)})


def mended(folder: str, canon: Canon) -> tuple[Script, RepairLog]:
    before = judge(canon, script(folder), content_hash(canon))
    assert any(each.severity == "block" for each in before.judgements)
    repaired, log = repair_script(canon, script(folder), content_hash(canon))
    after = judge(canon, repaired, content_hash(canon))
    assert tuple(each for each in after.judgements if each.severity == "block") == log.unresolved
    assert differing(script(folder), repaired) == logged(log)
    return repaired, log


def changed_texts(folder: str, repaired: Script) -> dict[str, tuple[str, str]]:
    """The words before and after of every element whose words differ; empty where it is gone or was not there."""
    words = [
        {each.element_id: getattr(each, "text", "") for scene in told.scenes for each in scene.elements}
        for told in (script(folder), repaired)
    ]
    ids = [key for key in {**words[0], **words[1]} if words[0].get(key) != words[1].get(key)]
    return {key: (words[0].get(key, ""), words[1].get(key, "")) for key in ids}


@pytest.mark.parametrize(
    ("folder", "who", "wrong", "right"),
    [("cyber-bob", "bob", "CYBER BOB, 40,", "CYBER BOB, 30,"), ("guru-peak", "guru", "A GURU, 32,", "A GURU, 30,")],
)
def test_an_age_is_put_right_in_the_line_that_introduces_somebody_and_nowhere_else(
    folder: str, who: str, wrong: str, right: str
) -> None:
    repaired, log = mended(folder, planted(folder, who, "age", NumberValue(number=30, unit="years"), 600, 601))
    ((before, after),) = changed_texts(folder, repaired).values()
    assert after == before.replace(wrong, right)
    assert wrong not in repaired.model_dump_json()
    assert log.unresolved == ()


def test_a_name_is_put_right_in_cues_and_action() -> None:
    repaired, log = mended("cyber-bob", planted("cyber-bob", "margaret", "name", TextValue(text="Marjorie"), 0))
    assert log.unresolved == ()
    speeches = [each for scene in repaired.scenes for each in scene.elements if isinstance(each, DialogueElement)]
    assert {each.cue for each in speeches if each.speaker_id == "margaret"} == {"MARJORIE"}
    assert all(
        "argaret" not in after and "MARGARET" not in after for _, after in changed_texts("cyber-bob", repaired).values()
    )
    assert "MARJORIE, 37, a white woman" in changed_texts("cyber-bob", repaired)["sc01.e002"][1]


@pytest.mark.parametrize(
    ("predicate", "value", "end"),
    [("alive", FlagValue(flag=False), None), ("located_at", EntityRef(entity="suburban_traffic_intersection"), 2_000)],
)
def test_somebody_small_goes_from_a_scene_and_it_still_reads(predicate: str, value: Value, end: int | None) -> None:
    repaired, log = mended("cyber-bob", planted("cyber-bob", "cute_dog", predicate, value, 100, end))
    assert log.unresolved == ()
    texts = changed_texts("cyber-bob", repaired)
    intro = "He admires MARGARET, 37, a white woman, amicable, mild, curious, and very sharp, who cross his path."
    assert texts["sc01.e002"][1].endswith(f"soul, strolls through the park. {intro}")
    assert texts["sc01.e004"] == ("YIP YUP!", "")
    assert texts["sc01.e021"][1] == "She scuttles off in a hurry."
    assert set(texts) == {"sc01.e002", "sc01.e004", "sc01.e006", "sc01.e019", "sc01.e021"}
    assert repaired.scenes[1:] == script("cyber-bob").scenes[1:]


def test_a_scene_of_the_dead_is_told_as_a_memory_without_a_word_changed() -> None:
    repaired, log = mended("cyber-bob", planted("cyber-bob", "margaret", "alive", FlagValue(flag=False), 100))
    assert log.unresolved == ()
    assert changed_texts("cyber-bob", repaired) == {}
    assert repaired.scenes[0].frame.kind == "flashback"
    assert repaired.scenes[0].story_time.latest < 100
    assert repaired.scenes[0].heading.raw == "EXT. PARK--DAY (FLASHBACK)"


@pytest.mark.parametrize(("folder", "who"), [("cyber-bob", "bob"), ("guru-peak", "yorblef"), ("guru-peak", "guru")])
def test_a_screenplay_is_not_taken_apart_where_it_cannot_do_without_somebody(folder: str, who: str) -> None:
    repaired, log = mended(folder, planted(folder, who, "alive", FlagValue(flag=False), 100))
    assert repaired is script(folder)
    assert log.unresolved
    assert log.changes == ()


def test_a_scene_moves_as_far_as_the_way_needs_and_no_word_changes() -> None:
    canon = planted("cyber-bob", "margaret", "located_at", EntityRef(entity="suburban_traffic_intersection"), 590, 602)
    repaired, log = mended("cyber-bob", canon)
    assert log.unresolved == ()
    assert changed_texts("cyber-bob", repaired) == {}
    scene, was = repaired.scenes[0], script("cyber-bob").scenes[0]
    assert scene.story_time.latest - scene.story_time.earliest == was.story_time.latest - was.story_time.earliest
    assert scene.present == was.present
