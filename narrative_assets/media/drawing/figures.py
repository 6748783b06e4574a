"""``draw_figure`` and ``figure_anchors``: one picture of a character in a pose with an expression."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from narrative_assets.media.drawing import animals, birds, oddities, people, poses
from narrative_assets.media.drawing.cutout import Cutout, variations
from narrative_assets.media.drawing.looks import Design, design_of, fur_of
from schemas.assets import SPOKEN_MOUTHS, CharacterPackNeed, FigureVariant

STANDARD: dict[str, int] = {
    "head_top": 60,
    "eyes": 150,
    "chin": 235,
    "chest": 360,
    "waist": 520,
    "knees": 760,
    "feet": 1000,
}
_SHADOWS = {"small_animal": 0.15, "large_animal": 0.24, "child": 0.12, "cloud": 0.0}


@dataclass(frozen=True)
class Anchors:
    """Heights in a figure picture, in permille of its height, and the head's middle in permille of its width."""

    head_top: int
    eyes: int
    chin: int
    chest: int
    waist: int
    knees: int
    feet: int
    head_x: int


def draw_figure(need: CharacterPackNeed, variant: FigureVariant, height: int) -> Image.Image:
    """The full figure facing right on a transparent canvas: RGBA, ``height`` pixels high, 0.6 as wide."""
    design = design_of(need)
    return _cut(need, design, variant, height).finish(design.seed, _ground(design))


def _ground(design: Design) -> float:
    return _SHADOWS.get(design.build, 0.16)


def _cut(need: CharacterPackNeed, design: Design, variant: FigureVariant, height: int) -> Cutout:
    cutout = Cutout(height)
    chosen = need.look.colour is not None
    if design.kind == "cloud":
        oddities.draw_cloud(cutout, design, variant, chosen)
    elif design.kind == "robot":
        oddities.draw_robot(cutout, design, variant)
    elif design.kind == "creature":
        oddities.draw_creature(cutout, design, variant)
    elif design.kind == "bird":
        birds.draw_bird(cutout, design, variant, fur_of(design, chosen))
    elif design.kind == "human":
        people.draw_person(cutout, design, variant)
    else:
        animals.draw_quadruped(cutout, design, variant, fur_of(design, chosen))
    return cutout


def draw_mouths(need: CharacterPackNeed, variant: FigureVariant, height: int) -> tuple[int, int, Image.Image] | None:
    """The mouths with which a figure speaks: left and top of the box they all lie in, and that box of the picture
    once for each of ``SPOKEN_MOUTHS``, side by side, RGBA. None where the face shows no mouth.
    """
    design = design_of(need)
    speaking = [variant.model_copy(update={"mouth": shape}) for shape in SPOKEN_MOUTHS]
    cut = [_cut(need, design, each, height) for each in (variant, *speaking)]
    found = variations(cut, design.seed, _ground(design))
    if found is None:
        return None
    left, top, (_, *spoken) = found
    wide, high = spoken[0].size
    strip = Image.new("RGBA", (wide * len(spoken), high))
    for number, each in enumerate(spoken):
        strip.paste(each, (number * wide, 0))
    return left, top, strip


def figure_anchors(need: CharacterPackNeed, variant: FigureVariant) -> Anchors:
    """Where to cut a figure picture for a shot size. Adults keep ``STANDARD``; smaller ones sit lower in the canvas."""
    design = design_of(need)
    if design.kind == "cloud":
        return Anchors(90, 265, 400, 420, 430, 440, 450, 500)
    if design.kind in ("human", "robot", "creature"):
        return _upright(design, variant)
    if design.kind == "bird":
        head, half, size = (0.045, 0.715), 0.068, 1.3 if design.build == "large_animal" else 1.0
    else:
        head, half = animals.POSES[variant.pose].head, 0.076
        size = animals.size_of(design)
    return _low(head, half, size)


def _upright(design: Design, variant: FigureVariant) -> Anchors:
    scale = people.scale_of(design)
    bones = poses.POSES[variant.pose]
    drop = bones.head[1]
    half = people.HEAD_HALF * (1.24 if design.build == "child" and design.kind == "human" else 1.0)
    chin = people.HEAD_MIDDLE + people.HEAD_HALF + drop
    marks = (chin - 2 * half, chin - half * 0.97, chin, 0.36, 0.52, 0.76, 1.0)
    return _anchors(marks, scale, bones.head[0] * scale)


def _low(head: tuple[float, float], half: float, size: float) -> Anchors:
    wide, shift = animals.spread_of(size)
    marks = (head[1] - half, head[1] - half * 0.1, head[1] + half, 0.83, 0.88, 0.93, 1.0)
    return _anchors(marks, size, head[0] * size * wide + shift)


def _anchors(marks: tuple[float, ...], scale: float, head_x: float) -> Anchors:
    top, eyes, chin, chest, waist, knees, feet = (round((1 - (1 - y) * scale) * 1000) for y in marks)
    return Anchors(top, eyes, chin, chest, waist, knees, feet, round(500 + head_x * 1000 / 0.6))
