"""The words of a repair: spans put right in place, sentences taken out, and lines that read as the script does."""

from __future__ import annotations

import pytest
from canon_cases import canon

from narrative_assets.canon import repair_script
from narrative_assets.canon.repair.people import unaddressed
from narrative_assets.canon.repair.spans import has_name, number_words, sentences, with_number, with_words
from narrative_assets.canon.repair.timeline import without_first_time
from narrative_assets.canon.repair.wording import wording
from schemas.canonical import content_hash
from schemas.repair import RepairLog
from schemas.script import ActionElement, DialogueElement, Scene, SceneHeading, Script, ScriptCharacter, SignElement
from schemas.story import Claim, SourceSpan, StoryInterval, Telling
from tests.fakes.continuity_shorthand import value

SOURCE = SourceSpan(document="s01e03.fountain", first_line=1)


def act(element_id: str, text: str, *who: str, props: tuple[str, ...] = ()) -> ActionElement:
    return ActionElement(element_id=element_id, text=text, character_ids=who, props=props, source=SOURCE)


def say(element_id: str, who: str, text: str, to: str | None = None, raw: str = "") -> DialogueElement:
    return DialogueElement(
        element_id=element_id, speaker_id=who, cue=who.upper(), text=text, raw=raw,
        addressee_ids=(to,) if to else (), source=SOURCE,
    )  # fmt: skip


def told(
    subject: str, predicate: str, plain: object, element_id: str | None = None, at: tuple[int, int] = (480, 490)
) -> Claim:
    return Claim(
        claim_id=f"c.{subject}.{predicate}", subject=subject, predicate=predicate, object=value(predicate, plain),
        story_time=StoryInterval(earliest=at[0], latest=at[1]),
        telling=Telling(episode_id="s01e03", scene_id="sc01", element_id=element_id), source=SOURCE,
    )  # fmt: skip


def one_scene(*elements: ActionElement | DialogueElement | SignElement, claims: tuple[Claim, ...] = ()) -> Script:
    people = ("mara", "tom", "ines")
    names = {"mara": ("Mara Vale", "she"), "tom": ("Tom Reed", "he"), "ines": ("Captain Ines Moreau", "she")}
    speaking = {each.speaker_id for each in elements if isinstance(each, DialogueElement)}
    doing = {who for each in elements if isinstance(each, ActionElement) for who in each.character_ids}
    scene = Scene(
        scene_id="sc01",
        heading=SceneHeading(
            setting="ext", place_id="pier", place_name="Pier", time_of_day="morning", raw="EXT. PIER - MORNING"
        ),
        story_time=StoryInterval(earliest=480, latest=490),
        present=tuple(who for who in people if who in speaking | doing),
        elements=elements,
        claims=claims,
    )
    cast = tuple(
        ScriptCharacter.model_validate({"character_id": who, "name": names[who][0], "pronouns": names[who][1]})
        for who in people
    )
    return Script(
        project_id="lighthouse", episode_id="s01e03", title="The Tide", origin="generated", cast=cast, scenes=(scene,)
    )


def mended(script: Script, *facts: object) -> tuple[Script, RepairLog]:
    base = canon(list(facts))
    repaired, log = repair_script(base, script, content_hash(base))
    assert log.unresolved == ()
    return repaired, log


def texts(script: Script) -> list[str]:
    return [getattr(each, "text", "") for each in script.scenes[0].elements]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("MARA VALE, 45, ties the boat.", "MARA VALE, 31, ties the boat."),
        ("Mara (45) waits.", "Mara (31) waits."),
        ("Forty-five years old, and still afraid.", "Thirty-one years old, and still afraid."),
        ("She is forty-five.", "She is thirty-one."),
        ("A 45-year-old keeper with 45 metres of rope.", "A 31-year-old keeper with 45 metres of rope."),
        ("At 10:45 the keeper, aged 45, lights 45 lamps.", "At 10:45 the keeper, aged 31, lights 45 lamps."),
        ("I’m forty five. I paid $45.", "I’m thirty one. I paid $45."),
    ],
)
def test_an_age_is_put_right_where_it_reads_as_one(text: str, right: str) -> None:
    assert with_number(text, 45, 31, age=True) == right


def test_articles_follow_the_number() -> None:
    assert with_number("a 45-year-old", 45, 18, age=True) == "an 18-year-old"
    assert with_number("An eighteen-year-old", 18, 45, age=True) == "A forty-five-year-old"


@pytest.mark.parametrize(
    ("number", "words"), [(0, "zero"), (13, "thirteen"), (40, "forty"), (101, "one hundred and one"), (4000, "4000")]
)
def test_numbers_are_written_out_as_english_does(number: int, words: str) -> None:
    assert number_words(number) == words


@pytest.mark.parametrize(
    ("text", "old", "new", "right"),
    [
        ("MARIA's coat. Maria’s boat. Marianne.", "Maria", "Mara", "MARA's coat. Mara’s boat. Marianne."),
        (
            "A grey coat, GREY as slate, greyer still.",
            "grey",
            "orange",
            "An orange coat, ORANGE as slate, greyer still.",
        ),
        ("James' boat", "James", "Mara", "Mara's boat"),
        ("dark  red\nscarf", "dark red", "blue", "blue\nscarf"),
    ],
)
def test_words_are_replaced_whole_with_case_and_possessive(text: str, old: str, new: str, right: str) -> None:
    assert with_words(text, old, new) == right


def test_a_name_that_is_a_word_is_only_taken_as_a_name() -> None:
    assert with_words("Will will go, and WILL knows.", "Will", "Bill", named=True) == "Bill will go, and BILL knows."
    assert has_name("The guru laughs.", "Guru")
    assert not has_name("They will see.", "Will")


def test_sentences_keep_titles_and_quotes_together() -> None:
    assert sentences("Dr. Vale waits. “Go!” she says. Rain…  Then sun.") == [
        "Dr. Vale waits. ", "“Go!” she says. ", "Rain…  ", "Then sun.",
    ]  # fmt: skip


def test_nobody_calls_to_somebody_who_is_not_there() -> None:
    assert unaddressed("Tom, look! The light, Tom. Ask Tom.", ["Tom"]) == "Look! The light. Ask Tom."


def test_a_first_time_is_called_so_no_more() -> None:
    assert without_first_time("For the first time, she sees snow.") == "She sees snow."
    assert without_first_time("She sees snow for the first time in her life.") == "She sees snow."


def test_the_same_place_gets_the_same_sentence_and_others_vary() -> None:
    slots = {"giver": "Mara", "taker": "Tom", "thing": "the key"}
    said = [wording("hand_over", f"sc{number:02d}", **slots) for number in range(20)]
    assert said == [wording("hand_over", f"sc{number:02d}", **slots) for number in range(20)]
    assert len(set(said)) > 1


def test_an_age_changes_in_claim_text_and_markup_alike() -> None:
    script = one_scene(
        say("sc01.e1", "mara", "I'm forty-five, Tom.", raw="I'm *forty-five*, Tom."),
        act("sc01.e2", "She has 45 steps to climb.", "mara"),
        claims=(told("mara", "age", 45, "sc01.e1"),),
    )
    repaired, log = mended(script)
    assert texts(repaired) == ["I'm thirty-one, Tom.", "She has 45 steps to climb."]
    speech = repaired.scenes[0].elements[0]
    assert isinstance(speech, DialogueElement)
    assert speech.raw == "I'm *thirty-one*, Tom."
    assert [each.segment for each in log.changes] == ["dialogue", "claim"]


def test_a_bystander_who_is_dead_leaves_the_picture_and_the_rest_stands() -> None:
    script = one_scene(
        act(
            "sc01.e1", "Mara, Tom and Ines stand at the rail. Tom coughs. He looks away. The tide turns.", "mara", "tom"
        ),
        say("sc01.e2", "mara", "The tide turns.", "ines"),
        say("sc01.e3", "tom", "Aye.", "mara"),
        say("sc01.e4", "ines", "It does, Tom."),
        act("sc01.e5", "Tom and Mara walk on.", "tom", "mara"),
    )
    repaired, _ = mended(script, {"is": "tom alive no", "from": 100})
    assert texts(repaired) == [
        "Mara and Ines stand at the rail. The tide turns.", "The tide turns.", "It does.", "Mara walks on.",
    ]  # fmt: skip
    assert "tom" not in repaired.scenes[0].present


def test_the_dead_are_heard_from_a_recording_where_the_scene_has_one() -> None:
    script = one_scene(
        act("sc01.e1", "Mara winds the old tape recorder back and listens.", "mara"),
        say("sc01.e2", "tom", "Keep the light burning."),
        act("sc01.e3", "Mara stops the tape.", "mara"),
    )
    repaired, _ = mended(script, {"is": "tom alive no", "from": 100})
    speech = repaired.scenes[0].elements[1]
    assert isinstance(speech, DialogueElement)
    assert (speech.heard, speech.parenthetical, speech.text) == ("device", "on tape", "Keep the light burning.")
    assert repaired.scenes[0].present == ("mara",)


def test_a_line_of_the_dead_is_said_by_somebody_else_who_can_say_it() -> None:
    script = one_scene(
        say("sc01.e1", "mara", "The boat is gone.", "ines"),
        say("sc01.e2", "tom", "The rope has been cut.", "mara"),
        say("sc01.e3", "mara", "Who was here last night?", "ines"),
        say("sc01.e4", "ines", "Nobody."),
    )
    repaired, _ = mended(script, {"is": "tom alive no", "from": 100})
    speech = repaired.scenes[0].elements[1]
    assert isinstance(speech, DialogueElement)
    assert (speech.speaker_id, speech.cue, speech.text) == ("ines", "INES", "The rope has been cut.")


def test_who_is_elsewhere_is_heard_over_the_phone_of_the_scene() -> None:
    script = one_scene(
        act("sc01.e1", "Mara holds the phone to her ear.", "mara"),
        say("sc01.e2", "tom", "The boat is out."),
        say("sc01.e3", "mara", "Then wait."),
    )
    repaired, _ = mended(script, {"is": "tom located_at forest", "from": 0, "to": 2000})
    speech = repaired.scenes[0].elements[1]
    assert isinstance(speech, DialogueElement)
    assert (speech.heard, speech.parenthetical) == ("device", "over the phone")
    assert repaired.scenes[0].present == ("mara",)


def test_a_thing_changes_hands_in_a_line_before_it_is_used() -> None:
    script = one_scene(
        say("sc01.e1", "mara", "It will not open."),
        act("sc01.e2", "Tom turns the brass key.", "tom", props=("key",)),
        claims=(told("tom", "uses", "key", "sc01.e2"),),
    )
    repaired, log = mended(script)
    assert len(texts(repaired)) == 3
    assert texts(repaired)[2] == "Tom turns the brass key."
    assert "Mara" in texts(repaired)[1]
    assert "the brass key" in texts(repaired)[1].lower()
    assert {each.action for each in log.changes} <= {"added", "rewritten"}


def test_a_truth_is_told_before_somebody_acts_on_it() -> None:
    script = one_scene(
        say("sc01.e1", "mara", "Keep to the left."),
        act("sc01.e2", "Tom steers wide of the reef.", "tom"),
        claims=(told("tom", "relies_on", "the reef is mined", "sc01.e2"),),
    )
    facts = (
        {"is": "mara knows the reef is mined", "from": 100},
        {"is": "tom !knows the reef is mined", "from": 100},
    )
    repaired, _ = mended(script, *facts)
    assert "the reef is mined" in texts(repaired)[1]
    assert texts(repaired)[2] == "Tom steers wide of the reef."


def test_looks_are_put_right_wherever_the_scene_speaks_of_them() -> None:
    script = one_scene(
        act("sc01.e1", "Her brown eyes follow the boat.", "mara"),
        say("sc01.e2", "tom", "Brown eyes, like your mother."),
        act("sc01.e3", "Tom's brown eyes are wet.", "tom"),
        claims=(told("mara", "eyes", "brown", "sc01.e1"),),
    )
    repaired, _ = mended(script, {"is": "mara eyes amber", "from": 100})
    assert texts(repaired) == [
        "Her amber eyes follow the boat.", "Amber eyes, like your mother.", "Tom's brown eyes are wet.",
    ]  # fmt: skip


def test_a_deed_that_cannot_be_goes_with_its_sentence() -> None:
    script = one_scene(
        act("sc01.e1", "Mara dives in and swims to the buoy. Tom runs along the pier.", "mara", "tom"),
        claims=(told("mara", "does", "swim", "sc01.e1"),),
    )
    repaired, _ = mended(script, {"is": "mara !can swim", "from": 100})
    assert texts(repaired) == ["Tom runs along the pier."]


def test_a_death_that_cannot_be_goes_with_what_is_said_of_the_dead() -> None:
    script = one_scene(
        act("sc01.e1", "Rain. Tom is dead. Mara closes his eyes.", "mara"),
        claims=(told("tom", "alive", False, "sc01.e1"),),
    )
    repaired, _ = mended(script, {"is": "tom acts yes", "from": 900, "to": 910})
    assert texts(repaired) == ["Rain."]


def test_a_secret_is_not_spoken_before_its_time() -> None:
    script = one_scene(
        say("sc01.e1", "mara", "The harbour master sank the Marigold. I saw it."),
        claims=(told("mara", "reveals", "the harbour master sank the Marigold", "sc01.e1"),),
    )
    repaired, _ = mended(
        script, {"is": "mara knows the harbour master sank the Marigold", "from": 0, "revealed_in": "s01e05"}
    )
    assert texts(repaired) == ["I saw it."]
