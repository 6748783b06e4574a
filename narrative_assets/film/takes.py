"""Other takes of a shot that are worth looking at: another size, angle, move or side, where its neighbours allow it.

How a take is applied is handed in; what was chosen is kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from narrative_assets.film.camera import SIZES
from narrative_assets.film.visual_continuity import VisualFinding, look_over
from schemas.errors import InputError
from schemas.project import Project
from schemas.render import Take
from schemas.script import Script
from schemas.shots import Framing, Movement, Shot, ShotList

MOST = 6
_CARDS = ("title", "credits")
_PUSH, _DRIFT = 60, 50
_TILTED = (("low", "from below: stronger", "low"), ("high", "from above: weaker", "high"))
_LEVEL = (("level", "at eye level", "eye"),)

Staging = Callable[[Shot, Take], Shot]
"""Returns a shot as a take shows it."""


def proposed(
    shot_list: ShotList,
    shot_id: str,
    project: Project,
    staging: Staging,
    script: Script | None = None,
    most: int = MOST,
) -> tuple[Take, ...]:
    """Up to ``most`` takes of a shot, each of which differs from the others and makes nothing cut worse.

    Raises InputError for a shot that is not there, and for a card.
    """
    index = next((n for n, shot in enumerate(shot_list.shots) if shot.shot_id == shot_id), None)
    if index is None:
        raise InputError(
            f"{shot_list.project_id}/{shot_list.episode_id} has no shot {shot_id!r}.",
            remedy=f"Its shots run from {shot_list.shots[0].shot_id} to {shot_list.shots[-1].shot_id}.",
        )
    shot = shot_list.shots[index]
    if shot.framing.kind in _CARDS:
        raise InputError(f"{shot_id} is a card; it has one take only.", remedy="Choose a shot of a scene.")
    known = set(_marks(look_over(shot_list, project, script)))
    seen = [shot]

    def fits(take: Take) -> bool:
        changed = staging(shot, take)
        if changed in seen:
            return False
        staged = shot_list.model_copy(
            update={"shots": (*shot_list.shots[:index], changed, *shot_list.shots[index + 1 :])}
        )
        if not set(_marks(look_over(staged, project, script))) <= known:
            return False
        seen.append(changed)
        return True

    return tuple(islice(filter(fits, _candidates(shot, shot_list.fps)), most))


def _marks(found: tuple[VisualFinding, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((each.code, each.shot_ids) for each in found)


def _candidates(shot: Shot, fps: int) -> Iterator[Take]:
    """What might be tried, each kind of change once before any comes twice."""
    sizes, angles, moves = list(_sizes(shot)), list(_angles(shot)), list(_moves(shot, fps))
    over = shot.framing.over_shoulder_of
    yield from sizes[:2]
    if over is not None:
        clean = shot.framing.model_copy(update={"kind": "single", "over_shoulder_of": None})
        yield _take("clean", "without the shoulder", framing=clean)
    yield from moves[:1]
    yield from angles[:1]
    if shot.figures:
        yield _take("mirrored", "left and right exchanged", mirrored=True)
    yield from (*moves[1:], *angles[1:], *sizes[2:])


def _sizes(shot: Shot) -> Iterator[Take]:
    at = SIZES.index(shot.framing.size)
    for step, name in ((1, "tighter"), (-1, "wider"), (2, "much-tighter"), (-2, "much-wider")):
        if shot.figures and 0 <= at + step < len(SIZES) and _holds(shot.framing, at + step):
            size = SIZES[at + step]
            note = f"{'one size' if abs(step) == 1 else 'two sizes'} {'closer' if step > 0 else 'wider'}"
            yield _take(name, note, framing=shot.framing.model_copy(update={"size": size}))


def _angles(shot: Shot) -> Iterator[Take]:
    tilted = shot.framing.angle != "eye"
    for name, note, angle in _LEVEL if tilted else _TILTED if shot.figures else ():
        yield _take(name, note, framing=shot.framing.model_copy(update={"angle": angle}))


def _moves(shot: Shot, fps: int) -> Iterator[Take]:
    """The camera held where it moved; a slow push or pull where it was held; a look across where nobody is."""
    pan = min(90, shot.duration_frames * 1000 // (7 * fps))
    if shot.movement.kind != "static":
        yield _take("held", "the camera stays", movement=Movement())
    if shot.movement.kind != "push_in":
        yield _take("push-in", "the camera comes closer", movement=Movement(kind="push_in", amount=_PUSH))
    if shot.movement.kind != "pull_out":
        yield _take("pull-out", "the camera draws back", movement=Movement(kind="pull_out", amount=_DRIFT))
    if not shot.figures and pan > 0:
        going = "pan_left" if shot.movement.kind == "pan_right" else "pan_right"
        yield _take("pan", "the camera looks across", movement=Movement.model_validate({"kind": going, "amount": pan}))


def _holds(framing: Framing, at: int) -> bool:
    """Whether all subjects of a framing still find room at another size."""
    tightest = {0: "ls", 1: "ecu", 2: "mcu", 3: "ms"}.get(len(framing.subject_ids), "mls")
    widest = "ls" if framing.kind in ("over_the_shoulder", "reaction") else "els"
    return SIZES.index(widest) <= at <= SIZES.index(tightest)


def _take(name: str, note: str, **changes: object) -> Take:
    return Take.model_validate({"take_id": name, "origin": "planned", "note": note, **changes})
