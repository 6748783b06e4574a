"""The contact sheet: one thumbnail a shot, labelled, so that an episode can be judged at a glance.

Thumbnails are decoded from the finished clips, after any transition.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
from PIL import Image, ImageDraw

from narrative_assets.video.encode import open_mp4
from narrative_assets.video.titles import typeface
from schemas.errors import MediaError
from schemas.shots import Shot

COLUMNS = 6
THUMB_WIDTH = 240
MOST_SHOTS = 480
_PAPER = (24, 24, 28)
_INK = (232, 230, 224)
_QUIET = (150, 150, 156)
_GAP = 12
_LABEL = 34


def contact_sheet(shots: Sequence[Shot], clips: Sequence[Path], fps: int, workers: int = 1) -> tuple[bytes, int, int]:
    """Return the sheet as PNG with its width and height; the first 480 shots of a longer list."""
    shown = list(zip(shots, clips, strict=True))[:MOST_SHOTS]
    with ThreadPoolExecutor(max(1, workers)) as pool:
        thumbs = list(pool.map(_thumbnail, *zip(*shown, strict=True)))
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
    sheet.quantize(192, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(packed, "PNG", optimize=False)
    return packed.getvalue(), width, height


def frame_of(clip: Path, number: int) -> Image.Image:
    """Decode frame ``number`` (from 0) of a clip, RGB. Raises MediaError when the clip does not hold it."""
    try:
        with open_mp4(clip) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            for index, frame in enumerate(container.decode(stream)):
                if index == number:
                    picture: Image.Image = frame.to_image()
                    return picture
    except (av.FFmpegError, IndexError) as error:
        raise MediaError(f"{clip.name} cannot be decoded: {error}.", remedy="Render it again.") from error
    raise MediaError(f"{clip.name} ends before frame {number}.", remedy="Render it again.")


def _thumbnail(shot: Shot, clip: Path) -> Image.Image:
    clear = 0 if shot.transition_in == "cut" else min(shot.transition_frames, shot.duration_frames - 1)
    frame = frame_of(clip, clear)
    height = max(1, round(THUMB_WIDTH * frame.height / frame.width))
    return frame.resize((THUMB_WIDTH, height), Image.Resampling.BOX, reducing_gap=2.0)


def _label(pen: ImageDraw.ImageDraw, x: int, y: int, shot: Shot, fps: int) -> None:
    framing = shot.framing
    move = "" if shot.movement.kind == "static" else f", {shot.movement.kind.replace('_', ' ')}"
    seconds = f"{shot.duration_frames // fps}.{shot.duration_frames % fps * 10 // fps} s"
    pen.text((x, y), shot.shot_id[-34:], font=typeface("SourceSansProSemibold", 13), fill=_INK)
    kind = framing.kind.replace("_", " ")
    pen.text((x, y + 15), f"{framing.size.upper()} {kind}{move} · {seconds}",
             font=typeface("SourceSansProRegular", 12), fill=_QUIET)  # fmt: skip
