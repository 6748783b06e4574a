"""The claims of a written scene: who is where, what happened, what changed hands, what somebody learned."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from narrative_assets.writing.casting import Casting
from narrative_assets.writing.memory import event_text
from narrative_assets.writing.templates import TemplateBeat, Truth
from narrative_assets.writing.wording import at_place, fill, prop_name, short_name
from schemas.predicates import HAPPENED, HOLDS, KNOWS, LOCATED_AT, PREDICATES, REVEALS, Predicate
from schemas.project import CastMember, Prop
from schemas.story import Beat, ChangeEvent, Claim, EntityRef, SourceSpan, StoryInterval, Telling, TextValue, Value

SOURCE = SourceSpan(document="template-writer")


def scene_claims(
    casting: Casting, beat: TemplateBeat, planned: Beat, scene_id: str, last_element: str
) -> tuple[Claim, ...]:
    """All claims of a scene, shown and bodily; ``last_element`` is where changes are complete."""
    telling = Telling(episode_id=planned.beat_id.split(".")[0], scene_id=scene_id)
    end = telling.model_copy(update={"element_id": last_element})
    found = [*_places(casting, planned, telling), *_changes(casting, beat, planned, end)]
    prefix = planned.beat_id.split(".")[0]
    return tuple(
        claim.model_copy(update={"claim_id": f"{prefix}.{scene_id}.c{number:02d}"})
        for number, claim in enumerate(found, start=1)
    )


def _places(casting: Casting, planned: Beat, telling: Telling) -> Iterator[Claim]:
    for member in casting.people.values():
        if member.id in planned.present:
            yield _claim(member, LOCATED_AT, EntityRef(entity=planned.place_id), planned.story_time, telling, "bodily")


def _changes(casting: Casting, beat: TemplateBeat, planned: Beat, telling: Telling) -> Iterator[Claim]:
    """What the scene changes; it holds from the scene's last minute on."""
    people, slots, end = casting.people, casting.slots(beat), planned.story_time.latest
    now = StoryInterval(earliest=end, latest=end)
    if beat.move_to is not None and casting.prop is not None:
        change = ChangeEvent(kind="transfer", permitted_by=f"Changes hands {at_place(casting.place(beat))}.")
        member = people[beat.move_to]
        yield _claim(member, HOLDS, EntityRef(entity=casting.prop.id), now, telling, "bodily", change)
    if beat.learn is not None:
        first = casting.round == 0
        reason = ChangeEvent(kind="learn", permitted_by=fill(beat.outcome, slots)) if first else None
        learnt = lesson_text(casting, beat)
        yield _claim(people[beat.learn.who], KNOWS, TextValue(text=learnt), now, telling, None, reason)
        if beat.closes and "secret" in beat.closes:
            yield _claim(people["b"], REVEALS, TextValue(text=learnt), now, telling, None)
    for truth in beat.truths:
        if truth.once and casting.round > 0:
            continue
        yield from _truth(casting, beat, truth, planned, telling)
    if beat.event is not None:
        event = TextValue(text=event_text(casting, beat)[:300])
        yield _claim(people[beat.event_of], HAPPENED, event, planned.story_time, telling, None)


def lesson_text(casting: Casting, beat: TemplateBeat) -> str:
    """What somebody learns in the beat, as knowledge is claimed; empty where nobody learns anything."""
    if beat.learn is None:
        return ""
    words = fill(beat.learn.what, casting.slots(beat))
    return (words[0].lower() + words[1:])[:300]


def _learnt_before(casting: Casting, beat: TemplateBeat, role: str) -> str:
    """What the role learns in an earlier beat of the plot: what it can act on here."""
    earlier = itertools.takewhile(lambda one: one.id != beat.id, casting.plot.beats)
    return next((lesson_text(casting, one) for one in earlier if one.learn and one.learn.who == role), "")


def _truth(casting: Casting, beat: TemplateBeat, truth: Truth, planned: Beat, telling: Telling) -> Iterator[Claim]:
    """What the beat declares of a role or of the prop; it holds from the scene's last minute on."""
    end = planned.story_time.latest
    whom = casting.people.get(truth.whom) if truth.whom else None
    words = fill(truth.text, casting.slots(beat)) if truth.text else _learnt_before(casting, beat, truth.who)
    value: Value = EntityRef(entity=whom.id) if whom else TextValue(text=(words[:1].lower() + words[1:])[:300])
    subject = casting.prop if truth.who == "prop" else casting.people.get(truth.who)
    if subject is None or (truth.whom and whom is None) or not (whom or words):
        return
    why = fill(beat.outcome, casting.slots(beat))
    change = ChangeEvent(kind=truth.change, permitted_by=why) if truth.change else None
    claim = _claim(
        subject,
        PREDICATES[truth.what],
        value,
        StoryInterval(earliest=end, latest=end),
        telling,
        None,
        change,
    )
    yield claim.model_copy(update={"polarity": "denied"}) if truth.denied else claim


def _claim(
    subject: CastMember | Prop,
    predicate: Predicate,
    value: Value,
    time: StoryInterval,
    telling: Telling,
    presence: str | None,
    change: ChangeEvent | None = None,
) -> Claim:
    return Claim.model_validate(
        {
            "claim_id": "c",
            "subject": subject.id,
            "mention": short_name(subject) if isinstance(subject, CastMember) else prop_name(subject),
            "predicate": predicate.name,
            "object": value,
            "story_time": time,
            "telling": telling,
            "presence": presence,
            "change": change,
            "source": SOURCE,
        }
    )
