"""One composed plate per place and time of day, whole or in layers. Which painter serves which kind of place."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageFilter

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
from narrative_assets.media.drawing.foreground import foreground
from narrative_assets.media.drawing.palette import LIGHTS, dice_of, room_light, seed_of
from narrative_assets.media.drawing.places import read_place
from narrative_assets.media.drawing.stage import ROOM, Scene
from schemas.assets import BackgroundNeed

ACTORS = 1_000
UNSHARP = 0.008
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
    scene = _painted(need, width, height, layered=False)
    return scene.sheet.finish(*_finish(need, scene))


def draw_background_layers(need: BackgroundNeed, width: int, height: int) -> tuple[tuple[int, Image.Image], ...]:
    """The same place in layers, farthest first, each with its depth in permille: RGB, then RGBA.

    Laid over each other without a foreground (depth above 1000) they give the plate; a foreground is out of focus.
    """
    scene = _painted(need, width, height, layered=True)
    foreground(scene)
    layers = scene.sheet.finish_layers(*_finish(need, scene))
    return tuple((depth, _unsharp(layer) if depth > ACTORS else layer) for depth, layer in layers)


def _painted(need: BackgroundNeed, width: int, height: int, *, layered: bool) -> Scene:
    traits = read_place(need)
    light = room_light(need.time_of_day) if need.interior else LIGHTS[need.time_of_day]
    sheet = Sheet(width, height, light.sky[2], layered=layered)
    if need.interior:
        sheet.layer(ROOM)
    scene = Scene(sheet, light, dice_of("place", need.place_id, traits.kind), traits)
    _PAINTERS[traits.kind](scene)
    return scene


def _finish(need: BackgroundNeed, scene: Scene) -> tuple[int, float]:
    return seed_of("grain", need.place_id), 0.5 if scene.light.lamps else 0.38


def _unsharp(layer: Image.Image) -> Image.Image:
    """A layer nearer than the plane of focus, RGBA."""
    radius = layer.height * UNSHARP
    left, top, right, bottom = layer.getchannel("A").getbbox() or (0, 0, *layer.size)
    room = round(3 * radius)
    box = (max(0, left - room), max(0, top - room), min(layer.width, right + room), min(layer.height, bottom + room))
    part = layer.crop(box)
    cover = part.getchannel("A")
    paint = part.convert("RGB")
    # Colours spread into what is clear before the outline softens, or its edge would turn dark.
    spread = paint.resize((1, 1), Image.Resampling.BOX, box=cover.getbbox()).resize(paint.size)
    soft = ImageFilter.GaussianBlur(radius)
    blurred = Image.composite(paint, spread, cover).filter(soft)
    blurred.putalpha(cover.filter(soft))
    unsharp = Image.new("RGBA", layer.size)
    unsharp.paste(blurred, box[:2])
    return unsharp
