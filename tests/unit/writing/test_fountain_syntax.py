"""Fountain as people write it: forced elements, simultaneous speech, comments, messy wraps, files that are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative_assets.writing.fountain import Passage, Screenplay, Speech, parse_screenplay
from narrative_assets.writing.imported import import_script, imported_arc, imported_plan, project_from_screenplay
from narrative_assets.writing.screenplay_headings import read_heading
from schemas.canonical import canonical_json
from schemas.errors import InputError, NarrativeError
from schemas.project import CastMember, EpisodeEntry, Project
from schemas.script import ActionElement, DialogueElement, Script, SignElement, TransitionElement
from schemas.story import ContextPack


def parse(text: str) -> Screenplay:
    return parse_screenplay(text.encode(), "test.fountain")


def imported(text: str | bytes, cast: tuple[CastMember, ...] = ()) -> Script:
    screenplay = parse_screenplay(text if isinstance(text, bytes) else text.encode(), "test.fountain")
    project = project_from_screenplay(screenplay, "test")
    if cast:
        project = project.model_copy(update={"cast": cast})
    context = ContextPack(project_id="test", episode_id="s01e01", canon_hash="0" * 64)
    canonical_json(project)
    canonical_json(imported_plan(screenplay, project, "s01e01", context, "0" * 64))
    script = import_script(screenplay, project, "s01e01", context, "0" * 64)
    canonical_json(script)
    return script


def said(script: Script) -> list[DialogueElement]:
    return [e for scene in script.scenes for e in scene.elements if isinstance(e, DialogueElement)]


def actions(script: Script) -> list[str]:
    return [e.text for scene in script.scenes for e in scene.elements if isinstance(e, ActionElement)]


def signs(script: Script) -> list[str]:
    return [e.text for scene in script.scenes for e in scene.elements if isinstance(e, SignElement)]


HEAD = "INT. KITCHEN - DAY\n\n"


# --- elements -----------------------------------------------------------------------------------------------------


def test_a_blank_line_ends_a_speech() -> None:
    script = imported(HEAD + "BOB\nOne.\nTwo.\n\nHe leaves.\n")
    assert [e.text for e in said(script)] == ["One. Two."]
    assert actions(script) == ["He leaves."]


def test_a_line_of_stray_white_space_ends_a_speech_and_two_spaces_do_not() -> None:
    assert actions(imported(HEAD + "BOB\nOne.\n \t\nHe leaves.\n")) == ["He leaves."]
    kept = said(imported(HEAD + "BOB\nOne.\n  \nTwo.\n"))
    assert [e.text for e in kept] == ["One. Two."]


def test_forced_elements_are_what_their_marks_say() -> None:
    script = imported(".THE VOID\n\n@McAvoy\nIt is dark.\n\n!BANG\nA shot.\n\n~La la la\n\n> SMASH CUT TO:\n")
    assert script.scenes[0].heading.place_name == "The Void"
    assert (said(script)[0].cue, script.cast[0].name) == ("@McAvoy", "McAvoy")
    assert actions(script) == ["BANG A shot.", "La la la"]
    assert [e.raw for s in script.scenes for e in s.elements if isinstance(e, TransitionElement)] == ["SMASH CUT TO:"]


def test_lyrics_under_a_cue_are_sung() -> None:
    script = imported(HEAD + "BOB\nListen.\n~Row, row, row\n~your boat\nThere.\n")
    assert [(e.text, e.delivery) for e in said(script)] == [
        ("Listen.", "plain"), ("Row, row, row your boat", "sung"), ("There.", "plain"),
    ]  # fmt: skip


def test_simultaneous_speeches_name_each_other() -> None:
    first, second, third = said(imported(HEAD + "BOB\nStop!\n\nANNE ^\nGo!\n\nBOB\nOh.\n"))
    assert (first.dual_with, second.dual_with) == (second.element_id, first.element_id)
    assert third.dual_with is None
    assert (second.speaker_id, second.cue) == ("anne", "ANNE ^")


@pytest.mark.parametrize(
    ("cue", "speaker", "heard"),
    [
        ("BOB (O.S.)", "bob", "off_screen"),
        ("BOB (V.O.)", "bob", "voice_over"),
        ("BOB (CONT'D)", "bob", "on_screen"),
        ("BOB (ON PHONE) (CONT'D)", "bob", "device"),
        ("BOB’S VOICE", "bob", "off_screen"),
        ("JOSÉ", "jose", "on_screen"),
        ("O’BRIEN", "obrien", "on_screen"),
        ("McCLANE", "mcclane", "on_screen"),
        ("DEALER #2", "dealer_2", "on_screen"),
        ("@李", "character_c16667ca", "on_screen"),
    ],
)
def test_cues_with_extensions_and_letters_of_any_script(cue: str, speaker: str, heard: str) -> None:
    (element,) = said(imported(HEAD + f"{cue}\nHello.\n"))
    assert element.heard == heard
    assert element.speaker_id == speaker


@pytest.mark.parametrize("first", ["OK.", "HEY", "NO. NEVER.", "STOP", "I SAID NO"])
def test_a_speech_that_begins_in_capitals_keeps_its_speaker(first: str) -> None:
    (element,) = said(imported(HEAD + f"BOB\n{first}\nLet's go.\n"))
    assert (element.speaker_id, element.text) == ("bob", f"{first} Let's go.")


@pytest.mark.parametrize("line", ["#1 fan", "= equals", ".22 calibre", "@home again", "(unclosed", "a /* b", "[[ c"])
def test_spoken_lines_that_look_like_markup_stay_spoken(line: str) -> None:
    assert " ".join(e.text for e in said(imported(HEAD + f"BOB\nWell,\n{line}\nyes.\n"))) == f"Well, {line} yes."


def test_a_parenthetical_may_be_hard_wrapped() -> None:
    (element,) = said(imported(HEAD + "BOB\n(to the dog,\nangrily)\nSit.\n"))
    assert (element.parenthetical, element.text, element.emotion.name) == ("to the dog, angrily", "Sit.", "anger")


def test_a_parenthetical_without_words_stays_as_action() -> None:
    script = imported(HEAD + "BOB\nWell.\n(sighs)\n\nANNE\n(nods)\n")
    assert [e.text for e in said(script)] == ["Well."]
    assert actions(script) == ["(sighs)", "(nods)"]


def test_emphasis_marks_go_even_where_a_wrap_breaks_them() -> None:
    (element,) = said(imported(HEAD + "BOB\nI _really_ *do\nnot* know **it\nat all**, snake_case * 2.\n"))
    assert element.text == "I really do not know it at all, snake_case * 2."
    assert element.raw == "I _really_ *do\nnot* know **it\nat all**, snake_case * 2."


def test_escaped_stars_are_spoken_stars() -> None:
    (element,) = said(imported(HEAD + "BOB\nA \\*star\\*.\n"))
    assert element.text == "A *star*."


def test_notes_and_comments_are_neither_seen_nor_said_and_lines_stay_true() -> None:
    script = imported(
        "/* lost\n\nlost */\nINT. KITCHEN - DAY\n\nHe waves /* not\nthis */ and goes. [[a note\nover two lines]]\n\n"
        "BOB\nHello [[aside]] you.\n[[whole line]]\nBye.\n"
    )
    assert actions(script) == ["He waves and goes."]
    assert [e.text for e in said(script)] == ["Hello you. Bye."]
    action = script.scenes[0].elements[0]
    assert (action.source.first_line, action.source.last_line) == (6, 8)
    assert [(n.text, n.source.first_line) for n in script.notes] == [
        ("a note\nover two lines", 7), ("aside", 11), ("whole line", 12),
    ]  # fmt: skip
    assert said(script)[0].source.first_line == 11


def test_comment_marks_that_never_close_lose_nothing() -> None:
    script = imported(HEAD + "He types /* and waits. [[ Then.\n\nBOB\nStill here.\n")
    assert actions(script) == ["He types /* and waits. [[ Then."]
    assert [e.text for e in said(script)] == ["Still here."]


def test_sections_and_synopses_are_kept_as_notes() -> None:
    script = imported("# ACT ONE\n\n= They meet.\n\n" + HEAD + "BOB\nHi.\n\n===\n\nHe goes.\n")
    assert [note.text for note in script.notes] == ["ACT ONE", "They meet."]
    assert actions(script) == ["He goes."]


# --- signs and cues -----------------------------------------------------------------------------------------------


def test_a_sign_of_two_lines_in_capitals_is_no_speech() -> None:
    script = imported(HEAD + "A wooden sign reads:\n\nKEEP OUT\nPRIVATE PROPERTY\n\nBOB\nHm.\n")
    assert signs(script) == ["KEEP OUT PRIVATE PROPERTY"]
    assert [e.speaker_id for e in said(script)] == ["bob"]
    assert [member.name for member in script.cast] == ["Bob"]


def test_a_single_line_in_capitals_under_reads_is_a_sign_and_elsewhere_is_action() -> None:
    assert signs(imported(HEAD + "The screen displays:\n\nLOW BATTERY\n\nHe sighs.\n")) == ["LOW BATTERY"]
    assert actions(imported(HEAD + "He waits.\n\nSILENCE\n\nHe sighs.\n")) == ["He waits.", "SILENCE", "He sighs."]


def test_a_speech_after_a_device_reads_aloud_is_no_sign() -> None:
    (element,) = said(imported(HEAD + "The phone reads aloud:\n\nBOSS\nGO NOW\n"))
    assert (element.heard, element.text) == ("device", "GO NOW")


def test_an_introduction_in_capitals_that_wraps_is_no_cue() -> None:
    script = imported(HEAD + "ANNE, 30 (or so), a\nquiet woman,\nenters.\n\nANNE\nHello.\n")
    assert [e.text for e in said(script)] == ["Hello."]
    assert (script.cast[0].age_years, script.cast[0].pronouns) == (None, "she")


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GUARD", "SECOND GUARD"), ("BOB", "YOUNG BOB"), ("SMITH", "MRS. SMITH"), ("DOG", "GUARD DOG"),
        ("BOB", "BOB AND ANNE"), ("SOLDIER 1", "SOLDIER 2"), ("ANN", "ANNE"),
    ],
)  # fmt: skip
def test_names_that_may_be_two_beings_stay_two(one: str, other: str) -> None:
    script = imported(HEAD + f"{one}\nHi.\n\nHe waits.\n\n{other}\nHello.\n")
    assert len({e.speaker_id for e in said(script)}) == 2


@pytest.mark.parametrize(("one", "other"), [("MARA", "MARA VALE"), ("BOSS", "CYBER BOSS"), ("GURU", "THE GURU")])
def test_a_short_name_means_the_only_one_who_bears_it(one: str, other: str) -> None:
    script = imported(HEAD + f"{one}\nHi.\n\nA pause.\n\n{other}\nHello.\n")
    assert len({e.speaker_id for e in said(script)}) == 1


def test_two_who_answer_each_other_are_two() -> None:
    script = imported(HEAD + "BOSS\nHi.\n\nCYBER BOSS\nHello.\n\nBOSS\nHow are you?\n")
    assert len({e.speaker_id for e in said(script)}) == 2


def test_a_name_that_two_bear_joins_neither() -> None:
    script = imported(HEAD + "MARA VALE\nHi.\n\nA.\n\nMARA STONE\nHo.\n\nB.\n\nMARA\nHm.\n")
    assert len({e.speaker_id for e in said(script)}) == 3


def test_the_projects_cast_is_the_authority_on_names() -> None:
    cast = (CastMember(id="robert", name="Robert Pike", aliases=("Young Bob", "Bob")),)
    script = imported(HEAD + "BOB\nHi.\n\nYOUNG BOB\nHello.\n\nPIKE\nHo.\n\nEVE\nAh.\n", cast)
    assert [e.speaker_id for e in said(script)] == ["robert", "robert", "robert", "eve"]
    assert [member.character_id for member in script.cast] == ["robert", "eve"]


@pytest.mark.parametrize(
    ("prose", "age"),
    [
        ("ANNE, 34, a nurse, waits.", 34),
        ("ANNE (34) waits.", 34),
        ("Anne, 34, waits.", 34),
        ("ANNE, aged 34, waits.", 34),
        ("ANNE, a quiet 34-year-old nurse, waits.", 34),
        ("ANNE, 30s, waits.", None),
        ("ANNE, 34ish, waits.", None),
        ("ANNE, 34 or 35, waits.", None),
        ("ANNE, 1984, waits.", None),
        ("ANNE takes 34 steps.", None),
    ],
)
def test_only_plain_ages_become_ages(prose: str, age: int | None) -> None:
    assert imported(HEAD + prose + "\n\nANNE\nHi.\n").cast[0].age_years == age


# --- headings and times -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "setting", "place", "time"),
    [
        ("EXT. PARK--DAY", "ext", "Park", "day"),
        ("INT. HOUSE - KITCHEN - LATER", "int", "House - Kitchen", None),
        ("INT./EXT. CAR - NIGHT #1A#", "int_ext", "Car", "night"),
        ("I/E. CAR – MOVING – DUSK", "int_ext", "Car - Moving", "dusk"),
        ("EST. CITY - SUNRISE", "ext", "City", "dawn"),
        ("INT. TWENTY-ONE PALMS -- CONTINUOUS", "int", "Twenty-One Palms", None),
        ("EXT. DAY CARE CENTER - DAY", "ext", "Day Care Center", "day"),
        ("INT. NIGHT CLUB", "int", "Night Club", None),
        ("INT. KITCHEN (NIGHT)", "int", "Kitchen", "night"),
        ("INT. O'BRIEN'S PUB, EVENING", "int", "O'Brien's Pub", "evening"),
        ("EXT. SADDLE OF MOUNT GURU PEAK--NIGHT", "ext", "Saddle of Mount Guru Peak", "night"),
    ],
)
def test_headings_tell_setting_place_and_time(heading: str, setting: str, place: str, time: str | None) -> None:
    meaning = read_heading(heading)
    assert (meaning.setting, meaning.place_name, meaning.time_of_day) == (setting, place, time)


def test_a_heading_without_blank_lines_around_it_is_still_a_heading() -> None:
    script = imported("FADE IN:\nEXT. PARK - DAY\nBOB\nHi.\n\nINT. CAR - NIGHT\nBob drives.\n")
    assert [scene.heading.place_name for scene in script.scenes] == ["Park", "Car"]
    assert [(e.speaker_id, e.source.first_line) for e in said(script)] == [("bob", 4)]
    assert actions(script)[-1] == "Bob drives."


def test_a_flashback_lies_before_now_and_does_not_move_the_clock() -> None:
    script = imported(
        "INT. A - DAY\n\nHe waits.\n\nINT. B - FLASHBACK - NIGHT\n\nHe ran.\n\nINT. A - DAY\n\nHe waits.\n"
    )
    now, back, again = script.scenes
    assert back.frame.kind == "flashback" and back.story_time.latest < now.story_time.earliest
    assert now.story_time.latest < again.story_time.earliest < now.story_time.latest + 60


def test_a_screenplay_without_dialogue_imports() -> None:
    script = imported("EXT. SEA - DAWN\n\nWaves.\n")
    assert script.cast == () and actions(script) == ["Waves."]


def test_dialogue_without_any_heading_imports() -> None:
    script = imported("BOB\nHello.\n")
    assert script.scenes[0].heading.place_name == "Somewhere" and script.scenes[0].heading.raw == ""
    assert [e.text for e in said(script)] == ["Hello."]


def test_what_stands_before_the_first_heading_is_a_scene_only_if_it_tells_something() -> None:
    assert len(imported("FADE IN:\n\n" + HEAD + "He waits.\n").scenes) == 1
    assert len(imported("Black. A voice.\n\n" + HEAD + "He waits.\n").scenes) == 2


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        (bytes(range(1, 32)) * 40 + b"INT. X - DAY", "binary"),
        ("INT. X - DAY".encode("utf-16"), "binary"),
        (b"INT. X - DAY\n\n\x81\x8d\x8f", "known encoding"),
        (b"Dear diary,\n\ntoday I wrote nothing.\n", "neither"),
        (b"Title: Only this\n", "neither"),
        (b"INT. X - DAY\n\n" + b"a" * 20_001, "line 3 has 20001"),
        (b"x" * (32 * 1024 * 1024 + 1), "34 MB"),
    ],
)
def test_a_file_that_is_no_screenplay_is_refused_in_one_sentence(data: bytes, why: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_screenplay(data, "draft.fountain")
    assert why in refusal.value.message and refusal.value.message.startswith("draft.fountain")
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("encoding", "recorded"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252")]
)
def test_old_encodings_are_read_and_recorded(encoding: str, recorded: str) -> None:
    parsed = parse_screenplay("INT. CAFÉ - DAY\n\nJOSÉ\n“Olé”…\n".encode(encoding), "a.fountain")
    assert parsed.encoding == recorded
    assert parsed.scenes[0].heading is not None and parsed.scenes[0].heading.text == "INT. CAFÉ - DAY"
    (speech,) = parsed.speeches
    assert (speech.name, speech.parts[0].text) == ("JOSÉ", "“Olé”…")


def test_an_episode_the_project_lacks_is_refused() -> None:
    screenplay = parse(HEAD + "He waits.\n")
    project = Project(id="p", title="P", episodes=(EpisodeEntry(id="s01e01"),))
    context = ContextPack(project_id="p", episode_id="s01e02", canon_hash="0" * 64)
    with pytest.raises(InputError, match="no episode s01e02"):
        import_script(screenplay, project, "s01e02", context, "0" * 64)
    with pytest.raises(InputError, match="season 2"):
        imported_arc(project, 2)


def test_more_characters_than_a_script_can_hold_are_refused() -> None:
    text = HEAD + "".join(f"PERSON {number}\nHi.\n\n" for number in range(501))
    with pytest.raises(InputError, match="501 characters"):
        project_from_screenplay(parse(text), "p")


def test_a_speech_longer_than_an_element_is_cut_between_words() -> None:
    words = [f"word{number}" for number in range(3_000)]
    pieces = said(imported(HEAD + "BOB\n" + "\n".join(words) + "\n"))
    assert len(pieces) > 1
    assert [word for piece in pieces for word in piece.text.split()] == words


def test_ten_thousand_lines_come_through_whole() -> None:
    scene = (
        "EXT. FIELD {n} - DAY\n\nBob, calm, walks on. He smiles.\n\n"
        "BOB\nLine {n} of\nmany.\n\nANNE\n(softly)\nYes, {n}.\n\n"
    )
    text = "".join(scene.format(n=number) for number in range(850))
    assert text.count("\n") > 10_000
    script = imported(text)
    assert len(script.scenes) == 850 and len(said(script)) == 1_700
    assert said(script)[-1].text == "Yes, 849."
    assert said(script)[-1].source.last_line == text.count("\n") - 1


def test_a_paragraph_of_ten_thousand_lines_comes_through_whole() -> None:
    script = imported(HEAD + "\n".join(f"Line {number}." for number in range(10_000)) + "\n")
    words = " ".join(actions(script)).split()
    assert len(words) == 20_000 and words[-1] == "9999."


# --- any text -----------------------------------------------------------------------------------------------------

WORD = st.text(st.characters(categories=("L", "N"), include_characters="'’.,?!-"), min_size=1, max_size=9).filter(
    lambda word: word[0].isalpha()
)
SPEECH = st.tuples(
    st.sampled_from(["BOB", "ANNE", "CYBER BOB", "DOG", "ÉVA"]),
    st.lists(st.lists(WORD, min_size=1, max_size=6), min_size=1, max_size=4),
)
SCRAPS = [
    *"AB ab\n\t.!?()[]/*_~@>^<#=:\"'-–é0",
    "\n\n",
    "INT. X - DAY\n\n",
    "BOB\n",
    "It reads:\n\n",
    "/*",
    "[[",
    "]]",
    "*/",
]
PIECES = st.lists(st.sampled_from(SCRAPS), max_size=60).map("".join)


@settings(max_examples=120, deadline=None)
@given(st.one_of(st.text(max_size=200), PIECES))
def test_no_text_ends_in_anything_but_a_clear_refusal(text: str) -> None:
    for data in (text.encode("utf-8", "replace"), (HEAD + text).encode("utf-8", "replace")):
        try:
            script = imported(data)
        except NarrativeError as refusal:
            assert refusal.message and "\n" not in refusal.message
        else:
            for scene in script.scenes:
                for element in scene.elements:
                    assert 1 <= (element.source.first_line or 0) <= (element.source.last_line or 0)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_end_in_anything_but_a_clear_refusal(data: bytes) -> None:
    try:
        imported(data)
    except NarrativeError as refusal:
        assert refusal.message.startswith("test.fountain")


@settings(max_examples=120, deadline=None)
@given(st.lists(SPEECH, min_size=1, max_size=6))
def test_spoken_words_survive_whatever_they_are(speeches: list[tuple[str, list[list[str]]]]) -> None:
    text = HEAD + "".join(
        f"He waits.\n\n{cue}\n" + "\n".join(" ".join(line) for line in lines) + "\n\n" for cue, lines in speeches
    )
    found = [word for element in said(imported(text)) for word in element.text.split(" ")]
    assert found == [word for _, lines in speeches for line in lines for word in line]


def test_scenes_hold_passages_and_speeches_only() -> None:
    kinds = {type(element) for element in parse(HEAD + "He waits.\n\nBOB\nHi.\n").scenes[0].elements}
    assert kinds == {Passage, Speech}
