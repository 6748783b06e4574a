"""The two real screenplays in examples/: not a word lost, every line number right, everybody recognised."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from narrative_assets.writing.fountain import Screenplay, parse_screenplay
from narrative_assets.writing.imported import import_script, imported_arc, imported_plan, project_from_screenplay
from schemas.canonical import content_hash
from schemas.project import Project
from schemas.reading import read_file
from schemas.script import ActionElement, DialogueElement, Scene, Script, SignElement, TransitionElement
from schemas.story import ContextPack, NumberValue

EXAMPLES = Path(__file__).parents[3] / "examples"
FOLDERS = ("cyber-bob", "guru-peak")
CUES = {"BOB", "CYBER BOB", "DOG", "MARGARET", "CYBER BOSS", "BOSS", "YORBLEF", "GURU"}


@cache
def project(folder: str) -> Project:
    return read_file(EXAMPLES / folder / "project.json", Project)


def context(folder: str, minute: int = 0) -> ContextPack:
    return ContextPack(project_id=folder, episode_id="s01e01", canon_hash="0" * 64, story_minute=minute)


def source(folder: str) -> tuple[str, bytes]:
    entry = project(folder).episodes[0].screenplay
    assert entry is not None
    return entry.path, (EXAMPLES / folder / entry.path).read_bytes()


@cache
def screenplay(folder: str) -> Screenplay:
    name, data = source(folder)
    return parse_screenplay(data, name)


@cache
def script(folder: str) -> Script:
    return import_script(screenplay(folder), project(folder), "s01e01", context(folder), "1" * 64)


@cache
def unguided(folder: str) -> tuple[Project, Script]:
    """The project that `narrative import` would start from, and the script read with it."""
    start = project_from_screenplay(screenplay(folder), folder, screenplay_path=source(folder)[0], licence="CC0-1.0")
    return start, import_script(screenplay(folder), start, "s01e01", context(folder), "1" * 64)


def source_lines(folder: str) -> list[str]:
    return source(folder)[1].decode("utf-8").split("\n")


def speeches(found: Script) -> list[DialogueElement]:
    return [e for scene in found.scenes for e in scene.elements if isinstance(e, DialogueElement)]


def element_at(found: Script, line: int) -> DialogueElement:
    return next(e for e in speeches(found) if (e.source.first_line or 0) <= line <= (e.source.last_line or 0))


def spoken_in_file(folder: str) -> list[tuple[str, list[str]]]:
    """(cue, words) of every speech, read from the file by a rule of its own: a cue line, then lines up to a blank."""
    found: list[tuple[str, list[str]]] = []
    cue = ""
    for line in source_lines(folder):
        if line.strip() in CUES and not cue:
            cue = line.strip()
            found.append((cue, []))
        elif not line.strip():
            cue = ""
        elif cue and not (line.startswith("(") and line.endswith(")")):
            found[-1][1].extend(line.replace("*", "").replace("_", "").split())
    return found


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("guided", [True, False])
def test_every_spoken_word_is_the_authors(folder: str, guided: bool) -> None:
    found = script(folder) if guided else unguided(folder)[1]
    expected = [(cue, word) for cue, words in spoken_in_file(folder) for word in words]
    assert len(expected) > 200
    assert [(e.cue, word) for e in speeches(found) for word in e.text.split(" ")] == expected


@pytest.mark.parametrize("folder", FOLDERS)
def test_raw_is_what_stands_on_the_lines_named(folder: str) -> None:
    lines = source_lines(folder)
    for element in speeches(script(folder)):
        first, last = element.source.first_line, element.source.last_line
        assert first is not None and last is not None
        assert element.raw in "\n".join(lines[first - 1 : last])


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_words_of_every_element_stand_on_the_lines_it_names(folder: str) -> None:
    lines = source_lines(folder)
    for scene in script(folder).scenes:
        for element in scene.elements:
            first, last = element.source.first_line, element.source.last_line
            assert first is not None and last is not None
            there = " ".join(" ".join(lines[first - 1 : last]).replace("*", "").replace("_", "").split())
            words = element.raw if isinstance(element, TransitionElement) else element.text
            assert words in there
            assert there.startswith(("(", ">", '"')) or words.split()[0] in lines[first - 1].replace("*", "")
            assert words.split()[-1].strip('"') in lines[last - 1].replace("*", "").replace("_", "")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_line_of_the_story_is_in_an_element_or_a_note(folder: str) -> None:
    found = script(folder)
    covered: set[int] = set()
    spans = [e.source for scene in found.scenes for e in scene.elements] + [note.source for note in found.notes]
    for span in spans:
        covered.update(range(span.first_line or 0, (span.last_line or 0) + 1))
    body = next(n for n, line in enumerate(source_lines(folder), start=1) if line.startswith("> FADE IN"))
    for number, line in enumerate(source_lines(folder), start=1):
        if number >= body and line.strip() and line.strip() not in CUES and not re.match(r"(INT|EXT)\.", line):
            assert number in covered, line


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_same_bytes_give_the_same_script(folder: str) -> None:
    name, data = source(folder)
    again = import_script(parse_screenplay(data, name), project(folder), "s01e01", context(folder), "1" * 64)
    assert content_hash(again) == content_hash(script(folder))


def test_windows_line_ends_change_nothing() -> None:
    name, data = source("cyber-bob")
    windows = parse_screenplay(data.replace(b"\n", b"\r\n"), name)
    assert windows == screenplay("cyber-bob")


def test_bob_and_cyber_bob_are_one_and_so_are_boss_and_cyber_boss() -> None:
    by_cue = {(e.cue, e.speaker_id) for e in speeches(script("cyber-bob"))}
    assert by_cue == {
        ("BOB", "bob"), ("CYBER BOB", "bob"), ("MARGARET", "margaret"), ("CYBER BOSS", "boss"), ("BOSS", "boss"),
        ("DOG", "cute_dog"), ("DOG", "chihuahua"),
    }  # fmt: skip


def test_names_are_joined_without_a_cast_too() -> None:
    start, found = unguided("cyber-bob")
    cues = {(e.cue, e.speaker_id) for e in speeches(found)}
    assert {
        ("BOB", "cyber_bob"),
        ("CYBER BOB", "cyber_bob"),
        ("CYBER BOSS", "cyber_boss"),
        ("BOSS", "cyber_boss"),
    } < cues
    cast = {member.id: member for member in start.cast}
    assert (cast["cyber_bob"].name, cast["cyber_bob"].aliases, cast["cyber_bob"].role) == (
        "Cyber Bob", ("Bob",), "protagonist",
    )  # fmt: skip
    assert (cast["cyber_bob"].age_years, cast["cyber_bob"].pronouns) == (40, "he")
    assert (cast["margaret"].age_years, cast["margaret"].pronouns) == (37, "she")
    assert (cast["cyber_boss"].age_years, cast["cyber_boss"].species) == (None, "cloud")


@pytest.mark.parametrize("guided", [True, False])
def test_the_dog_in_the_park_is_not_the_dog_in_the_traffic_light(guided: bool) -> None:
    found = script("cyber-bob") if guided else unguided("cyber-bob")[1]
    dogs = {(e.element_id[:4], e.speaker_id) for e in speeches(found) if e.cue == "DOG"}
    assert dogs == {("sc01", "cute_dog"), ("sc03", "chihuahua")}


def test_signs_are_signs_and_nobody_says_them() -> None:
    signs = [(e.text, e.carrier) for scene in script("cyber-bob").scenes for e in scene.elements
             if isinstance(e, SignElement)]  # fmt: skip
    assert signs == [
        ("SHRINKER-TELEPORTER.", "app icon"),
        ("DOG TRANSLATOR", "app"),
        ("YIP YAP! YAP YIP YIP!", "screen"),
        ("THE END", "title card"),
    ]
    guru = [e.text for scene in script("guru-peak").scenes for e in scene.elements if isinstance(e, SignElement)]
    assert guru == [
        "GURU 12 MI. IGNORANCE AND DESPAIR 5 MI. FOOTHILLS 4 MI.", "YES, SERIOUSLY", "11", "IGNORANCE AND DESPAIR",
        "IGNORANCE AND DESPAIR", "THE END",
    ]  # fmt: skip


def test_ages_in_prose_are_claims_with_their_lines() -> None:
    ages = {
        c.subject: (c.object.number, c.modality, c.certainty, c.source.first_line)
        for scene in script("cyber-bob").scenes
        for c in scene.claims
        if c.predicate == "age" and isinstance(c.object, NumberValue)
    }
    assert ages["bob"] == (40, "narrated", 1000, 26)
    assert ages["margaret"] == (37, "narrated", 1000, 32)
    assert ages["boss"] == (40, "narrated", 500, 53)
    assert ages["chihuahua"] == ages["chihuahuas"] == (5, "narrated", 1000, 163)
    cast = {member.character_id: member.age_years for member in script("cyber-bob").cast}
    assert cast == {
        "bob": 40, "boss": None, "margaret": 37, "cute_dog": None, "chihuahua": 5, "chihuahuas": 5,
    }  # fmt: skip
    guru = [c for s in script("guru-peak").scenes for c in s.claims if c.predicate == "age"]
    assert [(c.subject, c.object, c.source.first_line) for c in guru] == [
        ("guru", NumberValue(number=32, unit="years"), 203)
    ]


def test_what_the_phone_reads_aloud_is_heard_from_a_device() -> None:
    devices = [(e.speaker_id, e.source.first_line) for e in speeches(script("cyber-bob")) if e.heard == "device"]
    assert devices == [("boss", 103), ("boss", 143), ("chihuahua", 190)]


def test_who_is_only_heard_from_the_phone_is_not_in_the_scene() -> None:
    park, crossing, beam = script("cyber-bob").scenes
    assert park.present == ("bob", "cute_dog", "margaret", "boss")
    assert crossing.present == ("bob",)
    assert set(beam.present) == {"bob", "chihuahua", "chihuahuas"}
    assert all("guru" not in scene.present for scene in script("guru-peak").scenes[:5])


def test_a_misspelt_name_still_means_its_bearer() -> None:
    action = next(e for s in script("cyber-bob").scenes for e in s.elements
                  if isinstance(e, ActionElement) and "Margeret" in e.text)  # fmt: skip
    assert action.character_ids == ("bob", "margaret")


@pytest.mark.parametrize(
    ("line", "emotion", "delivery"),
    [
        (39, "joy", "plain"),  # He smiles at them.
        (77, "fear", "plain"),  # Margaret is fearful
        (117, "fear", "stutter"),  # speaks with a fearful stutter
        (178, "joy", "shout"),  # YIP YUP!
        (195, "joy", "shout"),  # Bob shouts at the phone.
        (256, "unease", "plain"),  # He fidgets nervously
        (277, "awe", "shout"),  # stares us down in awe
        (288, "anger", "plain"),  # Bob is affronted.
    ],
)
def test_feelings_and_manners_come_from_the_prose_before(line: int, emotion: str, delivery: str) -> None:
    element = element_at(script("cyber-bob"), line)
    assert (element.emotion.name, element.delivery) == (emotion, delivery)


def test_a_parenthetical_colours_what_follows_it() -> None:
    calm, agitated = element_at(script("guru-peak"), 301), element_at(script("guru-peak"), 305)
    assert (calm.parenthetical, agitated.parenthetical) == ("", "agitated")
    assert agitated.emotion.name == "anger"
    assert calm.text.endswith("Ah, wait.") and agitated.text.startswith("No no, no. No.")
    assert element_at(script("guru-peak"), 334).parenthetical == "sarcastic"
    assert element_at(script("cyber-bob"), 288).addressee_ids == ("chihuahua",)


def test_actions_name_sounds_and_things() -> None:
    actions = {e.source.first_line: e for s in script("cyber-bob").scenes for e in s.elements
               if isinstance(e, ActionElement)}  # fmt: skip
    assert actions[47].sounds == ("bark",)
    assert actions[82].sounds == ("radio",) and actions[82].props == ("phone",)
    assert "leash" in actions[26].props
    assert actions[147].sounds == ("fwoosh",)
    assert actions[180].sounds == ("buzz",)
    assert "clock" in actions[165].props
    guru = {e.source.first_line: e for s in script("guru-peak").scenes for e in s.elements
            if isinstance(e, ActionElement)}  # fmt: skip
    assert guru[107].sounds == ("thud", "rumble")
    assert guru[139].sounds == ("wind",)


def test_the_rights_note_is_kept_and_not_shown() -> None:
    found = script("cyber-bob")
    shown = " ".join(e.text for s in found.scenes for e in s.elements if not isinstance(e, TransitionElement))
    assert "Public Domain Dedication" not in shown
    notes = [(note.source.first_line, note.text) for note in found.notes]
    assert [line for line, _ in notes] == [14, 15, 19]
    assert notes[2][1].startswith("Note: For your own creative purposes") and notes[2][1].endswith("CyberBobPD")
    assert "2019-12-05" not in found.model_dump_json()
    assert "Public Domain Dedication" in unguided("cyber-bob")[1].attribution


def test_attribution_licence_and_author_travel_with_the_script() -> None:
    found = script("guru-peak")
    assert found.licence == "CC-BY-4.0"
    assert "Richard Alexander Hall" in found.attribution and "CC BY 4.0" in found.attribution
    assert found.authors == ("Richard Alexander Hall",)
    assert "Creative Commons Attribution 4.0" in unguided("guru-peak")[1].attribution


def test_two_hyphen_headings_give_place_and_time() -> None:
    headings = [(s.heading.setting, s.heading.place_id, s.heading.time_of_day, s.heading.raw)
                for s in script("cyber-bob").scenes]  # fmt: skip
    assert headings == [
        ("ext", "park", "day", "EXT. PARK--DAY"),
        ("ext", "suburban_traffic_intersection", "day", "EXT. SUBURBAN TRAFFIC INTERSECTION--DAY"),
        ("int", "traffic_light_horizontal_beam", "night", "INT. TRAFFIC LIGHT HORIZONTAL BEAM--NIGHT"),
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_scenes_follow_one_another_from_the_contexts_minute_on(folder: str) -> None:
    found = import_script(screenplay(folder), project(folder), "s01e01", context(folder, 5_000), "1" * 64)
    times = [scene.story_time for scene in found.scenes]
    assert times[0].earliest >= 5_000
    assert all(before.latest < after.earliest for before, after in pairwise(times))
    nights = [scene.story_time.earliest % 1440 for scene in found.scenes if scene.heading.time_of_day == "night"]
    assert nights and all(minute >= 1260 or minute < 300 for minute in nights)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_plan_has_a_beat_for_every_scene(folder: str) -> None:
    plan = imported_plan(screenplay(folder), project(folder), "s01e01", context(folder), "2" * 64)
    found = script(folder)
    assert [beat.beat_id for beat in plan.beats] == [scene.beat_id for scene in found.scenes]
    assert [beat.place_id for beat in plan.beats] == [scene.heading.place_id for scene in found.scenes]
    assert plan.origin == "imported" and plan.context_hash == "2" * 64
    assert plan.beats[0].function == "opening" and plan.beats[-1].function == "resolution"


def test_the_arc_lists_the_seasons_episodes() -> None:
    arc = imported_arc(project("cyber-bob"), 1)
    assert arc.origin == "imported"
    assert [episode.title for episode in arc.episodes] == ["Traffic Control Dogs"]


def happened(scene: Scene) -> list[str]:
    return [str(claim.object.text) for claim in scene.claims if claim.predicate == "happened" and claim.object]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_scene_claims_once_what_happens_in_the_authors_words(folder: str) -> None:
    text = " ".join(" ".join(source_lines(folder)).split())
    for scene in script(folder).scenes:
        assert len(happened(scene)) == 1
        assert happened(scene)[0] in text
        assert scene.summary.split(". ")[0] in text


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_example_copies_are_under_a_stated_licence(folder: str) -> None:
    licence = (EXAMPLES / folder / "LICENCE.md").read_text(encoding="utf-8")
    assert source(folder)[0] in licence and "Richard Alexander Hall" in licence
    entry = project(folder).episodes[0].screenplay
    assert entry is not None and entry.licence == project(folder).licence
