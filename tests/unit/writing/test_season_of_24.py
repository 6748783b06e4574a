"""Two seasons of twenty-four episodes, written on canon as the gate leaves it: one told from scratch, and one that
goes on from a finished screenplay.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from template_stories import ROOT, changed, speeches

from narrative_assets.canon.diff import propose_diff
from narrative_assets.canon.fold import apply_diff, initial_canon
from narrative_assets.canon.kinds import rules_of
from narrative_assets.writing.arc import plan_arc
from narrative_assets.writing.context import assemble_context
from narrative_assets.writing.fountain import parse_screenplay
from narrative_assets.writing.imported import import_script, imported_plan
from narrative_assets.writing.plan import plan_episode
from narrative_assets.writing.script import write_script
from narrative_assets.writing.templates import plots
from resources.tokenizing import packaged_counter
from schemas.canon import Canon, CanonDiff
from schemas.canonical import content_hash
from schemas.project import EpisodeEntry, Project
from schemas.script import DialogueElement, Script
from schemas.story import ContextPack, EpisodePlan, StoryArc

MOST_REPEATED = 0.02
"""The share of lines of four words or more that may be said twice in a season."""


class Told(NamedTuple):
    arc: StoryArc
    context: ContextPack
    plan: EpisodePlan
    script: Script
    diff: CanonDiff


class Run(NamedTuple):
    project: Project
    told: list[Told]
    canon: Canon

    def written(self) -> list[Told]:
        return [each for each in self.told if each.script.origin == "generated"]


def run(project: Project, folder: Path) -> Run:
    """Every episode of the project, each on the canon that the diffs of the earlier ones make."""
    entries, told = project.episodes, []
    canon = initial_canon(project, entries[0].id)
    arcs = {season: plan_arc(project, season) for season in sorted({int(entry.id[1:3]) for entry in entries})}
    for entry, upcoming in zip(entries, [*entries[1:], None], strict=True):
        arc = arcs[int(entry.id[1:3])]
        context = assemble_context(project, canon, entry.id, packaged_counter())
        if entry.screenplay is None:
            plan = plan_episode(project, arc, context, entry.id)
            script = write_script(project, arc, plan, context, content_hash(plan))
        else:
            source = parse_screenplay((folder / entry.screenplay.path).read_bytes(), entry.screenplay.path)
            plan = imported_plan(source, project, entry.id, context, content_hash(context))
            script = import_script(source, project, entry.id, context, content_hash(plan))
        ends = upcoming is None or upcoming.id[:3] != entry.id[:3]
        hashes = content_hash(script), content_hash(canon)
        diff = propose_diff(canon, script, *hashes, rules=rules_of(project), season_end=ends)
        told.append(Told(arc, context, plan, script, diff))
        canon = apply_diff(canon, diff, upcoming.id if upcoming else entry.id)
    return Run(project, told, canon)


def example(name: str) -> Project:
    return Project.model_validate_json((ROOT / f"examples/{name}/project.json").read_bytes())


@pytest.fixture(scope="module")
def lamp() -> Run:
    return run(changed(example("lighthouse"), None, 24), ROOT)


@pytest.fixture(scope="module")
def bob() -> Run:
    return run(example("cyber-bob-season"), ROOT / "examples/cyber-bob-season")


@pytest.fixture(scope="module", params=["lamp", "bob"])
def season(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue(request.param)
    return found


def test_there_are_plots_for_more_than_a_season():
    assert len(plots()) >= 28


def test_every_written_episode_has_a_plot_a_title_and_a_first_line_of_its_own(season: Run):
    written = season.written()
    assert len(season.told) == 24
    assert len({each.plan.plot for each in written}) == len(written)
    assert len({each.script.title for each in season.told}) == 24
    assert len({each.script.logline for each in season.told}) == 24
    assert len({speeches(each.script)[0].text for each in written}) == len(written)


def test_hardly_a_line_is_said_twice(season: Run):
    lines = Counter(line.text for each in season.written() for line in speeches(each.script))
    lines = Counter({text: count for text, count in lines.items() if len(text.split()) >= 4})
    assert lines.total() > 200
    assert sum(count for count in lines.values() if count > 1) / lines.total() <= MOST_REPEATED


def test_the_gate_blocks_nothing_and_misses_no_thread(season: Run):
    judged = [j for each in season.told for j in each.diff.validation.judgements]
    assert [j.message for j in judged if j.severity == "block"] == []
    assert [j.message for j in judged if j.code == "thread"] == []


def test_every_thread_is_closed_or_declared_and_in_time(season: Run):
    assert all(thread.closed or thread.carried_over for thread in season.canon.threads)
    for thread in season.canon.threads:
        if thread.closed:
            assert thread.due_by is not None
            assert thread.pays_off_in is not None
            assert thread.pays_off_in <= thread.due_by
    assert sum(thread.carried_over for thread in season.canon.threads) == 1
    closed_at_the_end = season.told[-1].script.threads_closed
    assert len(closed_at_the_end) <= len(season.canon.threads) / 2


def test_threads_are_touched_on_the_way_and_only_while_they_run(season: Run):
    opened: set[str] = set()
    closed: set[str] = set()
    touches: Counter[str] = Counter()
    for each in season.told:
        assert set(each.script.threads_touched) <= opened - closed
        touches.update(each.script.threads_touched)
        opened |= {thread.thread_id for thread in each.script.threads_opened}
        closed |= set(each.script.threads_closed)
    assert sum(touches[one] > 0 for one in opened) > len(opened) / 2
    assert touches.total() >= 10


def test_what_an_episode_recalls_stands_in_its_context_pack(season: Run):
    forgetful = 0
    for each in season.written()[1:]:
        bare = each.context.model_copy(update={"past_events": (), "last_summary": ""})
        plan = plan_episode(season.project, each.arc, bare, each.plan.episode_id)
        script = write_script(season.project, each.arc, plan, bare, content_hash(plan))
        forgetful += speeches(script) != speeches(each.script)
        recalled = {line.text for line in speeches(each.script)} - {line.text for line in speeches(script)}
        assert recalled or each.context.past_events == () or speeches(script) == speeches(each.script)
    assert forgetful >= 18


def test_tension_rises_over_three_acts_with_a_crest_half_way(season: Run):
    arc = season.told[-1].arc
    assert [act.number for act in arc.acts] == [1, 2, 3]
    tension = [episode.tension for episode in arc.episodes]
    assert max(tension) == tension[-1]
    middle = tension[len(tension) // 2]
    assert middle > tension[len(tension) // 2 - 2]
    assert middle > tension[len(tension) // 2 + 2]


def test_claims_say_more_than_where_people_are(season: Run):
    told = Counter(claim.predicate for each in season.written() for s in each.script.scenes for claim in s.claims)
    assert {"located_at", "holds", "knows", "happened", "relies_on", "reveals", "friend_of", "enemy_of"} <= set(told)


def test_a_season_goes_on_from_the_screenplay_that_opens_it(bob: Run):
    opening, second = bob.told[0], bob.told[1]
    assert opening.script.origin == "imported"
    assert second.script.scenes[0].story_time.earliest > max(s.story_time.latest for s in opening.script.scenes)
    said = " ".join(line.text for each in bob.told[1:4] for line in speeches(each.script))
    assert "finds that dogs have always run them" in said
    assert {scene.heading.place_id for scene in opening.script.scenes} & {
        scene.heading.place_id for each in bob.told[1:] for scene in each.script.scenes
    }


def test_two_seasons_answer_in_the_second_what_the_first_leaves_open():
    project = example("lighthouse")
    entries = tuple(EpisodeEntry(id=f"s{number:02d}e{each:02d}") for number in (1, 2) for each in range(1, 10))
    done = run(project.model_copy(update={"episodes": entries}), ROOT)
    assert [j.message for t in done.told for j in t.diff.validation.judgements if j.severity == "block"] == []
    assert [j.message for t in done.told for j in t.diff.validation.judgements if j.code == "thread"] == []
    answered = next(thread for thread in done.canon.threads if thread.thread_id == "own-mara")
    assert answered.closed
    assert answered.pays_off_in is not None
    assert answered.pays_off_in.startswith("s02")
    secret = next(member.secret for member in project.cast if member.id == "mara")
    script = next(t.script for t in done.told if t.script.episode_id == answered.pays_off_in)
    elements = [e for scene in script.scenes for e in scene.elements if isinstance(e, DialogueElement)]
    assert any(secret in line.text for line in elements)
