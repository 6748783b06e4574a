"""The contact sheet: one thumbnail a shot, labelled, so that an episode can be judged at a glance.

Thumbnails are made from frames as they are drawn, after any transition, and kept with their clips.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

from narrative_assets.video.clipfile import read_clip
from narrative_assets.video.lettering import SANS, SANS_STRONG, typeface
from narrative_assets.video.motion import Planes
from schemas.errors import MediaError
from schemas.shots import Shot

COLUMNS = 4
"""As many as fit the window in which Dagster shows a picture."""
THUMB_WIDTH = 240
MOST_SHOTS = 480
_PAPER = (24, 24, 28)
_INK = (232, 230, 224)
_QUIET = (150, 150, 156)
_GAP = 12
_LABEL = 34


def contact_sheet(shots: Sequence[Shot], thumbnails: Sequence[bytes], fps: int) -> tuple[bytes, int, int]:
    """Return the sheet as PNG with its width and height; the first 480 shots of a longer list."""
    shown = list(zip(shots, thumbnails, strict=True))[:MOST_SHOTS]
    thumbs = [Image.open(io.BytesIO(data), formats=("PNG",)).convert("RGB") for _, data in shown]
    tall = max(thumb.height for thumb in thumbs)
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    width = columns * (THUMB_WIDTH + _GAP) + _GAP
    height = rows * (tall + _LABEL + _GAP) + _GAP
    sheet = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, ((shot, _), thumb) in enumerate(zip(shown, thumbs, strict=True)):
        x = _GAP + number % columns * (THUMB_WIDTH + _GAP)
        y = _GAP + number // columns * (tall + _LABEL + _GAP)
        sheet.paste(thumb, (x, y))
        _label(pen, x, y + tall + 4, shot, fps)
    packed = io.BytesIO()
    # A palette would cost six times as long to find, and show in skies.
    sheet.save(packed, "PNG", compress_level=1)
    return packed.getvalue(), width, height


def thumbnail(planes: Planes, width: int = THUMB_WIDTH) -> bytes:
    """A frame as a PNG, ``width`` pixels wide."""
    rows, columns = planes.y.shape
    size = (width, max(1, round(width * rows / columns)))
    small = (Image.fromarray(plane).resize(size, Image.Resampling.BOX) for plane in planes.each())
    luma, u, v = (np.asarray(plane, np.int32) - zero for plane, zero in zip(small, (16, 128, 128), strict=True))
    # BT.709, limited range, in integers.
    bright = 298 * luma + 128
    bands = (bright + 459 * v, bright - 55 * u - 136 * v, bright + 541 * u)
    packed = io.BytesIO()
    colours = np.stack([np.clip(band >> 8, 0, 255).astype(np.uint8) for band in bands], axis=2)
    Image.fromarray(colours).save(packed, "PNG", compress_level=1)
    return packed.getvalue()


def frame_of(clip: Path, number: int) -> Image.Image:
    """Decode frame ``number`` (from 0) of a clip, RGB. Raises MediaError when the clip does not hold it."""
    decoder: Any = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    coded = [*decoder.parse(read_clip(clip).stream), *decoder.parse()]
    try:
        for index, frame in enumerate(chain.from_iterable(decoder.decode(packet) for packet in [*coded, None])):
            if index == number:
                picture: Image.Image = frame.to_image()
                return picture
    except av.FFmpegError as error:
        raise MediaError(f"{clip.name} cannot be decoded: {error}.", remedy="Render it again.") from error
    raise MediaError(f"{clip.name} ends before frame {number}.", remedy="Render it again.")


def _label(pen: ImageDraw.ImageDraw, x: int, y: int, shot: Shot, fps: int) -> None:
    framing = shot.framing
    move = "" if shot.movement.kind == "static" else f", {shot.movement.kind.replace('_', ' ')}"
    seconds = f"{shot.duration_frames // fps}.{shot.duration_frames % fps * 10 // fps} s"
    pen.text((x, y), shot.shot_id[-34:], font=typeface(SANS_STRONG, 13), fill=_INK)
    kind = framing.kind.replace("_", " ")
    pen.text((x, y + 15), f"{framing.size.upper()} {kind}{move} · {seconds}",
             font=typeface(SANS, 12), fill=_QUIET)  # fmt: skip
