"""The page of canon and the record of an episode."""

from __future__ import annotations

import pytest
from canon_cases import canon, script

from narrative_assets.canon import apply_diff, initial_canon, propose_diff
from narrative_assets.canon.page import MAX_FACTS_EACH, canon_page
from narrative_assets.canon.record import episode_record
from schemas.canon import Canon, CanonDiff
from schemas.project import Project, ProjectRule
from schemas.script import Script
from schemas.story import StoryThread

HASH = "0" * 64


@pytest.fixture
def told() -> Script:
    moved = [{"s": "tom", "p": "holds", "o": "lamp", "change": {"kind": "transfer", "permitted_by": "Mara lends it."}}]
    thread = StoryThread(thread_id="wreck", question="Who lit the wreckers\u2019 fire?")
    scenes = [{"place": "pier", "at": [480, 490], "present": ["mara", "tom"], "claims": moved}]
    return script(scenes, threads_opened=(thread,), logline="Tom carries the light.")


@pytest.fixture
def diff(told: Script) -> CanonDiff:
    return propose_diff(canon(), told, HASH, HASH)


@pytest.fixture
def after(diff: CanonDiff) -> Canon:
    return apply_diff(canon(), diff, "s01e04")


def test_the_page_says_what_holds_and_who_told_it(after: Canon) -> None:
    page = canon_page(after)
    assert page.startswith("# lighthouse before s01e04\nThe story has come to day 1, 08:10.")
    assert "- holds Lamp (s01e03, scene sc01)" in page
    assert "- Who lit the wreckers\u2019 fire? (open since s01e03)" in page
    assert "**Mara Vale** (`mara`, also the Keeper)" in page
    assert "- holds Brass key (project lighthouse)" in page


def test_what_is_over_stands_on_no_page(after: Canon) -> None:
    ended = [
        fact.model_copy(update={"valid_to": 490}) if fact.predicate == "holds" else fact
        for fact in after.persistent_states
    ]
    over = after.model_copy(update={"persistent_states": tuple(ended)})
    assert "holds" not in canon_page(over)


def test_a_long_list_of_facts_is_cut_and_says_so() -> None:
    facts = [{"s": "mara", "p": "knows", "o": f"secret {number}", "from": number} for number in range(30)]
    page = canon_page(canon(facts))
    assert 0 < page.count("- knows") <= MAX_FACTS_EACH
    assert "more\n" in page


def test_a_rule_and_its_price_read_as_two_sentences() -> None:
    rule = ProjectRule(id="voices", statement="Nobody answers a voice from the water.", cost="it learns your name")
    project = Project(id="p", title="P", world_rules=(rule,), episodes=({"id": "s01e01"},))
    stated = initial_canon(project, "s01e01").world_rules[0].statement
    assert stated == "Nobody answers a voice from the water. Otherwise it learns your name."


def test_the_record_of_an_episode_names_what_is_new_and_what_stays_open(
    told: Script, diff: CanonDiff, after: Canon
) -> None:
    record = episode_record(HASH, told, diff, after)
    assert record.episode_number == 3
    assert set(record.new_facts) == {fact.fact_id for fact in diff.added_facts} != set()
    assert [thread.thread_id for thread in record.unresolved_threads] == ["wreck"]
    assert record.summary.startswith("Tom carries the light.")
