"""Poses of an upright figure: one line of action each, written as joints. Nothing is drawn here.

x to the right of the middle, y down, in canvas heights, facing right. The head stays put so that shot sizes can be
cropped at fixed heights; the body moves under it.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrative_assets.media.drawing.brush import Point
from schemas.shots import Pose


@dataclass(frozen=True)
class Limb:
    """Two joints after the root: elbow and hand, or knee and ankle. ``end`` says what hand or foot does."""

    middle: Point
    tip: Point
    end: str = "rest"
    front: bool = False


@dataclass(frozen=True)
class Skeleton:
    """A pose: the near side is the viewer's left. ``tilt`` turns the head, degrees clockwise."""

    chest: Point
    pelvis: Point
    near_arm: Limb
    far_arm: Limb
    near_leg: Limb
    far_leg: Limb
    head: Point = (0.0, 0.0)
    tilt: float = 0.0
    shrug: float = 0.0


_STAND_LEGS = (Limb((-0.050, 0.755), (-0.058, 0.962)), Limb((0.050, 0.755), (0.066, 0.962)))

POSES: dict[Pose, Skeleton] = {
    "stand": Skeleton(
        (0.004, 0.30),
        (-0.010, 0.53),
        Limb((-0.128, 0.41), (-0.104, 0.525)),
        Limb((0.122, 0.41), (0.112, 0.525)),
        *_STAND_LEGS,
    ),
    "walk": Skeleton(
        (0.010, 0.30),
        (-0.004, 0.53),
        Limb((-0.140, 0.395), (-0.168, 0.495)),
        Limb((0.128, 0.405), (0.192, 0.465), front=True),
        Limb((0.070, 0.735), (0.112, 0.958), "toe_up"),
        Limb((-0.004, 0.765), (-0.120, 0.930), "push"),
    ),
    "run": Skeleton(
        (0.012, 0.305),
        (-0.060, 0.535),
        Limb((-0.165, 0.365), (-0.186, 0.478), "fist"),
        Limb((0.130, 0.405), (0.208, 0.335), "fist", True),
        Limb((-0.075, 0.745), (-0.222, 0.790), "kick"),
        Limb((0.086, 0.700), (0.046, 0.958)),
        tilt=4,
    ),
    "sit": Skeleton(
        (0.0, 0.305),
        (-0.030, 0.575),
        Limb((-0.128, 0.435), (0.010, 0.585), front=True),
        Limb((0.118, 0.435), (0.108, 0.59), front=True),
        Limb((0.072, 0.655), (0.052, 0.962)),
        Limb((0.138, 0.648), (0.150, 0.962)),
    ),
    "point": Skeleton(
        (0.012, 0.30),
        (-0.026, 0.53),
        Limb((-0.156, 0.40), (-0.070, 0.505), "fist"),
        Limb((0.158, 0.325), (0.232, 0.275), "point", True),
        Limb((-0.066, 0.755), (-0.092, 0.962)),
        Limb((0.036, 0.752), (0.066, 0.962)),
        tilt=2,
    ),
    "raise_hand": Skeleton(
        (0.0, 0.30),
        (-0.012, 0.53),
        Limb((-0.130, 0.41), (-0.110, 0.525)),
        Limb((0.158, 0.285), (0.172, 0.135), "open", True),
        *_STAND_LEGS,
        tilt=-2,
    ),
    "slump": Skeleton(
        (-0.016, 0.322),
        (-0.044, 0.545),
        Limb((-0.106, 0.460), (-0.046, 0.595), front=True),
        Limb((0.082, 0.462), (0.088, 0.605)),
        Limb((-0.040, 0.765), (-0.062, 0.962)),
        Limb((0.040, 0.765), (0.040, 0.962)),
        head=(0.014, 0.032),
        tilt=12,
        shrug=0.016,
    ),
    "recoil": Skeleton(
        (-0.006, 0.305),
        (0.034, 0.535),
        Limb((-0.140, 0.395), (-0.150, 0.268), "open"),
        Limb((0.130, 0.400), (0.186, 0.290), "open", True),
        Limb((-0.022, 0.755), (-0.104, 0.956)),
        Limb((0.098, 0.745), (0.146, 0.956), "toe_up"),
        head=(-0.010, 0.0),
        tilt=-9,
        shrug=-0.012,
    ),
    "embrace": Skeleton(
        (0.0, 0.298),
        (-0.016, 0.53),
        Limb((-0.160, 0.376), (-0.212, 0.272), "open"),
        Limb((0.156, 0.376), (0.214, 0.276), "open", True),
        Limb((-0.056, 0.755), (-0.082, 0.962)),
        Limb((0.048, 0.755), (0.078, 0.962)),
        tilt=3,
    ),
    "hold_prop": Skeleton(
        (0.0, 0.30),
        (-0.010, 0.53),
        Limb((-0.130, 0.415), (0.028, 0.428), "grip", True),
        Limb((0.126, 0.420), (0.104, 0.405), "grip", True),
        *_STAND_LEGS,
        tilt=5,
    ),
}
