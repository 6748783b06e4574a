"""A standing body built on a skeleton: legs, arms and hands; used for people, robots and creatures."""

from __future__ import annotations

import math
from dataclasses import replace

from narrative_assets.media.drawing.brush import Point, curve, oval_points, ribbon
from narrative_assets.media.drawing.cutout import Cutout, between
from narrative_assets.media.drawing.faces import Face, seen
from narrative_assets.media.drawing.heads import draw_head, hair_behind
from narrative_assets.media.drawing.looks import Design
from narrative_assets.media.drawing.palette import PAPER, RGB, darker, lighter, mix
from narrative_assets.media.drawing.poses import POSES, Limb, Skeleton
from narrative_assets.media.drawing.wardrobe import cloak_back, torso
from schemas.assets import FigureVariant
from schemas.shots import Pose

HEAD_MIDDLE = 0.1475
HEAD_HALF = 0.0875


def scale_of(design: Design) -> float:
    """How large an upright figure stands; adults fill the canvas."""
    return {"child": 0.70, "small_animal": 0.44}.get(design.build, 1.0)


def stance(design: Design, pose: Pose) -> Skeleton:
    """The joints of a pose; standing, some people keep a hand on the hip, always the same ones."""
    bones = POSES[pose]
    if pose == "stand" and design.seed % 3 == 1:
        return replace(bones, near_arm=POSES["point"].near_arm, pelvis=POSES["point"].pelvis)
    return bones


def draw_person(cutout: Cutout, design: Design, variant: FigureVariant) -> None:
    """Draw a person in a pose with an expression."""
    bones = stance(design, variant.pose)
    child = design.build == "child"
    head = 1.24 if child else 1.0
    cutout.place(scale_of(design))
    half = HEAD_HALF * head
    centre = (bones.head[0], HEAD_MIDDLE + HEAD_HALF - half + bones.head[1])
    face = Face(cutout, centre, half, bones.tilt)
    if design.garment == "cloak":
        cloak_back(cutout, design, bones)
    hair_behind(face, design)
    body(cutout, design, bones, variant.pose == "sit")
    draw_head(face, design, seen(variant))
    arm(cutout, design, bones, near=True)
    if bones.far_arm.front and variant.pose in ("hold_prop", "sit"):
        arm(cutout, design, bones, near=False)
    if variant.pose == "hold_prop":
        held_card(cutout, bones)
    cutout.place(1.0)


def body(cutout: Cutout, design: Design, bones: Skeleton, seated: bool) -> None:
    """Everything below the chin except the near arm, back to front."""
    if seated:
        stool(cutout)
    if not (bones.far_arm.front and seated) and bones.far_arm.end != "grip":
        arm(cutout, design, bones, near=False)
    legs(cutout, design, bones)
    neck = [
        (bones.head[0] * 0.8 - 0.004, 0.215 + bones.head[1]),
        (bones.chest[0] * 0.5, 0.245),
        (bones.chest[0], 0.285),
    ]
    cutout.limb(neck, (0.030 * min(1.1, design.girth), 0.029, 0.036), darker(design.skin, 0.16), 0.0)
    torso(cutout, design, bones)


def legs(cutout: Cutout, design: Design, bones: Skeleton) -> None:
    """Far leg, then near leg; bare below a dress."""
    g, (px, py) = design.girth, bones.pelvis
    bare = design.garment == "dress"
    cloth = design.colour if design.garment in ("overalls", "none") else design.legs
    skin = mix(design.skin, design.legs, 0.65) if bare and design.seed % 2 else design.skin
    tone = skin if bare else cloth
    for limb, side in ((bones.far_leg, 1), (bones.near_leg, -1)):
        root = (px + side * 0.036 * g, py - 0.005)
        widths = (0.044 * g, 0.032 * (g * 0.5 + 0.5), 0.021) if not bare else (0.038, 0.026, 0.017)
        if bones.pelvis[1] > 0.56:
            widths = (widths[0], widths[1] * 1.15, widths[2])
        shade = darker(tone, 0.16) if side > 0 else tone
        cutout.limb([root, limb.middle, limb.tip], widths, shade, 0.012, 0.0 if side > 0 else 0.006)
        if not bare:
            cutout.limb(
                [between(limb.middle, limb.tip, 0.82), between(limb.middle, limb.tip, 0.97)],
                (0.0245, 0.0255),
                darker(shade, 0.12),
                0.004,
            )
        shoe(cutout, limb, darker(design.shoes, 0.14) if side > 0 else design.shoes)


def shoe(cutout: Cutout, limb: Limb, colour: RGB) -> None:
    """A shoe that points right; turned when the foot lifts."""
    angle = {"toe_up": -14.0, "push": 38.0, "kick": 96.0}.get(limb.end, 0.0)
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    shape = [
        (-0.024, -0.016),
        (0.018, -0.018),
        (0.036, 0.004),
        (0.064, 0.016),
        (0.068, 0.034),
        (-0.026, 0.034),
        (-0.030, 0.012),
    ]
    x, y = limb.tip
    points = [(x + a * c - b * s, y + a * s + b * c) for a, b in shape]
    low = max(b for _, b in points)
    lift = max(0.0, low - 0.998)
    cutout.part(curve([(a, b - lift) for a, b in points], 3, closed=True), colour, 0.006)


def arm(cutout: Cutout, design: Design, bones: Skeleton, near: bool) -> None:
    """An arm with its sleeve and hand."""
    limb, side = (bones.near_arm, -1) if near else (bones.far_arm, 1)
    g = design.girth
    reach = (0.070 if design.womanly else 0.079) * g
    root = (bones.chest[0] + side * reach, 0.297 + bones.shrug)
    push = side * 0.028 * (g - 1)
    elbow, wrist = (limb.middle[0] + push, limb.middle[1]), (limb.tip[0] + (push if not limb.front else 0), limb.tip[1])
    sleeve = (
        design.accent
        if design.garment == "overalls"
        else (mix(design.legs, design.accent, 0.18) if design.garment == "cloak" else design.colour)
    )
    sleeve = lighter(sleeve, 0.05) if near else darker(sleeve, 0.14)
    skin = design.skin if near else darker(design.skin, 0.08)
    k = 0.5 + 0.5 * g
    hand(cutout, limb, elbow, wrist, skin)
    if design.garment == "dress" and design.build != "broad":
        cutout.limb([root, elbow, wrist], (0.024, 0.021, 0.015), skin, 0.008, 0.006)
        cutout.limb([root, between(root, elbow, 0.62)], (0.034, 0.037), sleeve, 0.008)
        return
    cutout.limb(
        [root, elbow, between(elbow, wrist, 0.93)], (0.033 * k, 0.029 * k, 0.023), sleeve, 0.010, 0.008 if near else 0.0
    )
    cuff = design.accent if design.garment in ("coat", "shirt") else darker(sleeve, 0.2)
    cutout.limb([between(elbow, wrist, 0.86), between(elbow, wrist, 0.97)], (0.0235, 0.0235), cuff, 0.004)


def hand(cutout: Cutout, limb: Limb, elbow: Point, wrist: Point, skin: RGB) -> None:
    """A mitten of a hand, with fingers only where they tell something."""
    length = math.hypot(wrist[0] - elbow[0], wrist[1] - elbow[1]) or 1.0
    ux, uy = (wrist[0] - elbow[0]) / length, (wrist[1] - elbow[1]) / length

    def at(along: float, across: float) -> Point:
        return (wrist[0] + ux * along - uy * across, wrist[1] + uy * along + ux * across)

    if limb.end == "open":
        for across, tip in ((-0.026, 0.052), (-0.010, 0.064), (0.008, 0.064), (0.024, 0.054)):
            cutout.limb([at(0.014, across * 0.55), at(tip, across * 1.15)], (0.0088, 0.0070), skin, 0.002)
        cutout.limb([at(0.008, 0.010), at(0.026, 0.042 if wrist[0] < 0 else -0.042)], (0.0095, 0.0072), skin, 0.002)
        cutout.part(oval_points(*at(0.018, 0.0), 0.023, 0.023), skin, 0.004)
    elif limb.end == "point":
        cutout.limb([at(0.016, -0.004), at(0.070, -0.006)], (0.0105, 0.0072), skin, 0.002)
        cutout.part(oval_points(*at(0.016, 0.003), 0.024, 0.022), skin, 0.005)
    elif limb.end == "fist":
        cutout.part(oval_points(*at(0.012, 0.0), 0.025, 0.024), skin, 0.005)
    else:
        cutout.limb([at(0.0, 0.0), at(0.020, 0.002), at(0.046, 0.004)], (0.018, 0.022, 0.012), skin, 0.004)
        cutout.limb([at(0.010, -0.012), at(0.034, -0.022)], (0.008, 0.006), skin, 0.0)


def held_card(cutout: Cutout, bones: Skeleton) -> None:
    """The thing held up in both hands: a plain card, so that it may be anything."""
    (ax, ay), (bx, by) = bones.near_arm.tip, bones.far_arm.tip
    x, y = (ax + bx) / 2 + 0.014, (ay + by) / 2 - 0.022
    card = [(x - 0.032, y - 0.050), (x + 0.036, y - 0.056), (x + 0.042, y + 0.038), (x - 0.026, y + 0.044)]
    cutout.part(card, PAPER, 0.005, 0.006)
    cutout.flat(
        [(x - 0.022, y - 0.038), (x + 0.026, y - 0.042), (x + 0.030, y + 0.016), (x - 0.018, y + 0.020)],
        (104, 168, 172),
    )
    for px, py in ((x - 0.030, y + 0.026), (x + 0.040, y + 0.020)):
        cutout.oval(px, py, 0.012, 0.009, mix(PAPER, (150, 110, 90), 0.35))


def stool(cutout: Cutout) -> None:
    """What a sitting figure sits on."""
    wood: RGB = (150, 104, 78)
    for x, spread in ((-0.10, -0.018), (0.05, 0.018), (-0.03, 0.0)):
        cutout.limb([(x, 0.655), (x + spread, 0.985)], (0.010, 0.008), darker(wood, 0.25 if spread else 0.4), 0.004)
    cutout.part(ribbon([(-0.115, 0.642), (0.07, 0.642)], (0.020, 0.020)), wood, 0.010)
