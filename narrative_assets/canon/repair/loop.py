"""The repair of a script: judge, mend the first finding that can be mended, judge again, until none is left.

Which change mends what is the business of the families of strategies; canon is read and never written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from narrative_assets.canon.gate import judge
from narrative_assets.canon.kinds import RULES
from narrative_assets.canon.repair.case import Case, Strategy
from narrative_assets.canon.repair.edits import Draft
from narrative_assets.canon.rules import RuleBook
from narrative_assets.canon.world import World
from schemas.canon import Canon, CanonValidation, Judgement, Waiver
from schemas.canonical import content_hash
from schemas.repair import RepairChange, RepairLog
from schemas.script import Script

REPAIR_VERSION = "canon-repair 1.0.0"
MOST_ATTEMPTS = 24
"""Drafts tried for one finding; a finding with more ways out has no smallest one."""

_DATE = re.compile(r"day -?\d+, \d\d:\d\d")
_Key = tuple[str, str, str]
_Matter = str
"""Who contradicts what, wherever in the script: it is mended everywhere or left everywhere."""


class Repair:
    """One repair of one script: what it is judged against, and how often."""

    def __init__(
        self,
        canon: Canon,
        canon_hash: str,
        strategies: Mapping[str, Strategy],
        fallback: Strategy,
        rules: RuleBook = RULES,
        waivers: Sequence[Waiver] = (),
        season_end: bool = False,
    ) -> None:
        self._canon, self._canon_hash = canon, canon_hash
        self._strategies, self._fallback = strategies, fallback
        self._rules, self._waivers, self._season_end = rules, waivers, season_end

    def mend(self, script: Script) -> tuple[Script, RepairLog]:
        """The script with every finding mended that can be, and the log of it."""
        original_hash = content_hash(script)
        judged = self._judge(script)
        left_alone: frozenset[_Matter] = frozenset()
        while True:
            repaired, changes, touched, validation = self._rounds(script, judged, left_alone)
            half_done = touched & {_matter(each) for each in blocks(validation)}
            if not half_done:
                break
            left_alone |= half_done
        log = RepairLog(
            project_id=script.project_id,
            episode_id=script.episode_id,
            repair_version=REPAIR_VERSION,
            original_hash=original_hash,
            repaired_hash=content_hash(repaired) if changes else original_hash,
            changes=tuple(changes),
            unresolved=tuple(blocks(validation)),
        )
        return repaired, log

    def _rounds(
        self, original: Script, validation: CanonValidation, left_alone: frozenset[_Matter]
    ) -> tuple[Script, list[RepairChange], frozenset[_Matter], CanonValidation]:
        """Finding after finding mended where that can be, but none of the matters ``left_alone``; with the matters
        that were touched and the last judgement.
        """
        repaired, changes, touched, hopeless = original, list[RepairChange](), set[_Matter](), set[_Key]()
        while open_ := [
            each for each in blocks(validation) if _key(each) not in hopeless and _matter(each) not in left_alone
        ]:
            found = self._first_that_holds(original, repaired, validation, open_[0])
            if found is None:
                hopeless.add(_key(open_[0]))
                continue
            draft, validation = found
            repaired = draft.script
            changes += draft.changes
            touched.add(_matter(open_[0]))
            hopeless.clear()
        return repaired, changes, frozenset(touched), validation

    def _first_that_holds(
        self, original: Script, script: Script, validation: CanonValidation, judgement: Judgement
    ) -> tuple[Draft, CanonValidation] | None:
        """The first draft that leaves fewer blocks and none that was not there; one that keeps every claim honoured
        before is preferred.
        """
        strategy = self._strategies.get(judgement.code, self._fallback)
        case = Case(self._canon, original, script, judgement, self._rules, World(self._canon, script, self._rules))
        second: tuple[Draft, CanonValidation] | None = None
        for number, draft in enumerate(strategy(case)):
            if number >= MOST_ATTEMPTS:
                break
            checked = _valid(draft)
            if checked is None:
                continue
            after = self._judge(checked.script)
            if not _better(validation, after):
                continue
            if after.honoured >= validation.honoured:
                return checked, after
            second = second or (checked, after)
        return second

    def _judge(self, script: Script) -> CanonValidation:
        return judge(
            self._canon,
            script,
            self._canon_hash,
            rules=self._rules,
            waivers=self._waivers,
            season_end=self._season_end,
        )


def blocks(validation: CanonValidation) -> list[Judgement]:
    """The judgements that keep a script out, in the order of the gate."""
    return [judgement for judgement in validation.judgements if judgement.severity == "block"]


def _better(before: CanonValidation, after: CanonValidation) -> bool:
    """Whether blocks have become fewer, and nothing contradicts or lacks support that did not before."""
    if len(blocks(after)) >= len(blocks(before)):
        return False
    worse = Counter(_key(each) for each in after.judgements if each.verdict in ("contradiction", "unsupported"))
    known = Counter(_key(each) for each in before.judgements if each.verdict in ("contradiction", "unsupported"))
    return not worse - known


def _key(judgement: Judgement) -> _Key:
    """What makes a finding the same one after a change elsewhere: code and claim, else its words but for dates."""
    claim = judgement.claim
    if claim is None:
        return judgement.code, "", _DATE.sub("", judgement.message)
    return judgement.code, claim.claim_id, claim.telling.scene_id or ""


def _matter(judgement: Judgement) -> _Matter:
    claim, against = judgement.claim, judgement.against_fact or judgement.against_claim
    said = [against.subject, against.predicate, against.object.model_dump(mode="json")] if against else []
    return content_hash([claim.subject if claim else judgement.message, judgement.against_rule, said])


def _valid(draft: Draft) -> Draft | None:
    """The draft with its script checked against the contract; None where it changes nothing or does not fit."""
    if not draft.changes:
        return None
    try:
        Script.model_validate(draft.script.model_dump(mode="json"))
    except ValidationError:
        return None
    return draft
