"""Claims that an imported scene makes: who is there and acts, names and ages told in prose, what happens.

Whether they agree with canon is canon's business.
"""

from __future__ import annotations

from collections.abc import Sequence

from narrative_assets.writing.screenplay_names import shortened
from narrative_assets.writing.screenplay_people import Person
from narrative_assets.writing.screenplay_scenes import SceneContent
from schemas.predicates import ACTS, AGE, HAPPENED, LOCATED_AT, NAME, Predicate
from schemas.script import SceneHeading
from schemas.story import (
    Claim,
    EntityRef,
    FlagValue,
    NumberValue,
    SourceSpan,
    StoryInterval,
    Telling,
    TextValue,
    Value,
)

_UNSURE = 500
_MOST_CLAIMS = 5_000


class SceneClaims:
    """Collects the claims of one scene under running numbers."""

    def __init__(self, episode_id: str, scene_id: str, document: str, when: StoryInterval) -> None:
        self._telling = Telling(episode_id=episode_id, scene_id=scene_id)
        self._event = f"{episode_id}_{scene_id}"
        self._scene_id = scene_id
        self._document = document
        self._when = when
        self._claims: list[Claim] = []

    def of(
        self, content: SceneContent, heading: SceneHeading, new: Sequence[Person], told: Sequence[Person], number: int
    ) -> tuple[Claim, ...]:
        """All claims: ``new`` people are named here, ``told`` ones have their age told in scene ``number``."""
        for person in new:
            lines = person.introduced[0].lines if person.introduced else content.seen.get(person.id, (0, 0))
            if lines[0] and person.is_named:
                self._add(person.id, NAME, TextValue(text=shortened(person.name)), lines, narrated=True)
        for person in told:
            for introduction in person.introduced:
                if introduction.scene == number and introduction.age is not None:
                    value = NumberValue(number=introduction.age, unit="years")
                    certainty = _UNSURE if introduction.unsure else 1000
                    mention = introduction.passage.text[introduction.start : introduction.end]
                    self._add(
                        person.id, AGE, value, introduction.lines, narrated=True, certainty=certainty, mention=mention
                    )
        for who in content.present:
            lines = content.seen[who]
            self._add(who, LOCATED_AT, EntityRef(entity=heading.place_id), lines, bodily=True)
            self._add(who, ACTS, FlagValue(flag=True), lines, bodily=True)
        happened = content.first_deed or content.first_sentence
        if happened:
            words, first, last = happened
            self._add(self._event, HAPPENED, TextValue(text=shortened(words)), (first, last))
        return tuple(self._claims[:_MOST_CLAIMS])

    def _add(
        self,
        subject: str,
        predicate: Predicate,
        value: Value,
        lines: tuple[int, int],
        *,
        narrated: bool = False,
        bodily: bool = False,
        certainty: int = 1000,
        mention: str = "",
    ) -> None:
        self._claims.append(
            Claim(
                claim_id=f"{self._scene_id}.c{len(self._claims) + 1:03d}",
                subject=subject,
                mention=shortened(mention),
                predicate=predicate.name,
                object=value,
                story_time=self._when,
                telling=self._telling,
                modality="narrated" if narrated else "shown",
                certainty=certainty,
                presence="bodily" if bodily else None,
                source=SourceSpan(document=self._document, first_line=lines[0], last_line=lines[1]),
            )
        )
