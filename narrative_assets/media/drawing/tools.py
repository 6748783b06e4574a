"""Things one handles, each a simple drawing in the middle of the sheet."""

from __future__ import annotations

import math

from narrative_assets.media.drawing.brush import Point, Sheet, curve, oval_points
from narrative_assets.media.drawing.palette import PAPER, RGB, darker, lighter, mix

BRASS: RGB = (222, 170, 84)


STEEL: RGB = (150, 160, 170)


WOOD: RGB = (168, 112, 78)


RED: RGB = (200, 84, 70)


TEAL: RGB = (76, 132, 134)


CY = 0.47


def phone(s: Sheet) -> None:
    """A smart phone with a grid of apps."""
    body = [(-0.17, 0.15), (0.15, 0.13), (0.18, 0.79), (-0.14, 0.81)]
    s.shape(curve([(x, y) for x, y in body], 1, closed=True), (44, 42, 54))
    s.graded([(-0.150, 0.19), (0.130, 0.172), (0.156, 0.74), (-0.124, 0.757)], ((120, 196, 190), (64, 120, 140)))
    for k in range(3):
        for n in range(3):
            x, y = -0.095 + 0.088 * n + 0.006 * k, 0.27 + 0.115 * k
            s.box(x - 0.03, y - 0.03, x + 0.03, y + 0.03, ((238, 196, 104), RED, PAPER)[(k + n) % 3], round_by=0.012)
    s.oval(0.012, 0.775, 0.013, 0.013, (110, 110, 124))


def key(s: Sheet) -> None:
    """An old key with a clover bow."""
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


def lamp(s: Sheet) -> None:
    """A table lamp, lit."""
    s.glow(0, 0.36, 0.6, 0.5, (255, 200, 120), 0.8)
    s.oval(0, 0.80, 0.13, 0.03, darker(BRASS, 0.3))
    s.stroke([(0, 0.79), (0.012, 0.65), (0, 0.5)], (0.028, 0.016, 0.012), BRASS)
    s.graded([(-0.11, 0.2), (0.11, 0.2), (0.22, 0.5), (-0.22, 0.5)], ((255, 232, 176), (246, 190, 110)))
    s.shape([(0.03, 0.2), (0.11, 0.2), (0.22, 0.5), (0.10, 0.5)], (232, 166, 92), 110)


def lantern(s: Sheet) -> None:
    """A storm lantern, lit."""
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


def clock(s: Sheet) -> None:
    """A round clock at five to one."""
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


def radio(s: Sheet) -> None:
    """A valve radio with a lit dial."""
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


def knife(s: Sheet) -> None:
    """A blade with a riveted handle."""
    s.shape(curve([(-0.06, 0.50), (0.42, 0.26), (0.45, 0.27), (0.28, 0.46), (0.0, 0.59)], 4, closed=True), STEEL)
    s.shape([(-0.05, 0.51), (0.42, 0.265), (0.27, 0.40), (-0.02, 0.55)], lighter(STEEL, 0.45))
    s.stroke([(-0.04, 0.55), (-0.22, 0.63), (-0.38, 0.72)], (0.040, 0.034, 0.044), darker(WOOD, 0.3))
    s.stroke([(-0.04, 0.54), (-0.22, 0.62), (-0.38, 0.71)], (0.030, 0.024, 0.034), WOOD)
    for x, y in ((-0.13, 0.585), (-0.26, 0.645)):
        s.oval(x, y, 0.010, 0.010, BRASS)


def compass(s: Sheet) -> None:
    """A pocket compass."""
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


def gun(s: Sheet) -> None:
    """A revolver."""
    s.shape([(-0.30, 0.34), (0.36, 0.34), (0.36, 0.43), (0.02, 0.45), (-0.30, 0.48)], (74, 78, 92))
    s.shape([(-0.30, 0.36), (-0.12, 0.44), (-0.18, 0.72), (-0.36, 0.70)], WOOD)
    s.line(oval_points(-0.03, 0.49, 0.065, 0.055), 0.014, (74, 78, 92))
    s.box(-0.28, 0.35, 0.34, 0.37, (120, 126, 140))


def bell(s: Sheet) -> None:
    """A brass bell."""
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


def rope(s: Sheet) -> None:
    """A coil of hemp."""
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
