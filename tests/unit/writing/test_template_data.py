"""The templates themselves: every plot well formed, every manner served, no words used twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from narrative_assets.writing.templates import Choice, Deed, Plot, Speech, TemplateBeat, plots, threads

LETTERS = set("tbwdyxfp")
SLOT = re.compile(
    r"prop|rule|cost|place|at_place|deadline|detail|p[123]|at_p[123]|[abcxs](_want|_afraid|_secret|_secret_told|"
    r"_they|_them|_their|_themself)?|o_prop|o_[abc]|o_p[123]|k_prop|memory"
)


def items(beat: TemplateBeat) -> Iterator[Speech | Deed]:
    for item in beat.items:
        if isinstance(item, Choice):
            yield from item.items
        elif isinstance(item, Speech | Deed):
            yield item


def spoken(plot: Plot) -> list[Speech]:
    own = [item for beat in plot.beats for item in items(beat) if isinstance(item, Speech)]
    return own + [speech for echo in plot.echoes for speech in echo.items]


def exchanges() -> list[Speech]:
    stock = threads()
    groups = [*stock.keepsakes, *stock.memories, *(one for many in stock.touches.values() for one in many)]
    return [speech for group in groups for speech in group]


def strings(plot: Plot) -> Iterator[str]:
    yield from (*plot.titles, plot.logline)
    for beat in plot.beats:
        yield from (beat.goal, beat.conflict, beat.outcome, beat.event or "")
        yield from (text for item in items(beat) if isinstance(item, Deed) for text in item.do)
    yield from (text for speech in spoken(plot) for text in speech.say.values())


def test_there_are_plots_enough_for_every_place_in_a_season():
    fitting = Counter(position for plot in plots().values() for position in plot.fits)
    assert fitting["opening"] >= 3
    assert fitting["middle"] >= 8
    assert fitting["finale"] >= 3


@pytest.mark.parametrize("plot", plots().values(), ids=lambda plot: plot.id)
def test_a_plot_is_a_sequence_of_beats_at_places_it_declares(plot: Plot):
    assert 4 <= len(plot.beats) <= 7
    assert len({beat.id for beat in plot.beats}) == len(plot.beats)
    for beat in plot.beats:
        assert beat.at in plot.places
        assert beat.goal
        assert beat.conflict
        assert beat.outcome
        assert any(isinstance(item, Speech) for item in items(beat))
        assert {item.by for item in items(beat) if isinstance(item, Speech)} <= set(beat.present)


@pytest.mark.parametrize("plot", plots().values(), ids=lambda plot: plot.id)
def test_spare_beats_change_nothing_that_the_story_needs(plot: Plot):
    for beat in (beat for beat in plot.beats if beat.spare):
        assert beat.move_to is None
        assert beat.closes == ()
        assert beat.room is None


@pytest.mark.parametrize("plot", plots().values(), ids=lambda plot: plot.id)
def test_what_is_remembered_happened(plot: Plot):
    told = {beat.id for beat in plot.beats if beat.event}
    assert told
    assert {echo.of for echo in plot.echoes} <= told
    assert any(beat.event for beat in plot.beats if not beat.spare)


@pytest.mark.parametrize("plot", plots().values(), ids=lambda plot: plot.id)
def test_a_prop_that_moves_goes_to_somebody_present_and_is_seen(plot: Plot):
    for beat in (beat for beat in plot.beats if beat.move_to is not None):
        assert plot.prop_start is not None
        assert beat.move_to in beat.present
        assert any(isinstance(item, Deed) and item.p for item in items(beat))


def test_every_line_has_words_for_every_manner():
    for speech in [*(line for plot in plots().values() for line in spoken(plot)), *exchanges()]:
        assert set("".join(speech.say)) == LETTERS, speech.say


def test_every_slot_in_use_is_one_that_the_writer_fills():
    for text in (text for plot in plots().values() for text in strings(plot)):
        for name in re.findall(r"\{([^}]*)\}", text):
            assert SLOT.fullmatch(name), (name, text)


def test_no_two_lines_of_dialogue_have_the_same_words():
    everything = [*(line for plot in plots().values() for line in spoken(plot)), *exchanges()]
    lines = Counter(text for speech in everything for text in set(speech.say.values()))
    repeated = {text for text, count in lines.items() if count > 1 and len(text.split()) > 4}
    assert repeated == set()


def test_pronoun_subjects_never_stand_before_a_verb_that_must_agree():
    verb = re.compile(r"\{[abc]_they\} (is|are|was|were|has|have|does|do|goes|\w+s)\b")
    for text in (text for plot in plots().values() for text in strings(plot)):
        assert not verb.search(text), text


def test_deeds_are_things_to_be_seen_and_no_instructions_to_a_camera():
    camera = re.compile(r"\b(camera|close-?up|cut to|zoom|dolly|we see|angle|fade|shot)\b", re.IGNORECASE)
    for text in (text for plot in plots().values() for text in strings(plot)):
        assert not camera.search(text), text
