"""One shot list, three shapes of frame: heads stay in, whoever is seen, however many and wherever the camera goes."""

from __future__ import annotations

from itertools import product

import pytest
from episode_kit import shot

from narrative_assets.video.bodies import Body
from narrative_assets.video.framing import EYES, LENSES, NARROW, head, place, visible
from schemas.shots import Figure, Framing, Movement

ASPECTS = {"16:9": 16 / 9, "1:1": 1.0, "9:16": 9 / 16}
ADULT = Body(width=0.6, top=0.06, left=0.14, right=0.46, head_x=0.3)
CHILD = Body(width=0.6, top=0.3, left=0.16, right=0.44, head_x=0.3)
ARMS_OUT = Body(width=1.0, top=0.06, left=0.1, right=0.9, head_x=0.5)
CLOUD = Body(
    width=0.6, top=0.09, left=0.06, right=0.54, head_x=0.29,
    outline=(None, None, *[(0.22, 0.38), (0.12, 0.47), (0.06, 0.54), (0.1, 0.5)] * 2, *[None] * 14),
)  # fmt: skip
CASTS = {
    "one": [ADULT],
    "child": [CHILD],
    "two": [ADULT, ADULT],
    "adult_and_child": [ADULT, CHILD],
    "arms": [ARMS_OUT, ADULT],
    "three": [ADULT, CHILD, ADULT],
    "four": [ADULT, ADULT, CHILD, ADULT],
}
SLOTS = {1: ("right",), 2: ("left", "right"), 3: ("far_left", "centre", "far_right"),
         4: ("far_left", "left", "right", "far_right")}  # fmt: skip
MOVES = [
    Movement(),
    Movement(kind="push_in", amount=80),
    Movement(kind="pull_out", amount=60),
    Movement(kind="pan_left", amount=90),
    Movement(kind="tilt_up", amount=60),
]
WHOLE_HEADS = ["els", "ls", "mls", "ms", "mcu", "cu"]


def staged(size: str, cast: str, angle: str = "eye", move: Movement | None = None):
    bodies = CASTS[cast]
    names = tuple(f"c{number}" for number in range(len(bodies)))
    return shot(
        1,
        48,
        framing=Framing(
            size=size, kind={1: "single", 2: "two_shot"}.get(len(bodies), "master"), angle=angle, subject_ids=names
        ),
        movement=move or Movement(),
        figures=tuple(
            Figure(character_id=name, slot=slot, facing="right" if "left" in slot else "left")
            for name, slot in zip(names, SLOTS[len(bodies)], strict=True)
        ),
    ), bodies


def seen_heads(view, bodies, aspect):
    """Head boxes as shares of the frame, at both ends of the camera's move."""
    move, share = view.movement, view.movement.amount / 1000
    boxes = []
    for each in place(view, bodies, aspect):
        left, top, right, bottom = head(each, bodies[each.index])
        box = [left / aspect, top, right / aspect, bottom]
        if move.kind in ("push_in", "pull_out"):
            boxes += [box, [0.5 + (edge - 0.5) * (1 + share) for edge in box]]
        else:
            along = (1, 0, 1, 0) if move.kind.startswith("pan") else (0, 1, 0, 1)
            boxes += [[edge + way * share / 2 * by for edge, by in zip(box, along, strict=True)] for way in (-1, 1)]
    return boxes


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("size", WHOLE_HEADS)
@pytest.mark.parametrize("cast", CASTS)
def test_no_head_is_cropped_at_any_angle_or_move(cast, size, aspect):
    for angle, move in product(("eye", "low", "high", "overhead"), MOVES):
        view, bodies = staged(size, cast, angle, move)
        for left, top, right, bottom in seen_heads(view, bodies, ASPECTS[aspect]):
            assert -1e-9 <= left < right <= 1 + 1e-9, (angle, move)
            assert -1e-9 <= top < bottom <= 1.0, (angle, move)


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("size", WHOLE_HEADS)
def test_what_floats_is_seen_from_side_to_side(size, aspect):
    across = ASPECTS[aspect]
    for move, facing in product(MOVES, ("left", "right", "away")):
        view, _ = staged(size, "one", move=move)
        view = view.model_copy(update={"figures": (view.figures[0].model_copy(update={"facing": facing}),)})
        (cloud,) = place(view, [CLOUD], across)
        sides = [(CLOUD.left - CLOUD.head_x) * cloud.scale, (CLOUD.right - CLOUD.head_x) * cloud.scale]
        ends = [cloud.x + (-side if cloud.mirrored else side) for side in sides]
        share = move.amount / 1000
        grown = 1 + share if move.kind in ("push_in", "pull_out") else 1
        slid = share / 2 * across if move.kind.startswith("pan") else 0
        least, most = ((end - across / 2) * grown + across / 2 for end in (min(ends), max(ends)))
        assert least - slid >= -1e-9
        assert most + slid <= across + 1e-9


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("size", ["mls", "ms", "mcu", "cu"])
@pytest.mark.parametrize("cast", CASTS)
def test_in_close_shots_heads_are_title_safe(cast, size, aspect):
    view, bodies = staged(size, cast)
    for left, top, right, bottom in seen_heads(view, bodies, ASPECTS[aspect]):
        assert 0.049 <= left < right <= 0.951
        assert 0.049 <= top < bottom <= 0.951


@pytest.mark.parametrize("size", ["bcu", "ecu"])
@pytest.mark.parametrize("aspect", ASPECTS)
def test_the_closest_sizes_lose_hair_but_never_eyes_and_no_company(size, aspect):
    view, bodies = staged(size, "one")
    (each,) = place(view, bodies, ASPECTS[aspect])
    assert 0.25 < each.ground - (1 - bodies[0].y(EYES)) * each.scale < 0.6
    view, bodies = staged(size, "two")
    for left, top, right, bottom in seen_heads(view, bodies, ASPECTS[aspect]):
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1


@pytest.mark.parametrize("cast", ["one", "two", "adult_and_child"])
@pytest.mark.parametrize("size", ["mls", "ms", "mcu", "cu"])
def test_on_a_telephone_faces_keep_clear_of_what_lies_over_its_ends(size, cast):
    for move in MOVES:
        view, bodies = staged(size, cast, move=move)
        boxes = seen_heads(view, bodies, ASPECTS["9:16"])
        assert min(box[1] for box in boxes) >= 0.139
        assert min(box[3] for box in boxes) <= 0.651


@pytest.mark.parametrize("size", ["ms", "mcu", "cu"])
def test_a_narrow_frame_brings_two_people_together_and_never_hides_a_face(size):
    view, bodies = staged(size, "two")
    wide, narrow = (sorted(place(view, bodies, ASPECTS[each]), key=lambda p: p.x) for each in ("16:9", "9:16"))
    gaps = [(pair[1].x - pair[0].x) / pair[0].scale for pair in (wide, narrow)]
    assert 0.2 <= gaps[1] <= gaps[0]
    assert ASPECTS["9:16"] < NARROW
    assert narrow[0].scale > 0.95


def test_two_who_share_a_frame_stand_closer_than_their_marks_in_the_room():
    near, bodies = staged("mls", "two")
    far, _ = staged("ls", "two")
    xs, marks = (sorted(each.x for each in place(view, bodies, 16 / 9)) for view in (near, far))
    assert xs[1] - xs[0] < marks[1] - marks[0]


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_crowd_in_a_wide_shot_stays_on_its_ground(aspect):
    for size in ("els", "ls"):
        view, bodies = staged(size, "four")
        assert {each.ground for each in place(view, bodies, ASPECTS[aspect])} == {LENSES[size].feet}
        assert len(visible(view)) == 4
