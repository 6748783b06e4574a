"""Rules of how shots cut together: sides, the line, lines of sight, sizes, look-room, directions, entrances.

Of the script only who is present is read: a shot list made by anybody is judged by what it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from narrative_assets.film.breakdown import participants
from narrative_assets.film.camera import CLOSE_SHOTS_IN_A_ROW, is_close, jumps
from narrative_assets.film.visual_findings import MOVING, RANK, SceneView, VisualFinding
from schemas.shots import Figure, Shot

_WIDE = ("els", "ls", "mls", "ms")
_OUTWARDS = {"left": ("far_left", "left"), "right": ("far_right", "right")}
_TURNED = {"left": "right", "right": "left"}
_SIDE_REMEDY = "Exchange the slots back, or put a moving, head-on or point-of-view shot between."


def grammar_findings(view: SceneView) -> Iterator[VisualFinding]:
    """What of a scene's shots does not cut together."""
    yield from _sides(view.shots)
    yield from _gazes(view.shots, participants(view.written) if view.written else ())
    yield from _jump_cuts(view.shots)
    yield from _look_room(view.shots)
    yield from _distance(view.shots)


def travel_findings(views: Sequence[SceneView]) -> Iterator[VisualFinding]:
    """Who goes one way in a shot and the other way in the next; who goes off and comes on again the wrong way.

    Shots without people do not interrupt a way; any other shot, a dissolve and a fade do.
    """
    going: dict[str, tuple[Figure, Shot]] = {}
    for view in views:
        for shot in view.shots:
            if shot.transition_in != "cut":
                going.clear()
            if not shot.figures:
                continue
            now = {f.character_id: f for f in shot.figures if f.pose in MOVING and f.facing in _TURNED}
            for who, figure in now.items():
                if who in going and _turns(*going[who], figure, shot):
                    before, earlier = going[who]
                    yield VisualFinding(
                        "screen_direction",
                        "warn",
                        (earlier.shot_id, shot.shot_id),
                        f"{who} goes to the {before.facing} in {earlier.shot_id} and to the {figure.facing} in "
                        f"{shot.shot_id}.",
                        "Let them go on the same way, or show the turn, or cut to something else between.",
                    )
            going = {who: (figure, shot) for who, figure in now.items()}


def _turns(before: Figure, earlier: Shot, after: Figure, later: Shot) -> bool:
    """Whether a way is turned round. From scene to scene only one that leads out of the frame and on into the next."""
    if before.facing != _TURNED[after.facing]:
        return False
    leads_out = before.slot in _OUTWARDS[before.facing]
    return earlier.scene_id == later.scene_id or (leads_out and after.slot not in _OUTWARDS[after.facing])


def _sides(shots: Sequence[Shot]) -> Iterator[VisualFinding]:
    """Of two people the same one stays on the left until a shot bridges the line."""
    standing: dict[tuple[str, str], str] = {}
    places: dict[str, tuple[str, str]] = {}
    for shot in shots:
        placed = sorted(shot.figures, key=lambda figure: RANK[figure.slot])
        if bridges(shot):
            standing.clear()
            places.clear()
            continue
        for left, right in combinations(placed, 2):
            pair = left.character_id, right.character_id
            if RANK[left.slot] == RANK[right.slot]:
                yield VisualFinding(
                    "same_slot",
                    "error",
                    (shot.shot_id,),
                    f"{pair[0]} and {pair[1]} both stand at {left.slot} in {shot.shot_id}.",
                    "Give each a slot of their own.",
                )
                continue
            before = standing.pop((pair[1], pair[0]), None)
            if before is not None:
                yield VisualFinding(
                    "sides_change",
                    "error",
                    (before, shot.shot_id),
                    f"{pair[0]} stands right of {pair[1]} in {before} and left of them in {shot.shot_id}.",
                    _SIDE_REMEDY,
                )
            standing[pair] = shot.shot_id
        if len(placed) == 1:
            yield from _side_alone(shot, placed[0], places)
        else:
            places |= {figure.character_id: (figure.slot, shot.shot_id) for figure in placed}


def _side_alone(shot: Shot, figure: Figure, places: Mapping[str, tuple[str, str]]) -> Iterator[VisualFinding]:
    """Who stood on one side in company does not stand on the other alone."""
    who = figure.character_id
    before, where = places.get(who, (figure.slot, shot.shot_id))
    for side, other in _TURNED.items():
        if figure.slot in _OUTWARDS[side] and before in _OUTWARDS[other]:
            yield VisualFinding(
                "sides_change",
                "error",
                (where, shot.shot_id),
                f"{who} stands on the {other} in {where} and on the {side} in {shot.shot_id}.",
                _SIDE_REMEDY,
            )


def bridges(shot: Shot) -> bool:
    """Whether sides may change over ``shot``: it moves along, looks through somebody's eyes, or meets one head-on."""
    if shot.framing.kind == "pov":
        return True
    if not shot.figures or shot.framing.kind == "establishing":
        return False
    panning = shot.movement.kind in ("pan_left", "pan_right") and shot.movement.amount > 0
    head_on = len(shot.figures) == 1 and shot.figures[0].facing == "front"
    return panning or head_on


def _gazes(shots: Sequence[Shot], present: Sequence[str]) -> Iterator[VisualFinding]:
    """Who talks looks to where somebody is; of two who talk, each looks to the other's side.

    ``present`` are people who may be looked at though no shot shows them.
    """
    people = {figure.character_id for shot in shots for figure in shot.figures} | set(present)
    left_of: set[tuple[str, str]] = set()
    for shot in shots:
        placed = sorted(shot.figures, key=lambda figure: RANK[figure.slot])
        if bridges(shot):
            left_of = set()
        left_of = {pair for pair in left_of if (pair[1], pair[0]) not in _pairs(placed)} | _pairs(placed)
        if not shot.audio.line_ids:
            continue
        if len(placed) == 2 and any(figure.speaking for figure in placed):
            yield from _pair_gazes(shot, placed)
        elif len(placed) == 1 and len(people) == 2:
            yield from _single_gaze(shot, placed[0], next(iter(people - {placed[0].character_id}), ""), left_of)
            left_of |= _implied(placed[0], people)
        elif len(placed) == 1:
            yield from _lonely_gaze(shot, placed[0], people, left_of)


def _pairs(placed: Sequence[Figure]) -> set[tuple[str, str]]:
    return {(one.character_id, other.character_id) for one, other in combinations(placed, 2)}


def _implied(figure: Figure, people: set[str]) -> set[tuple[str, str]]:
    """Where the other of two stands, from where one looks."""
    who, other = figure.character_id, next(iter(people - {figure.character_id}))
    return {"right": {(who, other)}, "left": {(other, who)}}.get(figure.facing, set())


def _pair_gazes(shot: Shot, placed: Sequence[Figure]) -> Iterator[VisualFinding]:
    for figure, outwards in zip(placed, ("left", "right"), strict=True):
        if figure.facing == outwards and figure.pose not in MOVING:
            yield VisualFinding(
                "eyeline",
                "warn",
                (shot.shot_id,),
                f"{figure.character_id} looks out of the frame in {shot.shot_id} while the two talk.",
                f"Let {figure.character_id} face {_TURNED[outwards]}.",
            )


def _single_gaze(shot: Shot, figure: Figure, other: str, left_of: set[tuple[str, str]]) -> Iterator[VisualFinding]:
    """One of two who talk, alone in the picture, looks to the side where the other is."""
    who = figure.character_id
    if figure.pose in MOVING or not other:
        return
    wanted = "right" if (who, other) in left_of else "left" if (other, who) in left_of else figure.facing
    if figure.facing == _TURNED.get(wanted):
        yield VisualFinding(
            "line_crossed",
            "error",
            (shot.shot_id,),
            f"{who} looks to the {figure.facing} in {shot.shot_id}, but {other} is to the {wanted}: "
            "the camera stands on the other side of the line.",
            f"Let {who} face {wanted}, or put a moving, head-on or point-of-view shot before it.",
        )


def _lonely_gaze(
    shot: Shot, figure: Figure, people: set[str], left_of: set[tuple[str, str]]
) -> Iterator[VisualFinding]:
    """One of several looks to a side on which nobody is, all others being known to be on the other."""
    who = figure.character_id
    sides = {"left": {a for a, b in left_of if b == who}, "right": {b for a, b in left_of if a == who}}
    if figure.pose in MOVING or figure.facing not in sides:
        return
    others = people - {who}
    if others and sides[_TURNED[figure.facing]] == others:
        yield VisualFinding(
            "eyeline",
            "warn",
            (shot.shot_id,),
            f"{who} talks to the {figure.facing} in {shot.shot_id}, where nobody is.",
            f"Let {who} face {_TURNED[figure.facing]}.",
        )


def _jump_cuts(shots: Sequence[Shot]) -> Iterator[VisualFinding]:
    for before, after in pairwise(shots):
        if after.transition_in == "cut" and jumps(before.framing, after.framing):
            yield VisualFinding(
                "jump_cut",
                "warn",
                (before.shot_id, after.shot_id),
                f"{before.shot_id} and {after.shot_id} show the same from the same angle, {before.framing.size} "
                f"and {after.framing.size}.",
                "Set them two sizes apart or change the angle by 30 degrees, or put an insert between.",
            )


def _look_room(shots: Sequence[Shot]) -> Iterator[VisualFinding]:
    """In a wide picture somebody alone at an edge looks into it, unless they go off."""
    for shot in shots:
        if len(shot.figures) != 1 or shot.framing.size not in ("els", "ls"):
            continue
        figure = shot.figures[0]
        if figure.slot in _OUTWARDS.get(figure.facing, ()) and figure.pose not in MOVING:
            yield VisualFinding(
                "look_room",
                "warn",
                (shot.shot_id,),
                f"{figure.character_id} stands at {figure.slot} in {shot.shot_id} and looks out of the frame.",
                f"Let them stand on the other side, or face {_TURNED[figure.facing]}.",
            )


def _distance(shots: Sequence[Shot]) -> Iterator[VisualFinding]:
    """A scene opens wide, goes wide again after six close shots, and shows first where somebody in company stands."""
    met: set[str] = set()
    company = len({figure.character_id for shot in shots for figure in shot.figures}) > 1
    run: list[str] = []
    for index, shot in enumerate(shots):
        close = is_close(shot.framing)
        new = {figure.character_id for figure in shot.figures} - met
        if close and new and new == {figure.character_id for figure in shot.figures} and company:
            yield VisualFinding(
                "entrance_close",
                "warn",
                (shot.shot_id,),
                f"{', '.join(sorted(new))} is first seen in a close shot ({shot.framing.size}).",
                f"Show where they stand first: a shot of {_WIDE[-1]} or wider with somebody known.",
            )
        if close and index == 0:
            yield VisualFinding(
                "opens_close",
                "warn",
                (shot.shot_id,),
                f"The scene opens with a {shot.framing.size}.",
                f"Open it with a shot of {_WIDE[-1]} or wider.",
            )
        met |= new
        if shot.framing.kind not in ("insert", "cutaway"):
            run = [*run, shot.shot_id] if close else []
        if len(run) == CLOSE_SHOTS_IN_A_ROW + 1:
            yield VisualFinding(
                "no_wide_shot",
                "warn",
                tuple(run),
                f"More than {CLOSE_SHOTS_IN_A_ROW} close shots in a row, up to {shot.shot_id}.",
                "Go wide once between them.",
            )
