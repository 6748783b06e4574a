"""``draw_background``: one composed plate per place and time of day. Which painter serves which kind of place."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from narrative_assets.media.drawing import (
    gatherings,
    hollows,
    homes,
    outdoors,
    outskirts,
    towers,
    towns,
    venues,
    waters,
    wilds,
)
from narrative_assets.media.drawing.brush import Sheet
from narrative_assets.media.drawing.palette import LIGHTS, dice_of, room_light, seed_of
from narrative_assets.media.drawing.places import read_place
from narrative_assets.media.drawing.stage import Scene
from schemas.assets import BackgroundNeed

_PAINTERS: dict[str, Callable[[Scene], None]] = {
    "park": outdoors.park,
    "forest": outdoors.forest,
    "meadow": outdoors.meadow,
    "stream": outdoors.stream,
    "mountain": wilds.mountain,
    "desert": wilds.desert,
    "graveyard": wilds.graveyard,
    "space": wilds.space,
    "exterior": wilds.countryside,
    "suburb": outskirts.suburb,
    "street": towns.street,
    "road": outskirts.road,
    "roof": outskirts.roof,
    "station": outskirts.station,
    "harbour": waters.harbour,
    "shore": waters.shore,
    "sea": waters.open_sea,
    "lighthouse": waters.lighthouse,
    "kitchen": homes.kitchen,
    "bedroom": homes.bedroom,
    "office": homes.office,
    "living": homes.living,
    "interior": homes.interior,
    "shop": venues.shop,
    "bar": venues.bar,
    "laboratory": venues.laboratory,
    "school": venues.school,
    "hall": gatherings.hall,
    "church": gatherings.church,
    "library": gatherings.library,
    "workshop": venues.workshop,
    "theatre": gatherings.theatre,
    "carriage": gatherings.carriage,
    "tunnel": hollows.tunnel,
    "cave": hollows.cave,
    "cellar": hollows.cellar,
    "corridor": hollows.corridor,
    "stairs": towers.stairs,
    "lamp_room": towers.lamp_room,
    "bridge": towers.bridge,
}


def draw_background(need: BackgroundNeed, width: int, height: int) -> Image.Image:
    """The plate of a place at a time of day: RGB, ``width`` by ``height`` pixels.

    The arrangement depends on the place alone, the light on the time, so two hours of a place match.
    Figures stand in the uncluttered middle with their feet at about nine tenths of the height.
    """
    traits = read_place(need)
    light = room_light(need.time_of_day) if need.interior else LIGHTS[need.time_of_day]
    sheet = Sheet(width, height, light.sky[2])
    scene = Scene(sheet, light, dice_of("place", need.place_id, traits.kind), traits)
    _PAINTERS[traits.kind](scene)
    return sheet.finish(seed_of("grain", need.place_id), 0.5 if light.lamps else 0.38)
