"""Voices: stable, apart, and bent by feeling within their limits."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative_assets.film.casting import BASES, cast_voices, confusable, delivered
from schemas.project import CastMember, Voice
from schemas.script import ScriptCharacter
from tests.fakes import scripts

_names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)


def people(names: list[str]) -> list[ScriptCharacter]:
    return [ScriptCharacter(character_id=name, name=name) for name in names]


def test_a_voice_given_by_the_project_is_kept() -> None:
    voices = cast_voices(scripts.lighthouse(), scripts.project())
    assert voices["mara"] == Voice(base="en-gb", pitch=60)


def test_everybody_in_the_script_has_a_voice_of_their_own() -> None:
    voices = cast_voices(scripts.lighthouse(), scripts.project())
    assert sorted(voices) == sorted(member.character_id for member in scripts.CAST)
    assert len({voice.model_dump_json() for voice in voices.values()}) == len(voices)
    assert all(voice.base in BASES for voice in voices.values())


@given(st.lists(_names, min_size=1, max_size=6, unique=True), _names, st.integers(0, 6))
def test_a_newcomer_changes_nobodys_voice(names: list[str], newcomer: str, place: int) -> None:
    if newcomer in names:
        return
    before = cast_voices(scripts.script(scripts.scene("sc01"), cast=people(names)), scripts.project(cast=()))
    joined = [*names[:place], newcomer, *names[place:]]
    after = cast_voices(scripts.script(scripts.scene("sc01"), cast=people(joined)), scripts.project(cast=()))
    assert {name: after[name] for name in names} == before


_cast = st.lists(
    st.builds(
        CastMember, id=_names, name=st.just("N"), pronouns=st.sampled_from(("she", "he", "they", "it")),
        species=st.sampled_from(("human", "dog", "robot")), age_years=st.sampled_from((None, 9, 40, 80)),
    ),
    min_size=1, max_size=8, unique_by=lambda member: member.id,
)  # fmt: skip


def spoken_by(cast: Sequence[CastMember]) -> dict[str, Voice]:
    script = scripts.script(scripts.scene("sc01"), cast=people([member.id for member in cast]))
    return cast_voices(script, scripts.project(cast=tuple(cast)))


@given(_cast)
def test_no_two_of_a_projects_cast_are_taken_for_each_other(cast: list[CastMember]) -> None:
    voices = spoken_by(cast)
    for one, other in itertools.combinations(voices, 2):
        assert not confusable(voices[one], voices[other])


@given(_cast, st.integers(1, 8))
def test_who_joins_at_the_end_of_the_projects_cast_moves_nobody(cast: list[CastMember], first: int) -> None:
    before, after = spoken_by(cast[:first]), spoken_by(cast)
    assert {name: after[name] for name in before} == before


@given(_cast, st.randoms(use_true_random=False))
def test_who_is_in_an_episode_and_in_what_order_changes_no_voice(cast: list[CastMember], dice: random.Random) -> None:
    project = scripts.project(cast=tuple(cast))
    some = [member.id for member in cast if dice.random() < 0.6] or [cast[0].id]
    dice.shuffle(some)
    found = cast_voices(scripts.script(scripts.scene("sc01"), cast=people(some)), project)
    whole = spoken_by(cast)
    assert found == {name: whole[name] for name in some}


def test_joy_is_spoken_a_third_faster_and_higher_than_sadness() -> None:
    joy, sadness = (delivered(Voice(), scripts.feeling(name, 1_000), "plain") for name in ("joy", "sadness"))
    assert joy.words_per_minute > 1.3 * sadness.words_per_minute
    assert joy.pitch > sadness.pitch + 15
    assert joy.level >= sadness.level + 300


def test_age_and_kind_are_heard() -> None:
    def voice(**more: object) -> Voice:
        member = ScriptCharacter.model_validate({"character_id": "kim", "name": "Kim", "pronouns": "he", **more})
        return cast_voices(scripts.script(scripts.scene("sc01"), cast=[member]), scripts.project(cast=()))["kim"]

    grown = voice(age_years=40)
    assert voice(age_years=9).pitch > grown.pitch
    assert voice(age_years=80).words_per_minute < grown.words_per_minute
    assert voice(species="dog").pitch > grown.pitch > voice(species="dragon").pitch


@given(
    st.integers(80, 300), st.integers(0, 99), st.sampled_from(("joy", "sadness", "fear", "anger", "neutral")),
    st.integers(0, 1000), st.sampled_from(("plain", "whisper", "shout", "stutter", "sung")),
)  # fmt: skip
def test_a_delivered_voice_stays_within_the_contract(rate: int, pitch: int, name: str, much: int, manner: str) -> None:
    bent = delivered(Voice(words_per_minute=rate, pitch=pitch), scripts.feeling(name, much), manner)
    assert Voice.model_validate(bent.model_dump()) == bent


@pytest.mark.parametrize(
    ("name", "manner", "faster", "louder"),
    [("fear", "plain", True, False), ("sadness", "plain", False, False), ("neutral", "shout", True, True),
     ("neutral", "whisper", False, False), ("anger", "plain", True, True)],
)  # fmt: skip
def test_feeling_and_delivery_are_heard(name: str, manner: str, faster: bool, louder: bool) -> None:
    plain = Voice()
    bent = delivered(plain, scripts.feeling(name, 900), manner)
    assert (bent.words_per_minute > plain.words_per_minute) is faster
    assert (bent.level > plain.level) is louder


def test_a_plain_neutral_line_is_spoken_in_the_voice_as_cast() -> None:
    assert delivered(Voice(), scripts.feeling(), "plain") == Voice()
