"""The colour script: one grade per scene, by place, time of day and mood, and the way from RGB to planar YUV.

A grade is a matrix in 1/1024 that is folded into the conversion every picture goes through anyway, so it costs no
frame anything. Light on people is part of it; what stands where is decided in ``picture``.
"""

from __future__ import annotations

import colorsys
import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from narrative_assets.video.motion import Plane, Planes
from schemas.shots import Environment, Shot, ShotList, ShotScene

Matrix = tuple[tuple[int, int, int, int], ...]
"""Rows for Y, U and V: weights of red, green and blue and a constant, in 1/1024."""
Triple = tuple[float, float, float]
_UNIT = 1024
_BT709 = np.array([[0.182586, 0.614231, 0.062007], [-0.100644, -0.338572, 0.439216], [0.439216, -0.398942, -0.040274]])
_OFFSET = np.array([16.0, 128.0, 128.0])
_LUMA = np.array([0.2126, 0.7152, 0.0722])
_NOON_KELVIN = 5_500
_PIVOT = 108.0
"""The grey that contrast leaves where it is."""
# Brightness of the light (255 is full) and its kelvins. Plates are painted in this light; people are not.
_OUTDOORS = {
    "dawn": (236, 2_900),
    "morning": (250, 4_700),
    "day": (255, 5_500),
    "afternoon": (253, 4_900),
    "dusk": (214, 3_400),
    "evening": (196, 7_000),
    "night": (182, 9_500),
}
_LAMPS = {"dusk": (236, 3_000), "evening": (224, 2_850), "night": (210, 2_750)}
# Pleasure and arousal, -1 to 1.
_MOODS = {
    "neutral": (0.0, 0.0),
    "joy": (0.8, 0.5),
    "amusement": (0.6, 0.3),
    "tenderness": (0.6, -0.2),
    "awe": (0.4, 0.4),
    "curiosity": (0.3, 0.3),
    "determination": (0.2, 0.5),
    "surprise": (0.2, 0.7),
    "unease": (-0.4, 0.3),
    "fear": (-0.6, 0.6),
    "sadness": (-0.6, -0.4),
    "anger": (-0.5, 0.7),
    "disgust": (-0.6, 0.3),
}


@dataclass(frozen=True)
class Grade:
    """How a scene looks: the matrices for its place and for its people, and for whoever turns their back."""

    place: Matrix
    people: Matrix
    away: Matrix

    def key(self) -> list[list[int]]:
        """All that decides the grade, for a clip's key."""
        return [list(row) for matrix in (self.place, self.people, self.away) for row in matrix]


@dataclass(frozen=True)
class _Look:
    """Gains of red, green and blue, then saturation, contrast and brightness, 1 for unchanged."""

    gains: Triple = (1.0, 1.0, 1.0)
    saturation: float = 1.0
    contrast: float = 1.0
    brightness: float = 1.0


def light_of(where: Environment) -> tuple[int, int, int]:
    """Colour of the light on figures, 255 for full: pictures of people are drawn once, for every time of day."""
    level, kelvin = _light(where)
    red, green, blue = _warmth(kelvin, 0.0004)
    top = max(red, green, blue)
    return (round(level * red / top), round(level * green / top), round(level * blue / top))


def scene_of(shot: Shot, shot_list: ShotList) -> ShotScene | None:
    """The stretch of ``shot_list`` that ``shot`` belongs to, or None for one that stands outside all scenes."""
    return next((scene for scene in shot_list.scenes if scene.scene_id == shot.scene_id), None)


def grade_of(where: Environment, scene: ShotScene | None) -> Grade:
    """The grade of every shot in ``scene`` that is set in ``where``; without a scene mood and tension are even."""
    place = _place_look(where, scene)
    # Faces keep their own colours: a character is the same person in every scene.
    mild = _Look(
        saturation=1 + 0.5 * (place.saturation - 1),
        contrast=1 + 0.6 * (place.contrast - 1),
        brightness=1 + 0.5 * (place.brightness - 1),
    )
    light = _share(light_of(where))
    dark = (light[0] * 0.55, light[1] * 0.55, light[2] * 0.55)
    return Grade(_matrix(place), _matrix(mild, light), _matrix(mild, dark))


def to_planes(picture: Image.Image | NDArray[np.uint8], matrix: Matrix | None = None) -> Planes:
    """Convert RGB to 8-bit planar YUV 4:2:0, BT.709, limited range, in integers. Width and height are even."""
    import cv2

    rgb = np.ascontiguousarray(picture, dtype=np.uint8)
    weights = _weights(matrix or plain())
    height, width = rgb.shape[:2]
    luma = cv2.transform(rgb, weights)
    small = cv2.transform(cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA), weights)
    return Planes(*(_band(each, band) for band, each in enumerate((luma, small, small))))


def to_veil(rgba: NDArray[np.uint8], matrix: Matrix) -> tuple[Planes, NDArray[np.uint8], NDArray[np.uint8]]:
    """Convert premultiplied RGBA to premultiplied planes and what they let through (255 for all), luma and chroma.

    Width and height are even.
    """
    import cv2

    height, width = rgba.shape[:2]
    weights = _weights(matrix)
    # The constants belong to what is opaque: added in full, so that nothing turns negative, then taken back.
    weights[:, 3] = np.maximum(weights[:, 3], 0)
    small = cv2.resize(rgba, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    alphas = (_band(rgba, 3), _band(small, 3))
    whole, half = (cv2.transform(cv2.cvtColor(each, cv2.COLOR_RGBA2RGB), weights) for each in (rgba, small))
    planes = []
    for band, (each, alpha) in enumerate(((whole, alphas[0]), (half, alphas[1]), (half, alphas[1]))):
        excess = cv2.LUT(alpha, _excess(matrix[band][3]))
        planes.append(np.asarray(cv2.subtract(_band(each, band), excess), np.uint8))
    return Planes(*planes), ~alphas[0], ~alphas[1]


def _band(picture: Any, band: int) -> Plane:
    import cv2

    return np.asarray(cv2.extractChannel(picture, band), np.uint8)


@lru_cache(maxsize=1)
def plain() -> Matrix:
    """RGB to BT.709, limited range, and nothing else."""
    return _matrix(_Look())


@lru_cache(maxsize=256)
def _excess(constant: int) -> Plane:
    """By alpha: what a matrix's constant has added too much to a premultiplied pixel."""
    missing = 255 - np.arange(256) if constant > 0 else np.arange(256)
    return ((abs(constant) * missing + 255 * _UNIT // 2) // (255 * _UNIT)).astype(np.uint8)


def _weights(matrix: Matrix) -> NDArray[np.float64]:
    # Exact in 1/1024, which is what the fixed-point transform computes in.
    return np.array(matrix, dtype=np.float64) / _UNIT


def _light(where: Environment) -> tuple[int, int]:
    outdoors = _OUTDOORS[where.time_of_day]
    return _LAMPS.get(where.time_of_day, outdoors) if where.interior else outdoors


def _warmth(kelvin: int, strength: float) -> Triple:
    """Gains of red, green and blue under light of ``kelvin``, from its distance to noon in mireds."""
    mireds = min(170.0, 1e6 / kelvin - 1e6 / _NOON_KELVIN)
    if mireds < 0:
        mireds *= 1.6  # The mired scale is short at its cold end: moonlight would hardly read as blue.
    return (1 + strength * mireds, 1 + 0.12 * strength * mireds, 1 - strength * mireds)


def _place_look(where: Environment, scene: ShotScene | None) -> _Look:
    mood, tension = (scene.music_mood, scene.tension / 1000) if scene else ("neutral", 0.4)
    # Pleasure = .69 brightness + .22 saturation, arousal = -.31 brightness + .60 saturation, solved for the two.
    pleasure, arousal = _MOODS[mood]
    brightness = (0.60 * pleasure - 0.22 * arousal) / 0.4822
    saturation = (0.31 * pleasure + 0.69 * arousal) / 0.4822
    warm, tint = _warmth(_light(where)[1], 0.00022), _tint(where.place_id)
    return _Look(
        gains=(warm[0] * tint[0], warm[1] * tint[1], warm[2] * tint[2]),
        saturation=max(0.78, min(1.16, 1.0 + 0.09 * saturation - 0.22 * (tension - 0.4))),
        contrast=1.0 + 0.16 * (tension - 0.4),
        brightness=1.0 + 0.035 * brightness - 0.06 * (tension - 0.4),
    )


@lru_cache(maxsize=512)
def _tint(place_id: str) -> Triple:
    """A faint colour of the place's own, of even luma."""
    hue = int.from_bytes(hashlib.sha256(place_id.encode()).digest()[:2], "big") / 65536
    colour = np.array(colorsys.hsv_to_rgb(hue, 1.0, 1.0))
    away = colour - float(_LUMA @ colour)
    red, green, blue = (1.0 + 0.04 * away / float(np.abs(away).max())).tolist()
    return (red, green, blue)


def _share(light: tuple[int, int, int]) -> Triple:
    return (light[0] / 255, light[1] / 255, light[2] / 255)


def _matrix(look: _Look, light: Triple = (1.0, 1.0, 1.0)) -> Matrix:
    """Fold a look into the conversion: gains, saturation about luma, contrast about a mid grey, brightness."""
    grey = np.outer(np.ones(3), _LUMA)
    colour = grey + look.saturation * (np.eye(3) - grey)
    colour = look.contrast * look.brightness * colour @ np.diag(np.array(look.gains) * np.array(light))
    lift = (1.0 - look.contrast) * _PIVOT
    constants = _BT709 @ np.full(3, lift) + _OFFSET
    return tuple(
        (*_rounded(weights), math.floor(constant * _UNIT + 0.5))
        for weights, constant in zip(_BT709 @ colour, constants, strict=True)
    )


def _rounded(weights: NDArray[np.float64]) -> tuple[int, int, int]:
    """Round to 1/1024 so that the sum is right too: grey stays grey."""
    whole = [math.floor(weight * _UNIT + 0.5) for weight in weights]
    whole[int(np.argmax(np.abs(weights)))] += math.floor(float(weights.sum()) * _UNIT + 0.5) - sum(whole)
    return (whole[0], whole[1], whole[2])


def dimmed(matrix: Matrix, level: int) -> Matrix:
    """``matrix`` for a picture of ``level`` / 255 of its brightness."""
    return tuple((*(weight * level // 255 for weight in row[:3]), row[3]) for row in matrix)  # type: ignore[misc]
