"""Voices: stable, apart, and bent by feeling within their limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative_assets.film.casting import BASES, cast_voices, delivered
from schemas.project import Voice
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
