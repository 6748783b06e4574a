"""The end credits: everybody and everything that is named, in blocks, on as many cards as can be read in turn.

Cards hold still and dissolve into one another, so that a long list costs no more to code than a short one.
However many lines there are, none is dropped: letters shrink, columns and cards are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from PIL import Image, ImageDraw

from narrative_assets.video.colour import to_planes
from narrative_assets.video.lettering import (
    SANS,
    SERIF_STRONG,
    Palette,
    SafeArea,
    card_ground,
    fitted,
    fitted_capitals,
    palette,
    safe_area,
    spaced,
    typeface,
    wrapped,
)
from narrative_assets.video.motion import Planes, View
from narrative_assets.video.sheet import Sheet
from narrative_assets.video.transitions import blend
from schemas.shots import Shot, ShotList

SOURCES = "Pictures and sounds"
_SIZES = (46, 42, 38, 34, 30, 27, 24, 22)
_FAIR = _SIZES[:5]
_TINY = (19, 16, 13, 11)
"""Letters in permille of the frame's shorter side; fair ones for a single card, tiny ones only as the last resort."""
_LEADING = 1.38
_TITLE = 1.5
_BELOW_TITLE = 3
_GUTTER = 1.6
_TURN = 8
_ROW_MS, _CARD_MS, _GLANCE_MS = 250, 2_000, 1_500


@dataclass(frozen=True)
class CreditGroup:
    """A heading and the lines under it; the title stands alone without one."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A row of type on a card. ``line`` numbers the credit line that it is part of, -1 where it is none."""

    kind: str
    text: str = ""
    line: int = -1

    @property
    def height(self) -> int:
        """In half rows."""
        return {"title": 3, "apart": 1}.get(self.kind, 2)


@dataclass(frozen=True)
class Layout:
    """How the credits are set: letters in pixels, the title over the first card, every card's columns of rows."""

    size: int
    columns: int
    title: tuple[Row, ...]
    cards: tuple[tuple[tuple[Row, ...], ...], ...]

    def lines(self) -> tuple[int, ...]:
        """The numbers of all lines that are shown, in order."""
        shown = (row.line for card in self.cards for column in card for row in column if row.line >= 0)
        return tuple(dict.fromkeys([*(row.line for row in self.title), *shown]))


def credit_groups(shot_list: ShotList, attributions: Sequence[str] = ()) -> tuple[CreditGroup, ...]:
    """The blocks of the credits; what the pictures and sounds ask to be named comes last, each line once."""
    blocks = [list(block) for filled, block in groupby(shot_list.credits, lambda line: bool(line.strip())) if filled]
    title = [CreditGroup("", (blocks[0][0],))] if blocks else []
    loose = [CreditGroup("", tuple(blocks[0][1:]))] if blocks and len(blocks[0]) > 1 else []
    groups = [CreditGroup(block[0], tuple(block[1:])) for block in blocks[1:]]
    sources = tuple(dict.fromkeys(line.strip() for line in attributions if line.strip()))
    return (*title, *loose, *groups, *([CreditGroup(SOURCES, sources)] if sources else []))


def credits_shown(
    shot: Shot, shot_list: ShotList, attributions: Sequence[str], width: int, height: int
) -> tuple[str, ...]:
    """Every line that the credits show in a frame of ``width`` x ``height``, in order, headings included."""
    groups = credit_groups(shot_list, attributions)
    lines = _numbered(groups)
    return tuple(lines[number] for number in layout(groups, width, height, *_time(shot, shot_list.fps)).lines())


def card_frames(shot: Shot, cards: int) -> tuple[int, ...]:
    """First frame of every card: equal shares of the time between the fades, the fades with the first and last."""
    opening = shot.transition_frames if shot.transition_in != "cut" else 0
    free = shot.duration_frames - opening - shot.fade_out_frames
    return (0, *(opening + free * number // cards for number in range(1, cards)))


def credits_view(shot: Shot, shot_list: ShotList, attributions: Sequence[str], width: int, height: int) -> View:
    """The credits as a view: card after card, each dissolving into the next over 8 frames and else holding still."""
    groups = credit_groups(shot_list, attributions)
    setting = layout(groups, width, height, *_time(shot, shot_list.fps))
    starts = card_frames(shot, len(setting.cards))
    sheet = Sheet(width, height, float(height), width / height)

    @lru_cache(maxsize=2)
    def card(number: int) -> Planes:
        return to_planes(credits_card(setting, number, shot_list.project_id, sheet))

    def place(frame: int) -> tuple[int, int]:
        number = next(n for n in range(len(starts) - 1, -1, -1) if starts[n] <= frame or n == 0)
        return number, frame - starts[number]

    def turn(number: int) -> int:
        after = starts[number + 1] if number + 1 < len(starts) else shot.duration_frames
        return min(_TURN, (after - starts[number]) // 2) if number else 0

    def draw(frame: int, out: Planes) -> None:
        number, since = place(frame)
        for source, target in zip(card(number).each(), out.each(), strict=True):
            target[...] = source
        if since < turn(number):
            blend(out, card(number - 1), (since + 1) * 256 // (turn(number) + 1))

    def repeats(frame: int) -> bool:
        number, since = place(frame)
        return frame > 0 and since > turn(number)

    return View(draw, repeats)


def layout(groups: Sequence[CreditGroup], width: int, height: int, frames: int, fps: int) -> Layout:
    """Set ``groups`` so that the cards can be read in ``frames``, in the largest letters that allow it.

    What fits one column of one card in letters of a fair size stands there all the time. Where the time is too
    short to read everything, cards stand a second and a half; where even so, there are as many as it takes.
    """
    area, unit = safe_area(width, height), min(width, height)
    most = 3 if width > height * 5 // 4 else 2
    letters = [(max(6, unit * share // 1_000), columns) for share in _SIZES for columns in range(1, most + 1)]
    tiny = [(max(6, unit * share // 1_000), most) for share in _TINY]
    for share in _FAIR:
        setting = _set(groups, area, max(6, unit * share // 1_000), 1)
        if len(setting.cards) == 1 and _readable(setting, frames, fps):
            return setting
    for size, columns in letters:
        setting = _set(groups, area, size, columns)
        if _readable(setting, frames, fps):
            return setting
    for size, columns in [*letters[2 * most :], *tiny]:
        setting = _set(groups, area, size, columns)
        if len(setting.cards) * _GLANCE_MS * fps <= frames * 1_000:
            break
    return setting


def is_readable(shot: Shot, shot_list: ShotList, attributions: Sequence[str], width: int, height: int) -> bool:
    """Whether the credits stand long enough to be read, a quarter of a second a row."""
    frames, fps = _time(shot, shot_list.fps)
    return _readable(layout(credit_groups(shot_list, attributions), width, height, frames, fps), frames, fps)


def credits_card(setting: Layout, number: int, project_id: str, sheet: Sheet) -> Image.Image:
    """One card of the credits, drawn in the middle of the safe area."""
    colours = palette(project_id)
    picture = card_ground(sheet, colours)
    pen = ImageDraw.Draw(picture)
    area = safe_area(sheet.width, sheet.height)
    half = setting.size * _LEADING / 2
    title, columns = setting.title if number == 0 else (), setting.cards[number]
    above = _height(title) + (_BELOW_TITLE if title and columns else 0)
    y = area.top + (area.height - (above + max(map(_height, columns), default=0)) * half) / 2
    middle = (area.left + area.right) / 2
    for row in title:
        font, (text, *_) = fitted(row.text, area.width, 1, _TITLE * setting.size, SERIF_STRONG)
        pen.text((middle, y + row.height * half / 2), text, font=font, fill=colours.ink, anchor="mm")
        y += row.height * half
    y += (above - _height(title)) * half
    room = _column_width(area, setting.size, setting.columns)
    pitch = room + _GUTTER * setting.size
    for place, column in enumerate(columns):
        x = middle + pitch * (place - (len(columns) - 1) / 2)
        _draw_column(pen, column, (x, y), room, setting.size, colours)
    return picture


def _draw_column(
    pen: ImageDraw.ImageDraw, column: Sequence[Row], top: tuple[float, float], room: float, size: int, colours: Palette
) -> None:
    x, y = top
    for row in column:
        tall = row.height * size * _LEADING / 2
        if row.kind == "heading":
            font, text = fitted_capitals(row.text, room, 0.72 * size)
            spaced(pen, x, y + 0.56 * tall, text, font, colours.accent)
        elif row.text:
            pen.text((x, y + tall / 2), row.text, font=typeface(SANS, size), fill=colours.ink, anchor="mm")
        y += tall


def _height(rows: Sequence[Row]) -> int:
    return sum(row.height for row in rows)


def _time(shot: Shot, fps: int) -> tuple[int, int]:
    """Frames between the fades, and how many make a second."""
    opening = shot.transition_frames if shot.transition_in != "cut" else 0
    return max(1, shot.duration_frames - opening // 2 - shot.fade_out_frames // 2), fps


def _numbered(groups: Sequence[CreditGroup]) -> list[str]:
    return [line for group in groups for line in ((group.heading, *group.lines) if group.heading else group.lines)]


def _readable(setting: Layout, frames: int, fps: int) -> bool:
    """Whether each card gets two seconds, and a quarter of a second for every row."""
    share = frames * 1_000 // (len(setting.cards) * fps)
    rows = max(sum(row.line >= 0 for column in card for row in column) for card in setting.cards)
    return share >= max(_CARD_MS, _ROW_MS * rows)


def _column_width(area: SafeArea, size: int, columns: int) -> float:
    return (area.width - _GUTTER * size * (columns - 1)) / columns


def _set(groups: Sequence[CreditGroup], area: SafeArea, size: int, columns: int) -> Layout:
    """Flow the rows into cards, columns as even as they can be without needing another card."""
    title = _title_rows(groups, area, size)
    chunks = list(_chunks(groups[1:] if title else groups, len(title) > 0, _column_width(area, size, columns), size))
    over = _height(title) + _BELOW_TITLE if title else 0
    tallest = max(over + 4, int(2 * area.height / (size * _LEADING)))
    cards = _flow(chunks, tallest, columns, over)
    low, high = over + 4, tallest
    while low < high:
        middle = (low + high) // 2
        tried = _flow(chunks, middle, columns, over)
        if len(tried) <= len(cards):
            cards, high = tried, middle
        else:
            low = middle + 1
    return Layout(size, columns, title, cards)


def _title_rows(groups: Sequence[CreditGroup], area: SafeArea, size: int) -> tuple[Row, ...]:
    """The title over the first card, in up to three rows."""
    if not groups or groups[0].heading:
        return ()
    _, pieces = fitted(groups[0].lines[0], area.width, 3, _TITLE * size, SERIF_STRONG)
    return tuple(Row("title", piece, 0) for piece in pieces)


def _chunks(groups: Sequence[CreditGroup], titled: bool, room: float, size: int) -> Iterator[list[Row]]:
    """Rows that stay together: a line's own, and a heading with its first line.

    An empty row opens each group, half a row parts lines where any of them takes several.
    """
    number = int(titled)
    for group in groups:
        lead = [Row("gap")]
        if group.heading:
            lead.append(Row("heading", group.heading, number))
            number += 1
        lines = [wrapped(line, room, size, SANS) for line in group.lines]
        apart = [Row("apart")] if any(len(line) > 1 for line in lines) else []
        for place, pieces in enumerate(lines):
            yield [*(apart if place else lead), *(Row("line", piece, number) for piece in pieces)]
            number += 1
        if not lines:
            yield lead


def _flow(
    chunks: Sequence[list[Row]], tallest: int, columns: int, over: int
) -> tuple[tuple[tuple[Row, ...], ...], ...]:
    """Fill columns of at most ``tallest`` half rows, ``over`` fewer on the first card; a taller chunk is cut."""
    filled: list[list[Row]] = [[]]
    for chunk in chunks:
        room = tallest - (over if len(filled) <= columns else 0)
        if filled[-1] and _height(filled[-1]) + _height(chunk) > room:
            filled.append([])
        for row in chunk:
            if not filled[-1] and row.line < 0:
                continue
            room = tallest - (over if len(filled) <= columns else 0)
            if filled[-1] and _height(filled[-1]) + row.height > room:
                filled.append([])
            filled[-1].append(row)
    settled = [tuple(column) for column in filled]
    return tuple(tuple(settled[at : at + columns]) for at in range(0, len(settled), columns))
