"""What stands between the camera and the actors: dark, unsharp shapes at the edges of the frame that give it depth.

Only the outer fifth of a plate is touched, so that nobody's face is ever covered.
"""

from __future__ import annotations

from collections.abc import Callable

from narrative_assets.media.drawing.brush import curve, oval_points
from narrative_assets.media.drawing.palette import RGB, mix
from narrative_assets.media.drawing.stage import NEAR, Scene

INNER = 0.64
"""Share of the half-width beyond which a foreground may stand."""


def foreground(scene: Scene) -> None:
    """One framing shape for the kind of place, on the side that chance picks for the place."""
    paint = _SHAPES.get(scene.traits.kind)
    if paint is not None:
        scene.sheet.layer(NEAR)
        paint(scene, scene.dice.choice((-1, 1)))


def _dark(scene: Scene, local: RGB, share: float = 0.72) -> RGB:
    return mix(scene.tone(local, 0, 1.0), (20, 17, 28), share)


def _leaves(scene: Scene, side: int) -> None:
    """A house plant that leans in from a lower corner."""
    sheet, dice, right = scene.sheet, scene.dice, scene.right
    for k in range(7):
        root = (side * right * 0.90, 1.05)
        reach, tall = 0.05 + 0.045 * k, 0.40 - 0.045 * k + dice.uniform(-0.02, 0.02)
        tip = (root[0] - side * reach * 0.9, root[1] - tall)
        bend = (root[0] - side * reach * 0.25, root[1] - tall * 0.7)
        leaf = _dark(scene, (64, 104, 82) if k % 2 else (84, 122, 84), 0.6)
        sheet.stroke([root, bend, tip], (0.008, 0.032, 0.003), leaf)


def _jamb(scene: Scene, side: int) -> None:
    """The edge of a doorway that the camera looks through, with its handle."""
    sheet, right = scene.sheet, scene.right
    inner = side * right * 0.70
    sheet.box(inner, -0.02, side * right * 1.05, 1.02, _dark(scene, (120, 92, 72)))
    sheet.box(inner, -0.02, inner + side * 0.022, 1.02, _dark(scene, (188, 156, 122), 0.5))
    sheet.oval(inner + side * 0.075, 0.60, 0.017, 0.017, _dark(scene, (214, 178, 112), 0.35))


def _chair(scene: Scene, side: int) -> None:
    """The back of a chair at the lower edge."""
    sheet, right = scene.sheet, scene.right
    wood, middle = _dark(scene, (138, 98, 72)), side * right * 0.775
    for dx in (-0.105, 0.105):
        sheet.stroke([(middle + dx, 1.05), (middle + dx * 1.02, 0.62)], (0.014, 0.011), wood)
    sheet.box(middle - 0.125, 0.615, middle + 0.125, 0.685, wood, round_by=0.025)
    sheet.box(middle - 0.105, 0.76, middle + 0.105, 0.795, wood)


def _pillar(scene: Scene, side: int) -> None:
    """Rough stone at one side: a pillar, the mouth of a cave, the turn of a stair."""
    sheet, dice, right = scene.sheet, scene.dice, scene.right
    edge = curve(
        [(side * right * (INNER + 0.06 + dice.uniform(-0.02, 0.04)), y) for y in (-0.05, 0.2, 0.45, 0.7, 1.05)]
    )
    sheet.shape([*edge, (side * right * 1.06, 1.05), (side * right * 1.06, -0.05)], _dark(scene, (112, 104, 108)))
    lit = [(x + side * 0.016, y) for x, y in edge]
    sheet.shape([*edge, *lit[::-1]], _dark(scene, (164, 150, 142), 0.5))


def _boulder(scene: Scene, side: int) -> None:
    """A rock in a lower corner, a crack of light along its back."""
    sheet, right = scene.sheet, scene.right
    back = [(side * right * x, y) for x, y in ((0.56, 1.05), (0.63, 0.92), (0.73, 0.83), (0.86, 0.79), (1.05, 0.74))]
    sheet.shape([*curve(back), (side * right * 1.05, 1.05)], _dark(scene, (118, 108, 106), 0.6))
    sheet.line(curve(back), 0.008, _dark(scene, (190, 176, 160), 0.45))


def _post(scene: Scene, side: int) -> None:
    """A post and the end of a rail."""
    sheet, right = scene.sheet, scene.right
    iron, x = _dark(scene, (90, 92, 104)), side * right * 0.735
    sheet.box(x - 0.017, 0.30, x + 0.017, 1.05, iron, round_by=0.012)
    sheet.oval(x, 0.295, 0.028, 0.028, iron)
    for y in (0.52, 0.72, 0.92):
        sheet.line([(x, y), (side * right * 1.05, y + 0.012)], 0.017, iron)


def _rope(scene: Scene, side: int) -> None:
    """A mooring post with a turn of rope."""
    sheet, right = scene.sheet, scene.right
    x = side * right * 0.755
    sheet.box(x - 0.05, 0.66, x + 0.05, 1.05, _dark(scene, (132, 104, 84)), round_by=0.02)
    sheet.oval(x, 0.665, 0.052, 0.02, _dark(scene, (168, 138, 110), 0.55))
    for k in range(3):
        y = 0.77 + 0.026 * k
        sheet.line([(x - 0.054, y), (x, y + 0.012), (x + 0.054, y - 0.002)], 0.018, _dark(scene, (206, 186, 146), 0.5))
    sag = curve([(x + side * 0.05, 0.80), (x + side * 0.16, 0.92), (side * right * 1.06, 0.93)])
    sheet.line(sag, 0.016, _dark(scene, (206, 186, 146), 0.5))


def _canopy(scene: Scene, side: int) -> None:
    """Leaves that hang in from above."""
    sheet, dice, right = scene.sheet, scene.dice, scene.right
    for k in range(16):
        x, y = side * right * dice.uniform(INNER + 0.02, 1.0), dice.uniform(-0.02, 0.17)
        size = dice.uniform(0.03, 0.06)
        leaf = _dark(scene, (74, 112, 78), 0.62 if k % 2 else 0.75)
        sheet.shape(oval_points(x, y, size, size * 0.62), leaf)
    branch = curve([(side * right * 1.05, -0.02), (side * right * 0.88, 0.06), (side * right * 0.74, 0.13)])
    sheet.stroke(branch[::3], [0.013, *[0.008] * (len(branch[::3]) - 2), 0.003], _dark(scene, (96, 72, 66)))


_SHAPES: dict[str, Callable[[Scene, int], None]] = {
    **dict.fromkeys(("kitchen", "living", "bedroom", "office", "hall", "theatre"), _leaves),
    **dict.fromkeys(("school", "library", "shop", "bar", "church"), _chair),
    **dict.fromkeys(("interior", "laboratory", "corridor", "workshop", "carriage", "lamp_room"), _jamb),
    **dict.fromkeys(("cave", "cellar", "tunnel", "stairs"), _pillar),
    **dict.fromkeys(("mountain", "desert", "space"), _boulder),
    **dict.fromkeys(("street", "road", "roof", "station", "bridge", "lighthouse"), _post),
    **dict.fromkeys(("harbour", "sea", "shore"), _rope),
    **dict.fromkeys(("suburb", "meadow", "graveyard"), _canopy),
}
"""Kinds of place whose painter sets no foreground of its own."""
