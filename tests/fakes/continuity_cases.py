"""The golden set of continuity: cases in shorthand become contracts, and the gate's word on each is scored.

The cases lie in tests/golden/continuity, the shorthand in its README. ``python -m tests.fakes.continuity_cases``
prints precision and recall by kind, and whatever fails. What the gate does is no business of this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from narrative_assets.canon import apply_diff, judge, propose_diff, rules_of
from schemas.canon import Canon, CanonValidation, Fact, Judgement
from schemas.canonical import content_hash
from schemas.project import Project
from schemas.script import Script
from schemas.story import Claim, EntityRef, NumberValue, StoryThread, TextValue
from tests.fakes.continuity_shorthand import EPISODE, GOLDEN, canon, project, script

KIND_OF_CODE = {
    "name": "identity",
    "dead_acting": "life",
    "alive": "life",
    "birth": "age",
    "deed": "first_time",
    "travel": "place",
    "holder": "possession",
    "count": "quantity",
    "relation": "relationship",
    "kinship": "relationship",
    "frame_time": "timeline",
    "event": "timeline",
    "order": "timeline",
    "duration": "timeline",
    "deadline": "timeline",
    "clothes": "appearance",
    "skill": "ability",
    "wound": "state",
}
"""Codes that are not a kind's own name; a code in neither list is taken for the kind of the predicate it speaks of."""

PREDICATES_OF_KIND = {
    "identity": ("name",),
    "age": ("age", "born"),
    "life": ("alive", "acts"),
    "place": ("located_at",),
    "possession": ("holds", "owns", "uses", "exists"),
    "quantity": ("has_count",),
    "relationship": (
        "related", "parent_of", "child_of", "adopted_by", "sibling_of", "spouse_of", "friend_of", "enemy_of", "loves",
    ),
    "knowledge": ("knows", "relies_on"),
    "reveal": ("reveals",),
    "world_rule": ("in_force",),
    "timeline": ("happened", "begins", "ends", "lasts", "after", "due_by"),
    "state": ("state", "wounded", "disguised_as", "weather", "light"),
    "appearance": ("eyes", "hair", "wears"),
    "ability": ("can",),
    "first_time": ("first_time", "does"),
    "thread": (),
}  # fmt: skip
KIND_OF_PREDICATE = {name: kind for kind, names in PREDICATES_OF_KIND.items() for name in names}


def kind_of(judgement: Judgement) -> str:
    """The kind of continuity that a judgement speaks of."""
    code = judgement.code
    if code in PREDICATES_OF_KIND:
        return code
    if code in KIND_OF_CODE:
        return KIND_OF_CODE[code]
    if judgement.against_rule is not None:
        return "world_rule"
    predicate = judgement.claim.predicate if judgement.claim else code
    return KIND_OF_PREDICATE.get(predicate, KIND_OF_PREDICATE.get(code, code))


@dataclass(frozen=True)
class Case:
    """One story, or the start of one, with what the gate must say of it."""

    id: str
    kind: str
    wrong: bool
    short: Mapping[str, Any]

    @property
    def severity(self) -> str:
        """The weight of what must be found: threads only warn."""
        return "warn" if self.kind == "thread" else "block"


_JOINED = ("facts", "canon", "rules", "folk", "places", "props", "predicates", "cast", "earlier", "scenes", "threads")


def cases() -> tuple[Case, ...]:
    """Every case of the set, file by file; a group's fields stand before those of its cases."""
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    for path in sorted(GOLDEN.glob("*.json")):
        if path.stem == "pending":
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        for group in document["groups"]:
            shared = _staged({"world": document.get("world", "harbour"), **group})
            for wrong, name in ((True, "wrong"), (False, "valid")):
                for each_own in group[name]:
                    own = _staged(each_own)
                    short = {key: each for key, each in {**shared, **own}.items() if key not in ("wrong", "valid")}
                    short |= {
                        key: [*shared.get(key, []), *own.get(key, [])] for key in _JOINED if key in shared or key in own
                    }
                    yield Case(own["id"], own.get("kind", document["kind"]), wrong, short)


_STAGE = ("place", "at", "frame", "present", "says", "claims", "time_of_day")


def _staged(short: Mapping[str, Any]) -> dict[str, Any]:
    """With its one scene among ``scenes``, where its fields stand on their own."""
    fields = dict(short)
    if "at" in fields:
        stage = {key: fields.pop(key) for key in _STAGE if key in fields}
        fields["scenes"] = [*fields.get("scenes", []), stage]
    if "earlier" in fields:
        fields["earlier"] = [_staged(each) for each in fields["earlier"]]
    return fields


def pending() -> frozenset[str]:
    """Cases that the gate does not settle as they say; the set is whole when there are none."""
    path = GOLDEN / "pending.json"
    return frozenset(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else frozenset()


def told(short: Mapping[str, Any], of: Project, episode: str) -> Script:
    """The script of a case, or of one of its earlier episodes."""
    return script(
        short["scenes"],
        short.get("cast", []),
        episode=episode,
        of=of,
        threads_opened=tuple(StoryThread.model_validate(each) for each in short.get("opens", [])),
        threads_touched=tuple(short.get("touches", [])),
        threads_closed=tuple(short.get("closes", [])),
    )


def prepared(case: Case) -> tuple[Canon, Script, Project, tuple[Judgement, ...]]:
    """Canon with the earlier episodes folded in, the script to judge, and what blocked on the way there."""
    short = case.short
    of, episode = project(short), short.get("episode", EPISODE)
    earlier = short.get("earlier", [])
    order = [*(each["episode"] for each in earlier), episode]
    base = canon(short.get("canon", []), as_of=order[0], of=of)
    base = base.model_copy(
        update={"threads": tuple(StoryThread.model_validate(each) for each in short.get("threads", []))}
    )
    blocked: list[Judgement] = []
    for each, following in zip(earlier, order[1:], strict=True):
        before = told(each, of, each["episode"])
        diff = propose_diff(base, before, content_hash(before), content_hash(base), rules=rules_of(of))
        blocked += [judgement for judgement in diff.validation.judgements if judgement.severity == "block"]
        base = apply_diff(base, diff, following)
    return base, told(short, of, episode), of, tuple(blocked)


@dataclass(frozen=True)
class Outcome:
    """What the gate said of a case. ``found`` is of the case's kind and weight, ``stray`` blocks besides."""

    case: Case
    validation: CanonValidation
    found: tuple[Judgement, ...]
    stray: tuple[Judgement, ...]

    @property
    def named(self) -> bool:
        """Whether one of the findings names both sides as the case does."""
        return any(names_the_sides(each, self.case.short) for each in self.found)

    @property
    def right(self) -> bool:
        return not self.stray and (self.named if self.case.wrong else not self.found)


@cache
def outcomes() -> tuple[Outcome, ...]:
    """The gate's word on every case."""
    return tuple(outcome(case) for case in cases())


def outcome(case: Case) -> Outcome:
    base, script_, of, blocked = prepared(case)
    validation = judge(
        base, script_, content_hash(base), rules=rules_of(of), season_end=case.short.get("season_end", False)
    )
    kinds = {case.kind, *case.short.get("or", [])}
    weight = (case.severity, "block")
    ours = [each for each in validation.judgements if each.severity in weight and kind_of(each) in kinds]
    found = tuple(each for each in ours if case.wrong or case.kind != "thread" or _of_threads(each))
    stray = tuple(
        each for each in validation.judgements if each.severity == "block" and not any(each is one for one in found)
    )
    return Outcome(case, validation, found, (*blocked, *stray))


def _of_threads(judgement: Judgement) -> bool:
    return kind_of(judgement) == "thread"


def names_the_sides(judgement: Judgement, short: Mapping[str, Any]) -> bool:
    """Whether the judgement is of ``claim``, is ``against`` that, lies ``between`` those, and ``mentions`` a word."""
    claimed, opposed = _parts(judgement.claim), [_parts(judgement.against_fact), _parts(judgement.against_claim)]
    rule = {f"rule:{judgement.against_rule}"}
    checks = [short["claim"] in claimed] if "claim" in short else []
    if "against" in short:
        checks.append(any(short["against"] in side for side in (*opposed, rule)))
    if "between" in short:
        checks.append(all(any(each in side for side in (claimed, *opposed, rule)) for each in short["between"]))
    if "mentions" in short:
        checks.append(any(word in judgement.message for word in short["mentions"]))
    return all(checks)


def _parts(side: Claim | Fact | None) -> set[str]:
    """A side in words, with its value and without, with its denial and without: ``mara holds``, ``mara !holds key``."""
    if side is None:
        return set()
    plain = side.object
    words = (
        plain.entity
        if isinstance(plain, EntityRef)
        else plain.text
        if isinstance(plain, TextValue)
        else str(plain.number)
        if isinstance(plain, NumberValue)
        else ("yes" if plain.flag else "no")
    )
    bare = f"{side.subject} {'!' if side.polarity == 'denied' else ''}{side.predicate}"
    plainly = f"{side.subject} {side.predicate}"
    return {plainly, f"{plainly} {words}", bare, f"{bare} {words}"}


# Figures


@dataclass(frozen=True)
class Score:
    """Counts of one kind: contradictions found, missed, and cases in which something false was blocked."""

    kind: str
    wrong: int
    valid: int
    found: int
    false: int

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.wrong if self.wrong else 1.0


def scores(judged: Sequence[Outcome]) -> tuple[Score, ...]:
    """Precision and recall by kind, and of all together last."""
    kinds = dict.fromkeys(each.case.kind for each in judged)
    return (
        *(_score(kind, [each for each in judged if each.case.kind == kind]) for kind in kinds),
        _score("all", judged),
    )


def _score(kind: str, judged: Sequence[Outcome]) -> Score:
    wrong = [each for each in judged if each.case.wrong]
    valid = [each for each in judged if not each.case.wrong]
    return Score(
        kind,
        len(wrong),
        len(valid),
        found=sum(1 for each in wrong if each.found),
        false=sum(1 for each in wrong if each.stray) + sum(1 for each in valid if each.found or each.stray),
    )


def table(judged: Sequence[Outcome]) -> str:
    """The figures as plain text, one kind to a line."""
    head = f"{'kind':<14}{'wrong':>6}{'valid':>6}{'found':>6}{'false':>6}{'precision':>11}{'recall':>8}"
    return "\n".join(
        [
            head,
            *(
                f"{row.kind:<14}{row.wrong:>6}{row.valid:>6}{row.found:>6}{row.false:>6}"
                f"{row.precision:>11.3f}{row.recall:>8.3f}"
                for row in scores(judged)
            ),
        ]
    )


def failures(judged: Sequence[Outcome]) -> Iterator[str]:
    """Every case that is not settled as it says, with what the gate said of it."""
    for each in judged:
        if each.right:
            continue
        case, short = each.case, each.case.short
        expected = f"a {case.severity} of {case.kind}" if case.wrong else "no block"
        sides = {key: short[key] for key in ("claim", "against", "between", "mentions") if key in short}
        yield f"{case.id}  [{case.kind}]  expected {expected} {sides or ''}  why: {short.get('why', '')}"
        told_of = each.validation.judgements
        for judgement in (*each.stray, *(one for one in told_of if one not in each.stray)):
            yield f"    {judgement.severity} {judgement.verdict} {judgement.code}: {judgement.message}"
        if not told_of and not each.stray:
            yield "    (nothing)"


def main() -> None:
    """Print the figures, then the cases that fail."""
    judged = outcomes()
    print(table(judged))
    settled = sorted(each.case.id for each in judged if each.right and each.case.id in pending())
    print("pending but settled:", ", ".join(settled) or "none")
    print("\n".join(failures(judged)))


if __name__ == "__main__":
    main()
