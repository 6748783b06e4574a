"""Takes in the film: shots as their chosen takes have them, and the pictures that a take brings along.

No time is touched here. Who chose what is kept elsewhere, and which takes are worth looking at too.
"""

from __future__ import annotations

from schemas.assets import insert_need_id
from schemas.render import RenderPlan, ResolvedAsset, Take
from schemas.shots import Figure, Framing, Shot, ShotList

_OTHER_SIDE = {
    "far_left": "far_right", "left": "right", "right": "left", "far_right": "far_left",
    "pan_left": "pan_right", "pan_right": "pan_left",
}  # fmt: skip
_CARDS = ("title", "credits")


def staged(shot_list: ShotList, plan: RenderPlan) -> ShotList:
    """``shot_list`` with every shot as the take chosen for it in ``plan`` shows it; no time and no sound changes."""
    chosen = {each.shot_id: each.take() for each in plan.takes}
    if not chosen:
        return shot_list
    shots = tuple(
        staged_shot(shot, chosen[shot.shot_id]) if shot.shot_id in chosen else shot for shot in shot_list.shots
    )
    return shot_list.model_copy(update={"shots": shots})


def staged_shot(shot: Shot, take: Take) -> Shot:
    """``shot`` as ``take`` shows it.

    A framing that would ask for a thing, a card or a person that the shot does not have is left aside, so that a
    take kept for a shot that has changed since still gives a picture.
    """
    changes: dict[str, object] = {}
    if take.framing is not None and _fits(shot, take.framing):
        changes = {"framing": take.framing, "figures": _framed(shot.figures, take.framing)}
    if take.movement is not None:
        changes["movement"] = take.movement
    changed = shot.model_copy(update=changes) if changes else shot
    return mirrored(changed) if take.mirrored else changed


def mirrored(shot: Shot) -> Shot:
    """``shot`` with left and right exchanged: where people stand, where they look, which way the camera pans."""
    return shot.model_copy(
        update={
            "figures": tuple(
                figure.model_copy(
                    update={
                        "slot": _OTHER_SIDE.get(figure.slot, figure.slot),
                        "facing": _OTHER_SIDE.get(figure.facing, figure.facing),
                    }
                )
                for figure in shot.figures
            ),
            "movement": shot.movement.model_copy(
                update={"kind": _OTHER_SIDE.get(shot.movement.kind, shot.movement.kind)}
            ),
        }
    )


def take_pictures(plan: RenderPlan) -> dict[tuple[str, str], ResolvedAsset]:
    """What the chosen takes bring along, by shot and need: it goes before the plan's own asset for that need."""
    return {
        (each.shot_id, own.need_id): ResolvedAsset(
            need_id=own.need_id,
            source="generated_external" if each.take().origin == "external" else "generated_local",
            blob=own.picture,
            rights=own.rights,
        )
        for each in plan.takes
        for own in each.take().assets
    }


def _fits(shot: Shot, framing: Framing) -> bool:
    """Whether ``framing`` needs only the pictures that the shot has."""
    if shot.framing.kind in _CARDS or framing.kind in _CARDS:
        return False
    there = {figure.character_id for figure in shot.figures}
    wanted = {*framing.subject_ids, *((framing.over_shoulder_of,) if framing.over_shoulder_of else ())}
    same_thing = insert_need_id(shot.model_copy(update={"framing": framing})) == insert_need_id(shot)
    return same_thing and wanted <= there


def _framed(figures: tuple[Figure, ...], framing: Framing) -> tuple[Figure, ...]:
    """The figures that ``framing`` shows; the one looked over is turned away, and nobody else is."""
    if not framing.subject_ids:
        return figures
    over = framing.over_shoulder_of
    return tuple(figure for figure in figures if figure.character_id in (*framing.subject_ids, over))
