"""Captions: words unchanged, broken where people read, timed with the voice and the cuts."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative_assets.video.caption_files import milliseconds, to_srt, to_vtt
from narrative_assets.video.caption_gates import caption_limits, caption_sync, caption_words
from narrative_assets.video.caption_timing import CaptionLimits
from narrative_assets.video.captions import Cue, caption_cues
from narrative_assets.video.linebreaks import Breaks, break_cost, words_of
from schemas.shots import ShotList, SoundCue, SpokenLine
from tests.fakes.timeline import line, shot, shot_list

LONG = (
    "I told you that I would never go back to that house, whatever the weather and whoever asked me to, "
    "because the old keeper of the light went down to the shore with Mr. Henry Brown and did not return."
)


def timeline(
    *lines: SpokenLine, frames: int = 600, people: tuple[str, ...] = ("mara", "tom"), **more: object
) -> ShotList:
    return shot_list((shot(1, 0, frames, figures=people),), lines, **more)  # type: ignore[arg-type]


def rows(cues: tuple[Cue, ...]) -> list[tuple[str, ...]]:
    return [cue.lines for cue in cues]


def test_a_short_line_is_one_cue_with_its_voice() -> None:
    (cue,) = caption_cues(timeline(line(1, "There is a ship out there.", 50, 60)))
    assert cue.lines == ("There is a ship out there.",)
    assert (cue.start_frame, cue.end_frame) == (50, 122)
    assert (cue.speaker_id, cue.speaker) == ("mara", "Mara")


def test_a_long_line_is_cut_at_its_words_and_keeps_every_one() -> None:
    cues = caption_cues(timeline(line(1, LONG, 10, 400)))
    assert len(cues) >= 3
    assert " ".join(" ".join(cue.lines) for cue in cues) == LONG
    assert all(len(row) <= 42 for cue in cues for row in cue.lines)
    assert all(len(cue.lines) <= 2 for cue in cues)


def test_each_later_cue_comes_with_the_word_that_opens_it() -> None:
    spoken = line(1, LONG, 10, 400)
    heard = {word.text_offset: spoken.start_frame + word.frame for word in spoken.words}
    read = 0
    for cue in caption_cues(timeline(spoken)):
        offset = LONG.index(cue.lines[0], read)
        assert cue.start_frame == heard[offset]
        read = offset + 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("the", "house"),
        ("my", "sister"),
        ("Mr.", "Brown"),
        ("Henry", "Brown"),
        ("I", "went"),
        ("of", "light"),
        ("is", "gone"),
    ],
)
def test_words_that_belong_together_cost_more_to_part_than_any_others(left: str, right: str) -> None:
    assert break_cost(left, right) > break_cost("house", "yesterday")


def test_a_sentence_end_is_the_best_break_then_a_clause_then_a_conjunction() -> None:
    costs = [
        break_cost(*pair)
        for pair in (("gone.", "He"), ("gone,", "he"), ("gone", "and"), ("gone", "to"), ("dog", "barks"))
    ]
    assert costs == sorted(set(costs))


def test_a_cue_breaks_after_the_sentence_rather_than_in_the_middle_of_a_name() -> None:
    breaks = Breaks(words_of("Nobody came to the pier. Then Henry Brown lit it."))
    assert breaks.lines(0, len(breaks.words)) == ("Nobody came to the pier.", "Then Henry Brown lit it.")


def test_a_word_wider_than_a_line_is_cut_and_stays_whole_in_sum() -> None:
    scream = "A" + "a" * 90 + "rgh-" + "b" * 30
    cues = caption_cues(timeline(line(1, scream, 0, 200)))
    assert "".join("".join(cue.lines) for cue in cues) == scream
    assert all(len(row) <= 42 for cue in cues for row in cue.lines)


def test_text_without_spaces_is_set_as_well() -> None:
    text = "日本語の長い台詞がここにあります。" * 8
    cues = caption_cues(timeline(line(1, text, 0, 400)))
    assert "".join("".join(cue.lines) for cue in cues) == text


def test_combined_characters_stay_whole() -> None:
    text = "e\u0301" * 60
    pieces = [word.text for word in words_of(text)]
    assert "".join(pieces) == text
    assert not any(piece.startswith("\u0301") for piece in pieces)


def test_a_quick_word_stays_long_enough_to_be_read() -> None:
    (cue,) = caption_cues(timeline(line(1, "No.", 30, 8)))
    assert cue.end_frame - cue.start_frame >= 20


def test_a_fast_voice_gets_time_to_be_read_where_time_is_free() -> None:
    text = "There is a ship out there and nobody knows whose it is."
    (cue,) = caption_cues(timeline(line(1, text, 0, 24)))
    assert cue.lines == ("There is a ship out there", "and nobody knows whose it is.")
    assert (cue.end_frame - cue.start_frame) * 20 >= 24 * sum(map(len, cue.lines))


def test_no_cue_outstays_seven_seconds() -> None:
    cues = caption_cues(timeline(line(1, "Waaaait for it now", 0, 500)))
    assert all(cue.end_frame - cue.start_frame <= 168 for cue in cues)


def test_two_frames_part_cues_and_short_gaps_are_closed() -> None:
    cues = caption_cues(
        timeline(line(1, "There is a ship out there.", 0, 60), line(2, "I see it too.", 75, 40, speaker="tom"))
    )
    assert cues[0].end_frame == cues[1].start_frame - 2 == 73


def test_a_cue_is_off_two_frames_before_a_cut_that_follows_the_line() -> None:
    shots = (shot(1, 0, 100), shot(2, 100, 100))
    (cue,) = caption_cues(shot_list(shots, (line(1, "There is a ship out there.", 20, 72),)))
    assert cue.end_frame == 98


def test_a_cue_that_needs_the_time_stays_over_the_cut() -> None:
    shots = (shot(1, 0, 100), shot(2, 100, 100))
    (cue,) = caption_cues(shot_list(shots, (line(1, "There is a ship out there.", 60, 46),)))
    assert cue.end_frame > 106


@pytest.mark.parametrize(
    ("voice", "shown"),
    [(101, 100), (103, 100), (111, 100), (112, 112), (99, 100), (92, 100), (91, 88), (90, 88), (89, 88), (88, 88)],
)
def test_an_in_time_near_a_cut_snaps_without_leaving_its_voice(voice: int, shown: int) -> None:
    shots = (shot(1, 0, 100), shot(2, 100, 200))
    (cue,) = caption_cues(shot_list(shots, (line(1, "There is a ship out there.", voice, 60),)))
    assert cue.start_frame == shown


def test_people_who_speak_at_once_share_a_cue_with_a_hyphen_each() -> None:
    cues = caption_cues(timeline(line(1, "Stop!", 20, 30), line(2, "Go on!", 22, 30, speaker="tom")))
    assert rows(cues) == [("-Stop!", "-Go on!")]
    assert cues[0].speaker == "Mara / Tom"


def test_a_quick_exchange_shares_a_cue() -> None:
    cues = caption_cues(timeline(line(1, "No.", 20, 10, speaker="tom"), line(2, "Yes.", 36, 12)))
    assert rows(cues) == [("-No.", "-Yes.")]


def test_long_speeches_at_once_never_overlap_and_lose_no_word() -> None:
    shots = timeline(line(1, LONG, 0, 400), line(2, LONG.upper(), 6, 380, speaker="tom"))
    cues = caption_cues(shots)
    assert all(a.end_frame <= b.start_frame - 2 for a, b in pairwise(cues))
    assert caption_words(shots, cues).passed


@pytest.mark.parametrize(
    ("fields", "people", "expected"),
    [
        ({"heard": "off_screen"}, ("mara", "tom"), "TOM: Who is there?"),
        ({"heard": "device"}, ("mara", "tom"), "TOM: Who is there?"),
        ({"heard": "voice_over"}, ("mara",), "TOM: Who is there?"),
        ({}, ("mara",), "TOM: Who is there?"),
        ({}, ("mara", "tom"), "Who is there?"),
        ({}, ("mara", "tom", "ada"), "TOM: Who is there?"),
    ],
)
def test_a_speaker_is_named_where_the_picture_does_not_tell(
    fields: dict[str, str], people: tuple[str, ...], expected: str
) -> None:
    (cue,) = caption_cues(timeline(line(1, "Who is there?", 10, 40, speaker="tom", **fields), people=people))
    assert cue.lines == (expected,)


def test_a_hidden_speaker_is_named_once_until_someone_else_speaks() -> None:
    spoken = [
        line(number, f"Line number {number}.", 50 * number, 40, speaker=who, heard="off_screen")
        for number, who in enumerate(("tom", "tom", "mara", "tom"))
    ]
    assert [cue.lines[0].split(" Line")[0] for cue in caption_cues(timeline(*spoken))] == [
        "TOM:", "Line number 1.", "MARA:", "TOM:",
    ]  # fmt: skip


def test_voice_over_is_set_in_italics() -> None:
    cues = caption_cues(timeline(line(1, "It began that night.", 10, 60, heard="voice_over")))
    assert b"<i>MARA: It began that night.</i>" in to_srt(cues, 24)


def test_a_sound_is_told_in_brackets_where_nobody_speaks() -> None:
    cues = (
        SoundCue(cue_id="q1", tag="thunder_clap", shot_id="sc01.sh001", start_frame=200, frames=40),
        SoundCue(cue_id="q2", tag="rain", shot_id="sc01.sh001", start_frame=30, frames=40),
        SoundCue(cue_id="q3", tag="thunder_clap", shot_id="sc01.sh001", start_frame=300, frames=40),
    )
    shots = timeline(line(1, "There is a ship out there.", 20, 60), cues=cues)
    told = [(cue.lines, cue.start_frame) for cue in caption_cues(shots) if not cue.spoken]
    assert told == [(("[thunder clap]",), 200)]


def test_subtitles_name_no_speaker_and_no_sound() -> None:
    sounds = (SoundCue(cue_id="q1", tag="thunder_clap", shot_id="sc01.sh001", start_frame=200, frames=40),)
    shots = timeline(line(1, "Who is there?", 20, 60, heard="off_screen"), cues=sounds)
    assert rows(caption_cues(shots, "subtitles")) == [("Who is there?",)]


@pytest.mark.parametrize(
    ("delivery", "shown"),
    [("whisper", "(whispering) Who is there?"), ("shout", "(shouting) Who is there?"), ("plain", "Who is there?")],
)
def test_a_manner_of_speaking_is_named_where_it_begins(delivery: str, shown: str) -> None:
    spoken = [line(number, "Who is there?", 100 * number, 50, delivery=delivery) for number in (1, 2)]
    assert rows(caption_cues(timeline(*spoken))) == [(shown,), ("Who is there?",)]


def test_songs_stand_between_notes_and_in_italics() -> None:
    cues = caption_cues(timeline(line(1, LONG, 10, 400, delivery="sung")))
    assert len(cues) > 2
    assert all(cue.lines[0].startswith("♪ ") and cue.lines[-1].endswith(" ♪") and cue.italic for cue in cues)
    assert all(len(row) <= 42 for cue in cues for row in cue.lines)
    assert caption_words(timeline(line(1, LONG, 10, 400)), cues).passed


def test_music_is_told_at_the_start_of_a_scene_where_it_sounds_and_nobody_speaks() -> None:
    silent, spoken = timeline(), timeline(line(1, "There is a ship out there.", 0, 60))
    assert rows(caption_cues(silent, scored=None)) == [("[soft music]",)]
    assert caption_cues(silent, scored=()) == ()
    told = [cue for cue in caption_cues(spoken, scored=None) if not cue.spoken]
    assert [(cue.lines, cue.start_frame) for cue in told] == [(("[soft music]",), 74)]
    assert caption_cues(spoken, "subtitles") == tuple(c for c in caption_cues(spoken, scored=None) if c.spoken)


def test_a_cue_waits_with_the_cut_until_the_voice_before_it_is_done() -> None:
    shots = (shot(1, 0, 100), shot(2, 100, 200))
    first, second = caption_cues(
        shot_list(shots, (line(1, "There is a ship.", 40, 64), line(2, "I see it.", 108, 40, speaker="tom")))
    )
    assert second.start_frame == 108
    assert first.end_frame == 106


def test_the_sync_gate_tells_its_figure_and_catches_a_caption_two_frames_late() -> None:
    shots = timeline(line(1, "There is a ship out there.", 50, 60))
    cues = caption_cues(shots)
    assert caption_sync(shots, cues).measured.startswith("1 on their word within 0 frames, 0 moved")
    late = tuple(Cue(52, cue.end_frame, cue.lines, "mara", "Mara", cue.spoken) for cue in cues)
    assert not caption_sync(shots, late).passed


def test_an_episode_without_a_word_has_no_cues_and_valid_files() -> None:
    assert caption_cues(timeline()) == ()
    assert to_srt((), 24) == b""
    assert to_vtt((), 24) == b"WEBVTT\n\n"


def test_the_rules_scale_with_the_frame_rate() -> None:
    assert CaptionLimits.at(24) == CaptionLimits(20, 168, 12, 8, 24)
    assert CaptionLimits.at(60).shortest == 50


def test_times_are_whole_milliseconds_of_their_frames() -> None:
    assert [milliseconds(frame, 24) for frame in (0, 1, 2, 3, 24)] == [0, 42, 83, 125, 1000]
    srt = to_srt((Cue(25, 50, ("Hello.",), "mara", "Mara"),), 24)
    assert srt == b"1\n00:00:01,042 --> 00:00:02,083\nHello.\n\n"


def test_markup_in_a_line_is_words_and_stays_as_written() -> None:
    hostile = "{\\i1} a\\Nb <b>x</b> & -->"
    cues = (Cue(0, 48, (hostile, "{\\p1}m 0 0"), "mara", "Mara"),)
    assert to_srt(cues, 24).decode().splitlines()[2:4] == ["{\\i1} a\\Nb <b>x</b> & -- >", "{\\p1}m 0 0"]
    vtt = to_vtt(cues, 24).decode().splitlines()
    assert vtt[4] == "{\\i1} a\\Nb &lt;b&gt;x&lt;/b&gt; &amp; --&gt;"


def test_the_files_read_back_as_the_same_cues() -> None:
    cues = caption_cues(timeline(line(1, LONG, 10, 400), line(2, "Zoë — naïve 😀?", 430, 60, speaker="tom")))
    for form, data in (("srt", to_srt(cues, 24)), ("vtt", to_vtt(cues, 24))):
        again = pysubs2.SSAFile.from_string(data.decode(), format_=form)
        assert [tuple(event.plaintext.split("\n")) for event in again] == rows(cues)
        assert [(e.start, e.end) for e in again] == [
            (milliseconds(cue.start_frame, 24), milliseconds(cue.end_frame, 24)) for cue in cues
        ]
        assert b"\r" not in data


def _dialogue(seed: int, overlap: bool) -> ShotList:
    """A scene of random lines, pauses and cuts; lines may overlap."""
    dice = random.Random(seed)
    words = re.findall(
        r"\S+", "the ship and of a house, Mara! went to no. lighthouse because I said extraordinary yes? it's"
    )
    lines, frame = [], dice.randrange(30)
    for number in range(dice.randrange(1, 14)):
        text = " ".join(dice.choice(words) for _ in range(dice.randrange(1, 40)))
        frames = max(6, len(text) * 24 // dice.randrange(11, 19))
        fields = {"speaker": dice.choice(("mara", "tom", "ada")), "heard": dice.choice(("on_screen", "off_screen"))}
        lines.append(line(number, text, frame, frames, **fields))
        pause = dice.randrange(0, 40)
        frame += frames // 2 if overlap and dice.random() < 0.3 else frames + pause
    shots, total = [], 0
    end = max(each.start_frame + each.frames for each in lines) + 24
    while total < end:
        length = dice.randrange(24, 140)
        shots.append(shot(len(shots) + 1, total, length, figures=("mara", "tom")))
        total += length
    return shot_list(shots, lines)


@pytest.mark.parametrize("overlap", [False, True])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_any_dialogue_keeps_its_words_and_the_rules(overlap: bool, seed: int) -> None:
    shots = _dialogue(seed, overlap)
    cues = caption_cues(shots)
    assert caption_words(shots, cues).passed
    assert all(cue.start_frame < cue.end_frame for cue in cues)
    assert caption_limits(shots, cues).passed, caption_limits(shots, cues).message
    if not overlap:
        assert caption_sync(shots, cues).passed, caption_sync(shots, cues).message


def test_the_same_shot_list_gives_the_same_bytes() -> None:
    shots = _dialogue(11, True)
    assert to_vtt(caption_cues(shots), 24) == to_vtt(caption_cues(ShotList.model_validate(shots.model_dump())), 24)


def test_the_longest_line_a_contract_allows_is_cut_quickly() -> None:
    text = (LONG + " ") * 40
    cues = caption_cues(timeline(line(1, text[:8_000], 0, 9_000), frames=9_100))
    assert len(cues) > 90
