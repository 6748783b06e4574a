import numpy as np
import pytest
from PIL import Image, ImageChops

from narrative_assets.media.drawing import draw_insert, draw_slate
from narrative_assets.media.drawing.icons import draw_icon
from narrative_assets.media.drawing.lettering import fit, font, readable, set_text
from schemas.assets import PropNeed

WIDE, HIGH = 320, 180


def prop(name: str, text: str = "") -> PropNeed:
    return PropNeed(need_id="prop:x", name=name, screen_text=text)


def test_things_known_by_name_are_drawn_apart() -> None:
    names = [
        "phone",
        "key",
        "letter",
        "lamp",
        "lantern",
        "clock",
        "leash",
        "map",
        "book",
        "radio",
        "knife",
        "photo",
        "coin",
        "box",
        "bottle",
        "rope",
        "bell",
        "compass",
        "ring",
        "cup",
        "flower",
    ]
    middles = {draw_insert(prop(name), WIDE, HIGH).crop((90, 30, 230, 140)).tobytes() for name in names}
    assert len(middles) == len(names)


@pytest.mark.parametrize("size", [(320, 180), (240, 240), (180, 320)], ids=["16:9", "1:1", "9:16"])
@pytest.mark.parametrize("name", ["key", "leash", "map", "letter", "clock", "knife", "rope", "gun", "box", "bell"])
def test_a_thing_is_whole_with_room_around_it_in_every_shape_of_frame(
    name: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ink(width: int, height: int) -> tuple[int, int, int, int]:
        picture = draw_insert(prop(name), width, height)
        with monkeypatch.context() as bare:
            bare.setattr("narrative_assets.media.drawing.inserts.draw_icon", lambda sheet, name: None)
            table = draw_insert(prop(name), width, height)
        box = ImageChops.difference(picture, table).convert("L").point([0] * 16 + [255] * 240).getbbox()
        assert box is not None
        return box

    left, top, right, bottom = ink(*size)
    assert left >= 0.07 * size[0]
    assert right <= 0.93 * size[0]
    assert top >= 0.05 * size[1]
    assert bottom <= 0.95 * size[1]
    wide = ink(640, 240)
    assert (right - left) / (bottom - top) == pytest.approx((wide[2] - wide[0]) / (wide[3] - wide[1]), rel=0.12)


def test_a_thing_is_found_by_the_last_word_that_fits() -> None:
    from narrative_assets.media.drawing.brush import Sheet

    def icon(name: str) -> bytes:
        sheet = Sheet(160, 90, (90, 90, 90))
        draw_icon(sheet, name)
        return sheet.finish(1).tobytes()

    assert icon("the lamp room key") == icon("key")
    assert icon("an unheard-of thing") == icon("")


@pytest.mark.parametrize("name", ["phone", "sign", "letter", "screen", "thing"])
@pytest.mark.parametrize(
    "text", ["KEEP OUT", "EXAMINE potential takeover of traffic lights by chihuahuas. " * 3, "W" * 90]
)
def test_the_words_of_a_card_stay_inside_it(name: str, text: str) -> None:
    blank = draw_insert(prop(name, "\u2009."), WIDE, HIGH)
    written = draw_insert(prop(name, text), WIDE, HIGH)
    ink = ImageChops.difference(blank, written).convert("L").point([0] * 24 + [255] * 232).getbbox()
    assert ink is not None
    half = {"phone": 0.36, "sign": 0.60, "letter": 0.50}.get(name, 0.66) * HIGH
    assert ink[0] >= WIDE / 2 - half
    assert ink[2] <= WIDE / 2 + half
    assert ink[1] >= 0.06 * HIGH
    assert ink[3] <= 0.92 * HIGH


def test_text_is_set_within_its_box_and_as_large_as_it_fits() -> None:
    for text, largest in (("short", 40), ("a rather longer run of words " * 4, 40), ("x" * 200, 40)):
        picture = Image.new("RGB", (400, 200))
        box = (50, 40, 350, 160)
        set_text(picture, text, "sans_bold", box, largest, (255, 255, 255))
        ink = picture.getbbox()
        assert ink is not None
        assert box[0] - 2 <= ink[0] < ink[2] <= box[2] + 2
        assert box[1] <= ink[1] < ink[3] <= box[3]
    assert fit("short", "sans", (300, 120), 40)[0].size == 40


def test_text_that_fits_at_no_size_is_cut_with_an_ellipsis() -> None:
    _, lines, height = fit("word " * 900, "serif", (120, 60), 30)
    assert lines[-1].endswith("\u2026")
    assert len(lines) * height <= 60


def test_scripts_the_faces_lack_become_dashes() -> None:
    assert readable("OK 🎉 灯台") == "OK \u2013 \u2013\u2013"
    assert readable("Crème brûlée – naïve") == "Crème brûlée – naïve"
    assert font("serif", 20).getlength("a") > 0


@pytest.mark.parametrize("text", ["", "🎉", "日本語のテキスト", "\n\n", "a\tb\x07c"])
def test_unreadable_words_never_stop_an_insert(text: str) -> None:
    picture = draw_insert(prop(text.replace("\n", " "), text), WIDE, HIGH)
    assert picture.mode == "RGB"
    assert picture.size == (WIDE, HIGH)


def test_a_slate_names_what_is_missing() -> None:
    one = draw_slate("plate: the pier by night", "The library has none.", WIDE, HIGH)
    two = draw_slate("plate: the park by day", "The library has none.", WIDE, HIGH)
    assert one.size == (WIDE, HIGH)
    difference = np.abs(np.asarray(one, dtype=np.int16) - np.asarray(two, dtype=np.int16)).max(axis=2) > 60
    assert difference[60:105].any()
    assert not difference[:20].any()
    assert draw_slate("", "", 90, 160).size == (90, 160)
