"""Things seen close, each a simple drawing in the middle of the sheet, found by a word of its name."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image, ImageChops

from narrative_assets.media.drawing import tools
from narrative_assets.media.drawing.brush import Sheet, curve, oval_points, ribbon
from narrative_assets.media.drawing.palette import PAPER, RGB, darker, lighter, mix
from narrative_assets.media.drawing.places import words_of
from narrative_assets.media.drawing.tools import BRASS, CY, RED, STEEL, TEAL, WOOD

_PROBE = 160
_UNPAINTED: RGB = (1, 2, 3)


def _letter(s: Sheet) -> None:
    s.shape([(-0.36, 0.25), (0.34, 0.22), (0.37, 0.70), (-0.33, 0.73)], mix(PAPER, (214, 190, 150), 0.3))
    s.shape([(-0.36, 0.25), (0.34, 0.22), (0.01, 0.53)], mix(PAPER, (190, 164, 128), 0.45))
    s.shape([(-0.352, 0.247), (0.332, 0.217), (0.008, 0.505)], PAPER)
    s.line([(-0.33, 0.73), (-0.06, 0.47)], 0.004, (190, 168, 136))
    s.line([(0.37, 0.70), (0.08, 0.465)], 0.004, (190, 168, 136))
    s.oval(0.010, 0.50, 0.052, 0.052, darker(RED, 0.25))
    s.oval(0.006, 0.495, 0.045, 0.045, RED)
    s.oval(0.006, 0.495, 0.026, 0.026, darker(RED, 0.15))


def _leash(s: Sheet) -> None:
    path = curve([(-0.40, 0.30), (-0.18, 0.66), (0.02, 0.36), (0.20, 0.60), (0.32, 0.52)], 10)
    s.shape(ribbon(path[::3], [0.016] * len(path[::3])), darker(RED, 0.25))
    s.shape(ribbon([(x, y - 0.005) for x, y in path[::3]], [0.010] * len(path[::3])), RED)
    s.line(oval_points(-0.42, 0.25, 0.10, 0.085), 0.022, darker(RED, 0.15))
    s.line(oval_points(0.37, 0.50, 0.045, 0.035), 0.013, STEEL)
    s.stroke([(0.41, 0.50), (0.47, 0.49)], (0.014, 0.010), BRASS)


def _map(s: Sheet) -> None:
    for k in range(4):
        a, b, tilt = -0.44 + 0.22 * k, -0.22 + 0.22 * k, 0.035 * (-1) ** k
        s.shape(
            [(a, 0.24 + tilt), (b, 0.24 - tilt), (b, 0.72 - tilt), (a, 0.72 + tilt)],
            mix(PAPER, (206, 176, 130), 0.22 + 0.26 * (k % 2)),
        )
    s.shape(
        curve([(-0.36, 0.34), (-0.18, 0.32), (-0.06, 0.44), (-0.16, 0.60), (-0.34, 0.58)], 6, closed=True),
        (150, 170, 116),
        190,
    )
    s.shape(curve([(0.10, 0.30), (0.34, 0.32), (0.36, 0.52), (0.2, 0.5)], 6, closed=True), (150, 170, 116), 190)
    for x, y in curve([(-0.26, 0.52), (-0.05, 0.60), (0.10, 0.44), (0.26, 0.42)], 5)[::2]:
        s.oval(x, y, 0.010, 0.010, RED)
    for d in (-1, 1):
        s.line([(0.26 - 0.03, 0.41 - 0.03 * d), (0.26 + 0.03, 0.41 + 0.03 * d)], 0.014, darker(RED, 0.1))


def _book(s: Sheet) -> None:
    s.shape([(-0.27, 0.20), (0.20, 0.17), (0.27, 0.74), (-0.20, 0.78)], darker(TEAL, 0.35))
    s.shape([(-0.19, 0.765), (0.262, 0.725), (0.272, 0.752), (-0.17, 0.795)], PAPER)
    s.shape([(-0.29, 0.19), (0.18, 0.16), (0.245, 0.72), (-0.215, 0.755)], TEAL)
    s.shape([(-0.29, 0.19), (-0.235, 0.187), (-0.160, 0.751), (-0.215, 0.755)], darker(TEAL, 0.25))
    s.line([(-0.18, 0.24), (0.13, 0.222), (0.175, 0.655), (-0.118, 0.688), (-0.18, 0.24)], 0.007, BRASS)
    s.oval(0.0, 0.42, 0.055, 0.055, BRASS)
    s.oval(0.0, 0.42, 0.032, 0.032, TEAL)


def _photo(s: Sheet) -> None:
    s.shape([(-0.25, 0.17), (0.21, 0.13), (0.27, 0.75), (-0.19, 0.79)], (252, 248, 238))
    s.graded([(-0.215, 0.21), (0.180, 0.175), (0.222, 0.595), (-0.170, 0.632)], ((120, 168, 178), (238, 206, 160)))
    s.oval(0.075, 0.29, 0.04, 0.04, (255, 244, 214))
    s.shape(
        [*curve([(-0.18, 0.55), (-0.05, 0.44), (0.08, 0.52), (0.212, 0.46)], 5), (0.222, 0.595), (-0.17, 0.632)], TEAL
    )
    for x, y, k in ((-0.05, 0.47, 1.0), (0.045, 0.475, 0.86)):
        s.oval(x, y - 0.025, 0.024 * k, 0.028 * k, (60, 50, 62))
        s.shape(
            [(x - 0.045 * k, y + 0.14), (x - 0.03 * k, y + 0.01), (x + 0.03 * k, y + 0.01), (x + 0.045 * k, y + 0.14)],
            (60, 50, 62),
        )


def _coin(s: Sheet) -> None:
    s.oval(0.02, CY + 0.03, 0.25, 0.25, darker(BRASS, 0.45))
    for r, colour in ((0.25, BRASS), (0.215, darker(BRASS, 0.18)), (0.205, lighter(BRASS, 0.12))):
        s.oval(0, CY, r, r, colour)
    points = [
        (
            (0.14 if k % 2 == 0 else 0.06) * math.sin(k * math.pi / 5),
            CY - (0.14 if k % 2 == 0 else 0.06) * math.cos(k * math.pi / 5),
        )
        for k in range(10)
    ]
    s.shape(points, darker(BRASS, 0.22))


def _box(s: Sheet) -> None:
    s.shape([(-0.32, 0.40), (0.10, 0.46), (0.10, 0.78), (-0.32, 0.70)], WOOD)
    s.shape([(0.10, 0.46), (0.34, 0.37), (0.34, 0.66), (0.10, 0.78)], darker(WOOD, 0.35))
    s.shape([(-0.32, 0.40), (-0.08, 0.31), (0.34, 0.37), (0.10, 0.46)], lighter(WOOD, 0.3))
    s.shape([(-0.16, 0.423), (-0.07, 0.436), (-0.07, 0.748), (-0.16, 0.731)], RED)
    s.shape([(-0.16, 0.423), (0.085, 0.334), (0.165, 0.346), (-0.07, 0.436)], lighter(RED, 0.2))


def _bottle(s: Sheet) -> None:
    glass = curve(
        [
            (-0.045, 0.16),
            (-0.045, 0.34),
            (-0.12, 0.46),
            (-0.12, 0.80),
            (0.12, 0.80),
            (0.12, 0.46),
            (0.045, 0.34),
            (0.045, 0.16),
        ],
        4,
    )
    s.shape(glass, (82, 128, 104))
    s.shape([(-0.108, 0.52), (0.108, 0.52), (0.112, 0.785), (-0.112, 0.785)], (58, 98, 84))
    s.box(-0.119, 0.55, 0.119, 0.70, PAPER)
    s.line([(-0.07, 0.60), (0.07, 0.60)], 0.010, RED)
    s.line([(-0.05, 0.64), (0.05, 0.64)], 0.006, (120, 104, 96))
    s.line([(-0.088, 0.48), (-0.088, 0.76)], 0.014, (206, 232, 210), 130)
    s.box(-0.038, 0.11, 0.038, 0.18, WOOD, round_by=0.006)


def _ring(s: Sheet) -> None:
    s.line(oval_points(0, 0.55, 0.19, 0.20), 0.044, darker(BRASS, 0.3))
    s.line(oval_points(-0.004, 0.546, 0.19, 0.20), 0.030, BRASS)
    gem = [(-0.075, 0.27), (-0.04, 0.22), (0.04, 0.22), (0.075, 0.27), (0.0, 0.36)]
    s.shape(gem, (126, 196, 206))
    s.shape([(-0.075, 0.27), (0.0, 0.27), (0.0, 0.36)], (178, 226, 226))
    s.shape([(0.0, 0.27), (0.075, 0.27), (0.0, 0.36)], (84, 150, 170))
    s.glow(-0.03, 0.25, 0.16, 0.16, (200, 240, 240), 0.6)


def _cup(s: Sheet) -> None:
    s.line(oval_points(0.21, 0.50, 0.085, 0.10), 0.034, darker(TEAL, 0.2))
    s.graded(
        curve([(-0.20, 0.34), (-0.19, 0.62), (-0.12, 0.72), (0.12, 0.72), (0.19, 0.62), (0.20, 0.34)], 5),
        (TEAL, darker(TEAL, 0.35)),
        across=True,
    )
    s.oval(0, 0.34, 0.20, 0.05, lighter(TEAL, 0.3))
    s.oval(0, 0.345, 0.175, 0.038, (92, 62, 52))
    for x in (-0.06, 0.06):
        s.stroke(
            [(x, 0.27), (x + 0.03, 0.22), (x - 0.02, 0.16), (x + 0.02, 0.10)], (0.002, 0.009, 0.007, 0.001), PAPER, 120
        )


def _flower(s: Sheet) -> None:
    s.stroke([(0, 0.82), (-0.02, 0.6), (0, 0.4)], (0.012, 0.010, 0.008), (94, 132, 84))
    for side in (-1, 1):
        s.shape(
            curve([(0, 0.68), (side * 0.14, 0.58), (side * 0.20, 0.60), (side * 0.10, 0.70)], 5, closed=True),
            (112, 150, 92),
        )
    for k in range(8):
        a = k * math.pi / 4
        s.oval(0.105 * math.cos(a), 0.33 + 0.105 * math.sin(a), 0.075, 0.075, RED if k % 2 else lighter(RED, 0.18))
    s.oval(0, 0.33, 0.07, 0.07, (244, 200, 96))


def _generic(s: Sheet) -> None:
    s.shape([(-0.26, 0.36), (0.18, 0.30), (0.27, 0.68), (-0.17, 0.75)], darker(TEAL, 0.15))
    s.shape([(-0.23, 0.40), (0.16, 0.345), (0.225, 0.645), (-0.15, 0.70)], lighter(TEAL, 0.12))
    s.oval(0.005, 0.52, 0.10, 0.10, PAPER)
    s.oval(0.005, 0.52, 0.062, 0.062, RED)
    s.oval(0.005, 0.52, 0.025, 0.025, PAPER)


_ICONS: dict[str, Callable[[Sheet], None]] = {
    "phone smartphone telephone mobile cellphone app translator": tools.phone,
    "key keys": tools.key,
    "letter envelope note message mail telegram": _letter,
    "lantern torch": tools.lantern,
    "lamp light bulb candle": tools.lamp,
    "clock watch timer alarm stopwatch": tools.clock,
    "leash lead collar": _leash,
    "map chart plan": _map,
    "book diary journal logbook notebook ledger manual log": _book,
    "radio walkie-talkie transmitter receiver recorder": tools.radio,
    "knife dagger blade sword": tools.knife,
    "photo photograph picture polaroid portrait": _photo,
    "coin money medal token": _coin,
    "box chest crate package parcel case suitcase": _box,
    "bottle flask vial potion jar": _bottle,
    "rope cord line cable": tools.rope,
    "bell": tools.bell,
    "compass": tools.compass,
    "ring jewel necklace gem diamond": _ring,
    "cup mug tea coffee teacup": _cup,
    "flower rose bouquet": _flower,
    "gun pistol revolver": tools.gun,
}


def icon_box(name: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what ``draw_icon`` paints, light and shadow aside."""
    probe = Sheet(_PROBE * 5 // 4, _PROBE, _UNPAINTED)
    draw_icon(probe, name)
    ground = Image.new("RGB", probe.image.size, _UNPAINTED)
    edges = ImageChops.difference(probe.image, ground).getbbox() or (0, 0, *probe.image.size)
    unit, middle = probe.image.height, probe.image.width / 2
    left, right = ((edge - middle) / unit for edge in edges[::2])
    return left, edges[1] / unit, right, edges[3] / unit


def draw_icon(sheet: Sheet, name: str) -> None:
    """Draw the thing that ``name`` speaks of; its last fitting word decides (a "lamp key" is a key)."""
    words = words_of(name)
    ranked = [
        (words[::-1].index(word), painter) for keys, painter in _ICONS.items() for word in keys.split() if word in words
    ]
    painter = min(ranked, key=lambda pair: pair[0])[1] if ranked else _generic
    painter(sheet)
