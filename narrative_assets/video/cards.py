"""The title card: the series small above, the episode's title large, season and episode below a rule."""

from __future__ import annotations

from PIL import Image, ImageDraw

from narrative_assets.video.lettering import (
    SERIF_STRONG,
    card_ground,
    episode_label,
    fitted,
    fitted_capitals,
    palette,
    safe_area,
    series_line,
    spaced,
)
from narrative_assets.video.sheet import Sheet
from schemas.shots import Shot, ShotList

_GROWTH = 0.94
"""Share of the safe area that is used, so that a push in stays inside it."""


def title_card(shot: Shot, shot_list: ShotList, sheet: Sheet) -> Image.Image:
    """The opening title of an episode on ``sheet``: its own line for the series, the episode and its number."""
    colours = palette(shot_list.project_id)
    card = card_ground(sheet, colours)
    pen = ImageDraw.Draw(card)
    # A frame of a thousand rows stands for any: the sheet turns its shares into pixels.
    area = safe_area(round(1_000 * sheet.aspect), 1_000)
    unit = sheet.unit * (sheet.aspect * 1.12 if sheet.aspect < 0.8 else min(1.0, sheet.aspect))
    wide, high = area.width / 1_000 * sheet.unit * _GROWTH, area.height / 1_000 * sheet.unit * _GROWTH
    series, number = series_line(shot_list), episode_label(shot_list)
    title = shot.screen_text.strip() or shot_list.title or number
    font, lines = fitted(title, wide, 3, min(0.13 * unit, high * 0.2), SERIF_STRONG)
    leading = font.size * 1.14
    small, series = fitted_capitals(series, wide, 0.04 * unit)
    label, number = fitted_capitals(number, wide, 0.031 * unit)
    above = (small.size + 0.07 * unit) if series else 0.0
    below = 0.05 * unit + label.size + 0.055 * unit
    x, middle = sheet.width / 2, sheet.y((area.top + area.bottom) / 2_000)
    top = middle - (above + leading * len(lines) + below) / 2
    if series:
        spaced(pen, x, top + small.size / 2, series, small, colours.accent)
    for row, line in enumerate(lines):
        pen.text((x, top + above + leading * (row + 0.5)), line, font=font, fill=colours.ink, anchor="mm")
    rule = top + above + leading * len(lines) + 0.04 * unit
    half, thick = 0.085 * unit, max(1, round(0.004 * unit))
    pen.rectangle((x - half, rule, x + half, rule + thick - 1), fill=colours.accent)
    spaced(pen, x, rule + 0.055 * unit + label.size / 2, number, label, colours.ink)
    return card
