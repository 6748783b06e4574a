"""The diff an episode proposes to canon: who and what is new, which facts begin and end, what happened.

It reads the script's structured claims; no prose is parsed. The gate's judgement is part of the diff.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from narrative_assets.canon.gate import judge
from narrative_assets.canon.identity import event_id, fact_id
from narrative_assets.canon.implied import ToldClaim, actual_scenes, told_claims
from narrative_assets.canon.kinds import RULES
from narrative_assets.canon.relations import as_relationship
from narrative_assets.canon.rules import RuleBook, rule_for
from narrative_assets.canon.secrecy import Secrets
from narrative_assets.canon.settle import Settlement
from narrative_assets.canon.statements import Statement, from_claim
from narrative_assets.canon.world import World
from schemas.canon import (
    Canon,
    CanonCharacter,
    CanonDiff,
    CanonLocation,
    CanonThing,
    Fact,
    Relationship,
    TimelineEvent,
    Waiver,
)
from schemas.errors import InputError, StoryOrderError
from schemas.script import ActionElement, Scene, Script
from schemas.story import EntityRef, FlagValue, SourceSpan, StoryThread, TextValue, Value

MAX_ADDED_FACTS = 20_000
MAX_ALIASES = 40
MAX_SUMMARY = 8_000
LAST_SCENES = 3
"""How many closing scenes a summary takes over: enough to write on from where the episode ends."""
_KEPT_AS_EVENT = "happened"
_UNREAL = frozenset({"dream", "hallucination", "nested_story", "hypothetical"})


def propose_diff(
    canon: Canon,
    script: Script,
    script_hash: str,
    canon_hash: str,
    *,
    rules: RuleBook = RULES,
    waivers: Sequence[Waiver] = (),
    season_end: bool = False,
) -> CanonDiff:
    """What ``script`` changes in ``canon``, judged by the gate.

    ``canon`` is canon as of the script's episode; the hashes (64 hex digits) say what was judged. What is shown
    or narrated of the actual world becomes facts, contradictions included: ``require_clean`` keeps those out.
    Raises StoryOrderError for a canon of another episode, InputError for another project.
    """
    _require_fit(canon, script)
    world = World(canon, script, rules)
    told = told_claims(script)
    settlement = _settled(canon, script, told, world, rules)
    if len(settlement.added) > MAX_ADDED_FACTS:
        raise InputError(
            f"Episode {script.episode_id} adds {len(settlement.added)} facts; a diff holds at most {MAX_ADDED_FACTS}.",
            remedy="Split the episode, or state fewer claims.",
        )
    actual = actual_scenes(script)
    return CanonDiff(
        project_id=script.project_id,
        episode_id=script.episode_id,
        script_hash=script_hash,
        base_canon_hash=canon_hash,
        added_characters=tuple(_characters(canon, script, settlement)),
        added_locations=tuple(_locations(canon, script)),
        added_things=tuple(_things(canon, script, settlement)),
        added_facts=tuple(settlement.added.values()),
        modified_facts=tuple(settlement.changed.values()),
        added_relationships=tuple(_relationships(settlement)),
        added_events=tuple(_events(script, told)),
        threads=tuple(_threads(canon, script)),
        summary=_summary(script),
        story_minute=max((scene.story_time.latest for scene in actual), default=canon.story_minute),
        justification=f"What {script.episode_id} “{script.title}” shows or narrates of the actual world.",
        provenance=SourceSpan(document=f"script of {script.episode_id}"),
        validation=judge(canon, script, canon_hash, rules=rules, waivers=waivers, season_end=season_end),
    )


def _require_fit(canon: Canon, script: Script) -> None:
    if canon.project_id != script.project_id:
        raise InputError(
            f"The script {script.episode_id} belongs to {script.project_id!r}, the canon to {canon.project_id!r}.",
            remedy="Give canon and script of one project.",
        )
    if canon.as_of != script.episode_id:
        raise StoryOrderError(
            f"The script of {script.episode_id} was given canon as of {canon.as_of}.",
            remedy=f"Give canon as of {script.episode_id}: what the episodes before it made true.",
        )


def _settled(canon: Canon, script: Script, told: list[ToldClaim], world: World, rules: RuleBook) -> Settlement:
    """All that becomes fact, laid into canon in story order."""
    stated = [
        (from_claim(each.claim, each.frame, each.told, implied=each.implied), each)
        for each in told
        if _becomes_fact(each, world, rules)
    ]
    stated.sort(key=lambda pair: pair[1].story_order)
    settlement = Settlement(script.episode_id, world, rules)
    secrets = Secrets(canon.persistent_states, script.episode_id, world)
    open_facts = [fact for fact in canon.persistent_states if fact not in secrets]
    settlement.load(open_facts, [statement for statement, _ in stated])
    for fact in _newcomers(canon, script, [statement for statement, _ in stated], rules):
        settlement.begin(fact)
    last_acts: dict[str, tuple[Statement, ToldClaim]] = {}
    for statement, each in stated:
        if "needs_life" in rule_for(statement.predicate, rules).traits:
            known = last_acts.get(statement.subject)
            if statement.flag and (known is None or statement.latest >= known[0].latest):
                last_acts[statement.subject] = (statement, each)
        if statement.predicate == "acts":
            continue
        if each.severity == "block" or settlement.is_open(statement):
            settlement.settle(statement, each.claim)
    for statement, each in last_acts.values():
        fact = _last_act(script.episode_id, statement, each)
        settlement.added[fact.fact_id] = fact
    return settlement


def _becomes_fact(told: ToldClaim, world: World, rules: RuleBook) -> bool:
    claim, rule = told.claim, rule_for(told.claim.predicate, rules)
    in_person = not rule.bodily or claim.presence in (None, "bodily")
    seems = "fixed" in rule.traits and claim.change is not None and claim.change.kind == "disguise"
    stays = (
        (claim.predicate != _KEPT_AS_EVENT or world.asked_for(_KEPT_AS_EVENT))
        and not seems
        and not world.stranger(claim)
    )
    return told.is_actual and told.is_asserted and in_person and stays


def _newcomers(canon: Canon, script: Script, stated: list[Statement], rules: RuleBook) -> Iterator[Fact]:
    """The names of new cast members, and that those who come in person have been alive until told otherwise."""
    known = {character.character_id for character in canon.characters}
    in_person = {
        statement.subject
        for statement in stated
        if statement.predicate in ("located_at", "alive") or "needs_life" in rule_for(statement.predicate, rules).traits
    }
    for member in script.cast:
        if member.character_id in known:
            continue
        values: list[tuple[str, Value]] = [("name", TextValue(text=member.name))]
        if member.character_id in in_person:
            values.append(("alive", FlagValue(flag=True)))
        for predicate, value in values:
            yield Fact(
                fact_id=fact_id(script.episode_id, member.character_id, predicate, value, "affirmed", None),
                subject=member.character_id,
                predicate=predicate,
                object=value,
                source=SourceSpan(document=f"cast list of {script.episode_id}"),
            )


def _last_act(episode_id: str, statement: Statement, told: ToldClaim) -> Fact:
    """A character's last deed of the episode: enough to notice a death that is told later and dated earlier."""
    acts = FlagValue(flag=True)
    return Fact(
        fact_id=fact_id(episode_id, statement.subject, "acts", acts, "affirmed", statement.earliest),
        subject=statement.subject,
        predicate="acts",
        object=acts,
        valid_from=statement.earliest,
        valid_to=statement.latest,
        observed_to=statement.latest,
        established=told.claim.telling,
        source=told.claim.source,
    )


def _characters(canon: Canon, script: Script, settlement: Settlement) -> Iterator[CanonCharacter]:
    """New cast members, and known ones whose name or aliases the episode has changed."""
    known = {character.character_id: character for character in canon.characters}
    names = {
        fact.subject: fact.object.text
        for fact in settlement.added.values()
        if fact.predicate == "name" and fact.valid_to is None and isinstance(fact.object, TextValue)
    }
    for member in script.cast:
        before = known.get(member.character_id)
        aliases = (*(before.aliases if before else ()), *member.aliases)
        name = names.get(member.character_id, before.name if before else member.name)
        after = (before or CanonCharacter(character_id=member.character_id, name=name)).model_copy(
            update={"name": name, "aliases": tuple(dict.fromkeys(aliases))[:MAX_ALIASES]}
        )
        if before is None:
            after = after.model_copy(
                update={"pronouns": member.pronouns, "species": member.species, "description": member.description}
            )
        if after != before:
            yield after


def _locations(canon: Canon, script: Script) -> Iterator[CanonLocation]:
    """Places that scenes of the world bring, flashbacks included; what is only dreamt or told is no place."""
    seen = {location.location_id for location in canon.locations}
    for scene in script.scenes:
        heading = scene.heading
        if heading.place_id not in seen and scene.frame.kind not in _UNREAL:
            seen.add(heading.place_id)
            yield CanonLocation(
                location_id=heading.place_id, name=heading.place_name, interior=heading.setting == "int"
            )


def _things(canon: Canon, script: Script, settlement: Settlement) -> Iterator[CanonThing]:
    """Props of the script's action that a new fact speaks of."""
    known = {thing.thing_id for thing in canon.things}
    spoken_of = {fact.subject for fact in settlement.added.values()}
    spoken_of |= {fact.object.entity for fact in settlement.added.values() if isinstance(fact.object, EntityRef)}
    props = dict.fromkeys(
        prop
        for scene in script.scenes
        for element in scene.elements
        if isinstance(element, ActionElement)
        for prop in element.props
    )
    for prop in props:
        if prop in spoken_of and prop not in known:
            yield CanonThing(thing_id=prop, name=prop.replace("_", " ").replace("-", " ").strip() or prop)


def _relationships(settlement: Settlement) -> Iterator[Relationship]:
    """Relationships that begin in the episode, and those of canon that it ends."""
    ended = [change.after for change in settlement.changed.values()]
    for fact in (*ended, *settlement.added.values()):
        relationship = as_relationship(fact)
        if relationship is not None:
            yield relationship


def _events(script: Script, told: list[ToldClaim]) -> Iterator[TimelineEvent]:
    """What the claims say happened in the actual world, with the place and the people of their scene."""
    seen: set[str] = set()
    for each in told:
        claim = each.claim
        happened = (
            claim.predicate == _KEPT_AS_EVENT and claim.polarity == "affirmed" and isinstance(claim.object, TextValue)
        )
        if (
            not (happened and each.is_actual and each.is_asserted)
            or (name := event_id(script.episode_id, claim)) in seen
        ):
            continue
        seen.add(name)
        scene: Scene = script.scenes[each.told[0]]
        yield TimelineEvent(
            event_id=name,
            subject=claim.subject,
            summary=claim.object.text if isinstance(claim.object, TextValue) else "",
            story_time=claim.story_time,
            location_id=scene.heading.place_id,
            participants=scene.present,
            telling=claim.telling,
        )


def _threads(canon: Canon, script: Script) -> Iterator[StoryThread]:
    """Threads opened here, and those closed here that canon or this episode has opened."""
    opened = {
        thread.thread_id: thread.model_copy(update={"planted_in": thread.planted_in or script.episode_id})
        for thread in script.threads_opened
    }
    standing = {thread.thread_id: thread for thread in canon.threads} | opened
    for thread_id in script.threads_closed:
        if thread_id in standing:
            update = {"closed": True, "pays_off_in": script.episode_id}
            opened[thread_id] = standing[thread_id].model_copy(update=update)
    yield from opened.values()


def _summary(script: Script) -> str:
    """The logline and the summaries of the last scenes, as they were written."""
    parts = [script.logline, *(scene.summary for scene in script.scenes[-LAST_SCENES:])]
    text = "\n".join(part.strip() for part in parts if part.strip())
    return text if len(text) <= MAX_SUMMARY else text[: MAX_SUMMARY - 1].rstrip() + "…"
