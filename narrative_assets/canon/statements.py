"""Statements: claims and facts brought to one form, and how their times lie to each other.

Which statements agree is the business of ``narrative_assets.canon.kinds``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from schemas.canon import Fact
from schemas.rules import PredicateRule
from schemas.story import Claim, EntityRef, FlagValue, NarrativeFrame, NumberValue, StoryInterval, TextValue, Value

ALWAYS, EVER = -(10**12), 10**12
"""Story minutes before and after every minute that a contract can hold."""
EXTENT_MINUTES = 30
"""A told interval up to this long says how long something lasted; a longer one says that nobody knows exactly."""
ACTUAL = "actual"
REMEMBERED = "remembered"
"""The frame in which the gate keeps what all flashbacks of the actual world have told."""
DAY_MINUTES = 1_440

Meeting = Literal["must", "may", "no"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a claim or a fact says, with flags brought to affirmed form.

    ``earliest`` and ``latest`` bound what was told of it (story minutes); ``ends`` is where a fact stops.
    ``throughout`` says that it holds for all of that time; otherwise it holds at some point of it.
    ``told`` is its place in the telling (scene, element), (-1, -1) for a fact.
    """

    subject: str
    predicate: str
    value: Value
    affirmed: bool
    earliest: int
    latest: int
    ends: int | None
    throughout: bool
    frame_id: str
    told: tuple[int, int]
    change: str | None = None
    origin: Claim | Fact | None = None
    frame_kind: str = ACTUAL

    @property
    def fact(self) -> Fact | None:
        """The fact this statement was made from, if it was one."""
        return self.origin if isinstance(self.origin, Fact) else None

    @property
    def claim(self) -> Claim | None:
        """The claim this statement was made from, if it was one."""
        return self.origin if isinstance(self.origin, Claim) else None

    @property
    def personal_time(self) -> StoryInterval | None:
        """When it holds on the subject's own clock, where the story tells it."""
        return self.origin.personal_time if self.origin is not None else None

    @property
    def flag(self) -> bool:
        """The truth value: of a flag its own, of any other value whether it is affirmed."""
        return self.value.flag if isinstance(self.value, FlagValue) else self.affirmed


def value_key(value: Value) -> tuple[str, str]:
    """What two values must share to be the same; letter case and spacing of words do not count."""
    if isinstance(value, EntityRef):
        return "entity", value.entity
    if isinstance(value, NumberValue):
        return value.unit, str(value.number)
    if isinstance(value, FlagValue):
        return "flag", str(value.flag)
    return "text", plain_words(value.text)


def matter(statement: Statement, rule: PredicateRule) -> tuple[str, ...]:
    """What two statements share that affirm or deny the same thing: predicate, subject and value.

    The two sides of a symmetric predicate speak of one thing, and so do a predicate and its inverse.
    """
    predicate, subject, value = statement.predicate, statement.subject, statement.value
    if isinstance(value, FlagValue):
        return predicate, subject, "flag", ""
    if isinstance(value, EntityRef):
        ends = (subject, value.entity)
        if rule.symmetric:
            ends = (min(ends), max(ends))
        elif rule.inverse is not None and rule.inverse < predicate:
            predicate, ends = rule.inverse, (value.entity, subject)
        return predicate, ends[0], "entity", ends[1]
    if "deed" in rule.traits and isinstance(value, TextValue):
        return predicate, subject, "text", deed_key(value.text)
    return predicate, subject, *value_key(value)


def deed_key(text: str) -> str:
    """A deed with its verb in the plain form, so that "Sees snow" and "see snow" are one."""
    verb, *rest = plain_words(text).split() or [""]
    if verb.endswith("ies") and len(verb) > 4:
        verb = verb[:-3] + "y"
    elif verb.endswith(("ches", "shes", "sses", "xes", "zzes", "oes")):
        verb = verb[:-2]
    elif verb.endswith("s") and not verb.endswith("ss") and len(verb) > 3:
        verb = verb[:-1]
    return " ".join((verb, *rest))


def plain_words(text: str) -> str:
    """``text`` without differences of case, spacing and Unicode form."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def frame_key(frame: NarrativeFrame) -> str:
    """The frame a statement is compared in. A frame that names no thread of its own is one with its kind."""
    if frame.kind != ACTUAL and frame.frame_id == ACTUAL:
        return frame.kind
    return frame.frame_id


def effective_frame(claim: Claim, scene_frame: NarrativeFrame) -> NarrativeFrame:
    """A claim that names no frame belongs to the frame of its scene."""
    return scene_frame if claim.frame.kind == ACTUAL and claim.frame.frame_id == ACTUAL else claim.frame


def from_claim(claim: Claim, frame: NarrativeFrame, told: tuple[int, int], *, implied: bool = False) -> Statement:
    """The statement of a claim; an ``implied`` one holds at some point of its scene, not all through it."""
    earliest, latest = claim.story_time.earliest, claim.story_time.latest
    value, affirmed = _affirmed_form(claim.object, claim.polarity == "affirmed")
    narrow = latest - earliest <= EXTENT_MINUTES
    return Statement(
        subject=claim.subject,
        predicate=claim.predicate,
        value=value,
        affirmed=affirmed,
        earliest=earliest,
        latest=latest,
        ends=None,
        throughout=earliest == latest or (narrow and not implied),
        frame_id=frame_key(frame),
        told=told,
        change=claim.change.kind if claim.change else None,
        origin=claim,
        frame_kind=frame.kind,
    )


def from_fact(fact: Fact) -> Statement:
    """The statement of a fact.

    An open fact is known where it was told; what is carried forward from there may change. A locked fact and
    one whose end is given hold for all their time; the minute of the end belongs to what came next.
    """
    earliest = ALWAYS if fact.valid_from is None else fact.valid_from
    ends = EVER if fact.valid_to is None else fact.valid_to
    latest, throughout = earliest, True
    if fact.observed_to is not None:
        latest = max(earliest, fact.observed_to)
        throughout = latest - earliest <= EXTENT_MINUTES and not fact.sometime
    elif fact.authority == "locked" or fact.valid_to is not None:
        latest = max(earliest, ends - 1)
    value, affirmed = _affirmed_form(fact.object, fact.polarity == "affirmed")
    return Statement(
        subject=fact.subject,
        predicate=fact.predicate,
        value=value,
        affirmed=affirmed,
        earliest=earliest,
        latest=latest,
        ends=fact.valid_to,
        throughout=throughout,
        frame_id=ACTUAL,
        told=(-1, -1),
        origin=fact,
    )


def by_own_clock(statement: Statement) -> Statement:
    """The statement dated by its subject's own clock instead of story time; unchanged where none is told."""
    own = statement.personal_time
    if own is None:
        return statement
    narrow = own.latest - own.earliest <= EXTENT_MINUTES
    return replace(statement, earliest=own.earliest, latest=own.latest, ends=None, throughout=narrow)


def meeting(one: Statement, other: Statement) -> Meeting:
    """Whether the two hold at one moment: necessarily, possibly or not at all.

    Two that touch where one ends and the other begins do not meet.
    """
    start, end = max(one.earliest, other.earliest), min(one.latest, other.latest)
    if start > end:
        return "no"
    both_last = one.earliest < one.latest and other.earliest < other.latest
    if start == end and both_last:
        return "no"
    if one.throughout and other.throughout:
        at_the_edge = start == end and not one.earliest == one.latest == other.earliest == other.latest
        return "may" if at_the_edge and start in _edges(one, other) else "must"
    if one.throughout or other.throughout:
        whole, part = (one, other) if one.throughout else (other, one)
        return "must" if whole.earliest <= part.earliest and part.latest <= whole.latest else "may"
    same = one.earliest == other.earliest and one.latest == other.latest
    return "must" if same and one.latest - one.earliest <= EXTENT_MINUTES else "may"


def follows(later: Statement, earlier: Statement) -> bool:
    """Whether ``later`` lies necessarily after ``earlier`` in story time.

    Within one scene the order of the telling decides; scenes that touch follow one another. A fact that holds for
    all of a long time is followed by what lies after its beginning.
    """
    if later.told[0] == earlier.told[0] >= 0:
        return later.earliest > earlier.latest or -1 < earlier.told[1] < later.told[1]
    began = earlier.earliest if earlier.throughout and earlier.fact is not None else earlier.latest
    if later.earliest == began:
        return later.latest > later.earliest
    return later.earliest > began


def stands_until(statement: Statement, rule: PredicateRule) -> int:
    """The story minute from which the statement no longer stands by itself: where it ended or its time is up."""
    if statement.ends is not None:
        return statement.ends
    return EVER if rule.holds_for is None else time_up(statement.latest, rule.holds_for)


def time_up(minute: int, holds_for: int) -> int:
    """When what was told at ``minute`` stops standing. Whole days count as story days: they end at midnight."""
    days, rest = divmod(holds_for, DAY_MINUTES)
    return (minute // DAY_MINUTES + days) * DAY_MINUTES if days and not rest else minute + holds_for


def _affirmed_form(value: Value, affirmed: bool) -> tuple[Value, bool]:
    if isinstance(value, FlagValue) and not affirmed:
        return FlagValue(flag=not value.flag), True
    return value, affirmed


def _edges(one: Statement, other: Statement) -> tuple[int, ...]:
    """The ends of whichever of the two lasts."""
    lasting = one if one.earliest < one.latest else other
    return lasting.earliest, lasting.latest
