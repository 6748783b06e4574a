"""The part of canon that bears on a script: the gate and the diff say the same of it as of all of canon."""

from __future__ import annotations

import random

import pytest

from narrative_assets.canon import RULES, RuleBook, apply_diff, initial_canon, propose_diff, rules_of, scoped_canon
from narrative_assets.canon.index import CanonIndex
from schemas.canon import Canon, CanonCharacter, Fact, TimelineEvent
from schemas.canonical import canonical_json, content_hash
from schemas.script import Script
from schemas.story import EntityRef, FlagValue, SourceSpan, StoryInterval, Telling, TextValue
from tests.fakes.continuity_cases import Case, cases, prepared
from tests.fakes.continuity_shorthand import canon as golden_canon
from tests.fakes.continuity_shorthand import script as golden_script
from tests.fakes.seasons.faults import PLANTERS
from tests.fakes.seasons.planting import Spot
from tests.fakes.seasons.trial import try_season

HASH = "0" * 64
SOURCE = SourceSpan(document="elsewhere")


def scoped(canon: Canon, script: Script, rules: RuleBook = RULES) -> Canon:
    return scoped_canon(CanonIndex(canon), script, script.episode_id, rules=rules)


def same_word(canon: Canon, script: Script, rules: RuleBook = RULES, *, season_end: bool = False) -> None:
    """The diff, and the judgements in it, are the same byte for byte."""
    of_all = propose_diff(canon, script, HASH, HASH, rules=rules, season_end=season_end)
    of_part = propose_diff(scoped(canon, script, rules), script, HASH, HASH, rules=rules, season_end=season_end)
    assert canonical_json(of_part) == canonical_json(of_all)


def crowded(canon: Canon, seed: int) -> Canon:
    """``canon`` with people, deeds and events put in between that the script knows nothing of."""
    dice = random.Random(seed)
    places = [place.location_id for place in canon.locations] or ["nowhere"]
    facts: list[Fact] = []
    for fact in canon.persistent_states:
        facts += [_of_a_stranger(dice, places, len(facts)) for _ in range(dice.randrange(3))]
        facts.append(fact)
    strangers = tuple(CanonCharacter(character_id=f"stranger{n}", name=f"Nobody {n}") for n in range(20))
    event = TimelineEvent(
        event_id="elsewhere.1",
        summary="A stranger sneezes.",
        story_time=StoryInterval(earliest=1, latest=2),
        participants=("stranger1",),
        telling=Telling(episode_id="s01e01"),
        subject="stranger1",
    )
    return canon.model_copy(
        update={
            "characters": (*strangers[:10], *canon.characters, *strangers[10:]),
            "persistent_states": tuple(facts),
            "timeline_events": (event, *canon.timeline_events),
        }
    )


def _of_a_stranger(dice: random.Random, places: list[str], number: int) -> Fact:
    predicate = dice.choice(("located_at", "acts", "state", "knows"))
    start = dice.randrange(-1_000, 100_000)
    value = EntityRef(entity=dice.choice(places)) if predicate == "located_at" else TextValue(text="wet")
    return Fact(
        fact_id=f"elsewhere.{number}",
        subject=f"stranger{dice.randrange(20)}",
        predicate=predicate,
        object=FlagValue(flag=True) if predicate == "acts" else value,
        valid_from=start,
        valid_to=dice.choice((None, start + 10)),
        source=SOURCE,
    )


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in cases()])
def test_the_golden_cases_of_continuity_are_judged_alike(case: Case) -> None:
    canon, script, of, _ = prepared(case)
    end = case.short.get("season_end", False)
    same_word(canon, script, rules_of(of), season_end=end)
    same_word(crowded(canon, 1), script, rules_of(of), season_end=end)


@pytest.mark.parametrize("seed", range(4))
def test_planted_contradictions_are_judged_alike(seed: int) -> None:
    trial = try_season(seed)
    for number, planter in enumerate(PLANTERS):
        planted = planter(Spot(trial, random.Random(f"{seed} {number}")))
        if planted is not None:
            same_word(trial.canons[planted.episode], planted.script, trial.rules)


@pytest.mark.parametrize("seed", range(12))
def test_random_seasons_are_judged_alike_and_others_change_nothing(seed: int) -> None:
    trial = try_season(seed)
    for canon, script in zip(trial.canons, trial.scripts, strict=True):
        same_word(canon, script, trial.rules)
        part = scoped(canon, script, trial.rules)
        assert content_hash(scoped(crowded(canon, seed), script, trial.rules)) == content_hash(part)


@pytest.mark.parametrize("seed", range(12))
def test_scripts_of_one_season_are_judged_alike_after_all_of_it(seed: int) -> None:
    trial = try_season(seed)
    last = trial.canons[-1]
    for script in trial.scripts:
        later = script.model_copy(update={"episode_id": last.as_of})
        same_word(last, later, trial.rules)


def test_old_whereabouts_of_people_are_left_out_but_the_last() -> None:
    trial = try_season(3)
    project = trial.season.world.project()
    canon, sizes = initial_canon(project, "s01e01"), []
    script = trial.scripts[0]
    for number in range(1, 60):
        told = script.model_copy(
            update={"episode_id": f"s01e{number:02d}", "scenes": tuple(_later(script, number * 100_000))}
        )
        part = scoped(canon, told, trial.rules)
        sizes.append(_whereabouts(part, told))
        diff = propose_diff(part, told, HASH, HASH, rules=trial.rules)
        canon = apply_diff(canon, diff, f"s01e{number + 1:02d}")
    assert _whereabouts(canon, script) > 20 * max(sizes)
    assert max(sizes[40:]) <= max(sizes[5:20])


def _whereabouts(canon: Canon, script: Script) -> int:
    people = {member.character_id for member in script.cast}
    return sum(fact.subject in people and fact.predicate in ("located_at", "acts") for fact in canon.persistent_states)


def _later(script: Script, minutes: int) -> list[object]:
    def moved(time: StoryInterval) -> StoryInterval:
        return StoryInterval(earliest=time.earliest + minutes, latest=time.latest + minutes)

    return [
        scene.model_copy(
            update={
                "story_time": moved(scene.story_time),
                "claims": tuple(
                    claim.model_copy(update={"story_time": moved(claim.story_time)})
                    for claim in scene.claims
                    if claim.predicate not in ("born", "same_as")
                ),
            }
        )
        for scene in script.scenes
    ]


def test_a_truth_about_somebody_whom_the_script_does_not_name_still_waits_for_its_reveal() -> None:
    who = CanonCharacter(character_id="stranger1", name="Nobody One")
    secret = Fact(
        fact_id="elsewhere.secret",
        subject="stranger1",
        predicate="knows",
        object=TextValue(text="who lit the fire"),
        valid_from=0,
        revealed_in="s01e09",
        source=SOURCE,
    )
    base = golden_canon()
    of_all = base.model_copy(
        update={"characters": (*base.characters, who), "persistent_states": (secret, *base.persistent_states)}
    )
    tells = {"s": "mara", "p": "reveals", "o": "who lit the fire"}
    told = golden_script([{"place": "pier", "at": [480, 490], "present": ["mara"], "claims": [tells]}])
    judged = propose_diff(of_all, told, HASH, HASH).validation.judgements
    assert [each.code for each in judged if each.severity == "block"] == ["reveal"]
    same_word(of_all, told)
