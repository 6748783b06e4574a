"""Lettering: ink inside the safe areas at every shape of frame, readable, complete, and still while it holds."""

from __future__ import annotations

import numpy as np
import pytest
from episode_kit import shot, shot_list

from narrative_assets.video.burned_captions import caption_strip, caption_top
from narrative_assets.video.cards import title_card
from narrative_assets.video.credits import card_frames, credit_groups, credits_shown, credits_view, layout
from narrative_assets.video.lettered import Lettering, card_key, overlays, third_key
from narrative_assets.video.lettering import (
    CONTRAST,
    SANS_STRONG,
    contrast,
    drawable,
    missing_glyphs,
    palette,
    safe_area,
)
from narrative_assets.video.lower_thirds import lower_third
from narrative_assets.video.motion import Planes, extent
from narrative_assets.video.overlays import burn, letter
from narrative_assets.video.sheet import Sheet
from schemas.shots import Figure, Framing, LowerThird, Movement, Shot, ShotAudio, ShotList

SHAPES = [(1280, 720), (720, 1280), (720, 720), (320, 180)]
TITLES = ["Fog", "The Extraordinarily Long Night of the Reluctant Lighthouse Keeper’s Daughter", ""]
PUSH = Movement(kind="push_in", amount=30)


def grey(width: int, height: int) -> Planes:
    half = (height // 2, width // 2)
    return Planes(np.full((height, width), 90, np.uint8), np.full(half, 128, np.uint8), np.full(half, 128, np.uint8))


def inked(planes: Planes, before: Planes) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (exclusive) of what differs."""
    rows, columns = np.nonzero(planes.y != before.y)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def assert_safe(box: tuple[int, int, int, int], width: int, height: int) -> None:
    area = safe_area(width, height)
    assert area.left <= box[0]
    assert area.top <= box[1]
    assert box[2] <= area.right
    assert box[3] <= area.bottom


def named(title: str = "Mara Quill", subtitle: str = "Lighthouse keeper", *, spoken: bool = False) -> Shot:
    third = LowerThird(character_id="ada", title=title, subtitle=subtitle, start_frame=8, frames=90)
    audio = ShotAudio(line_ids=("l001",)) if spoken else ShotAudio()
    return shot(1, 120, lower_third=third, audio=audio)


def credited(count: int, frames: int = 240, **more: object) -> tuple[Shot, ShotList]:
    last = shot(1, frames, framing=Framing(size="ls", kind="credits"), figures=(), fade_out_frames=24, **more)
    lines = ("The Long Night", "", "Cast", *(f"Somebody number {n}" for n in range(count)), "", "Written by", "A. One")
    return last, shot_list([last]).model_copy(update={"credits": lines})


def test_the_title_safe_area_is_ninety_percent_and_clear_of_a_telephone_s_buttons() -> None:
    assert safe_area(1280, 720) == safe_area(1280, 720).__class__(64, 36, 1216, 684)
    tall = safe_area(720, 1280)
    assert tall.top >= 1280 * 0.14
    assert tall.bottom <= 1280 * 0.65


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize(
    "series", ["", "The Lamp at Skerrow", "A Series Whose Name Is Longer Than Any Card Is Wide " * 3]
)
def test_titles_stay_inside_the_safe_area_to_the_end_of_the_push(
    size: tuple[int, int], title: str, series: str
) -> None:
    opening = shot(1, 24, framing=Framing(size="ls", kind="title"), figures=(), movement=PUSH)
    shots = shot_list([opening]).model_copy(update={"title": title, "series_title": series})
    sheet = Sheet.of(extent(PUSH, *size), *size)
    card = np.asarray(title_card(opening, shots, sheet), int).sum(axis=2)
    rows, columns = np.nonzero(card > 330)
    grown = 1.03 / sheet.unit * size[1]
    left, right = ((columns.min() - sheet.width / 2) * grown, (columns.max() - sheet.width / 2) * grown)
    top, bottom = ((rows.min() - sheet.height / 2) * grown, (rows.max() - sheet.height / 2) * grown)
    area = safe_area(*size)
    assert area.left - size[0] / 2 <= left
    assert right <= area.right - size[0] / 2
    assert area.top - size[1] / 2 <= top
    assert bottom <= area.bottom - size[1] / 2


def test_the_series_and_the_episode_are_two_lines_of_different_weight() -> None:
    opening = shot(1, 24, framing=Framing(size="ls", kind="title"), figures=(), screen_text="Fog")
    shots = shot_list([opening]).model_copy(update={"title": "Fog", "series_title": "Skerrow"})
    sheet = Sheet(1280, 720, 720.0, 1280 / 720)
    card = np.asarray(title_card(opening, shots, sheet), int).sum(axis=2) > 330
    filled = np.concatenate([[0], card.any(axis=1).astype(int), [0]])
    edges = np.flatnonzero(np.diff(filled)).reshape(-1, 2)
    heights = (edges[:, 1] - edges[:, 0]).tolist()
    assert len(heights) == 4  # series, title, rule, number
    assert heights[1] > 2.5 * heights[0]
    assert heights[2] < heights[3] < heights[1]


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("spoken", [False, True])
@pytest.mark.parametrize("name", ["Bo", "Bartholomew Maximilian Featherstonehaugh-Cholmondeley"])
def test_lower_thirds_stand_in_the_safe_area_and_clear_of_captions(
    size: tuple[int, int], spoken: bool, name: str
) -> None:
    overlay = lower_third(named(name, spoken=spoken), "harbour", *size, 24)
    assert overlay is not None
    plain, planes = grey(*size), grey(*size)
    burn(planes, overlay.held)
    box = inked(planes, plain)
    assert_safe(box, *size)
    caption = caption_strip(("W" * 42, "and a second line, also rather long for it"), *size)
    assert not spoken or box[3] <= caption.top
    assert caption_top(*size) <= caption.top


def test_a_lower_third_stands_clear_of_the_shoulder_that_is_looked_over() -> None:
    framing = Framing(size="mcu", kind="over_the_shoulder", subject_ids=("ada",), over_shoulder_of="ben")
    for facing, at_right in (("left", True), ("right", False)):
        ada = Figure(character_id="ada", slot="right", facing=facing)
        ben = Figure(character_id="ben", slot="left", facing="away")
        looking = named().model_copy(update={"framing": framing, "figures": (ben, ada)})
        overlay = lower_third(looking, "harbour", 640, 360, 24)
        assert overlay is not None
        assert (overlay.held.left > 320) is at_right
        planes, plain = grey(640, 360), grey(640, 360)
        for frame in range(120):
            letter(planes, [overlay], frame)
        assert planes.y.shape == plain.y.shape
        burn(plain, overlay.held)
        assert_safe(inked(plain, grey(640, 360)), 640, 360)


def test_a_lower_third_slides_in_holds_still_and_slides_out() -> None:
    overlay = lower_third(named(), "harbour", 1280, 720, 24)
    assert overlay is not None
    changing = [frame for frame in range(120) if overlay.changes(frame)]
    assert changing == [*range(8, 17), *range(90, 99)]
    assert overlay.at(7) is None
    assert overlay.at(98) is None
    strengths = [255 - int(strip.keep[0][10, 2]) for strip in (*overlay.steps, overlay.held)]
    assert strengths == sorted(set(strengths))
    assert [strip.left for strip in overlay.steps] == sorted(strip.left for strip in overlay.steps)
    assert overlay.steps[0].left >= 0


def test_no_lower_third_is_drawn_where_the_profile_wants_none() -> None:
    assert overlays(named(), (), "harbour", Lettering(lower_thirds=False), 320, 180, 24) == ()
    assert len(overlays(named(), (), "harbour", Lettering(), 320, 180, 24)) == 1
    assert third_key(named(), "harbour", Lettering(lower_thirds=False)) == []


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("count", [1, 12, 60, 200])
def test_all_credits_stay_inside_the_safe_area(size: tuple[int, int], count: int) -> None:
    last, shots = credited(count)
    view = credits_view(last, shots, ("A picture by Ann, CC BY 4.0",), *size)
    plain = grey(*size)
    view.draw(0, plain)
    starts = card_frames(
        last, len(layout(credit_groups(shots, ("A picture by Ann, CC BY 4.0",)), *size, 228, 24).cards)
    )
    for frame in starts:
        planes = grey(*size)
        view.draw(frame + 9, planes)
        rows, columns = np.nonzero(planes.y > 110)
        assert_safe((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), *size)


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("frames", [60, 240])
@pytest.mark.parametrize("count", [0, 3, 40, 500])
def test_no_credit_is_dropped_however_many_there_are(size: tuple[int, int], frames: int, count: int) -> None:
    last, shots = credited(60, frames)
    sources = tuple(f"“Harbour {n}” by Author Number {n}, CC BY 4.0, https://example.org/{n}" for n in range(count))
    shown = credits_shown(last, shots, sources, *size)
    wanted = [line for line in shots.credits if line]
    assert shown == (*wanted, *(("Pictures and sounds", *sources) if sources else ()))


def test_few_credits_stand_on_one_card_and_many_in_turn() -> None:
    few = layout(credit_groups(credited(7)[1]), 1280, 720, 108, 24)
    many = layout(credit_groups(credited(60)[1]), 1280, 720, 480, 24)
    assert len(few.cards) == 1
    assert few.columns == 1
    assert len(many.cards) > 1
    assert few.size >= many.size


def test_credit_cards_hold_still_but_for_eight_frames_at_each_turn() -> None:
    last, shots = credited(60, 480)
    view = credits_view(last, shots, (), 320, 180)
    cards = len(layout(credit_groups(shots), 320, 180, 468, 24).cards)
    changing = [frame for frame in range(480) if not view.repeats(frame)]
    assert cards > 1
    assert len(changing) == 1 + 9 * (cards - 1)
    shown, before = grey(320, 180), grey(320, 180)
    for frame in range(1, 480):
        view.draw(frame, shown)
        view.draw(frame - 1, before)
        assert np.array_equal(shown.y, before.y) == view.repeats(frame)
        if frame > changing[9]:
            break


def test_the_key_of_the_credits_covers_what_they_say() -> None:
    last, shots = credited(4)
    assert card_key(last, shots, Lettering()) != card_key(last, shots, Lettering(attributions=("By Ann",)))
    assert card_key(named(), shots, Lettering()) == []


def test_each_series_has_its_own_colours_and_all_can_be_read() -> None:
    assert len({palette(f"series-{number}").ground for number in range(12)}) > 9
    assert palette("series-1") == palette("series-1")
    for number in range(200):
        colours = palette(f"series-{number}")
        assert contrast(colours.ink, colours.ground) >= 7
        assert contrast(colours.accent, colours.ground) >= CONTRAST
        assert contrast(colours.ink, colours.depth) >= 7


@pytest.mark.parametrize("size", SHAPES)
def test_captions_stay_inside_the_safe_area(size: tuple[int, int]) -> None:
    strip = caption_strip(("W" * 42, "and a second line, also rather long for it"), *size)
    plain, planes = grey(*size), grey(*size)
    burn(planes, strip)
    assert_safe(inked(planes, plain), *size)
    columns, rows = strip.size
    assert strip.left % 2 == strip.top % 2 == rows % 2 == columns % 2 == 0


def test_a_caption_is_white_on_black_on_any_picture() -> None:
    for level in (16, 128, 235):
        planes = grey(1280, 720)
        planes.y[:] = level
        burn(planes, caption_strip(("There is a ship out there.",), 1280, 720))
        assert planes.y.max() >= 230
        assert planes.y.min() <= 40


def test_a_letter_that_the_face_lacks_is_reported_and_never_drawn_as_a_box() -> None:
    assert missing_glyphs("Zoë naïve Ω Ж …") == ()
    assert missing_glyphs("灯台 lamp 灯") == ("灯", "台")
    assert drawable("灯台 lamp", SANS_STRONG) == "?? lamp"
    assert drawable("Ｆｉｎｅ e\u0301\u200d\ufe0f", SANS_STRONG) == "Fine é"
