"""Colour and chance: integer colour arithmetic, content seeds, and the light of each time of day.

No shape is drawn here. Light follows FILM (Drawing): low sun 2,000 to 4,000 K, noon 5,500 K, lamps 2,700 K.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from schemas.story import TimeOfDay

RGB = tuple[int, int, int]

INK: RGB = (33, 31, 43)
PAPER: RGB = (244, 235, 216)
LAMP: RGB = (255, 206, 132)


def seed_of(*parts: str) -> int:
    """A stable 64-bit seed from words: the first eight bytes of their SHA-256."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).digest()[:8], "big")


def dice_of(*parts: str) -> random.Random:
    """A random source that depends on nothing but these words."""
    return random.Random(seed_of(*parts))


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """``first`` moved toward ``second`` by ``share`` (0 to 1)."""
    k = max(0, min(1000, round(share * 1000)))
    r, g, b = ((one * (1000 - k) + two * k + 500) // 1000 for one, two in zip(first, second, strict=True))
    return (r, g, b)


def lit(colour: RGB, light: RGB) -> RGB:
    """``colour`` as seen under ``light`` (255 is full)."""
    r, g, b = (min(255, one * two // 255) for one, two in zip(colour, light, strict=True))
    return (r, g, b)


def darker(colour: RGB, share: float) -> RGB:
    """``colour`` toward a cool ink: shadows of paper cuts are never plain black."""
    return mix(colour, (24, 20, 44), share)


def lighter(colour: RGB, share: float) -> RGB:
    """``colour`` toward warm paper."""
    return mix(colour, (255, 246, 226), share)


def luma(colour: RGB) -> int:
    """Rec. 601 luma, 0 to 255."""
    return (299 * colour[0] + 587 * colour[1] + 114 * colour[2]) // 1000


def faded(colour: RGB, share: float) -> RGB:
    """``colour`` with that share of its chroma taken out."""
    grey = luma(colour)
    return mix(colour, (grey, grey, grey), share)


def from_hex(text: str) -> RGB:
    """``#rrggbb`` as three integers."""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


@dataclass(frozen=True)
class Light:
    """How a time of day colours the world.

    ``sky`` runs from the zenith to the horizon; ``direct`` falls on lit sides, ``ambient`` on shaded ones;
    ``haze`` tints what is far. ``sun`` is the height of the disc over the horizon in frame heights, ``side``
    where it stands (-1 left, 1 right). ``glow`` is how far its glare reaches.
    """

    sky: tuple[RGB, RGB, RGB]
    direct: RGB
    ambient: RGB
    haze: RGB
    disc: RGB
    sun: float
    side: int
    glow: float
    lamps: bool = False
    stars: bool = False
    grey: float = 0.0


LIGHTS: dict[TimeOfDay, Light] = {
    "dawn": Light(
        sky=((96, 118, 158), (226, 170, 156), (255, 221, 165)),
        direct=(255, 217, 184),
        ambient=(132, 128, 160),
        haze=(240, 196, 170),
        disc=(255, 240, 205),
        sun=0.05,
        side=-1,
        glow=0.62,
        grey=0.10,
    ),
    "morning": Light(
        sky=((108, 176, 198), (186, 216, 206), (252, 236, 204)),
        direct=(255, 243, 220),
        ambient=(164, 172, 188),
        haze=(236, 228, 206),
        disc=(255, 250, 226),
        sun=0.27,
        side=-1,
        glow=0.42,
    ),
    "day": Light(
        sky=((62, 148, 190), (132, 196, 210), (222, 236, 222)),
        direct=(255, 253, 244),
        ambient=(166, 178, 198),
        haze=(206, 226, 224),
        disc=(255, 252, 232),
        sun=0.44,
        side=1,
        glow=0.30,
    ),
    "afternoon": Light(
        sky=((92, 158, 178), (196, 208, 178), (255, 224, 158)),
        direct=(255, 232, 184),
        ambient=(158, 148, 166),
        haze=(246, 218, 166),
        disc=(255, 244, 200),
        sun=0.24,
        side=1,
        glow=0.52,
    ),
    "dusk": Light(
        sky=((54, 52, 102), (168, 84, 116), (255, 158, 96)),
        direct=(238, 166, 142),
        ambient=(102, 88, 132),
        haze=(214, 124, 118),
        disc=(255, 206, 132),
        sun=0.03,
        side=1,
        glow=0.66,
        lamps=True,
        grey=0.12,
    ),
    "evening": Light(
        sky=((26, 38, 82), (66, 78, 130), (206, 142, 140)),
        direct=(142, 142, 178),
        ambient=(82, 86, 130),
        haze=(120, 112, 150),
        disc=(248, 238, 214),
        sun=0.40,
        side=1,
        glow=0.22,
        lamps=True,
        stars=True,
        grey=0.22,
    ),
    "night": Light(
        sky=((11, 18, 44), (24, 42, 80), (58, 88, 124)),
        direct=(104, 130, 172),
        ambient=(52, 66, 108),
        haze=(52, 78, 116),
        disc=(238, 240, 226),
        sun=0.40,
        side=-1,
        glow=0.30,
        lamps=True,
        stars=True,
        grey=0.34,
    ),
}


def room_light(time: TimeOfDay) -> Light:
    """The light inside a room: the window's colour by day, a warm lamp once ``lamps`` burn."""
    outside = LIGHTS[time]
    if not outside.lamps:
        return Light(
            sky=outside.sky,
            direct=mix(outside.direct, (255, 246, 230), 0.35),
            ambient=mix(outside.ambient, outside.direct, 0.34),
            haze=outside.haze,
            disc=outside.disc,
            sun=outside.sun,
            side=outside.side,
            glow=outside.glow,
        )
    dim = {"dusk": 0.16, "evening": 0.26}.get(time, 0.38)
    return Light(
        sky=outside.sky,
        direct=mix((255, 226, 184), (96, 88, 120), dim * 0.8),
        ambient=mix((188, 150, 144), (62, 60, 98), dim + 0.12),
        haze=outside.haze,
        disc=outside.disc,
        sun=outside.sun,
        side=outside.side,
        glow=outside.glow,
        lamps=True,
        stars=outside.stars,
        grey=0.06,
    )
