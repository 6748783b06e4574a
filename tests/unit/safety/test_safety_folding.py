"""Text as it looks: no trick of Unicode hides a word, and every letter keeps its place."""

from __future__ import annotations

import unicodedata

import pytest
from confusable_homoglyphs.confusables import confusables_data
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative_assets.safety.folding import fold, unreadable_letters
from narrative_assets.safety.matching import packaged_matcher

INVISIBLE = (
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\u00ad",
    "\ufeff",
    "\u0336",
    "\u0301",
    "\u3164",
    "\u202e",
    "\U000e0061",
)
WORDS = ("shit", "whore", "bitch", "fucker", "cocaine", "naked")
LOOKS = {
    letter: sorted(
        one for one, alike in confusables_data.items()
        if len(one) == 1 and not one.isascii() and any(entry["c"] == letter for entry in alike)
    )
    for letter in "abcefhiknoprstuwd"
}  # fmt: skip


@given(st.text(max_size=200))
def test_every_letter_keeps_its_place_and_folding_twice_changes_nothing(text: str):
    folded = fold(text)
    assert len(folded.places) == len(folded.text)
    assert list(folded.places) == sorted(folded.places)
    assert all(0 <= place < len(text) for place in folded.places)
    assert fold(folded.text).text == folded.text


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_stays_as_it_is(text: str):
    assert fold(text).text == text


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WORDS), st.data())
def test_invisible_marks_hide_nothing(word: str, data: st.DataObject):
    marks = [data.draw(st.sampled_from(("", *INVISIBLE))) for _ in word]
    hidden = "".join(letter + mark for letter, mark in zip(word, marks, strict=True))
    assert packaged_matcher().hits(f"A {hidden} here."), ascii(hidden)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WORDS), st.data())
def test_lookalike_letters_hide_nothing(word: str, data: st.DataObject):
    drawn = [data.draw(st.sampled_from((letter, *LOOKS.get(letter, ())))) for letter in word]
    assert packaged_matcher().hits(f"A {''.join(drawn)} here."), ascii("".join(drawn))


@pytest.mark.parametrize("style", ["BOLD", "FRAKTUR", "SANS-SERIF", "MONOSPACE", "BOLD SCRIPT", "DOUBLE-STRUCK"])
def test_mathematical_letters_hide_nothing(style: str):
    kind = f"MATHEMATICAL {style} SMALL"
    letters = [unicodedata.lookup(f"{kind} {letter}") for letter in "SHIT"]
    assert packaged_matcher().hits("".join(letters))


def test_a_finding_shows_the_words_as_they_were_written():
    (hit,) = packaged_matcher().hits("Oh, s\u200bh\u200bi\u200bt.")
    assert (hit.start, hit.end) == (4, 11)


def test_letters_of_other_scripts_are_counted_as_unreadable():
    assert unreadable_letters(fold("Добрый вечер")) != (0, 11)
    assert unreadable_letters(fold("Zoë naïve")) == (0, 8)
