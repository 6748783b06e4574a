"""The espeak-ng adapter: real processes, real samples."""

from __future__ import annotations

import io
import re
import sys
import wave
from pathlib import Path

import pytest

from narrative_assets.film.speech import SpokenTake
from resources import speech
from resources.blobs import BlobFolder
from resources.speakable import speakable
from resources.speech import EspeakSpeech, EspeakVoice, StoredTake
from schemas.errors import MediaError
from schemas.project import Voice

LINE = "Not tonight, Tom. There are 1,234 ships out there."


class TakeShelf:
    """Takes kept in memory over a real blob folder."""

    def __init__(self, folder: Path) -> None:
        self.blobs = BlobFolder(folder)
        self.kept: dict[str, StoredTake] = {}

    def get(self, key: str) -> StoredTake | None:
        return self.kept.get(key)

    def put(self, key: str, wav: bytes, take: SpokenTake) -> StoredTake:
        blob = self.blobs.put(wav, "audio/wav", samples=take.samples, sample_rate=take.sample_rate)
        return self.kept.setdefault(key, StoredTake(blob, take))


@pytest.fixture
def shelf(tmp_path: Path) -> TakeShelf:
    return TakeShelf(tmp_path / "blobs")


def test_the_same_line_is_bit_identical_in_fresh_processes() -> None:
    takes = [EspeakVoice().take(LINE, Voice()) for _ in range(3)]
    assert takes[0] == takes[1] == takes[2]
    assert takes[0][0].samples * 2 == len(takes[0][1])


def test_voice_speed_and_pitch_change_what_is_heard() -> None:
    voices = [Voice(), Voice(base="en-gb"), Voice(pitch=80), Voice(words_per_minute=220)]
    heard = {EspeakVoice().take(LINE, voice)[1] for voice in voices}
    assert len(heard) == len(voices)


def test_a_faster_voice_takes_less_time() -> None:
    slow = EspeakVoice().take(LINE, Voice(words_per_minute=120))[0]
    fast = EspeakVoice().take(LINE, Voice(words_per_minute=240))[0]
    assert fast.samples < 0.7 * slow.samples


@pytest.mark.parametrize("base", ["no-such-voice", "f3", "mb-en1"])
def test_an_unknown_voice_is_named_instead_of_another_speaking_for_it(base: str) -> None:
    with pytest.raises(MediaError, match=f"no voice '{base}'"):
        EspeakVoice().take(LINE, Voice(base=base))


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        "WWWOOOOW! THE TV IS ON, sooooo loud.",
        "It cost $3.50 - or 1999 of them.",
        "“Quoted”, said Zoë — naïvely… 😀 and 日本語 İstanbul ŻÓŁĆ.",
        "don't *really* stop_now [beat] {x} <b>y</b>",
        "a\tb\x01100Pc\nd",
    ],
)
def test_word_offsets_rise_and_stay_inside_the_written_line(text: str) -> None:
    take, _ = EspeakVoice().take(text, Voice())
    assert take.words
    ends = [word.text_offset + word.text_length for word in take.words]
    offsets = [word.text_offset for word in take.words]
    samples = [word.sample for word in take.words]
    assert offsets == sorted(set(offsets))
    assert samples == sorted(samples)
    assert all(word.text_length >= 1 for word in take.words)
    assert max(ends) <= len(text)
    assert samples[0] >= 0 and samples[-1] < take.samples


def test_word_offsets_point_at_the_words_as_written() -> None:
    text = "NOOOO way, said Tom."
    take, _ = EspeakVoice().take(text, Voice())
    assert [text[w.text_offset : w.text_offset + w.text_length] for w in take.words] == ["NOOOO", "way", "said", "Tom"]


@pytest.mark.parametrize("text", ["...!?", "", " ", "—", "😀", "**"])
def test_a_line_without_anything_to_pronounce_is_a_short_silence(text: str) -> None:
    take, pcm = EspeakVoice().take(text, Voice())
    assert take == SpokenTake(speech.SILENT_SAMPLES, speech.SAMPLE_RATE, ())
    assert pcm == bytes(2 * speech.SILENT_SAMPLES)


def test_the_longest_line_a_contract_allows_is_spoken() -> None:
    text = ("There is a ship out there. " * 300)[:8_000]
    take, _ = EspeakVoice().take(text, Voice(words_per_minute=300))
    assert take.samples > 100 * take.sample_rate
    assert take.words[-1].text_offset > 7_900


def test_silence_around_the_voice_is_trimmed_to_its_margins() -> None:
    take, pcm = EspeakVoice().take("Run!", Voice())
    loud = [i for i, sample in enumerate(memoryview(pcm).cast("h")) if abs(sample) > 16]
    assert loud[0] <= speech.LEAD_SAMPLES
    assert take.samples - 1 - loud[-1] <= speech.TAIL_SAMPLES


def test_shouted_and_stretched_words_are_said_not_spelled() -> None:
    assert speakable("WWWOOOOW").text == "wow"
    assert speakable("NO, the TV in the USA").text == "no, the TV in the USA"
    assert speakable("GET OFF MY TV").text == "get off my tv"
    assert speakable("Henry VIII, I, a bookkeeper").text == "Henry VIII, I, a bookkeeper"


def test_a_loud_take_equals_the_plain_one_it_stands_for() -> None:
    assert EspeakVoice().take("WOOOOW", Voice())[1] == EspeakVoice().take("wow", Voice())[1]


def test_a_take_is_spoken_once_and_then_kept(shelf: TakeShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = EspeakSpeech(shelf)
    first = voice.time_all([(LINE, Voice())])
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    assert EspeakSpeech(shelf).time_all([(LINE, Voice())]) == first
    with pytest.raises(MediaError, match="could not be started"):
        voice.time_all([("Another line.", Voice())])


def test_takes_come_in_the_order_asked_for_whatever_the_workers(shelf: TakeShelf, tmp_path: Path) -> None:
    requests = [(f"Line number {n}." + " More words." * (n % 3), Voice(pitch=40 + n % 2)) for n in range(12)]
    requests += requests[:2]
    one = EspeakSpeech(shelf, workers=1).time_all(requests)
    four = EspeakSpeech(TakeShelf(tmp_path / "other"), workers=4).time_all(requests)
    assert one == four
    assert len(one) == len(requests)
    assert len(shelf.kept) == 12


def test_a_spoken_line_is_a_mono_wav_with_the_samples_it_was_timed_with(shelf: TakeShelf) -> None:
    voice = EspeakSpeech(shelf)
    (take,) = voice.time_all([(LINE, Voice())])
    blob = voice.speak(LINE, Voice())
    with wave.open(io.BytesIO(shelf.blobs.read(blob))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        assert file.getnframes() == take.samples == blob.samples


def test_the_level_of_a_voice_is_the_mixers_business_and_makes_no_new_take(shelf: TakeShelf) -> None:
    voice = EspeakSpeech(shelf)
    assert voice.speak(LINE, Voice(level=-300)) == voice.speak(LINE, Voice())


def test_a_voice_that_does_not_finish_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "TIME_LIMIT_SECONDS", 0.001)
    with pytest.raises(MediaError, match="more than"):
        EspeakVoice().take(LINE, Voice())


def test_sentences_and_clauses_are_set_apart_and_further_so_in_slow_speech() -> None:
    def silences(text: str, words_per_minute: int) -> int:
        """Samples inside the take that are all but silent, in runs of 60 ms or more."""
        _, pcm = EspeakVoice().take(text, Voice(base="en-gb", words_per_minute=words_per_minute))
        quiet = "".join("q" if abs(each) < 60 else "." for each in memoryview(pcm).cast("h"))
        return sum(len(run) for run in re.findall("q{1323,}", quiet.rstrip("q")))

    whole, clause, sentence = (f"He went away{mark} stayed there" for mark in (" and", ", and", ". She"))
    for slow, fast in ((110, 160), (160, 200)):
        assert silences(sentence, slow) > 1.2 * silences(sentence, fast)
        assert silences(sentence, slow) > 1.5 * silences(clause, slow) > 1.5 * silences(whole, slow)
