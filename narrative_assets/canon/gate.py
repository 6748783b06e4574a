"""The gate: judges what a script claims against canon and against itself. Nobody parses prose here.

Rules and checks stand in ``narrative_assets.canon.kinds``; changing canon is ``diff``'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from narrative_assets.canon.findings import Bench, Finding
from narrative_assets.canon.implied import ToldClaim, told_claims
from narrative_assets.canon.kinds import CHECKS, RULES
from narrative_assets.canon.kinds.reveals import told_too_early
from narrative_assets.canon.kinds.standing import TOLD_AHEAD
from narrative_assets.canon.kinds.values import not_denied
from narrative_assets.canon.kinds.world_rules import broken_rule, unpaid
from narrative_assets.canon.ledger import Ledger
from narrative_assets.canon.relations import relationships_of_record
from narrative_assets.canon.rules import RuleBook, rule_for
from narrative_assets.canon.script_checks import script_judgements
from narrative_assets.canon.secrecy import Secrets
from narrative_assets.canon.statements import ACTUAL, REMEMBERED, Statement, from_claim
from narrative_assets.canon.waivers import with_finding_ids, with_waivers
from narrative_assets.canon.words import describe
from narrative_assets.canon.world import World
from schemas.canon import Canon, CanonValidation, Fact, Judgement, Waiver
from schemas.errors import InputError
from schemas.rules import PredicateRule
from schemas.script import Script
from schemas.story import SourceSpan, TextValue

GATE_VERSION = "canon-gate 2.0.0"
MAX_CLAIMS = 90_000


def judge(
    canon: Canon,
    script: Script,
    canon_hash: str,
    *,
    rules: RuleBook = RULES,
    waivers: Sequence[Waiver] = (),
    season_end: bool = False,
) -> CanonValidation:
    """Judge every claim of ``script`` against ``canon`` and against the claims before it in story time.

    ``canon_hash`` (64 hex digits) is recorded as the canon judged against. A judgement with severity ``block``
    is a contradiction that no waiver covers. ``season_end`` says that no further episode of the season follows.
    Raises InputError only for a script with more claims than can be recorded.
    """
    claims = told_claims(script)
    if len(claims) > MAX_CLAIMS:
        raise InputError(
            f"Episode {script.episode_id} makes {len(claims)} claims; the gate records at most {MAX_CLAIMS}.",
            remedy="Split the episode, or state fewer claims.",
        )
    world = World(canon, script, rules)
    secrets = Secrets(canon.persistent_states, script.episode_id, world)
    open_facts = (fact for fact in canon.persistent_states if fact not in secrets)
    facts = (*open_facts, *_names_of_record(canon), *relationships_of_record(canon))
    bench = Bench(Ledger(facts, rules), world, rules, _ahead(claims, world), secrets)
    in_order = sorted(range(len(claims)), key=lambda index: claims[index].causal_order)
    judgements = {index: _judged(claims[index], canon, bench) for index in in_order}
    told = [judgement for index in range(len(claims)) if (judgement := judgements[index]) is not None]
    of_script = [
        *script_judgements(canon, script, season_end=season_end),
        *unpaid(canon.persistent_states, canon.story_minute, bench),
    ]
    return CanonValidation(
        gate_version=GATE_VERSION,
        canon_hash=canon_hash,
        claims_checked=len(claims),
        honoured=len(claims) - len(told),
        judgements=with_waivers(
            with_finding_ids((*of_script, *told)),
            waivers,
            script.episode_id,
        ),
    )


def _judged(told: ToldClaim, canon: Canon, bench: Bench) -> Judgement | None:
    """The judgement of one claim, None where it is honoured. A claim that stands is filed in the ledger."""
    claim, rule = told.claim, rule_for(told.claim.predicate, bench.rules)
    statement = from_claim(claim, told.frame, told.told, implied=told.implied)
    stranger = bench.world.stranger(claim)
    if stranger:
        return Judgement(
            verdict="unsupported",
            code="unknown_entity",
            severity="warn",
            message=f"{describe(statement, bench.world)}: neither canon nor the cast knows {stranger!r}.",
            claim=claim,
            repair=f"Add {stranger!r} to the cast, the places or the props, or correct the id.",
        )
    early = told_too_early(statement, claim, bench)
    if early is not None:
        return _judgement(told, rule, early)
    if rule.bodily and claim.presence not in (None, "bodily"):
        return _aside(told, statement, bench, "not_bodily", f"Present as {claim.presence} only.")
    finding = _worst(statement, rule, canon, bench)
    if not told.is_asserted:
        return _hearsay(told, statement, finding, bench)
    if finding is None or finding.verdict != "contradiction":
        bench.ledger.add(statement)
        finding = _against_the_past(told, statement, rule, canon, bench) or finding
    if finding is None:
        return _aside(told, statement, bench, "new", "Nothing in canon speaks of this yet.")
    return None if finding.verdict == "honoured" else _judgement(told, rule, finding)


def _against_the_past(
    told: ToldClaim, statement: Statement, rule: PredicateRule, canon: Canon, bench: Bench
) -> Finding | None:
    """What a flashback tells otherwise than canon does of that time: memory may err, so a person has to judge."""
    if told.frame.kind != "flashback" or told.frame.parent_id not in (None, ACTUAL):
        return None
    bench.ledger.add(replace(statement, frame_id=REMEMBERED))
    finding = _worst(replace(statement, frame_id=ACTUAL), rule, canon, bench)
    if finding is None or finding.verdict != "contradiction":
        return None
    note = f"{finding.message} It is told in a flashback: memory may err, or canon does."
    return replace(finding, verdict="unknown", message=note)


def _worst(statement: Statement, rule: PredicateRule, canon: Canon, bench: Bench) -> Finding | None:
    """The gravest finding of all checks that apply; None where nothing could be compared."""
    found = [broken_rule(statement, bench), not_denied(statement, rule, bench)]
    found += [CHECKS[trait](statement, rule, bench) for trait in rule.traits if trait in CHECKS]
    for verdict in ("contradiction", "unsupported", "unknown", "honoured"):
        for finding in found:
            if finding is not None and finding.verdict == verdict:
                return finding
    return None


def _hearsay(told: ToldClaim, statement: Statement, finding: Finding | None, bench: Bench) -> Judgement:
    """A claim that the story does not vouch for never contradicts; where it differs, the judgement says so."""
    claim = told.claim
    word = f"It is {claim.modality}" + (f" by {bench.world.name(claim.holder)}" if claim.holder else "")
    if claim.modality in ("shown", "narrated"):
        word = "It only seems so" if claim.appears_as else "It is uncertain"
    differs = finding is not None and finding.verdict == "contradiction"
    against = finding.against if finding is not None and differs else None
    note = f"{word}, so it changes nothing." + (
        f" It differs from canon: {finding.message}" if finding and differs else ""
    )
    return _aside(told, statement, bench, "not_asserted", note, against)


def _aside(
    told: ToldClaim, statement: Statement, bench: Bench, code: str, note: str, against: Statement | None = None
) -> Judgement:
    return Judgement(
        verdict="unknown",
        code=code,
        severity="info",
        message=f"{describe(statement, bench.world)}. {note}",
        claim=told.claim,
        against_fact=against.fact if against else None,
        against_claim=against.claim if against else None,
    )


def _severity(told: ToldClaim, rule: PredicateRule) -> Literal["block", "warn"]:
    """The lighter of what the claim's source and its rule weigh."""
    return "warn" if "warn" in (told.severity, rule.severity) else "block"


def _judgement(told: ToldClaim, rule: PredicateRule, finding: Finding) -> Judgement:
    against = finding.against
    severity: dict[str, Literal["block", "warn"]] = {"contradiction": _severity(told, rule), "unsupported": "warn"}
    return Judgement(
        verdict=finding.verdict,
        code=finding.code,
        severity=severity.get(finding.verdict, "info"),
        message=finding.message,
        claim=told.claim,
        against_fact=against.fact if against else None,
        against_claim=against.claim if against else None,
        against_rule=finding.against_rule,
        repair=finding.repair,
    )


def _ahead(claims: Sequence[ToldClaim], world: World) -> Ledger:
    """All that the script vouches for, where a world rule asks for what is told beside or after a deed; of what
    may come about within a vague time always.
    """
    ledger = Ledger((), world.rules)
    for told in claims:
        if not world.rules_look_ahead and told.claim.predicate not in TOLD_AHEAD:
            continue
        in_person = told.claim.presence in (None, "bodily") or not rule_for(told.claim.predicate, world.rules).bodily
        if told.is_asserted and in_person:
            ledger.add(from_claim(told.claim, told.frame, told.told, implied=told.implied))
    return ledger


def _names_of_record(canon: Canon) -> list[Fact]:
    """The name that canon lists for a character, as a fact, where no fact gives one."""
    named = {fact.subject for fact in canon.persistent_states if fact.predicate == "name"}
    return [
        Fact(
            fact_id=f"name:{character.character_id}",
            subject=character.character_id,
            predicate="name",
            object=TextValue(text=character.name),
            source=SourceSpan(document="canon's list of characters"),
        )
        for character in canon.characters
        if character.character_id not in named
    ]
