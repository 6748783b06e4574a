"""All takes of a shot side by side as one picture, drawn small from the same plates as the film."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from narrative_assets.video.clips import clip_jobs
from narrative_assets.video.contact_sheet import thumbnail
from narrative_assets.video.encode import blank_planes, encoding_of
from narrative_assets.video.filming import ClipRoom, Shoot
from narrative_assets.video.lettered import Lettering
from narrative_assets.video.lettering import SANS, SANS_STRONG, typeface
from narrative_assets.video.plates import PlateBook
from narrative_assets.video.takes import staged_shot
from narrative_assets.video.voices import VoiceBook
from schemas.project import RenderProfile
from schemas.render import BlobRef, RenderPlan, ShotTakes, Take
from schemas.shots import Shot, ShotList

STILL_WIDTH = 480
_MOST_COLUMNS = 3
_PAPER, _INK, _QUIET, _MARK = (24, 24, 28), (232, 230, 224), (150, 150, 156), (240, 178, 60)
_GAP, _LABEL, _BORDER = 16, 46, 4


def take_sheet(
    shot_list: ShotList,
    plan: RenderPlan,
    shot: Shot,
    takes: Sequence[Take],
    chosen: str,
    read: Callable[[BlobRef], bytes],
) -> tuple[bytes, int, int]:
    """A PNG with its width and height: the last frame of every take, where a move has got to, and what it is.

    The take with the id ``chosen`` is framed. Raises MediaError for a picture that is missing or damaged.
    """
    stills = [_still(shot_list, plan, shot, take, read) for take in takes]
    wide, tall = stills[0].size
    columns = min(_MOST_COLUMNS, len(stills))
    rows = -(-len(stills) // columns)
    width, height = columns * (wide + _GAP) + _GAP, rows * (tall + _LABEL + _GAP) + _GAP
    sheet = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, (take, still) in enumerate(zip(takes, stills, strict=True)):
        x = _GAP + number % columns * (wide + _GAP)
        y = _GAP + number // columns * (tall + _LABEL + _GAP)
        if take.take_id == chosen:
            edge = (x - _BORDER, y - _BORDER, x + wide + _BORDER - 1, y + tall + _BORDER - 1)
            pen.rectangle(edge, fill=_MARK)
        sheet.paste(still, (x, y))
        _label(pen, (x, y + tall + 7), staged_shot(shot, take), take, take.take_id == chosen)
    packed = io.BytesIO()
    sheet.save(packed, "PNG")
    return packed.getvalue(), width, height


def _still(
    shot_list: ShotList, plan: RenderPlan, shot: Shot, take: Take, read: Callable[[BlobRef], bytes]
) -> Image.Image:
    """The last frame of a shot in one take, without transitions, captions and lower third."""
    bare = {"transition_in": "cut", "transition_frames": 0, "fade_out_frames": 0, "lower_third": None}
    alone = staged_shot(shot, take).model_copy(update=bare)
    taken = ShotTakes(shot_id=shot.shot_id, chosen=take.take_id, takes=(take,))
    book = PlateBook(plan.model_copy(update={"takes": (taken,)}), read)
    encoding = encoding_of(_small(plan.profile), shot_list.fps)
    lettering, voices = Lettering(), VoiceBook(plan, read)
    single = shot_list.model_copy(update={"shots": (alone,)})
    (job,) = clip_jobs(single, book, encoding, (), lettering, voices)
    room = ClipRoom(single, book, encoding, lettering, voices, Path(), threading.Event())
    frame = blank_planes(encoding.width, encoding.height)
    Shoot(job, room).draw(alone.duration_frames - 1, frame)
    return Image.open(io.BytesIO(thumbnail(frame, encoding.width)), formats=("PNG",)).convert("RGB")


def _small(profile: RenderProfile) -> RenderProfile:
    """The profile at the size of a still, its shape kept; the encoder wants even sizes."""
    tall = max(2, round(STILL_WIDTH * profile.height / profile.width) // 2 * 2)
    return profile.model_copy(update={"width": STILL_WIDTH, "height": tall})


def _label(pen: ImageDraw.ImageDraw, at: tuple[int, int], shot: Shot, take: Take, chosen: bool) -> None:
    x, y = at
    framing, move = shot.framing, shot.movement.kind.replace("_", " ")
    said = f"{take.take_id}{' (in the film)' if chosen else ''}: {take.note}"
    pen.text((x, y), said[:60], font=typeface(SANS_STRONG, 16), fill=_MARK if chosen else _INK)
    seen = f"{framing.size.upper()} {framing.kind.replace('_', ' ')}, {framing.angle}, {move}"
    pen.text((x, y + 20), seen, font=typeface(SANS, 14), fill=_QUIET)
