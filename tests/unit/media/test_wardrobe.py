"""Looks: what the project gives is kept, the rest is chosen so that people stay apart and stay themselves."""

from __future__ import annotations

from itertools import combinations

import pytest

from narrative_assets.media.wardrobe import NEAR, PALETTE, looks
from schemas.project import CastMember, EpisodeEntry, Look, Project
from schemas.shots import ShotCharacter


def series(*cast: CastMember) -> Project:
    return Project(id="p", title="P", cast=cast, episodes=(EpisodeEntry(id="s01e01"),))


def member(name: str, **fields: object) -> CastMember:
    return CastMember.model_validate({"id": name, "name": name.capitalize(), **fields})


def worn(project: Project, *others: ShotCharacter) -> dict[str, Look]:
    cast = (ShotCharacter(character_id=m.id, name=m.name, species=m.species, pronouns=m.pronouns) for m in project.cast)
    return looks(project, (*cast, *others))


def distance(first: str, second: str) -> float:
    return sum((int(first[i : i + 2], 16) - int(second[i : i + 2], 16)) ** 2 for i in (1, 3, 5)) ** 0.5


def test_the_palette_itself_holds_no_two_colours_that_look_alike() -> None:
    assert all(distance(a, b) > NEAR for (a, _), (b, _) in combinations(PALETTE, 2))


def test_what_the_project_gives_is_kept_and_only_gaps_are_filled() -> None:
    look = worn(series(member("mara", look=Look(colour="#1f4e5f", hair="bun"))))["mara"]
    assert (look.colour, look.hair) == ("#1f4e5f", "bun")
    assert None not in (look.accent, look.build, look.garment)


def test_twenty_members_of_one_cast_wear_twenty_colours() -> None:
    cast = worn(series(*(member(f"person{number}") for number in range(20))))
    colours = [look.colour or "" for look in cast.values()]
    assert all(distance(a, b) > NEAR for a, b in combinations(colours, 2))


def test_a_default_colour_keeps_away_from_the_colour_another_was_given() -> None:
    alone = worn(series(member("mara")))["mara"].colour
    beside = worn(series(member("mara"), member("tom", look=Look(colour=alone))))
    assert beside["tom"].colour == alone
    assert distance(beside["mara"].colour or "", alone or "") > NEAR


def test_a_member_added_at_the_end_changes_nobody() -> None:
    before = worn(series(member("mara"), member("tom")))
    after = worn(series(member("mara"), member("tom"), member("ines")))
    assert {name: after[name] for name in before} == before


def test_a_stranger_looks_the_same_in_whatever_company_the_script_puts_them() -> None:
    guest = ShotCharacter(character_id="guest", name="Guest")
    project = series(member("mara"))
    assert looks(project, (guest,))["guest"] == worn(project, guest)["guest"]


def test_more_people_than_colours_still_get_dressed() -> None:
    cast = worn(series(*(member(f"person{number}") for number in range(60))))
    assert all(look.colour and look.accent for look in cast.values())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"description": "A girl in a yellow raincoat."}, {"garment": "coat", "colour": "#eccb45"}),
        ({"description": "Bald, in dungarees."}, {"garment": "overalls", "hair": "none"}),
        ({"age_years": 8}, {"build": "child"}),
        ({"species": "cat"}, {"build": "small_animal", "garment": "none", "hair": "none"}),
        ({"species": "polar-bear"}, {"build": "large_animal"}),
        ({"species": "cloud", "pronouns": "it"}, {"build": "cloud", "hair": "none"}),
    ],
)
def test_a_look_follows_what_is_written_about_the_character(
    fields: dict[str, object], expected: dict[str, str]
) -> None:
    look = worn(series(member("ann", **fields)))["ann"]
    assert {key: getattr(look, key) for key in expected} == expected
