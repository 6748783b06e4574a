"""``draw_insert`` and ``draw_slate``: close views of things, signs and screens; the card that names what is missing."""

from __future__ import annotations

from PIL import Image, ImageDraw

from narrative_assets.media.drawing.brush import Sheet
from narrative_assets.media.drawing.icons import draw_icon, icon_box
from narrative_assets.media.drawing.lettering import Face, set_text
from narrative_assets.media.drawing.palette import INK, PAPER, RGB, darker, dice_of, lighter, mix, seed_of
from narrative_assets.media.drawing.places import words_of
from schemas.assets import PropNeed

BACKDROPS: tuple[tuple[RGB, RGB], ...] = (
    ((106, 138, 136), (58, 84, 92)), ((206, 168, 122), (140, 98, 82)), ((126, 120, 146), (70, 64, 92)),
    ((190, 126, 104), (112, 70, 74)), ((150, 158, 120), (88, 98, 84)),
)  # fmt: skip
WIDEST = 0.8
"""Share of a frame's width that a thing seen close may fill: it stays whole under any move of the camera."""
MIDDLE = 0.45


def _backdrop(name: str, width: int, height: int) -> Sheet:
    """A quiet table top under a soft light from the upper left."""
    light, deep = dice_of("backdrop", name).choice(BACKDROPS)
    sheet = Sheet(width, height, deep)
    left, right = sheet.left, sheet.right
    sheet.graded([(left, 0), (right, 0), (right, 1), (left, 1)], (mix(light, deep, 0.4), light, mix(light, deep, 0.7)))
    sheet.shape([(left, 0.72), (right, 0.64), (right, 1), (left, 1)], darker(deep, 0.12), 120)
    pool = min(0.43, right * 0.9)
    sheet.oval(0.0, 0.47, pool, pool, lighter(light, 0.18), 70)
    sheet.glow(-0.25, 0.2, 0.8, 0.6, (255, 232, 196), 0.16)
    return sheet


def draw_insert(need: PropNeed, width: int, height: int) -> Image.Image:
    """A close view, RGB: the words of a sign, screen or page where there are any, else the thing with its name."""
    if need.screen_text.strip():
        return _card(need, width, height)
    sheet = _backdrop(need.name, width, height)
    foot = _thing(sheet, need.name)
    picture = sheet.finish(seed_of("insert", need.name), 0.5)
    size = max(9, height // 30)
    # Nearer to the thing in an upright frame, whose end lies under buttons, yet on the dark of the table.
    top = round(height * (min(0.885, max(0.70, foot + 0.07)) if sheet.right < 0.4 else 0.885))
    box = (width // 10, top, width * 9 // 10, top + height * 7 // 100)
    set_text(picture, need.name, "serif_italic", box, size, mix(PAPER, (255, 255, 255), 0.2))
    return picture


def _thing(sheet: Sheet, name: str) -> float:
    """Draw a thing whole, smaller where the frame is narrow, over its shadow; returns how low it reaches."""
    left, top, right, bottom = icon_box(name)
    by = min(1.0, 2 * WIDEST * sheet.right / (right - left))
    about = ((left + right) / 2, (top + bottom) / 2)
    to = about if by == 1.0 and abs(about[0]) < 0.05 else (0.0, MIDDLE)
    foot = to[1] + by * (bottom - about[1])
    sheet.gloom(to[0] + 0.03, foot + 0.02, by * (right - left) * 0.6, 0.09 * max(by, 0.6), 0.5)
    with sheet.moved(about, to, by):
        draw_icon(sheet, name)
    return foot


def _card(need: PropNeed, width: int, height: int) -> Image.Image:
    words = frozenset(words_of(f"{need.name} {need.need_id}"))
    if words & {
        "letter",
        "note",
        "page",
        "book",
        "newspaper",
        "diary",
        "paper",
        "telegram",
        "log",
        "logbook",
        "journal",
    }:
        return _page(need, width, height)
    if words & {"phone", "smartphone", "mobile", "app", "cellphone", "tablet"}:
        return _phone_screen(need, width, height)
    if words & {"sign", "board", "poster", "plaque", "label", "signpost", "door", "banner", "billboard"}:
        return _sign(need, width, height)
    return _screen(need, width, height)


def _under(sheet: Sheet, x0: float, y0: float, x1: float, y1: float, round_by: float = 0.01) -> None:
    """The shadow of a card on what lies behind it alone: its own face stays lit."""
    for spread in (0.02, 0.015, 0.01, 0.005, 0.0):
        box = (x0 - spread, y0 - spread, x1 + spread, y1 + spread)
        sheet.box(*box, (30, 24, 52), 34, round_by=round_by + spread)


def _pixels(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> tuple[int, int, int, int]:
    h, w = sheet.height, sheet.width
    return (round(w / 2 + x0 * h), round(y0 * h), round(w / 2 + x1 * h), round(y1 * h))


def _half(sheet: Sheet, wanted: float) -> float:
    """``wanted`` half-width, or less where the frame is narrow."""
    return min(wanted, sheet.right * 0.86)


def _lettered(
    sheet: Sheet,
    need: PropNeed,
    box: tuple[int, int, int, int],
    face: Face,
    largest: float,
    colour: RGB,
    left: bool = False,
) -> Image.Image:
    picture = sheet.finish(seed_of("insert", need.name), 0.5)
    set_text(picture, need.screen_text, face, box, round(largest * sheet.height), colour, "left" if left else "centre")
    return picture


def _page(need: PropNeed, width: int, height: int) -> Image.Image:
    sheet = _backdrop(need.name, width, height)
    half = _half(sheet, 0.50)
    _under(sheet, -half + 0.01, 0.11, half + 0.015, 0.925)
    sheet.shape(
        [(-half - 0.008, 0.085), (half - 0.004, 0.075), (half + 0.010, 0.905), (-half + 0.006, 0.915)],
        mix(PAPER, (214, 190, 150), 0.35),
    )
    sheet.shape([(-half, 0.08), (half, 0.08), (half, 0.90), (-half, 0.90)], PAPER)
    for y in range(1, 9):
        sheet.line([(-half + 0.07, 0.13 + 0.088 * y), (half - 0.07, 0.13 + 0.088 * y)], 0.0016, (214, 196, 166))
    sheet.line([(-half + 0.05, 0.08), (-half + 0.05, 0.90)], 0.002, (214, 130, 110))
    box = _pixels(sheet, -half + 0.085, 0.13, half - 0.06, 0.85)
    return _lettered(sheet, need, box, "serif_italic", 0.085, (52, 46, 70), left=True)


def _phone_screen(need: PropNeed, width: int, height: int) -> Image.Image:
    sheet = _backdrop(need.name, width, height)
    half = _half(sheet, 0.36)
    _under(sheet, -half + 0.01, 0.075, half + 0.02, 0.985, 0.06)
    sheet.box(-half, 0.045, half, 0.965, (36, 34, 46), round_by=0.06)
    sheet.box(-half + 0.006, 0.051, half - 0.006, 0.959, (70, 68, 84), round_by=0.055)
    sheet.box(-half + 0.014, 0.059, half - 0.014, 0.951, (36, 34, 46), round_by=0.05)
    inner = half - 0.032
    sheet.graded([(-inner, 0.105), (inner, 0.105), (inner, 0.87), (-inner, 0.87)], ((36, 84, 108), (22, 48, 74)))
    sheet.box(-inner, 0.105, inner, 0.165, (58, 132, 148))
    for k in range(3):
        sheet.oval(inner - 0.03 - 0.03 * k, 0.135, 0.009, 0.009, (206, 240, 232))
    sheet.box(-inner + 0.025, 0.119, -inner + 0.115, 0.151, (236, 190, 96), round_by=0.01)
    sheet.oval(0, 0.91, 0.022, 0.022, (92, 90, 106))
    sheet.glow(0, 0.48, half * 1.5, 0.6, (90, 200, 210), 0.16)
    box = _pixels(sheet, -inner + 0.035, 0.19, inner - 0.035, 0.85)
    return _lettered(sheet, need, box, "sans_bold", 0.10, (222, 250, 240))


def _sign(need: PropNeed, width: int, height: int) -> Image.Image:
    sheet = _backdrop(need.name, width, height)
    half = _half(sheet, 0.60)
    board = dice_of("sign", need.name).choice(((50, 98, 100), (170, 72, 62), (52, 66, 104), (96, 76, 64)))
    for x in (-half * 0.6, half * 0.6):
        sheet.box(x - 0.025, 0.1, x + 0.025, 1.0, (104, 82, 74))
        sheet.box(x - 0.025, 0.1, x - 0.005, 1.0, (146, 116, 96))
    _under(sheet, -half + 0.01, 0.21, half + 0.015, 0.785, 0.035)
    sheet.box(-half, 0.17, half, 0.76, darker(board, 0.3), round_by=0.035)
    sheet.box(-half, 0.16, half, 0.745, board, round_by=0.035)
    sheet.box(-half + 0.022, 0.182, half - 0.022, 0.723, PAPER, round_by=0.024)
    sheet.box(-half + 0.031, 0.191, half - 0.031, 0.714, board, round_by=0.018)
    for x in (-half + 0.055, half - 0.055):
        for y in (0.215, 0.69):
            sheet.oval(x, y, 0.009, 0.009, (226, 204, 160))
    box = _pixels(sheet, -half + 0.085, 0.225, half - 0.085, 0.68)
    return _lettered(sheet, need, box, "sans_black", 0.16, (252, 244, 224))


def _screen(need: PropNeed, width: int, height: int) -> Image.Image:
    sheet = _backdrop(need.name, width, height)
    half = _half(sheet, 0.66)
    sheet.box(-half, 0.09, half, 0.865, (52, 50, 62), round_by=0.05)
    sheet.box(-half + 0.012, 0.10, half - 0.012, 0.852, (84, 82, 94), round_by=0.045)
    sheet.box(-half + 0.045, 0.135, half - 0.045, 0.79, (18, 34, 44), round_by=0.035)
    sheet.graded(
        [(-half + 0.055, 0.145), (half - 0.055, 0.145), (half - 0.055, 0.78), (-half + 0.055, 0.78)],
        ((24, 60, 66), (16, 36, 48)),
    )
    for k in range(1, 40):
        sheet.line([(-half + 0.055, 0.145 + 0.016 * k), (half - 0.055, 0.145 + 0.016 * k)], 0.002, (10, 24, 34), 90)
    sheet.shape(
        [(-half + 0.055, 0.145), (-half * 0.3, 0.145), (-half * 0.62, 0.78), (-half + 0.055, 0.78)], (220, 255, 244), 12
    )
    for k, colour in enumerate(((232, 92, 74), (246, 200, 96), (110, 206, 160))):
        sheet.oval(half - 0.15 + 0.04 * k, 0.822, 0.010, 0.010, colour)
    sheet.glow(0, 0.46, half * 1.4, 0.6, (80, 210, 180), 0.16)
    box = _pixels(sheet, -half + 0.105, 0.18, half - 0.105, 0.745)
    return _lettered(sheet, need, box, "sans_bold", 0.13, (190, 255, 224))


def draw_slate(wanted: str, reason: str, width: int, height: int) -> Image.Image:
    """The card shown where a picture is missing: what was wanted, and why it is not here. RGB."""
    sheet = Sheet(width, height, (44, 44, 58))
    left, right = sheet.left, sheet.right
    sheet.graded([(left, 0), (right, 0), (right, 1), (left, 1)], ((70, 74, 92), (40, 40, 54)))
    half = _half(sheet, 0.62)
    sheet.box(-half, 0.30, half, 0.86, INK, round_by=0.02)
    sheet.box(-half, 0.30, half, 0.845, (58, 58, 74), round_by=0.02)
    stripes = max(4, round(half * 2 / 0.13))
    for k, (y, lean) in enumerate(((0.225, 0.03), (0.135, -0.03))):
        tilt = 0.0 if k == 0 else -0.035
        for n in range(stripes):
            a, b = -half + 2 * half * n / stripes, -half + 2 * half * (n + 1) / stripes
            rise_a, rise_b = tilt * (a + half) / (2 * half), tilt * (b + half) / (2 * half)
            sheet.shape(
                [(a, y + rise_a), (b, y + rise_b), (b + lean, y + 0.07 + rise_b), (a + lean, y + 0.07 + rise_a)],
                PAPER if n % 2 else (48, 46, 58),
            )
    for y in (0.60,):
        sheet.line([(-half + 0.05, y), (half - 0.05, y)], 0.003, (206, 160, 92))
    picture = sheet.finish(seed_of("slate", wanted, reason), 0.5)
    pen_box = _pixels(sheet, -half + 0.07, 0.34, half - 0.07, 0.58)
    set_text(picture, wanted or "picture", "serif_bold", pen_box, round(height * 0.09), PAPER)
    set_text(
        picture,
        reason or "not yet made",
        "sans",
        _pixels(sheet, -half + 0.07, 0.625, half - 0.07, 0.82),
        round(height * 0.048),
        (226, 196, 150),
    )
    ImageDraw.Draw(picture).rectangle((0, height - max(2, height // 120), width, height), fill=(206, 160, 92))
    return picture
