"""What places sound like: never nothing, by kind, time of day and weather."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from narrative_assets.film.setting import ambience
from narrative_assets.media.foley import is_known
from schemas.project import Place, Project
from schemas.script import Scene
from schemas.story import TimeOfDay
from tests.fakes import scripts


def heard(place: Place | None, *, time: str = "day", setting: str = "ext", told: str = "") -> tuple[str, ...]:
    scene = scripts.scene("sc01")
    heading = scene.heading.model_copy(
        update={
            "place_id": place.id if place else "nowhere",
            "place_name": place.name if place else "Nowhere",
            "time_of_day": time,
            "setting": setting,
        }
    )
    elements = (scripts.act("e1", told),) if told else ()
    project: Project = scripts.project().model_copy(update={"places": (place,) if place else ()})
    made: Scene = scene.model_copy(update={"heading": heading, "elements": elements})
    return ambience(made, project)


@pytest.mark.parametrize("kind", ["park", "street", "harbour", "lighthouse", "tunnel", "office", "place", "moon"])
def test_every_place_sounds_at_every_hour_and_is_known_to_the_catalogue(kind: str) -> None:
    for setting, time in product(("int", "ext", "int_ext"), get_args(TimeOfDay)):
        for place in (None, Place(id=f"the_{kind}", name=kind, kind=kind, interior=setting == "int")):
            tags = heard(place, time=time, setting=setting)
            assert tags
            assert all(is_known(tag) for tag in tags)


def test_what_the_project_names_comes_first_and_a_room_has_air() -> None:
    kitchen = Place(id="kitchen", name="Kitchen", interior=True, kind="kitchen", sounds=("fire", "clock"))
    assert heard(kitchen, setting="int") == ("fire", "clock", "room")
    assert heard(None, setting="int") == ("room",)


def test_birds_sing_by_day_and_crickets_by_night() -> None:
    park = Place(id="park", name="Park", kind="park", sounds=("birdsong", "wind"))
    assert heard(park) == ("birdsong", "wind")
    assert heard(park, time="night") == ("crickets", "wind")


def test_weather_that_is_told_is_heard_out_of_doors() -> None:
    street = Place(id="street", name="Street", kind="street")
    assert heard(street, told="Rain hammers the shutters.") == ("traffic", "rain")
    assert heard(street, told="They train for the final. A thunder bolt.") == ("traffic",)
    assert "rain" not in heard(None, setting="int", told="Rain outside.")
