"""Where things stand in the frame: how large a figure is at each shot size, eye lines, look-room, depth.

Pure geometry in frame heights: x runs from 0 at the left edge to the aspect ratio, y from 0 (top) to 1.
No pixel is touched here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from narrative_assets.video.bodies import HEAD_WIDTH, Body, Placed, Side, ends_of, gaps_of, moved_apart
from schemas.shots import Framing, Shot

# Figure pictures: the canvas ends at the feet; an adult's head begins at 6 % of its height.
ADULT_TOP = 0.06
EYES = 0.096
"""Eye height as a share of an adult from the top of the head to the feet."""


@dataclass(frozen=True)
class Lens:
    """One shot size. ``cut`` is the share of the body above the lower frame edge, ``eyes`` where the eye line lies.

    Wide sizes say instead how tall the whole figure is (``whole``) and where the feet stand (``feet``).
    ``depth`` enlarges the background, ``blur`` takes its sharpness (share of the frame height).
    """

    eyes: float = 0.0
    cut: float = 0.0
    whole: float = 0.0
    feet: float = 0.0
    depth: float = 1.0
    blur: float = 0.0


LENSES = {
    "els": Lens(whole=0.35, feet=0.87),
    "ls": Lens(whole=0.78, feet=0.93),
    "mls": Lens(eyes=0.24, cut=0.68, depth=1.15, blur=0.001),
    "ms": Lens(eyes=0.30, cut=0.52, depth=1.35, blur=0.0025),
    "mcu": Lens(eyes=0.34, cut=0.35, depth=1.6, blur=0.004),
    "cu": Lens(eyes=0.38, cut=0.275, depth=1.95, blur=0.006),
    "bcu": Lens(eyes=0.41, cut=0.21, depth=2.3, blur=0.008),
    "ecu": Lens(eyes=0.47, cut=0.16, depth=2.8, blur=0.011),
}
TIGHT = frozenset({"ms", "mcu", "cu", "bcu", "ecu"})
_CLOSEST = frozenset({"bcu", "ecu"})
"""Sizes closer than a head."""
NARROW = 0.8
"""Frames narrower than this are watched on a telephone, with lettering and buttons over their ends."""
CHIN = 0.186
"""Height of an adult's chin as a share of the body, like ``EYES``."""
CLEAR_TOP, CLEAR_BOTTOM = 0.14, 0.35
"""Shares of a narrow frame that faces keep clear of."""
_SAFE = 0.05
_ROUNDING = 1e-9
_MARGIN = 0.03
"""What stays clear at either side of a wide shot, in frame heights."""
SHOULDER_TO_SHOULDER = 0.8
"""How much of the room that a crowd would need apart it gets: its arms may cross."""
_APART, _APART_NARROW = 0.95, 0.85
"""The same for two: a shoulder may overlap, more of it in the close shots of a narrow frame."""
_HEAD_ROOM = {"mcu": 0.75, "cu": 0.88, "bcu": 1.15, "ecu": 1.9}
_SLOTS = {"far_left": 0.14, "left": 0.32, "centre": 0.5, "right": 0.68, "far_right": 0.86}


@dataclass(frozen=True)
class Backdrop:
    """The part of the plate seen: enlarged by ``depth``, centred at (``x``, ``y``) shares of the plate."""

    depth: float
    x: float
    y: float
    blur: float


def place(shot: Shot, bodies: Sequence[Body], aspect: float) -> tuple[Placed, ...]:
    """Place the figures of ``shot``, back to front. ``bodies`` stand in the order of its figures."""
    seen = visible(shot)
    if not seen:
        return ()
    ref = _reference(shot, bodies, seen)
    xs = {i: _x(shot, i, seen, aspect) for i in seen}
    row = [(bodies[i], shot.figures[i].facing == "left") for i in sorted(seen, key=lambda i: (xs[i], i))]
    scale, ground = _scale(shot.framing, row, bodies[ref], aspect)
    placed = [Placed(i, xs[i], ground, scale, shot.figures[i].facing == "left") for i in seen]
    placed = _spread(placed, bodies, aspect, shot.framing.size)
    placed = _heads_in(shot, placed, bodies, aspect)
    if LENSES[shot.framing.size].whole:
        placed = [_kept_in(each, bodies[each.index], _MARGIN, aspect - _MARGIN) for each in placed]
    elif len(placed) == 1 and bodies[placed[0].index].floats and shot.framing.size not in _CLOSEST:
        placed = [_seen_across(shot, placed[0], bodies[placed[0].index], aspect)]
    return tuple(sorted(placed, key=lambda each: (each.index in _subjects(shot), each.index)))


def over_shoulder(shot: Shot, body: Body, index: int, aspect: float) -> Placed:
    """Place the listener in the foreground, at the side the subject looks to."""
    left = _shoulder_left(shot)
    lens = LENSES["mcu" if shot.framing.size not in ("cu", "bcu", "ecu") else "cu"]
    # A narrow frame has room for half a head only, lower than the face it looks at.
    edge, most, eyes = (-0.03, 0.8, 0.52) if aspect < NARROW else (0.06, 0.55, 0.44)
    scale = min(1.15 * _adult_scale(lens, body), most * aspect / HEAD_WIDTH)
    ground = eyes + (1.0 - body.y(EYES)) * scale
    return Placed(index, aspect * (edge if left else 1.0 - edge), ground, scale, not left, shoulder=True)


def backdrop(shot: Shot) -> Backdrop:
    """The part of the background plate that ``shot`` shows. Opposite slots look at opposite parts of the place."""
    lens = LENSES[shot.framing.size] if shot.figures else Lens(depth=1.0)
    slots = [_SLOTS[shot.figures[i].slot] for i in visible(shot)]
    middle = sum(slots) / len(slots) if slots else 0.5
    tilt = {"eye": 0.0, "low": -0.07, "high": 0.08, "overhead": 0.14}[shot.framing.angle]
    depth = lens.depth if tilt == 0.0 else max(lens.depth, 1.16)
    y = 0.5 if lens.depth == 1.0 else 0.46
    return Backdrop(depth, 0.5 + 0.55 * (middle - 0.5), y + tilt, lens.blur)


def visible(shot: Shot) -> tuple[int, ...]:
    """Indexes of the figures drawn: in tight shots only whom the shot is about, never the shoulder's owner."""
    over = shot.framing.over_shoulder_of
    people = [i for i, figure in enumerate(shot.figures) if figure.character_id != over or not is_over_shoulder(shot)]
    about = [i for i in people if shot.figures[i].character_id in shot.framing.subject_ids]
    return tuple(about if about and shot.framing.size in TIGHT else people)


def is_over_shoulder(shot: Shot) -> bool:
    """Whether somebody's shoulder stands in the foreground."""
    return shot.framing.kind == "over_the_shoulder" and shot.framing.over_shoulder_of is not None


def _subjects(shot: Shot) -> set[int]:
    return {i for i, figure in enumerate(shot.figures) if figure.character_id in shot.framing.subject_ids}


def _reference(shot: Shot, bodies: Sequence[Body], seen: Sequence[int]) -> int:
    """The figure whose eyes lie on the eye line: the tallest of those the shot is about."""
    about = [i for i in seen if i in _subjects(shot)] or list(seen)
    return max(about, key=lambda i: (bodies[i].tall, -i))


def _adult_scale(lens: Lens, body: Body) -> float:
    """Height of the figure's picture in frame heights, so that ``lens`` cuts the body where it should."""
    if lens.whole:
        return lens.whole / (1.0 - ADULT_TOP)
    return (1.0 - lens.eyes) / max(0.02, body.y(lens.cut) - body.y(EYES))


def _scale(framing: Framing, row: Sequence[Side], ref: Body, aspect: float) -> tuple[float, float]:
    """Scale of the figures' pictures, which stand from left to right in ``row``, and the height of their ground."""
    seen = [body for body, _ in row]
    lens = _angled(LENSES[framing.size], framing.angle)
    scale = min(_adult_scale(lens, ref), _widest(framing, row, aspect))
    if lens.whole:
        return scale, lens.feet
    lowest = max(body.y(EYES) for body in seen)
    if lowest > ref.y(EYES):
        # A child or a dog beside an adult: the frame opens until its face is in.
        scale = min(scale, (0.84 - lens.eyes) / (lowest - ref.y(EYES)))
    if len(seen) == 1 and ref.bulk > 2.0:
        scale = min(scale, _fitting(ref, framing.size))
    ground = lens.eyes + (1.0 - ref.y(EYES)) * scale
    # Whole bodies stand on the ground, not in mid-air.
    return scale, max(ground, 0.93)


def _widest(framing: Framing, row: Sequence[Side], aspect: float) -> float:
    """Scale at which heads and groups still fit across: only narrow frames and crowds need it."""
    heads = _HEAD_ROOM.get(framing.size, _HEAD_ROOM["mcu"]) * aspect / HEAD_WIDTH
    if framing.kind == "over_the_shoulder":
        heads = min(heads, 0.6 * aspect / HEAD_WIDTH)
    if len(row) == 1:
        return heads
    closeness = _closeness(framing.size, aspect, len(row))
    across = aspect - 2 * _MARGIN if LENSES[framing.size].whole else 0.95 * aspect
    return min(
        heads, across / (sum(gaps_of(row)) * closeness + sum(ends_of(row, whole=LENSES[framing.size].whole > 0)))
    )


def _closeness(size: str, aspect: float, count: int) -> float:
    """How much of the room that keeps bodies apart a group gets: in narrow frames it overlaps more in depth."""
    narrow = aspect < NARROW and size in TIGHT
    if count == 2:
        return _APART_NARROW if narrow else _APART
    return 0.68 if narrow else SHOULDER_TO_SHOULDER


def _fitting(body: Body, size: str) -> float:
    """Scale at which a wide body, such as a dog's, still fits the frame; closer sizes let more of it go."""
    room = {"mls": 1.0, "ms": 1.15, "mcu": 1.5, "cu": 2.0}.get(size, 3.0)
    return room / max(0.05, body.right - body.left)


def _angled(lens: Lens, angle: str) -> Lens:
    """A low camera makes tall and a high one small."""
    if angle == "eye":
        return lens
    low = angle == "low"
    if lens.whole:
        return replace(lens, whole=lens.whole * (1.05 if low else 0.9), feet=lens.feet + (0.02 if low else -0.02))
    return replace(lens, eyes=lens.eyes + (-0.015 if low else 0.03), cut=lens.cut * (1.0 if low else 1.06))


def _x(shot: Shot, index: int, seen: Sequence[int], aspect: float) -> float:
    """Where a figure stands across the frame. One alone gets look-room on the side it looks to."""
    figure = shot.figures[index]
    if is_over_shoulder(shot):
        return aspect * ((0.64 if _shoulder_left(shot) else 0.36) + 0.04 * (_SLOTS[figure.slot] - 0.5))
    if len(seen) == 1:
        if shot.framing.size in ("els", "ls"):
            return aspect * (0.5 + 0.6 * (_SLOTS[figure.slot] - 0.5))
        look = {"left": 0.075, "right": -0.075}.get(figure.facing, 0.12 * (_SLOTS[figure.slot] - 0.5))
        return aspect * (0.5 + look)
    # Two people who share a frame stand together, whatever room there is around them.
    together = 0.84 if len(seen) == 2 and not LENSES[shot.framing.size].whole else 1.0
    return aspect * (0.5 + together * (_SLOTS[figure.slot] - 0.5))


def _shoulder_left(shot: Shot) -> bool:
    """Whether the shoulder stands at the left edge: where the subject looks to, else where its owner stands."""
    over = shot.framing.over_shoulder_of
    slots = {figure.character_id: _SLOTS[figure.slot] for figure in shot.figures}
    subject = next((figure for figure in shot.figures if figure.character_id != over), None)
    if subject is None or subject.facing in ("left", "right"):
        return subject is not None and subject.facing == "left"
    return slots.get(over or "", 0.0) < _SLOTS[subject.slot]


def _kept_in(each: Placed, body: Body, left: float, right: float) -> Placed:
    """A figure moved so that it loses no arm, and no tail, beyond ``left`` or ``right``, where it fits between them."""
    before, after = ends_of([(body, each.mirrored)], whole=True)
    least, most = left + before * each.scale, right - after * each.scale
    return each if least > most + _ROUNDING else replace(each, x=min(max(each.x, least), most))


def _seen_across(shot: Shot, each: Placed, body: Body, aspect: float) -> Placed:
    """What floats, such as a cloud, is a head all over: the frame holds it from side to side."""
    left, _, right, _ = room_for_heads(shot, aspect)
    scale = min(each.scale, (right - left) / max(0.05, body.right - body.left))
    ground = each.ground - (1.0 - body.y(EYES)) * (each.scale - scale)
    return _kept_in(replace(each, ground=max(ground, 0.93), scale=scale), body, left, right)


def head(each: Placed, body: Body) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a placed figure's head, from the hair to the chin."""
    half = 0.5 * HEAD_WIDTH * each.scale
    top, chin = (each.ground - (1.0 - share) * each.scale for share in (body.top, body.y(CHIN)))
    return each.x - half, top, each.x + half, chin


def room_for_heads(shot: Shot, aspect: float, *, lettering: bool = True) -> tuple[float, float, float, float]:
    """Left, top, right and bottom within which heads stay in the frame over the whole of the camera's move.

    With ``lettering`` they also keep clear of what lies over the ends of a narrow frame.
    """
    share = shot.movement.amount / 1000 if shot.movement.kind != "static" else 0.0
    close = not LENSES[shot.framing.size].whole
    across = down = _SAFE if close else 0.02
    top, bottom = (CLEAR_TOP, CLEAR_BOTTOM) if lettering and close and aspect < NARROW else (down, down)
    if shot.movement.kind in ("push_in", "pull_out"):
        across, top, bottom = (0.5 - (0.5 - edge) / (1.0 + share) for edge in (across, top, bottom))
    elif shot.movement.kind.startswith("pan"):
        across += share / 2
    else:
        top, bottom = top + share / 2, bottom + share / 2
    return across * aspect, top, aspect * (1.0 - across), 1.0 - bottom


def _heads_in(shot: Shot, placed: list[Placed], bodies: Sequence[Body], aspect: float) -> list[Placed]:
    """Widen the frame and move it until every head is in it: where the size shows whole heads, with room above."""
    alone = len(placed) == 1
    if alone and shot.framing.size in _CLOSEST:
        return placed
    left, top, right, bottom = room_for_heads(shot, aspect)
    heads = [head(each, bodies[each.index]) for each in placed]
    first, last = min(each[0] for each in heads), max(each[2] for each in heads)
    crown, chin = min(each[1] for each in heads), max(each[3] for each in heads)
    # A narrow frame's foot is better clear of faces, but a child's may be there.
    foot = room_for_heads(shot, aspect, lettering=False)[3]
    shrink = min(1.0, (right - left) / (last - first), (foot - top) / (chin - crown))
    middle, eyes = (first + last) / 2, crown + 0.5 * (heads[0][3] - heads[0][1])
    whole = LENSES[shot.framing.size].whole > 0
    x = min(max(middle, left + (last - first) / 2 * shrink), right - (last - first) / 2 * shrink)
    crown, chin = (eyes + (edge - eyes) * shrink for edge in (crown, chin))
    # Room above the hair comes before room below the chin.
    rise = max(top - crown, min(0.0, bottom - chin))
    return [
        replace(
            each,
            x=x + (each.x - middle) * shrink,
            # Whole bodies stay on the ground, others are cut by the frame.
            ground=each.ground if whole else max(eyes + (each.ground - eyes) * shrink + rise, 0.93),
            scale=each.scale * shrink,
        )
        for each in placed
    ]


def _spread(placed: list[Placed], bodies: Sequence[Body], aspect: float, size: str) -> list[Placed]:
    """Move figures apart that would cover one another, and keep all of them in the frame."""
    ordered = sorted(placed, key=lambda each: (each.x, each.index))
    if len(ordered) < 2:
        return ordered
    row = [(bodies[each.index], each.mirrored) for each in ordered]
    scale = ordered[0].scale
    margin = _MARGIN if LENSES[size].whole else 0.0
    before, after = (end * scale + margin for end in ends_of(row, whole=LENSES[size].whole > 0))
    room = max(0.0, aspect - before - after)
    gaps = [gap * scale * (1.0 if len(row) == 2 else SHOULDER_TO_SHOULDER) for gap in gaps_of(row)]
    xs = moved_apart([each.x for each in ordered], [gap * min(1.0, room / sum(gaps)) for gap in gaps], room)
    shift = sum(x - each.x for x, each in zip(xs, ordered, strict=True)) / len(xs)
    if xs[-1] - xs[0] <= room + 1e-9:
        shift = min(max(shift, xs[-1] + after - aspect), xs[0] - before)
    return [replace(each, x=x - shift) for x, each in zip(xs, ordered, strict=True)]
