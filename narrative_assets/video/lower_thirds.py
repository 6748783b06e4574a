"""Lower thirds: a character's name on a strip with a bar in the series' colour, sliding in, holding, sliding out.

Strips stand at the left; at the right where the left is taken by the shoulder that the camera looks over.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from narrative_assets.video.burned_captions import caption_top
from narrative_assets.video.lettering import SANS, SANS_STRONG, Palette, fitted, palette, safe_area
from narrative_assets.video.motion import ease
from narrative_assets.video.overlays import Overlay, Strip, even, faded, strip_of
from schemas.shots import LowerThird, Shot

MOVE_FRAMES = 8
"""Frames of 24 over which a strip comes and goes."""
_PANEL = 205


def lower_third(shot: Shot, project_id: str, width: int, height: int, fps: int) -> Overlay | None:
    """The lower third of ``shot`` in a frame of ``width`` x ``height``; None where nobody is introduced."""
    third = shot.lower_third
    if third is None:
        return None
    right = _stands_right(shot)
    held = _strip(third, palette(project_id), right, bool(shot.audio.line_ids), width, height)
    count = max(2, min(third.frames // 3, (MOVE_FRAMES * fps + 12) // 24))
    slide = max(2, width // 40)
    steps = []
    for number in range(count):
        done = ease(number + 1, count + 2)
        shift = 2 * round((1.0 - done) * min(slide, held.left if not right else width - held.left - held.size[0]) / 2)
        steps.append(faded(held, round(256 * done), shift if right else -shift))
    start = min(third.start_frame, shot.duration_frames - 1)
    return Overlay(start, min(start + third.frames, shot.duration_frames), held, tuple(steps))


def _stands_right(shot: Shot) -> bool:
    """Whether whoever is introduced stands right of the middle, before a shoulder at the left."""
    over = shot.framing.over_shoulder_of
    who = shot.lower_third.character_id if shot.lower_third else None
    facing = next((figure.facing for figure in shot.figures if figure.character_id == who), "front")
    return over is not None and facing == "left"


def _strip(third: LowerThird, colours: Palette, right: bool, spoken: bool, width: int, height: int) -> Strip:
    """The strip at rest. Where anybody speaks in the shot it stands clear of captions."""
    area, unit = safe_area(width, height), min(width, height)
    pad, bar = max(4, round(0.022 * unit)), max(2, round(0.009 * unit))
    room = area.width * (0.62 if width > height else 0.86) - 2 * pad - bar
    name, (title, *_) = fitted(third.title, room, 1, 0.05 * unit, SANS_STRONG)
    work, (subtitle, *_) = fitted(third.subtitle, room, 1, 0.034 * unit, SANS)
    leading = round(name.size * 1.16)
    tall = even(leading + (round(work.size * 1.3) if subtitle else 0) + 1.3 * pad)
    longest = max(name.getlength(title), work.getlength(subtitle) if subtitle else 0.0)
    wide = even(bar + 2 * pad + longest)
    layer = Image.new("RGBA", (wide, tall), (*colours.depth, _PANEL))
    pen = ImageDraw.Draw(layer)
    edge = wide - bar if right else 0
    pen.rectangle((edge, 0, edge + bar - 1, tall - 1), fill=(*colours.accent, 255))
    x, anchor = (wide - bar - pad, "rm") if right else (bar + pad, "lm")
    y = 0.65 * pad + leading / 2
    pen.text((x, y), title, font=name, fill=(255, 255, 255, 255), anchor=anchor)
    if subtitle:
        below = y + leading / 2 + work.size * 0.62
        pen.text((x, below), subtitle, font=work, fill=(*colours.ink, 255), anchor=anchor)
    foot = caption_top(width, height) - max(2, unit // 60) if spoken else area.bottom - unit // 60
    left = 2 * ((area.right - wide) // 2) if right else even(area.left)
    return strip_of(layer, 2 * ((foot - tall) // 2), left)
