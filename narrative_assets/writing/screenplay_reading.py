"""A whole screenplay read: headings, people, story time and content of every scene, for the Script and the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from narrative_assets.writing.screenplay_headings import NOWHERE, HeadingMeaning, PlaceBook, frame_of, read_heading
from narrative_assets.writing.screenplay_headings import scene_heading as contract_heading
from narrative_assets.writing.screenplay_model import Screenplay
from narrative_assets.writing.screenplay_people import People, Person, find_people, guess_pronouns
from narrative_assets.writing.screenplay_scenes import MAX_TEXT, SceneContent, SceneReader
from narrative_assets.writing.screenplay_times import StoryClock
from schemas.errors import InputError
from schemas.project import Project
from schemas.script import ActionElement, DialogueElement, Pronouns, SceneHeading, SignElement
from schemas.story import Emotion, EmotionName, NarrativeFrame, StoryInterval

_STRAIN = {
    "fear": 100, "anger": 90, "surprise": 60, "unease": 65, "sadness": 55, "awe": 50, "determination": 55,
    "disgust": 60, "curiosity": 35, "amusement": 25, "tenderness": 20, "joy": 20, "neutral": 0,
}  # fmt: skip
_LIMITS = {"scenes": 2_000, "characters": 500, "notes": 20_000, "elements in one scene": 20_000}


@dataclass(frozen=True)
class ReadScene:
    """A scene with everything the contracts ask of it. ``seconds`` is how long it will play, roughly."""

    number: int
    scene_id: str
    heading: SceneHeading
    when: StoryInterval
    frame: NarrativeFrame
    content: SceneContent
    mood: Emotion
    tension: int
    seconds: int

    @property
    def summary(self) -> str:
        """The scene's first sentence of action and the first that is about somebody, or its first words, unchanged."""
        told = dict.fromkeys(
            sentence[0] for sentence in (self.content.first_sentence, self.content.first_deed) if sentence
        )
        spoken = (e.text for e in self.content.elements if isinstance(e, DialogueElement | SignElement))
        return " ".join(told)[:MAX_TEXT] or next(spoken, "")


@dataclass(frozen=True)
class Reading:
    """The scenes of a screenplay and the people in them."""

    people: People
    pronouns: dict[str, Pronouns]
    scenes: tuple[ReadScene, ...]

    @cached_property
    def taking_part(self) -> tuple[Person, ...]:
        """Whoever speaks, is seen or is meant in an action, in the order of the people."""
        found: set[str] = set()
        for scene in self.scenes:
            found.update(scene.content.seen)
            for element in scene.content.elements:
                if isinstance(element, DialogueElement):
                    found.update((element.speaker_id, *element.addressee_ids))
                elif isinstance(element, ActionElement):
                    found.update(element.character_ids)
        return tuple(person for person in self.people.everyone if person.id in found)


def read_screenplay(screenplay: Screenplay, project: Project | None, episode_id: str, start_minute: int) -> Reading:
    """Everything that ``screenplay`` says, with the project's cast and places as the authority.

    Raises InputError where it holds more than the contracts can.
    """
    check_limit("scenes", len(screenplay.scenes), screenplay)
    check_limit("notes", len(screenplay.notes), screenplay)
    people = find_people(screenplay, project.cast if project else (), episode_id)
    check_limit("characters", len(people.everyone), screenplay)
    pronouns = {person.id: guess_pronouns(person, screenplay) for person in people.everyone}
    reader = SceneReader(people, pronouns, screenplay.document)
    places = PlaceBook(project.places if project else ())
    clock = StoryClock(start_minute, project.start_time_of_day if project else "day")
    scenes = []
    for number, scene in enumerate(screenplay.scenes, start=1):
        scene_id = f"sc{number:02d}"
        content = reader.read(scene, number, scene_id)
        check_limit("elements in one scene", len(content.elements), screenplay)
        meaning = read_heading(scene.heading.text) if scene.heading else _nowhere()
        seconds = played_seconds(content)
        frame = frame_of(meaning, number)
        place = places.find(meaning.place_name)
        raw = scene.heading.raw if scene.heading else ""
        heading = contract_heading(meaning, raw, place, meaning.time_of_day or clock.time_of_day)
        when = clock.scene(
            meaning.time_of_day, meaning.later, heading.place_id, place, max(1, -(-seconds // 60)), frame
        )
        felt = _felt(content)
        scenes.append(ReadScene(number, scene_id, heading, when, frame, content, _mood(felt), _tension(felt), seconds))
    return Reading(people, pronouns, tuple(scenes))


def check_limit(what: str, count: int, screenplay: Screenplay) -> None:
    """Raise InputError where ``count`` is more than a contract holds."""
    if count > _LIMITS[what]:
        raise InputError(
            f"{screenplay.document} has {count} {what}; {_LIMITS[what]} are allowed.", remedy="Split it into episodes."
        )


def played_seconds(content: SceneContent) -> int:
    """Roughly how long a scene plays: speech at 150 words a minute, action read at 200, a sign 3 seconds."""
    tenths = 30
    for element in content.elements:
        if isinstance(element, DialogueElement):
            tenths += 4 * len(element.text.split()) + 5
        elif isinstance(element, ActionElement):
            tenths += max(15, 3 * len(element.text.split()))
        elif isinstance(element, SignElement):
            tenths += 30
    return min(36_000, -(-tenths // 10))


def _nowhere() -> HeadingMeaning:
    return HeadingMeaning("int_ext", NOWHERE, None, False, "actual")


def _felt(content: SceneContent) -> list[Emotion]:
    emotions = (e.emotion for e in content.elements if isinstance(e, ActionElement | DialogueElement))
    return [emotion for emotion in emotions if emotion.intensity]


def _mood(felt: Sequence[Emotion]) -> Emotion:
    """The feeling that weighs most over the scene."""
    weights: Counter[EmotionName] = Counter()
    for emotion in felt:
        weights[emotion.name] += emotion.intensity
    if not weights:
        return Emotion()
    name = min(weights, key=lambda feeling: (-weights[feeling], feeling))
    return Emotion(name=name, intensity=max(e.intensity for e in felt if e.name == name))


def _tension(felt: Sequence[Emotion]) -> int:
    """Tension from the five feelings that strain most, in permille."""
    strains = sorted((e.intensity * _STRAIN[e.name] // 100 for e in felt), reverse=True)[:5]
    return min(1000, 150 + (sum(strains) * 8) // 50) if strains else 150
