"""The claims of a written scene: who is where, what happened, what changed hands, what somebody learned."""

from __future__ import annotations

from collections.abc import Iterator

from narrative_assets.writing.casting import Casting
from narrative_assets.writing.memory import event_text
from narrative_assets.writing.templates import TemplateBeat
from narrative_assets.writing.wording import at_place, fill, short_name
from schemas.predicates import HAPPENED, HOLDS, KNOWS, LOCATED_AT, Predicate
from schemas.project import CastMember
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
        change = ChangeEvent(kind="learn", permitted_by=fill(beat.outcome, slots))
        words = fill(beat.learn.what, slots)
        value = TextValue(text=(words[0].lower() + words[1:])[:300])
        yield _claim(people[beat.learn.who], KNOWS, value, now, telling, None, change)
    if beat.event is not None:
        event = TextValue(text=event_text(casting, beat)[:300])
        yield _claim(people[beat.event_of], HAPPENED, event, planned.story_time, telling, None)


def _claim(
    member: CastMember,
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
            "subject": member.id,
            "mention": short_name(member),
            "predicate": predicate.name,
            "object": value,
            "story_time": time,
            "telling": telling,
            "presence": presence,
            "change": change,
            "source": SOURCE,
        }
    )
