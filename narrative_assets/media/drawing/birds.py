"""Birds, seen from the side and facing right: an egg of a body, a wing that acts, a beak that opens."""

from __future__ import annotations

from narrative_assets.media.drawing.brush import curve, oval_points
from narrative_assets.media.drawing.cutout import Cutout
from narrative_assets.media.drawing.faces import Expression, Face, brow_stroke, eye, seen
from narrative_assets.media.drawing.looks import Design
from narrative_assets.media.drawing.palette import RGB, darker
from schemas.assets import FigureVariant
from schemas.shots import Pose


def draw_bird(cutout: Cutout, design: Design, variant: FigureVariant, fur: tuple[RGB, RGB]) -> None:
    """Draw a bird: an egg of a body, a wing that acts, a beak that opens."""
    look, pose = seen(variant), variant.pose
    coat, pale = fur
    squat = 0.045 if pose in ("sit", "slump") else 0.0
    lean = {"run": 0.05, "walk": 0.02, "recoil": -0.05, "point": 0.03}.get(pose, 0.0)
    cutout.place(1.3 if design.build == "large_animal" else 1.0)
    orange: RGB = (226, 146, 66)
    stride = 0.045 if pose in ("walk", "run") else 0.0
    for dx, k in ((0.030, 1), (-0.018, -1)):
        foot = (dx + k * stride, 0.988)
        cutout.line([(dx, 0.90 + squat), foot], (0.008, 0.006), darker(orange, 0.2))
        cutout.line([(foot[0] - 0.016, 0.992), (foot[0] + 0.034, 0.992)], (0.006, 0.005), darker(orange, 0.2))
    cy = 0.835 + squat
    cutout.part(
        curve([(-0.06, cy - 0.02), (-0.205, cy + 0.005), (-0.215, cy + 0.05), (-0.05, cy + 0.06)], 3, closed=True),
        darker(coat, 0.25),
        0.006,
    )
    cutout.part(
        curve(
            [
                (lean - 0.02, cy - 0.105),
                (0.085 + lean, cy - 0.06),
                (0.098, cy + 0.03),
                (0.035, cy + 0.095),
                (-0.075, cy + 0.085),
                (-0.115, cy + 0.02),
                (-0.075, cy - 0.065),
            ],
            5,
            closed=True,
        ),
        coat,
        0.014,
    )
    cutout.flat(
        curve(
            [(0.055 + lean, cy - 0.07), (0.092, cy + 0.01), (0.05, cy + 0.08), (-0.01, cy + 0.085), (0.01, cy)],
            4,
            closed=True,
        ),
        pale,
    )
    _wing(cutout, pose, cy, coat, -1)
    head = (0.045 + lean * 1.6, 0.715 + squat * (1.5 if pose == "slump" else 1.0))
    face = Face(cutout, head, 0.068, {"slump": 14.0, "recoil": -10.0}.get(pose, 0.0), 0.25)
    face.part(oval_points(0, 0, 1.0, 1.0), coat, 0.012)
    gape = max(look.gape, 0.2 if look.teeth == "clench" else 0.0)
    face.flat([(0.62, 0.12), (1.62, 0.30 + gape * 0.5), (0.60, 0.52 + gape * 0.2)], darker(orange, 0.2))
    face.part([(0.62, -0.16), (1.72, 0.22 - gape * 0.16), (0.62, 0.34)], orange, 0.004)
    big = Expression(**{**look.__dict__, "eye": look.eye * 1.3})
    for side, x in ((1, 0.58), (-1, -0.02)):
        eye(face, big, (x, -0.18), side, coat, False)
        brow_stroke(face, look, (x, -0.26), side, darker(coat, 0.6), 0.06)
    for k in range(3):
        face.line(
            [(-0.15 + 0.12 * k, -0.9), (-0.35 + 0.16 * k, -1.32 + 0.08 * abs(k - 1))], [0.07, 0.02], darker(coat, 0.2)
        )
    cutout.place(1.0)


def _wing(cutout: Cutout, pose: Pose, cy: float, coat: RGB, side: int) -> None:
    spread = pose in ("raise_hand", "embrace", "run", "recoil")
    dark = darker(coat, 0.22)
    if spread:
        for reach, lift, tone in ((0.19, -0.20, darker(coat, 0.34)), (-0.21, -0.19, dark)):
            cutout.part(
                curve(
                    [
                        (0.0, cy - 0.05),
                        (reach * 0.6, cy + lift * 0.9),
                        (reach, cy + lift),
                        (reach * 1.02, cy + lift * 0.55),
                        (reach * 0.75, cy + lift * 0.1),
                        (0.0, cy + 0.04),
                    ],
                    4,
                    closed=True,
                ),
                tone,
                0.008,
                0.006,
            )
        return
    tip = (0.215, cy - 0.03) if pose in ("point", "hold_prop") else (-0.135, cy + 0.055)
    cutout.part(
        curve(
            [(0.02, cy - 0.055), (0.04, cy + 0.01), ((tip[0]) * 0.5, cy + 0.055), tip, (tip[0] * 0.55, cy - 0.03)],
            5,
            closed=True,
        ),
        dark,
        0.008,
        0.006,
    )
