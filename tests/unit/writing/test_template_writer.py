"""Whole seasons written from templates: order, presence, length, words and claims."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

import pytest
from template_stories import (
    Written,
    first_canon,
    lighthouse,
    night_mail,
    speeches,
    written_episode,
    written_season,
)

from narrative_assets.canon.gate import judge
from narrative_assets.film.planner import plan_shots
from narrative_assets.film.speech import SpokenTake
from narrative_assets.writing.arc import plan_arc
from narrative_assets.writing.clock import time_of_day, travel_minutes
from narrative_assets.writing.context import assemble_context
from narrative_assets.writing.plan import plan_episode
from narrative_assets.writing.script import write_script
from resources.tokenizing import packaged_counter
from schemas.canon import Fact
from schemas.canonical import canonical_json, content_hash
from schemas.errors import InputError
from schemas.project import CastMember, DurationWindow, Project, Voice
from schemas.script import ActionElement, DialogueElement, Script, SignElement, TransitionElement
from schemas.story import EntityRef, FlagValue, SourceSpan

CAMERA = re.compile(r"\b(camera|close-?up|cut to|zoom|pan|dolly|we see|angle on|fade)\b", re.IGNORECASE)
SEEDS = range(1, 21)


@pytest.fixture(scope="module")
def seasons() -> list[list[Written]]:
    """The lighthouse in twenty seeds and the night mail in six."""
    return [written_season(lighthouse(seed)) for seed in SEEDS] + [written_season(night_mail(s)) for s in range(1, 7)]


@pytest.fixture(scope="module")
def scripts(seasons: list[list[Written]]) -> list[Script]:
    return [episode.script for season in seasons for episode in season]


def texts(script: Script) -> list[str]:
    elements = [element for scene in script.scenes for element in scene.elements]
    return [e.text for e in elements if isinstance(e, ActionElement | DialogueElement | SignElement)]


def seconds(script: Script) -> float:
    """Nine seconds of title and credits, 1.4 a scene, and for each piece what the film planner takes on average."""
    elements = [element for scene in script.scenes for element in scene.elements]
    total = 9 + 1.4 * len(script.scenes)
    for element in elements:
        words = len(element.text.split()) if not isinstance(element, TransitionElement) else 0
        if isinstance(element, DialogueElement):
            total += 1.65 + 0.21 * words
        else:
            total += 0.3 + len(element.props) + 0.2 * words if isinstance(element, ActionElement) else 4
    return total


class SteadyVoice:
    """Speaks 175 words a minute, whoever speaks."""

    def time_all(self, requests: Sequence[tuple[str, Voice]]) -> list[SpokenTake]:
        return [SpokenTake(samples=len(text.split()) * 60_000 // 175, sample_rate=1_000) for text, _ in requests]


def test_the_same_input_gives_the_same_bytes():
    one, other = written_season(lighthouse()), written_season(lighthouse())
    assert [canonical_json(e.script) for e in one] == [canonical_json(e.script) for e in other]
    assert [canonical_json(e.plan) for e in one] == [canonical_json(e.plan) for e in other]


def test_only_those_who_are_present_speak_and_are_spoken_to(scripts: list[Script]):
    for script in scripts:
        for scene in script.scenes:
            for element in scene.elements:
                if isinstance(element, DialogueElement):
                    assert element.speaker_id in scene.present
                    assert set(element.addressee_ids) <= set(scene.present) - {element.speaker_id}
                if isinstance(element, ActionElement):
                    assert set(element.character_ids) <= set(scene.present)


def test_everybody_who_is_present_in_a_scene_is_heard_or_seen(scripts: list[Script]):
    for script in scripts:
        for scene in script.scenes:
            noticed = {e.speaker_id for e in scene.elements if isinstance(e, DialogueElement)}
            noticed |= {one for e in scene.elements if isinstance(e, ActionElement) for one in e.character_ids}
            assert set(scene.present) == noticed, (script.episode_id, scene.beat_id)


def test_no_slot_is_left_unfilled_and_words_are_tidy(scripts: list[Script]):
    for text in (text for script in scripts for text in [*texts(script), script.title, script.logline]):
        assert not re.search(r"[{}]", text), text
        assert "  " not in text, text
        assert text == text.strip()
        assert not re.search(r"(^|[.!?] )[a-z]", text), text
        assert not re.search(r"(?<!\.)\.\.(?!\.)|[?!]\.|\bthe the\b|\bthe a\b|\ba the\b| ,| \.", text), text
        assert re.search(r"[.!?]$", text) or text in {script.title for script in scripts}, text


def test_no_camera_words_are_used(scripts: list[Script]):
    for text in (text for script in scripts for text in texts(script)):
        assert not CAMERA.search(text), text


def test_every_episode_lands_inside_the_window_over_twenty_seeds(scripts: list[Script]):
    lengths = [seconds(script) for script in scripts]
    assert all(62 <= length <= 84 for length in lengths), (min(lengths), max(lengths))
    assert 72 <= sum(lengths) / len(lengths) <= 79


def test_an_episode_keeps_to_the_window_when_it_is_planned_as_film(seasons: list[list[Written]]):
    lengths = []
    for seed, season in zip(SEEDS, seasons, strict=False):
        for episode in season:
            shots = plan_shots(episode.script, lighthouse(seed), content_hash(episode.script), SteadyVoice())
            lengths.append(shots.total_frames / shots.fps)
    assert all(60 <= length <= 90 for length in lengths), (min(lengths), max(lengths))


def test_every_episode_has_three_to_six_scenes_and_speaks_seventy_words_or_more(scripts: list[Script]):
    for script in scripts:
        assert 3 <= len(script.scenes) <= 6
        assert 70 <= sum(len(line.text.split()) for line in speeches(script)) <= 175


def test_lines_are_short_enough_to_speak(scripts: list[Script]):
    lengths = [len(line.text.split()) for script in scripts for line in speeches(script)]
    assert max(lengths) <= 32
    assert sum(lengths) / len(lengths) < 10


def test_nobody_speaks_three_lines_running(scripts: list[Script]):
    for script in scripts:
        for scene in script.scenes:
            run, before = 0, None
            for element in scene.elements:
                speaker = element.speaker_id if isinstance(element, DialogueElement) else None
                run = run + 1 if speaker is not None and speaker == before else 1
                before = speaker
                assert run < 3, (script.episode_id, element.element_id)


def test_scenes_follow_one_another_in_story_time_with_time_to_travel(seasons: list[list[Written]]):
    for season, project in zip(seasons, [lighthouse()] * 20 + [night_mail()] * 6, strict=True):
        clock, where, free = -1, {}, {}
        for episode in season:
            for scene in episode.script.scenes:
                assert scene.story_time.earliest > clock
                assert scene.heading.time_of_day == time_of_day(scene.story_time.earliest)
                for member in scene.present:
                    way = travel_minutes(project, where.get(member, scene.heading.place_id), scene.heading.place_id)
                    assert scene.story_time.earliest - free.get(member, -(10**6)) >= way
                    where[member], free[member] = scene.heading.place_id, scene.story_time.latest
                clock = scene.story_time.latest


def test_the_gate_finds_nothing_against_a_written_season(seasons: list[list[Written]]):
    for season in seasons:
        for episode in season:
            judged = judge(episode.canon, episode.script, "0" * 64)
            assert [(j.code, j.message) for j in judged.judgements if j.severity != "info"] == []
            assert judged.claims_checked > 10


def test_claims_say_where_everybody_is_and_what_happened(scripts: list[Script]):
    for script in scripts:
        claims = [claim for scene in script.scenes for claim in scene.claims]
        assert len({claim.claim_id for claim in claims}) == len(claims)
        assert any(claim.predicate == "happened" for claim in claims)
        for scene in script.scenes:
            placed = {c.subject for c in scene.claims if c.predicate == "located_at"}
            assert placed == set(scene.present)
            for claim in scene.claims:
                assert claim.telling.scene_id == scene.scene_id
                assert scene.story_time.earliest <= claim.story_time.earliest
                assert claim.story_time.latest <= scene.story_time.latest


def test_a_prop_only_changes_hands_by_transfer_between_people_who_are_there(seasons: list[list[Written]]):
    moves = 0
    for season in seasons:
        holders = {f.object.entity: f.subject for f in season[0].canon.persistent_states if f.predicate == "holds"}
        for scene in (scene for episode in season for scene in episode.script.scenes):
            for claim in (claim for claim in scene.claims if claim.predicate == "holds"):
                assert claim.change is not None
                assert claim.change.kind == "transfer"
                giver = holders.get(claim.object.entity)
                assert claim.subject in scene.present
                assert giver is None or giver in scene.present
                shown = {p for e in scene.elements if isinstance(e, ActionElement) for p in e.props}
                assert claim.object.entity in shown
                holders[claim.object.entity] = claim.subject
                moves += 1
    assert moves > 10


def test_later_episodes_speak_of_what_the_context_pack_tells(seasons: list[list[Written]]):
    for season in seasons:
        for number, episode in enumerate(season[1:], start=1):
            assert episode.context.past_events
            forgetful = episode.context.model_copy(update={"past_events": ()})
            project = lighthouse() if episode.plan.project_id == "lighthouse" else night_mail()
            project = project.model_copy(update={"seed": _seed_of(seasons, season)})
            arc = plan_arc(project, 1)
            plan = plan_episode(project, arc, forgetful, episode.plan.episode_id)
            without = write_script(project, arc, plan, forgetful, content_hash(plan))
            said = {line.text for line in speeches(episode.script)} - {line.text for line in speeches(without)}
            assert len(said) >= 2, (number, episode.plan.plot)


def _seed_of(seasons: list[list[Written]], season: list[Written]) -> int:
    place = seasons.index(season)
    return place + 1 if place < len(SEEDS) else place - len(SEEDS) + 1


def test_an_event_that_canon_tells_otherwise_is_not_remembered_as_written():
    project = lighthouse()
    _, second, _ = written_season(project)
    retold = tuple(
        event.model_copy(update={"summary": "Tobias threw the brass key into the sea."})
        for event in second.canon.timeline_events
    )
    canon = second.canon.model_copy(update={"timeline_events": retold})
    other = written_episode(project, plan_arc(project, 1), canon, "s01e02")
    remembered = " ".join(line.text for line in speeches(other.script))
    assert "Tobias threw the brass key into the sea." in remembered


def test_threads_are_opened_first_and_closed_last(seasons: list[list[Written]]):
    for season in seasons:
        opened = {thread.thread_id for thread in season[0].script.threads_opened}
        assert {name.partition("-")[0] for name in opened} == {"want", "rule", "secret"}
        assert set(season[-1].script.threads_closed) == opened
        touched = {thread for beat in season[1].plan.beats for thread in beat.threads}
        assert touched <= opened


def test_the_secret_is_told_in_the_finale_and_not_before():
    for seed in SEEDS:
        season = written_season(lighthouse(seed))
        secrets = {member.id: member.secret for member in lighthouse().cast}
        keeper = next(
            t.thread_id.removeprefix("secret-")
            for t in season[0].script.threads_opened
            if t.thread_id.startswith("secret-")
        )
        told = [secrets[keeper] in " ".join(texts(episode.script)) for episode in season]
        assert told[0] is False
        assert told[1] is False
        learned = [
            claim.object.text
            for scene in season[2].script.scenes
            for claim in scene.claims
            if claim.predicate == "knows"
        ]
        assert any(secrets[keeper] in words for words in learned)


def test_a_season_of_eight_hardly_repeats_a_line():
    for project in (lighthouse(1, 8), lighthouse(2, 8), night_mail(1, 8)):
        counts = Counter(line.text for episode in written_season(project) for line in speeches(episode.script))
        repeated = sum(count - 1 for count in counts.values())
        assert repeated / counts.total() <= 0.01


def test_a_season_of_twenty_four_repeats_few_lines():
    counts = Counter(line.text for episode in written_season(lighthouse(1, 24)) for line in speeches(episode.script))
    assert sum(count - 1 for count in counts.values()) / counts.total() <= 0.05


def test_other_seeds_and_other_projects_tell_other_stories():
    def lines(project: Project) -> set[str]:
        return {line.text for episode in written_season(project) for line in speeches(episode.script)}

    shares = []
    for one, other in ((1, 2), (1, 3), (2, 3), (4, 8)):
        first, second = lines(lighthouse(one)), lines(lighthouse(other))
        shares.append(len(first & second) / min(len(first), len(second)))
    assert max(shares) < 0.6
    assert sum(shares) / len(shares) < 0.35
    assert len(lines(lighthouse()) & lines(night_mail())) < 12


@pytest.mark.parametrize(("shortest", "longest"), [(35, 45), (60, 90), (100, 130), (170, 210)])
def test_the_length_follows_the_wanted_duration(shortest: int, longest: int):
    window = DurationWindow(min_seconds=shortest, max_seconds=longest)
    project = lighthouse().model_copy(update={"target_duration": window})
    for episode in written_season(project):
        length = seconds(episode.script)
        assert shortest * 0.85 <= length <= longest * 1.65, (episode.plan.plot, length)


def test_each_manner_has_its_own_voice():
    project = lighthouse()
    said = {}
    for manner in ("terse", "warm", "wry", "formal", "excitable"):
        cast = tuple(member.model_copy(update={"manner": manner}) for member in project.cast)
        season = written_season(project.model_copy(update={"cast": cast}))
        said[manner] = {line.text for episode in season for line in speeches(episode.script)}
    for (one, first), (other, second) in itertools.combinations(said.items(), 2):
        assert len(first & second) / len(first) < 0.12, (one, other)
    words = {manner: sum(len(t.split()) for t in lines) / len(lines) for manner, lines in said.items()}
    assert words["terse"] == min(words.values())


def test_the_dead_are_never_cast():
    project = lighthouse()
    arc = plan_arc(project, 1)
    canon = first_canon(project)
    dead = Fact(
        fact_id="dead", subject="tobias", predicate="alive", object=FlagValue(flag=False), valid_from=0,
        source=SourceSpan(document="test"),
    )  # fmt: skip
    canon = canon.model_copy(update={"persistent_states": (*canon.persistent_states, dead)})
    for episode_id in ("s01e01", "s01e02", "s01e03"):
        episode = written_episode(project, arc, canon.model_copy(update={"as_of": episode_id}), episode_id)
        assert all("tobias" not in scene.present for scene in episode.script.scenes)
        judged = judge(episode.canon, episode.script, "0" * 64)
        assert all(j.severity != "block" for j in judged.judgements)


def test_a_prop_that_canon_gives_to_somebody_else_stays_there():
    project = lighthouse()
    arc, canon = plan_arc(project, 1), first_canon(project)
    assert arc.episodes[0].plot == "found"
    holds = Fact(
        fact_id="holds:brass-key", subject="pip", predicate="holds", object=EntityRef(entity="brass-key"),
        source=SourceSpan(document="test"),
    )  # fmt: skip
    canon = canon.model_copy(update={"persistent_states": (*canon.persistent_states, holds)})
    script = written_episode(project, arc, canon, "s01e01").script
    moved = {c.object.entity for scene in script.scenes for c in scene.claims if c.predicate == "holds"}
    assert "brass-key" not in moved


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_people_and_one_place_are_enough_for_a_season(seed: int):
    project = lighthouse(seed)
    pair = tuple(m for m in project.cast if m.id in ("mara", "edda"))
    place = project.places[1].model_copy(update={"minutes_to": {}})
    bare = project.model_copy(update={"cast": pair, "places": (place,), "props": (), "world_rules": ()})
    bare = bare.model_copy(
        update={"cast": tuple(m.model_copy(update={"want": "", "secret": "", "fear": "", "home": None}) for m in pair)}
    )
    for episode in written_season(bare):
        assert {line.speaker_id for line in speeches(episode.script)} == {"mara", "edda"}
        assert 55 <= seconds(episode.script) <= 95
        assert all(not e.props for s in episode.script.scenes for e in s.elements if isinstance(e, ActionElement))


def test_pronouns_and_names_fit_the_other_genre():
    words = " ".join(text for seed in range(1, 7) for e in written_season(night_mail(seed)) for text in texts(e.script))
    assert "Inspector Ferris" in words
    assert "the Gate Nine" not in words
    assert "the Ann's" not in words
    assert "I am older than the station" in words


def test_a_plan_with_a_beat_that_the_plot_lacks_is_refused():
    project = lighthouse()
    arc = plan_arc(project, 1)
    context = assemble_context(project, first_canon(project), "s01e01", packaged_counter())
    plan = plan_episode(project, arc, context, "s01e01")
    strange = plan.model_copy(update={"beats": (plan.beats[0].model_copy(update={"function": "found_dance"}),)})
    with pytest.raises(InputError, match="found_dance"):
        write_script(project, arc, strange, context, content_hash(strange))


def test_the_script_follows_a_shortened_plan():
    project = lighthouse()
    arc = plan_arc(project, 1)
    context = assemble_context(project, first_canon(project), "s01e01", packaged_counter())
    plan = plan_episode(project, arc, context, "s01e01")
    shorter = plan.model_copy(update={"beats": plan.beats[:2]})
    script = write_script(project, arc, shorter, context, content_hash(shorter))
    assert [scene.beat_id for scene in script.scenes] == [beat.beat_id for beat in plan.beats[:2]]


def test_a_crowd_does_not_carry_a_story():
    project = lighthouse()
    villagers = CastMember(id="villagers", name="Villagers", role="crowd")
    season = written_season(project.model_copy(update={"cast": (*project.cast, villagers)}))
    assert all("villagers" not in scene.present for episode in season for scene in episode.script.scenes)
