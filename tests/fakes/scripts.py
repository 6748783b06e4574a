"""Small valid scripts and a project to go with them, built by hand for any engine's tests.

``lighthouse`` has most of what a screenplay can hold; the others are the edges: silence, nothing, crowds, length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.project import CastMember, EpisodeEntry, Place, Project, Prop, Voice
from schemas.script import (
    ActionElement,
    DialogueElement,
    Element,
    Scene,
    SceneHeading,
    Script,
    ScriptCharacter,
    SignElement,
    TransitionElement,
)
from schemas.story import Emotion, SourceSpan, StoryInterval

SOURCE = SourceSpan(document="lighthouse.fountain", first_line=1, last_line=1)
HASH = "0" * 64

MARA = ScriptCharacter(character_id="mara", name="Mara Venn", pronouns="she", age_years=37)
TOBIAS = ScriptCharacter(character_id="tobias", name="Tobias", aliases=("Toby",), pronouns="he", age_years=11)
ORLA = ScriptCharacter(character_id="orla", name="Orla", pronouns="she", age_years=71)
KEEPER = ScriptCharacter(character_id="keeper", name="The Keeper", pronouns="he", age_years=58)
BRAM = ScriptCharacter(character_id="bram", name="Bram", pronouns="they", age_years=30)
DOG = ScriptCharacter(character_id="dog", name="Salt", pronouns="it", species="dog", age_years=5)
CAST = (MARA, TOBIAS, ORLA, KEEPER, BRAM, DOG)


def feeling(name: str = "neutral", intensity: int = 0) -> Emotion:
    return Emotion.model_validate({"name": name, "intensity": intensity})


def say(element_id: str, speaker: str, text: str, **more: Any) -> DialogueElement:
    return DialogueElement(
        element_id=element_id, speaker_id=speaker, cue=speaker.upper(), text=text, raw=text, source=SOURCE, **more
    )


def act(element_id: str, text: str, *who: str, **more: Any) -> ActionElement:
    return ActionElement(element_id=element_id, text=text, character_ids=who, source=SOURCE, **more)


def sign(element_id: str, text: str, carrier: str = "sign") -> SignElement:
    return SignElement(element_id=element_id, text=text, carrier=carrier, source=SOURCE)


def transition(element_id: str, kind: str) -> TransitionElement:
    return TransitionElement.model_validate(
        {"element_id": element_id, "transition": kind, "raw": kind.upper(), "source": SOURCE.model_dump()}
    )


def scene(
    scene_id: str,
    *elements: Element,
    place: str = "lamp_room",
    setting: str = "int",
    time_of_day: str = "night",
    present: Sequence[str] = (),
    minute: int = 0,
    **more: Any,
) -> Scene:
    name = place.replace("_", " ")
    heading = SceneHeading.model_validate(
        {
            "setting": setting,
            "place_id": place,
            "place_name": name,
            "time_of_day": time_of_day,
            "raw": f"{setting}. {name} - {time_of_day}".upper(),
        }
    )
    return Scene(
        scene_id=scene_id,
        heading=heading,
        story_time=StoryInterval(earliest=minute, latest=minute + 5),
        present=tuple(present),
        elements=elements,
        **more,
    )


def script(*scenes: Scene, cast: Sequence[ScriptCharacter] = CAST, **more: Any) -> Script:
    given = {"title": "The Last Lamp", "authors": ("R. Hall",), "licence": "CC0-1.0", **more}
    return Script(
        project_id="lighthouse", episode_id="s01e01", origin="imported", cast=tuple(cast), scenes=scenes, **given
    )


def project(**more: Any) -> Project:
    """A project that knows Mara and Tobias and two places; the rest of the cast is the script's own."""
    given: dict[str, Any] = {
        "fps": 24,
        "cast": (
            CastMember(id="mara", name="Mara Venn", pronouns="she", voice=Voice(base="en-gb", pitch=60), age_years=37),
            CastMember(id="tobias", name="Tobias", pronouns="he", age_years=11),
        ),
        "places": (
            Place(id="lamp_room", name="Lamp room", interior=True, kind="room", sounds=("wind", "clockwork")),
            Place(id="pier", name="Pier", kind="coast", details=("wet planks", "a coil of rope"), sounds=("waves",)),
        ),
        "props": (Prop(id="brass_key", name="Brass key"),),
        **more,
    }
    return Project(id="lighthouse", title="The Lighthouse", episodes=(EpisodeEntry(id="s01e01"),), **given)


LONG_LINE = (
    "When I was your age I climbed these stairs every night, and I counted them, all two hundred, because my father "
    "said that the lamp would know if I skipped one; so I never did, not once, until the night he left."
)


def lighthouse() -> Script:
    """Six scenes: two people, a long line, an entrance, props, signs, a phone, a pair speaking at once, a crowd."""
    return script(
        scene(
            "sc01",
            transition("sc01.e001", "fade_in"),
            act("sc01.e002", "Waves break over the pier. A lamp turns far above.", sounds=("waves", "wind_gust")),
            act("sc01.e003", "Mara walks along the pier with a lantern.", "mara", props=("lantern",)),
            sign("sc01.e004", "NO LANDING AFTER DARK", "wooden sign"),
            say("sc01.e005", "mara", "Somebody is up there."),
            act("sc01.e006", "She runs to the door.", "mara", sounds=("footsteps", "door_slam")),
            place="pier",
            setting="ext",
            present=("mara",),
            mood="unease",
        ),
        scene(
            "sc02",
            act("sc02.e001", "Tobias sits by the great lamp. He turns a brass key over and over.", "tobias",
                props=("brass_key",)),
            act("sc02.e002", "Mara enters.", "mara", sounds=("door_creak",)),
            say("sc02.e003", "mara", "Where did you get that?", addressee_ids=("tobias",)),
            say("sc02.e004", "tobias", "Found it.", addressee_ids=("mara",)),
            say("sc02.e005", "mara", "Where?"),
            say("sc02.e006", "tobias", "In the old clock, behind the weights."),
            say("sc02.e007", "mara", LONG_LINE, emotion=feeling("sadness", 420)),
            say("sc02.e008", "tobias", "And then nobody ever came back up to--"),
            say("sc02.e009", "mara", "Give me the key. Now.", emotion=feeling("anger", 700)),
            act("sc02.e010", "Tobias flinches. The key falls.", "tobias", emotion=feeling("fear", 780),
                sounds=("clink",)),
            say("sc02.e011", "tobias", "You are frightening me!", emotion=feeling("fear", 880), delivery="shout"),
            say("sc02.e012", "mara", "I am sorry.", emotion=feeling("tenderness", 500), delivery="whisper"),
            present=("mara", "tobias"),
            mood="sadness",
            tension=620,
            minute=10,
        ),
        scene(
            "sc03",
            act("sc03.e001", "Orla's phone buzzes. She picks it up.", "orla", props=("phone",), sounds=("phone_buzz",)),
            say("sc03.e002", "keeper", "Turn off the lamp, Orla. All of it.", heard="device"),
            say("sc03.e003", "orla", "Who is this?", emotion=feeling("unease", 400)),
            say("sc03.e004", "keeper", "You know who this is, and you know what I have been waiting for.",
                heard="device"),
            sign("sc03.e005", "CALL ENDED", "phone screen"),
            say("sc03.e006", "orla", "I should have known.", heard="voice_over"),
            place="kitchen",
            present=("orla",),
            minute=600,
            time_of_day="morning",
        ),
        scene(
            "sc04",
            say("sc04.e001", "mara", "We go together.", dual_with="sc04.e002"),
            say("sc04.e002", "tobias", "We stay here until it is light!", dual_with="sc04.e001"),
            act("sc04.e003", "They laugh.", "mara", "tobias", emotion=feeling("amusement", 500)),
            transition("sc04.e004", "dissolve"),
            place="lamp_room",
            present=("mara", "tobias"),
            minute=612,
        ),
        scene(
            "sc05",
            act("sc05.e001", "The whole village stands on the pier.", "mara", "tobias", "orla", "bram"),
            say("sc05.e002", "bram", "Is it true, what they say about the lamp and the man who kept it?"),
            say("sc05.e003", "orla", "It is true."),
            say("sc05.e004", "mara", "Then we light it tonight, whatever it costs us."),
            say("sc05.e005", "tobias", "All of us."),
            say("sc05.e006", "dog", "Woof!"),
            say("sc05.e007", "keeper", "Not without me.", heard="off_screen"),
            act("sc05.e008", "The Keeper appears at the end of the pier.", "keeper", sounds=("thunder", "thunder")),
            say("sc05.e009", "keeper", "I never left.", emotion=feeling("determination", 900)),
            place="pier",
            setting="ext",
            present=("mara", "tobias", "orla", "bram", "dog", "keeper"),
            tension=850,
            minute=1_500,
        ),
        scene(
            "sc06",
            act("sc06.e001", "The lamp burns.", emotion=feeling("awe", 600)),
            transition("sc06.e002", "fade_out"),
            present=("mara",),
            minute=1_530,
        ),
    )  # fmt: skip


def silent() -> Script:
    """Two scenes without a spoken word."""
    return script(
        scene(
            "sc01", act("sc01.e001", "Salt runs along the beach. It digs. It finds a bone.", "dog"), present=("dog",)
        ),
        scene("sc02", act("sc02.e001", "Rain.", sounds=("rain",)), place="pier", setting="ext", minute=60),
    )


def empty() -> Script:
    """One scene with a heading and nothing else."""
    return script(scene("sc01"), cast=())


def talk(lines: int) -> Script:
    """One scene of ``lines`` lines between two people, short and long in turn."""
    texts = ("No.", "I looked for it all morning.", LONG_LINE, "Why?", "Because the tide had turned, and we had not.")
    return script(
        scene(
            "sc01",
            *(say(f"sc01.e{n:04d}", ("mara", "tobias")[n % 2], texts[n % len(texts)]) for n in range(lines)),
            present=("mara", "tobias"),
        )
    )


def monologue() -> Script:
    """One person alone, speaking at length."""
    return script(scene("sc01", say("sc01.e001", "mara", f"{LONG_LINE} {LONG_LINE} {LONG_LINE}"), present=("mara",)))
