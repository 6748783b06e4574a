"""The people of a shot as veils: figures where ``framing`` places them, their shadows, the shoulder looked over, and
the mouths that speak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from narrative_assets.video.bodies import Body, Placed
from narrative_assets.video.colour import Grade, Matrix, plain
from narrative_assets.video.framing import over_shoulder
from narrative_assets.video.layers import Turn, Veil
from narrative_assets.video.plates import Paint
from narrative_assets.video.sheet import Sheet, scaled, veil_of
from schemas.assets import SPOKEN_MOUTHS
from schemas.shots import Shot

_SHOULDER = 22
_SHADOW = (14, 12, 20)
_SHADOW_DARKNESS = 120


@dataclass(frozen=True)
class Company:
    """Everybody in a shot, each tuple in the order of its figures.

    ``mouths`` are the strips of those seen speaking with the corner of a box of theirs, ``shapes`` which of
    ``SPOKEN_MOUTHS`` each shows, a byte a frame; a byte beyond their count is the mouth of the picture itself.
    """

    shot: Shot
    placed: tuple[Placed, ...]
    bodies: tuple[Body, ...]
    paints: tuple[Paint, ...]
    mouths: tuple[tuple[Paint, int, int] | None, ...]
    shapes: tuple[bytes, ...]
    grade: Grade

    def matrix(self, index: int) -> Matrix:
        """The colours of a figure: whoever turns away is against the light."""
        away = self.shot.figures[index].facing == "away"
        return self.grade.away if away else self.grade.people


def people(company: Company, sheet: Sheet) -> list[Veil]:
    """Everybody who is seen, back to front, on the shadows of all of them."""
    veils = [_cast_shadow(sheet, each, company.bodies[each.index]) for each in company.placed]
    for each in company.placed:
        part = _part(sheet, each, company.bodies[each.index], company.paints[each.index])
        veils.append(veil_of(*part, company.matrix(each.index)) if part else None)
    return [veil for veil in veils if veil is not None]


def speaking(company: Company, sheet: Sheet) -> list[Turn]:
    """The mouths of those who speak, over their faces."""
    turns: list[Turn] = []
    for each in company.placed:
        strip, shapes = company.mouths[each.index], company.shapes[each.index]
        rest = _part(sheet, each, company.bodies[each.index], company.paints[each.index]) if strip else None
        for number, _ in enumerate(SPOKEN_MOUTHS if strip is not None else ()):
            if strip is not None and rest is not None and number in shapes:
                veil = _mouth(company, sheet, each, strip, number, rest[0])
                shown = bytes(shape == number for shape in shapes)
                turns += [Turn(veil, shown)] if veil is not None else []
    return turns


def _mouth(
    company: Company, sheet: Sheet, each: Placed, strip: tuple[Paint, int, int], number: int, rest: Paint
) -> Veil | None:
    """What one mouth changes of a figure that stands on the sheet as ``rest``."""
    boxes, left, top = strip
    wide = boxes.shape[1] // len(SPOKEN_MOUTHS)
    own, body = company.paints[each.index], company.bodies[each.index]
    spoken = own.copy()
    spoken[top : top + boxes.shape[0], left : left + wide] = boxes[:, number * wide : (number + 1) * wide]
    after = _part(sheet, each, body, spoken)
    if after is None:
        return None
    changed = _pixels(rest) != _pixels(after[0])
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return None
    # Even corners, so that chroma is averaged over the same pixels as in the figure itself.
    x0, y0 = _even_below(int(columns[0]), after[1]), _even_below(int(rows[0]), after[2])
    box = after[0][y0 : int(rows[-1]) + 2, x0 : int(columns[-1]) + 2]
    return veil_of(box, after[1] + x0, after[2] + y0, company.matrix(each.index))


def _pixels(paint: Paint) -> npt.NDArray[np.uint32]:
    """The four bytes of each pixel as one number, to be compared."""
    return np.ascontiguousarray(paint).view(np.uint32)[..., 0]


def _even_below(place: int, corner: int) -> int:
    """The last place up to ``place`` of a box with its corner at ``corner`` that is even on the sheet, from 0 on."""
    return max(0, place - (place + corner) % 2)


def _rectangle(sheet: Sheet, each: Placed, body: Body) -> tuple[float, float, float, float]:
    """Left, top, width and height in pixels of a placed figure's whole picture."""
    tall = each.scale * sheet.unit
    wide = body.width * tall
    head = (body.width - body.head_x if each.mirrored else body.head_x) * tall
    return sheet.x(each.x) - head, sheet.y(each.ground) - tall, wide, tall


def _part(sheet: Sheet, each: Placed, body: Body, figure: Paint) -> tuple[Paint, int, int] | None:
    """Scale what the sheet shows of a figure; returns it with its left upper corner, or None when off the sheet."""
    import cv2

    left, top, wide, tall = _rectangle(sheet, each, body)
    x0, y0 = max(0, math.floor(left + 0.5)), max(0, math.floor(top + 0.5))
    x1, y1 = min(sheet.width, math.floor(left + wide + 0.5)), min(sheet.height, math.floor(top + tall + 0.5))
    if x1 <= x0 or y1 <= y0:
        return None
    if each.mirrored:
        figure = np.asarray(cv2.flip(figure, 1), np.uint8)
    height, width = figure.shape[:2]
    columns = [math.floor((x - left) * width / wide + 0.5) for x in (x0, x1)]
    rows = [math.floor((y - top) * height / tall + 0.5) for y in (y0, y1)]
    first, last = max(0, min(columns[0], width - 1)), min(width, max(columns[1], columns[0] + 1))
    upper, lower = max(0, min(rows[0], height - 1)), min(height, max(rows[1], rows[0] + 1))
    return scaled(figure[upper:lower, first:last], x1 - x0, y1 - y0), x0, y0


def _cast_shadow(sheet: Sheet, each: Placed, body: Body) -> Veil | None:
    """A soft contact shadow where the feet stand, if the ground is in the picture."""
    import cv2

    y = sheet.y(each.ground)
    if y > sheet.height * 1.02:
        return None
    left, _, wide, tall = _rectangle(sheet, each, body)
    first = body.width - body.right if each.mirrored else body.left
    middle = left + (first + (body.right - body.left) / 2) / body.width * wide
    across = max(4.0, (body.right - body.left) * tall * 0.46)
    down = max(2.0, across * 0.16)
    soft = max(1.0, down * 0.55)
    pad = int(3 * soft) + 2
    size = (int(2 * across) + 2 * pad, int(2 * down) + 2 * pad)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((pad, pad, size[0] - pad, size[1] - pad), fill=_SHADOW_DARKNESS)
    alpha = cv2.GaussianBlur(np.asarray(mask, np.uint8), (0, 0), soft).astype(np.uint16)
    bands = [(alpha * band // 255).astype(np.uint8) for band in (*_SHADOW, 255)]
    corner = (math.floor(middle - size[0] / 2 + 0.5), math.floor(y - size[1] * 0.55 + 0.5))
    return veil_of(np.dstack(bands), *corner, plain())


def shoulder(company: Company, sheet: Sheet) -> list[Veil]:
    """The listener's dark, unsharp head and shoulder at the edge of the frame."""
    shot = company.shot
    index = next((n for n, each in enumerate(shot.figures) if each.character_id == shot.framing.over_shoulder_of), None)
    if index is None:
        return []
    body, paint = company.bodies[index], company.paints[index]
    # All of it is so soft that a quarter of the size holds it.
    small = Sheet(-(-sheet.width // 4), -(-sheet.height // 4), sheet.unit / 4, sheet.aspect)
    part = _part(small, over_shoulder(shot, body, index, sheet.aspect), body, paint)
    if part is None:
        return []
    figure, left, top = part
    soft = 0.011 * small.unit
    pad = int(3 * soft) + 2
    # The body goes on below the frame: its outline softens at the sides only.
    below = pad if top + figure.shape[0] >= small.height else 0
    figure = np.pad(figure, ((0, below), (0, 0), (0, 0)), "edge")
    figure = np.pad(figure, ((pad, pad - below), (pad, pad), (0, 0)))
    return [_silhouette(figure, 4 * (left - pad), 4 * (top - pad), soft, company.grade.people)]


def _silhouette(figure: Paint, left: int, top: int, soft: float, matrix: Matrix) -> Veil:
    """A figure four times as large, out of focus: hair and clothes leave their colour, but no face is seen."""
    import cv2

    tone, outline = (cv2.GaussianBlur(figure, (0, 0), by * soft).astype(np.uint16) for by in (3.5, 1.0))
    colour = tone[..., :3] * 70 // np.maximum(tone[..., 3:], 1)
    alpha = outline[..., 3:]
    paint = np.dstack([np.clip(colour, _SHOULDER, 255) * alpha // 255, alpha]).astype(np.uint8)
    size = (4 * paint.shape[1], 4 * paint.shape[0])
    return veil_of(np.asarray(cv2.resize(paint, size, interpolation=cv2.INTER_LINEAR), np.uint8), left, top, matrix)
