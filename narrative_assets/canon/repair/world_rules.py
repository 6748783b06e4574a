"""Repairs of deeds that a world's rule forbids or prices: the cost is paid, or the deed is left out.

An exception is never declared here: who may break a rule of the world is for a person to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from narrative_assets.canon.repair.case import Case, Strategy, all_of
from narrative_assets.canon.repair.edits import SOURCE, Draft
from narrative_assets.canon.repair.removal import can_go, take_back, without_person
from narrative_assets.canon.repair.wording import wording
from narrative_assets.canon.rules import rule_for
from schemas.rules import Condition
from schemas.script import Scene
from schemas.story import Claim, EntityRef, FlagValue, NumberValue, StoryInterval, Telling, TextValue, Value


def cost_paid(case: Case) -> Iterator[Draft]:
    """What the deed costs is told right after it."""
    claim, scene = case.claim, case.scene
    rules = [each for each in case.canon.world_rules if each.rule_id == case.judgement.against_rule]
    terms = rules[0].terms if rules else None
    if claim is None or scene is None or terms is None or not terms.costs:
        return
    draft = case.draft
    for cost in terms.costs:
        draft = _paid(case, draft, scene, claim, cost)
    yield draft


def without_the_deed(case: Case) -> Iterator[Draft]:
    """The deed is left out; of somebody who may not act at all, so is all they do in the scene."""
    claim, scene = case.claim, case.scene
    if claim is None or scene is None or claim.predicate not in ("acts", "located_at"):
        return
    if not can_go(case, scene, claim.subject):
        return
    why = f"The world's rule {case.judgement.against_rule} does not allow it."
    yield without_person(case, scene, claim.subject, why)


def _paid(case: Case, draft: Draft, scene: Scene, claim: Claim, cost: Condition) -> Draft:
    who = cost.subject or claim.subject
    value = cost.object or FlagValue(flag=True)
    rule = rule_for(cost.predicate, case.rules)
    why = "The world's rule has this price."
    pattern = rule.says if cost.polarity == "affirmed" else rule.denies
    said = pattern.format(subject=case.called(who), value=_plain(case, value)) if pattern else ""
    text = wording("cost", scene.scene_id, who=case.called(who), said=said) if said else ""
    told = [each.element_id for each in scene.elements]
    place = told.index(claim.telling.element_id) + 1 if claim.telling.element_id in told else len(told)
    before = told[place] if place < len(told) else None
    element_id = None
    if text:
        draft, element_id = draft.insert_action(scene.scene_id, before, text, why, character_ids=_people(case, who))
    minute = claim.story_time.latest
    paid = Claim(
        claim_id="c",
        subject=who,
        mention=case.called(who),
        predicate=cost.predicate,
        object=value,
        polarity=cost.polarity,
        story_time=StoryInterval(earliest=minute, latest=minute),
        telling=Telling(episode_id=case.script.episode_id, scene_id=scene.scene_id, element_id=element_id),
        source=SOURCE,
    )
    return draft.add_claim(scene.scene_id, paid, why)


def _people(case: Case, who: str) -> tuple[str, ...]:
    return (who,) if case.member(who) else ()


def _plain(case: Case, value: Value) -> str:
    if isinstance(value, EntityRef):
        return case.world.name(value.entity)
    if isinstance(value, TextValue):
        return value.text
    return f"{value.number} {value.unit}" if isinstance(value, NumberValue) else ""


MENDS_RULE: Strategy = all_of(cost_paid, without_the_deed, take_back)
STRATEGIES: dict[str, Strategy] = {"world_rule": MENDS_RULE}
