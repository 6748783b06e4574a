"""Other words for a line: each says the same of the same people, things and numbers, whichever is chosen."""

from __future__ import annotations

from typing import get_args

import pytest
from template_stories import lighthouse, night_mail, speeches, written_season

from narrative_assets.writing.facts_kept import misfit, names_of
from narrative_assets.writing.paraphrase import MOST, paraphrases
from schemas.project import Manner

NAMES = names_of(lighthouse())


def test_contractions_and_plain_synonyms_are_exchanged_both_ways():
    assert "I'm not sure nobody knows." in paraphrases("I am not sure nobody knows.", NAMES)
    assert "I am not sure no one knows." in paraphrases("I'm not sure nobody knows.", NAMES)


def test_a_contraction_that_ends_a_clause_stays_whole():
    assert paraphrases("I know what that is.", NAMES) == ("I know what that is.",)
    assert paraphrases("That's who they are.", NAMES) == ("That's who they are.", "That is who they are.")


def test_turns_of_speech_follow_the_speakers_manner():
    line = "The lamp went out on the third night."
    assert paraphrases(line, NAMES, "terse") == (line,)
    assert "Well, the lamp went out on the third night." in paraphrases(line, NAMES, "wry")
    assert "The lamp went out on the third night, and that's that." in paraphrases(line, NAMES, "blunt")


@pytest.mark.parametrize("line", ["Edda, come here.", "Run!", "Put it back.", "I saw it happen."])
def test_nothing_is_put_before_a_name_a_cry_or_an_order(line: str):
    assert all(other.startswith(line.split(maxsplit=1)[0]) for other in paraphrases(line, NAMES, "wry"))


@pytest.mark.parametrize("project", [lighthouse(), night_mail()], ids=["lighthouse", "night mail"])
def test_every_line_of_a_season_in_every_manner_keeps_its_facts(project):
    names, others = names_of(project), 0
    for episode in written_season(project):
        for line in speeches(episode.script):
            for manner in get_args(Manner):
                found = paraphrases(line.text, names, manner)
                others += len(found) - 1
                assert found[0] == line.text
                assert len(set(found)) == len(found) <= MOST
                assert all(misfit(line.text, other, names) is None for other in found[1:])
    assert others > 100
