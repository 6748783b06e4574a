"""Things seen close, each a simple drawing in the middle of the sheet, found by a word of its name."""

from __future__ import annotations

import math
from collections.abc import Callable

from narrative_assets.media.drawing.brush import Point, Sheet, curve, oval_points, ribbon
from narrative_assets.media.drawing.palette import PAPER, RGB, darker, lighter, mix
from narrative_assets.media.drawing.places import words_of

BRASS: RGB = (222, 170, 84)
STEEL: RGB = (150, 160, 170)
WOOD: RGB = (168, 112, 78)
RED: RGB = (200, 84, 70)
TEAL: RGB = (76, 132, 134)
CY = 0.47


def _phone(s: Sheet) -> None:
    body = [(-0.17, 0.15), (0.15, 0.13), (0.18, 0.79), (-0.14, 0.81)]
    s.shape(curve([(x, y) for x, y in body], 1, closed=True), (44, 42, 54))
    s.graded([(-0.150, 0.19), (0.130, 0.172), (0.156, 0.74), (-0.124, 0.757)], ((120, 196, 190), (64, 120, 140)))
    for k in range(3):
        for n in range(3):
            x, y = -0.095 + 0.088 * n + 0.006 * k, 0.27 + 0.115 * k
            s.box(x - 0.03, y - 0.03, x + 0.03, y + 0.03, ((238, 196, 104), RED, PAPER)[(k + n) % 3], round_by=0.012)
    s.oval(0.012, 0.775, 0.013, 0.013, (110, 110, 124))


def _key(s: Sheet) -> None:
    s.stroke([(-0.10, CY), (0.34, CY)], (0.022, 0.020), darker(BRASS, 0.18))
    for x, tall in ((0.30, 0.105), (0.24, 0.075), (0.19, 0.095)):
        s.box(x - 0.016, CY, x + 0.018, CY + tall, darker(BRASS, 0.18))
    s.stroke([(-0.10, CY - 0.006), (0.34, CY - 0.006)], (0.014, 0.012), BRASS)
    for radius, colour in ((0.135, darker(BRASS, 0.25)), (0.122, BRASS)):
        s.shape(
            [
                p
                for a in range(3)
                for p in oval_points(
                    -0.22 + 0.085 * math.cos(2.09 * a), CY + 0.085 * math.sin(2.09 * a), radius * 0.62, radius * 0.62
                )
            ],
            colour,
        )
    for a in range(3):
        s.oval(-0.22 + 0.085 * math.cos(2.09 * a), CY + 0.085 * math.sin(2.09 * a), 0.078, 0.078, BRASS)
    for a in range(3):
        s.oval(-0.22 + 0.085 * math.cos(2.09 * a), CY + 0.085 * math.sin(2.09 * a), 0.042, 0.042, darker(BRASS, 0.7))


def _letter(s: Sheet) -> None:
    s.shape([(-0.36, 0.25), (0.34, 0.22), (0.37, 0.70), (-0.33, 0.73)], mix(PAPER, (214, 190, 150), 0.3))
    s.shape([(-0.36, 0.25), (0.34, 0.22), (0.01, 0.53)], mix(PAPER, (190, 164, 128), 0.45))
    s.shape([(-0.352, 0.247), (0.332, 0.217), (0.008, 0.505)], PAPER)
    s.line([(-0.33, 0.73), (-0.06, 0.47)], 0.004, (190, 168, 136))
    s.line([(0.37, 0.70), (0.08, 0.465)], 0.004, (190, 168, 136))
    s.oval(0.010, 0.50, 0.052, 0.052, darker(RED, 0.25))
    s.oval(0.006, 0.495, 0.045, 0.045, RED)
    s.oval(0.006, 0.495, 0.026, 0.026, darker(RED, 0.15))


def _lamp(s: Sheet) -> None:
    s.glow(0, 0.36, 0.6, 0.5, (255, 200, 120), 0.8)
    s.oval(0, 0.80, 0.13, 0.03, darker(BRASS, 0.3))
    s.stroke([(0, 0.79), (0.012, 0.65), (0, 0.5)], (0.028, 0.016, 0.012), BRASS)
    s.graded([(-0.11, 0.2), (0.11, 0.2), (0.22, 0.5), (-0.22, 0.5)], ((255, 232, 176), (246, 190, 110)))
    s.shape([(0.03, 0.2), (0.11, 0.2), (0.22, 0.5), (0.10, 0.5)], (232, 166, 92), 110)


def _lantern(s: Sheet) -> None:
    s.glow(0, CY, 0.6, 0.6, (255, 190, 104), 0.9)
    s.line(oval_points(0, 0.24, 0.10, 0.10, 180, 360), 0.014, (70, 64, 72))
    s.shape([(-0.11, 0.29), (0.11, 0.29), (0.06, 0.22), (-0.06, 0.22)], (88, 76, 76))
    s.graded([(-0.13, 0.30), (0.13, 0.30), (0.15, 0.68), (-0.15, 0.68)], ((255, 236, 180), (252, 196, 106)))
    s.shape(
        curve([(0, 0.40), (0.05, 0.53), (0.035, 0.62), (-0.035, 0.62), (-0.05, 0.53)], 5, closed=True), (255, 250, 226)
    )
    for x in (-0.14, -0.046, 0.046, 0.14):
        s.line([(x * 0.93, 0.30), (x, 0.68)], 0.013, (70, 64, 72))
    for y, w in ((0.29, 0.145), (0.68, 0.17), (0.73, 0.15)):
        s.box(-w, y - 0.016, w, y + 0.016, (88, 76, 76), round_by=0.008)


def _clock(s: Sheet) -> None:
    for r, colour in ((0.30, darker(BRASS, 0.35)), (0.285, BRASS), (0.25, PAPER)):
        s.oval(0, CY, r, r, colour)
    for k in range(12):
        a = math.radians(30 * k)
        inner = 0.20 if k % 3 else 0.185
        s.line(
            [(inner * math.sin(a), CY - inner * math.cos(a)), (0.225 * math.sin(a), CY - 0.225 * math.cos(a))],
            0.010 if k % 3 else 0.018,
            (60, 50, 58),
        )
    s.stroke([(0, CY), (0.075, CY - 0.10)], (0.013, 0.006), (44, 40, 52))
    s.stroke([(0, CY), (-0.05, CY - 0.185)], (0.010, 0.004), (44, 40, 52))
    s.oval(0, CY, 0.018, 0.018, RED)


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


def _radio(s: Sheet) -> None:
    s.line([(0.22, 0.32), (0.36, 0.10)], 0.010, STEEL)
    s.box(-0.38, 0.30, 0.38, 0.74, darker(WOOD, 0.35), round_by=0.05)
    s.box(-0.37, 0.29, 0.37, 0.72, WOOD, round_by=0.05)
    s.oval(-0.17, 0.505, 0.15, 0.15, mix(PAPER, WOOD, 0.25))
    for k in range(-4, 5):
        s.line(
            [
                (-0.17 - 0.14 * math.sqrt(max(0.0, 1 - (k / 4.6) ** 2)), 0.505 + 0.031 * k),
                (-0.17 + 0.14 * math.sqrt(max(0.0, 1 - (k / 4.6) ** 2)), 0.505 + 0.031 * k),
            ],
            0.007,
            darker(WOOD, 0.4),
        )
    s.box(0.04, 0.36, 0.32, 0.47, (255, 226, 160), round_by=0.012)
    s.line([(0.21, 0.365), (0.21, 0.465)], 0.008, RED)
    for x in (0.10, 0.26):
        s.oval(x, 0.59, 0.048, 0.048, darker(WOOD, 0.55))
        s.oval(x - 0.004, 0.585, 0.036, 0.036, BRASS)
    s.glow(0.18, 0.41, 0.25, 0.16, (255, 206, 130), 0.35)


def _knife(s: Sheet) -> None:
    s.shape(curve([(-0.06, 0.50), (0.42, 0.26), (0.45, 0.27), (0.28, 0.46), (0.0, 0.59)], 4, closed=True), STEEL)
    s.shape([(-0.05, 0.51), (0.42, 0.265), (0.27, 0.40), (-0.02, 0.55)], lighter(STEEL, 0.45))
    s.stroke([(-0.04, 0.55), (-0.22, 0.63), (-0.38, 0.72)], (0.040, 0.034, 0.044), darker(WOOD, 0.3))
    s.stroke([(-0.04, 0.54), (-0.22, 0.62), (-0.38, 0.71)], (0.030, 0.024, 0.034), WOOD)
    for x, y in ((-0.13, 0.585), (-0.26, 0.645)):
        s.oval(x, y, 0.010, 0.010, BRASS)


def _photo(s: Sheet) -> None:
    s.shape([(-0.25, 0.17), (0.21, 0.13), (0.27, 0.75), (-0.19, 0.79)], (252, 248, 238))
    s.graded([(-0.215, 0.21), (0.180, 0.175), (0.222, 0.595), (-0.170, 0.632)], ((120, 168, 178), (238, 206, 160)))
    s.oval(0.075, 0.29, 0.04, 0.04, (255, 244, 214))
    s.shape(
        curve([(-0.180, 0.55), (-0.05, 0.44), (0.08, 0.52), (0.212, 0.46)], 5) + [(0.222, 0.595), (-0.170, 0.632)], TEAL
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


def _rope(s: Sheet) -> None:
    hemp: RGB = (206, 168, 112)
    for k in range(4):
        ring = oval_points(0, 0.62 - 0.075 * k, 0.30 - 0.02 * k, 0.105 - 0.006 * k)
        s.line(ring, 0.074, darker(hemp, 0.35))
        s.line(ring, 0.058, hemp)
        for i in range(0, len(ring) - 1, 2):
            (x, y) = ring[i]
            s.line([(x - 0.016, y + 0.020), (x + 0.016, y - 0.020)], 0.007, darker(hemp, 0.3))
    tail = [(0.22, 0.42), (0.36, 0.58), (0.40, 0.78)]
    s.stroke(tail, (0.034, 0.032, 0.026), darker(hemp, 0.3))
    s.stroke(tail, (0.026, 0.025, 0.020), hemp)


def _bell(s: Sheet) -> None:
    s.oval(0.0, 0.735, 0.05, 0.05, darker(BRASS, 0.5))
    outline = curve(
        [
            (-0.04, 0.20),
            (-0.13, 0.28),
            (-0.16, 0.48),
            (-0.26, 0.68),
            (0.26, 0.68),
            (0.16, 0.48),
            (0.13, 0.28),
            (0.04, 0.20),
        ],
        6,
    )
    s.shape(outline, BRASS)
    s.shape(
        curve([(0.04, 0.20), (0.13, 0.28), (0.16, 0.48), (0.26, 0.68), (0.10, 0.68), (0.08, 0.46), (0.06, 0.30)], 6),
        darker(BRASS, 0.28),
    )
    s.box(-0.28, 0.66, 0.28, 0.705, darker(BRASS, 0.12), round_by=0.018)
    s.line(oval_points(0, 0.17, 0.045, 0.045), 0.016, darker(BRASS, 0.3))
    s.line([(-0.10, 0.33), (-0.13, 0.50)], 0.016, lighter(BRASS, 0.6), 190)


def _compass(s: Sheet) -> None:
    for r, colour in ((0.29, darker(BRASS, 0.35)), (0.275, BRASS), (0.235, (236, 228, 206)), (0.215, (250, 244, 226))):
        s.oval(0, CY, r, r, colour)
    for k in range(16):
        a = math.radians(22.5 * k)
        s.line(
            [(0.185 * math.sin(a), CY - 0.185 * math.cos(a)), (0.208 * math.sin(a), CY - 0.208 * math.cos(a))],
            0.006,
            (90, 80, 84),
        )
    c, n = math.cos(0.6), math.sin(0.6)
    tip: Point = (0.17 * n, CY - 0.17 * c)
    tail: Point = (-0.17 * n, CY + 0.17 * c)
    s.shape([tip, (0.034 * c, CY + 0.034 * n), (-0.034 * c, CY - 0.034 * n)], RED)
    s.shape([tail, (0.034 * c, CY + 0.034 * n), (-0.034 * c, CY - 0.034 * n)], (64, 70, 86))
    s.oval(0, CY, 0.020, 0.020, BRASS)


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


def _gun(s: Sheet) -> None:
    s.shape([(-0.30, 0.34), (0.36, 0.34), (0.36, 0.43), (0.02, 0.45), (-0.30, 0.48)], (74, 78, 92))
    s.shape([(-0.30, 0.36), (-0.12, 0.44), (-0.18, 0.72), (-0.36, 0.70)], WOOD)
    s.line(oval_points(-0.03, 0.49, 0.065, 0.055), 0.014, (74, 78, 92))
    s.box(-0.28, 0.35, 0.34, 0.37, (120, 126, 140))


def _generic(s: Sheet) -> None:
    s.shape([(-0.26, 0.36), (0.18, 0.30), (0.27, 0.68), (-0.17, 0.75)], darker(TEAL, 0.15))
    s.shape([(-0.23, 0.40), (0.16, 0.345), (0.225, 0.645), (-0.15, 0.70)], lighter(TEAL, 0.12))
    s.oval(0.005, 0.52, 0.10, 0.10, PAPER)
    s.oval(0.005, 0.52, 0.062, 0.062, RED)
    s.oval(0.005, 0.52, 0.025, 0.025, PAPER)


_ICONS: tuple[tuple[str, Callable[[Sheet], None]], ...] = (
    ("phone smartphone telephone mobile cellphone app translator", _phone), ("key keys", _key), ("letter envelope note message mail telegram", _letter),
    ("lantern torch", _lantern), ("lamp light bulb candle", _lamp), ("clock watch timer alarm stopwatch", _clock), ("leash lead collar", _leash),
    ("map chart plan", _map), ("book diary journal logbook notebook ledger manual log", _book), ("radio walkie-talkie transmitter receiver recorder", _radio),
    ("knife dagger blade sword", _knife), ("photo photograph picture polaroid portrait", _photo), ("coin money medal token", _coin),
    ("box chest crate package parcel case suitcase", _box), ("bottle flask vial potion jar", _bottle), ("rope cord line cable", _rope), ("bell", _bell),
    ("compass", _compass), ("ring jewel necklace gem diamond", _ring), ("cup mug tea coffee teacup", _cup), ("flower rose bouquet", _flower),
    ("gun pistol revolver", _gun),
)  # fmt: skip


def draw_icon(sheet: Sheet, name: str) -> None:
    """Draw the thing that ``name`` speaks of; its last fitting word decides (a "lamp key" is a key)."""
    words = words_of(name)
    ranked = [(words[::-1].index(word), painter) for keys, painter in _ICONS for word in keys.split() if word in words]
    painter = min(ranked, key=lambda pair: pair[0])[1] if ranked else _generic
    painter(sheet)
