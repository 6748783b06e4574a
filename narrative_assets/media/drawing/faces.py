"""Expressions by action units, and the face that wears them: brows, eyes, lids, mouth. Readable at small size.

Face coordinates: the head is 2 high, from -1 (crown) to 1 (chin), x to the right. ``Face`` maps them to the canvas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from narrative_assets.media.drawing.brush import Point, curve, oval_points, ribbon
from narrative_assets.media.drawing.cutout import Cutout
from narrative_assets.media.drawing.palette import RGB, darker, mix
from schemas.assets import FigureVariant, MouthShape
from schemas.story import EmotionName

WHITE: RGB = (252, 248, 238)
PUPIL: RGB = (36, 28, 38)
MOUTH: RGB = (104, 36, 44)
TONGUE: RGB = (206, 96, 92)


@dataclass(frozen=True)
class Expression:
    """A feeling as muscles move it. Lifts are upward; lids are the share of the eye they cover.

    ``brows`` are the lifts of the inner and outer ends, ``cock`` lifts one brow more; ``smile`` lifts the corners.
    """

    brows: tuple[float, float] = (0.0, 0.0)
    cock: float = 0.0
    lids: tuple[float, float] = (0.12, 0.0)
    eye: float = 1.0
    pupil: float = 1.0
    gaze: Point = (0.22, 0.0)
    smile: float = 0.05
    gape: float = 0.0
    wide: float = 0.30
    skew: float = 0.0
    teeth: str = "none"
    blush: float = 0.0
    tear: bool = False
    wrinkle: bool = False


EXPRESSIONS: dict[EmotionName, Expression] = {
    "neutral": Expression(smile=0.14),
    "joy": Expression((0.10, 0.10), lids=(0.10, 0.36), smile=0.95, gape=0.62, wide=0.40, teeth="top", blush=0.5),
    "amusement": Expression(
        (0.04, 0.06), 0.16, (0.30, 0.24), smile=0.85, wide=0.37, skew=0.45, blush=0.3, gaze=(0.45, 0.0)
    ),
    "tenderness": Expression((0.16, 0.0), lids=(0.40, 0.12), smile=0.62, wide=0.27, blush=0.6, gaze=(0.3, 0.25)),
    "awe": Expression(
        (0.26, 0.24), lids=(0.0, 0.0), eye=1.18, pupil=1.15, gaze=(0.2, -0.45), smile=0.15, gape=0.55, wide=0.17
    ),
    "curiosity": Expression(
        (0.02, 0.06), 0.26, (0.06, 0.10), eye=1.06, gaze=(0.55, -0.1), smile=0.30, wide=0.20, skew=0.5
    ),
    "determination": Expression((-0.20, 0.10), lids=(0.26, 0.20), gaze=(0.4, 0.0), smile=-0.16, wide=0.27),
    "surprise": Expression((0.32, 0.30), lids=(0.0, 0.0), eye=1.28, pupil=0.72, smile=0.0, gape=0.85, wide=0.17),
    "unease": Expression((0.17, -0.06), lids=(0.14, 0.06), gaze=(-0.6, 0.1), smile=-0.34, wide=0.25, skew=-0.55),
    "fear": Expression(
        (0.34, 0.02),
        lids=(0.0, 0.10),
        eye=1.26,
        pupil=0.6,
        gaze=(0.1, 0.0),
        smile=-0.55,
        gape=0.42,
        wide=0.36,
        teeth="clench",
    ),
    "sadness": Expression((0.30, -0.16), lids=(0.36, 0.06), gaze=(0.2, 0.45), smile=-0.85, wide=0.26, tear=True),
    "anger": Expression(
        (-0.34, 0.20), lids=(0.32, 0.18), pupil=0.8, gaze=(0.35, 0.0), smile=-0.55, gape=0.36, wide=0.33, teeth="clench"
    ),
    "disgust": Expression(
        (-0.16, 0.04),
        -0.12,
        (0.42, 0.34),
        gaze=(-0.35, 0.2),
        smile=-0.70,
        gape=0.16,
        wide=0.29,
        skew=0.7,
        teeth="top",
        wrinkle=True,
    ),
}


_SPOKEN: dict[MouthShape, tuple[float, float]] = {"shut": (0.0, 1.0), "open": (0.34, 0.86), "wide": (0.70, 0.92)}
"""A speaking mouth: how far the jaw drops, and its width against the expression's own."""
_ROUND = (0.46, 0.15)


def seen(variant: FigureVariant) -> Expression:
    """The face of ``variant``: its expression, with the mouth it speaks with."""
    own = EXPRESSIONS[variant.expression]
    if variant.mouth == "own":
        return own
    if variant.mouth == "round":
        return replace(own, gape=_ROUND[0], wide=_ROUND[1], teeth="none", skew=0.0)
    gape, width = _SPOKEN[variant.mouth]
    teeth = "top" if gape > 0 and own.smile > 0 and (variant.mouth == "wide" or own.teeth == "top") else "none"
    return replace(own, gape=gape, wide=max(0.24, own.wide * width), teeth=teeth)


class Face:
    """Where a head sits on the canvas: its middle, half its height and its turn."""

    def __init__(self, cutout: Cutout, centre: Point, size: float, tilt: float = 0.0, turn: float = 0.1) -> None:
        self.cutout, self.centre, self.size, self.turn = cutout, centre, size, turn
        self._cos, self._sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))

    def at(self, points: list[Point]) -> list[Point]:
        """Face coordinates to canvas coordinates; the head turns about the chin."""
        cx, cy = self.centre[0], self.centre[1] + self.size
        s = self.size
        return [
            (cx + s * (x * self._cos - (y - 1) * self._sin), cy + s * (x * self._sin + (y - 1) * self._cos))
            for x, y in points
        ]

    def flat(self, points: list[Point], colour: RGB) -> None:
        self.cutout.flat(self.at(points), colour)

    def part(
        self, points: list[Point], colour: RGB, edge: float = 0.012, drop: float = 0.0, shade: RGB | None = None
    ) -> None:
        self.cutout.part(self.at(points), colour, edge, drop, shade)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: RGB) -> None:
        self.flat(oval_points(x, y, rx, ry), colour)

    def line(self, points: list[Point], widths: list[float], colour: RGB) -> None:
        self.flat(ribbon(points, widths), colour)


def draw_features(
    face: Face, look: Expression, skin: RGB, brow: RGB, womanly: bool = False, nose: bool = True, spread: float = 0.31
) -> None:
    """Draw eyes, brows, nose, cheeks and mouth on a head that is already there."""
    middle = face.turn
    shade = darker(mix(skin, (214, 92, 72), 0.25), 0.16)
    if look.blush > 0:
        flush = mix(skin, (226, 96, 82), 0.30 * look.blush + 0.08)
        for side in (-1, 1):
            face.oval(middle + side * spread * 1.35, 0.40, 0.17, 0.11, flush)
    for side in (-1, 1):
        eye(face, look, (middle + side * spread, 0.03), side, skin, womanly)
        brow_stroke(face, look, (middle + side * spread, 0.03), side, brow, 0.042 if womanly else 0.058)
    if nose:
        draw_nose(face, middle, skin, shade, look)
    mouth(face, look, (middle * 1.15, 0.60), darker(mix(skin, (150, 50, 50), 0.4), 0.42), womanly)
    if look.tear:
        drop = (150, 206, 226)
        face.flat(
            [
                (middle - spread - 0.02, 0.22),
                (middle - spread + 0.045, 0.40),
                (middle - spread - 0.02, 0.47),
                (middle - spread - 0.085, 0.40),
            ],
            drop,
        )


def eye(face: Face, look: Expression, at: Point, side: int, skin: RGB, womanly: bool) -> None:
    """One eye: white, pupil with a glint, the two lids as skin, the lash line."""
    x, y = at
    rx, ry = 0.150 * look.eye, 0.205 * look.eye
    face.oval(x, y, rx, ry, WHITE)
    size = 0.092 * look.pupil
    px, py = x + look.gaze[0] * (rx - size), y + look.gaze[1] * (ry - size)
    face.oval(px, py, size, size * 1.12, PUPIL)
    face.oval(px - size * 0.32, py - size * 0.42, size * 0.32, size * 0.32, WHITE)
    lid = darker(skin, 0.13)
    slant = (look.brows[1] - look.brows[0]) * 0.30 * side
    top = y - ry + 2 * ry * look.lids[0]
    ring = oval_points(x, y, rx * 1.13, ry * 1.13)
    if look.lids[0] > 0.02:
        face.flat([(a, min(b, top - slant * (a - x) / rx * 0.5)) for a, b in ring], lid)
    if look.lids[1] > 0.02:
        low = y + ry - 2 * ry * look.lids[1]
        face.flat(
            [(a, max(b, low + 0.10 * ((a - x) / rx) ** 2 * (1 if look.smile > 0 else 0))) for a, b in ring],
            mix(skin, lid, 0.5),
        )
    lash = [(x + rx * 1.14 * t, _lash(look, t, x, y, rx, ry, top, slant)) for t in (-1, -0.5, 0, 0.5, 1)]
    face.line(lash, [0.012, 0.034, 0.040, 0.034, 0.012], PUPIL)
    if womanly:
        outer = lash[-1] if side > 0 else lash[0]
        face.line([outer, (outer[0] + 0.085 * side, outer[1] - 0.07)], [0.026, 0.004], PUPIL)


def _lash(look: Expression, t: float, x: float, y: float, rx: float, ry: float, top: float, slant: float) -> float:
    arc = y - ry * 1.04 * math.sqrt(max(0.0, 1 - (t * 0.94) ** 2))
    return max(arc, top - slant * t * 0.57) if look.lids[0] > 0.02 else arc


def brow_stroke(face: Face, look: Expression, at: Point, side: int, colour: RGB, thick: float) -> None:
    """One brow: inner and outer ends lifted by the action units."""
    inner, outer = look.brows
    extra = look.cock if side > 0 else -look.cock * 0.25
    base = at[1] - 0.33 * (0.5 + 0.5 * look.eye)
    points = [
        (at[0] - side * 0.17, base - inner - extra * 0.7),
        (at[0] + side * 0.02, base - 0.045 - (inner + outer) * 0.55 - extra),
        (at[0] + side * 0.22, base + 0.02 - outer - extra * 0.8),
    ]
    face.line(points, [thick, thick * 1.05, thick * 0.45], colour)


def draw_nose(face: Face, middle: float, skin: RGB, shade: RGB, look: Expression) -> None:
    """A wedge of shadow with a round tip; wrinkled at the root in disgust."""
    x = middle + 0.05
    face.flat(
        curve(
            [(x - 0.01, 0.10), (x + 0.13, 0.33), (x + 0.10, 0.41), (x - 0.06, 0.40), (x - 0.03, 0.33)], 4, closed=True
        ),
        mix(skin, shade, 0.75),
    )
    if look.wrinkle:
        for k in (-1, 1):
            face.line([(x + k * 0.08 - 0.02, -0.04), (x + k * 0.03, 0.06)], [0.014, 0.014], shade)


def mouth(face: Face, look: Expression, at: Point, line: RGB, womanly: bool) -> None:
    """The mouth: a tapered line when shut; an opening with teeth and tongue when the jaw drops."""
    x, y = at
    lift, w = look.smile, look.wide
    left, right = (x - w, y - lift * 0.15 + look.skew * 0.10), (x + w, y - lift * 0.15 - look.skew * 0.10)
    upper = curve(
        [
            left,
            (x - w * 0.5, y + lift * 0.06 - look.gape * 0.11),
            (x, y + lift * 0.10 - look.gape * 0.13),
            (x + w * 0.5, y + lift * 0.06 - look.gape * 0.11),
            right,
        ],
        5,
    )
    if look.gape < 0.1 and look.teeth != "clench":
        face.line(upper[::5], [0.014, 0.036, 0.040, 0.036, 0.014], line)
        if womanly and look.smile > -0.2:
            face.oval(x, y + lift * 0.10 + 0.085, w * 0.42, 0.035, mix(line, (214, 96, 92), 0.6))
        return
    if look.wide < 0.2:
        round_mouth(face, look, at, line)
        return
    drop = max(0.20, look.gape)
    lower = curve(
        [
            left,
            (x - w * 0.62, y + lift * 0.10 + drop * 0.32),
            (x, y + lift * 0.13 + drop * 0.48),
            (x + w * 0.62, y + lift * 0.10 + drop * 0.32),
            right,
        ],
        5,
    )
    face.flat([*upper, *lower[::-1]], WHITE if look.teeth == "clench" else MOUTH)
    if look.teeth == "clench":
        face.line(
            [
                upper[1],
                *[((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(upper[4::4], lower[4::4], strict=True)][:4],
                upper[-2],
            ],
            [0.012] * 6,
            line,
        )
        for t in (6, 10, 14):
            face.line([upper[t], lower[t]], [0.010, 0.010], line)
    elif look.teeth == "top":
        face.flat([*upper, *[(a[0], min(a[1] + 0.12, b[1])) for a, b in zip(upper, lower, strict=True)][::-1]], WHITE)
    if look.teeth != "clench" and look.gape > 0.3:
        face.flat(
            [
                *lower,
                *[
                    (b[0], max(b[1] - 0.13, a[1] + 0.14 if a[1] + 0.14 < b[1] else b[1]))
                    for a, b in zip(upper, lower, strict=True)
                ][::-1],
            ],
            TONGUE,
        )
    face.line(upper[::5], [0.016, 0.026, 0.026, 0.026, 0.016], line)
    face.line(lower[::5], [0.016, 0.022, 0.022, 0.022, 0.016], line)


def round_mouth(face: Face, look: Expression, at: Point, line: RGB) -> None:
    """A mouth dropped open in wonder: an upright oval with the tongue in it."""
    x, y = at[0], at[1] + 0.04
    rx, ry = look.wide * 0.86, look.gape * 0.30
    face.oval(x, y, rx + 0.030, ry + 0.030, line)
    face.oval(x, y, rx, ry, MOUTH)
    face.flat([(a, max(b, y + ry * 0.35 + 0.03 * abs(a - x) / rx)) for a, b in oval_points(x, y, rx, ry)], TONGUE)
