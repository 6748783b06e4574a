"""Rules that hold a scene's pictures against the story: place, time of day, people, props in hand, clothes.

What the script says of its own world is canon's business; here only what is shown is held against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from narrative_assets.film.blocking import Stage, block
from narrative_assets.film.breakdown import ActionMoment, Breakdown, PropMoment, SignMoment, break_down
from narrative_assets.film.names import Names
from narrative_assets.film.prose import takes_in_hand
from narrative_assets.film.visual_findings import SceneView, VisualFinding
from schemas.project import Project
from schemas.script import ActionElement, DialogueElement, Element, Scene, Script
from schemas.shots import Shot
from schemas.story import EntityRef, TextValue

_DEVICE = "device"
_GARMENTS = ("coat", "dress", "shirt", "overalls", "cloak")


def story_findings(view: SceneView, project: Project, script: Script | None) -> Iterator[VisualFinding]:
    """What a scene's pictures show otherwise than the story has it."""
    yield from _place_and_time(view)
    if view.written is None or script is None:
        return
    names = Names(script.cast)
    breakdown = break_down(view.written, names)
    yield from _people(view, breakdown, block(breakdown))
    yield from _props(view, view.written, names, project)


def clothes_findings(views: Sequence[SceneView], project: Project) -> Iterator[VisualFinding]:
    """Who is said to wear something else than the pictures show: one set of pictures serves the whole episode."""
    shown: dict[str, str] = {member.id: member.look.garment for member in project.cast if member.look.garment}
    for view in views:
        for claim in view.written.claims if view.written else ():
            if claim.predicate != "wears" or claim.polarity == "denied" or not isinstance(claim.object, TextValue):
                continue
            words = claim.object.text.casefold().split()
            worn = next((name for name in _GARMENTS if name in words), None)
            usual = shown.setdefault(claim.subject, worn) if worn else None
            seen = [s.shot_id for s in view.shots if any(f.character_id == claim.subject for f in s.figures)]
            if worn and usual and worn != usual and seen:
                yield VisualFinding(
                    "clothes",
                    "warn",
                    tuple(seen),
                    f"{claim.subject} wears a {worn} in {view.scene.scene_id}; the pictures show a {usual}.",
                    "Change the look in the project file, or bring pictures of these clothes for the scene's shots.",
                )


def _place_and_time(view: SceneView) -> Iterator[VisualFinding]:
    """Every shot of a scene is where and when the scene is."""
    scene = view.scene
    heading = view.written.heading if view.written else None
    wanted = (heading.place_id, heading.time_of_day) if heading is not None else (scene.place_id, scene.time_of_day)
    for shot in view.shots:
        where = shot.environment
        if where.place_id != wanted[0]:
            yield VisualFinding(
                "place_changes",
                "error",
                (shot.shot_id,),
                f"{shot.shot_id} shows {where.place_id}; {scene.scene_id} plays at {wanted[0]}.",
                "Give the shot the scene's place, or make it a scene of its own.",
            )
        elif where.time_of_day != wanted[1] or where.interior != view.shots[0].environment.interior:
            light = where.time_of_day if where.time_of_day != wanted[1] else "inside" if where.interior else "outside"
            yield VisualFinding(
                "time_changes",
                "error",
                (shot.shot_id,),
                f"{shot.shot_id} is lit for {light}; {scene.scene_id} plays in the {wanted[1]}.",
                "Give the shot the scene's time of day and setting, or make it a scene of its own.",
            )


def _people(view: SceneView, breakdown: Breakdown, stage: Stage) -> Iterator[VisualFinding]:
    """Nobody is seen who is not in the scene, not come yet or gone already."""
    moments = _moments_of(breakdown)
    here = 0
    for shot in view.shots:
        known = [moments[name] for name in shot.element_ids if name in moments]
        spans = known or [(here, here)]
        here = max(last for _, last in spans)
        on = {who for first, last in spans for moment in range(first, last + 1) for who in stage.on(moment)}
        for figure in shot.figures:
            who = figure.character_id
            if who in on:
                continue
            what = "is not in the scene" if who not in stage.order else "is not there at that moment"
            yield VisualFinding(
                "not_in_scene" if who not in stage.order else "not_there_yet",
                "error",
                (shot.shot_id,),
                f"{shot.shot_id} shows {who}, who {what}.",
                f"Leave {who} out of the shot, or let the script bring them in.",
            )


def _moments_of(breakdown: Breakdown) -> dict[str, tuple[int, int]]:
    """The first and the last moment of every element of a scene."""
    found: dict[str, tuple[int, int]] = {}
    for index, moment in enumerate(breakdown.moments):
        match moment:
            case ActionMoment():
                names = [beat.element.element_id for beat in moment.beats]
            case PropMoment():
                names = [moment.element_id]
            case SignMoment():
                names = [moment.element.element_id]
            case _:
                names = [line.element_id for line in moment.elements]
        for name in names:
            found[name] = (found.get(name, (index, index))[0], index)
    return found


def _props(view: SceneView, written: Scene, names: Names, project: Project) -> Iterator[VisualFinding]:
    """What is handled is in the scene, and in the hands that the script puts it into."""
    elements = {element.element_id: element for element in written.elements}
    handlers = _handlers(written, names, project)
    held: set[str] = set()
    for shot in view.shots:
        for prop in shot.props:
            if prop not in handlers and prop != _DEVICE:
                yield VisualFinding(
                    "prop_not_there",
                    "error",
                    (shot.shot_id,),
                    f"{shot.shot_id} shows the {prop}, which nobody has brought into {view.scene.scene_id}.",
                    "Name the prop in an action of the scene, or leave it out of the shot.",
                )
        for figure in shot.figures:
            if figure.pose != "hold_prop":
                continue
            who = figure.character_id
            others = [prop for prop in shot.props if handlers.get(prop) and who not in handlers[prop]]
            if others and len(others) == len(shot.props):
                yield VisualFinding(
                    "prop_elsewhere",
                    "error",
                    (shot.shot_id,),
                    f"{who} holds the {others[0]} in {shot.shot_id}; "
                    f"the script has it with {', '.join(sorted(handlers[others[0]]))}.",
                    "Put it into the right hands, or let the script hand it over.",
                )
            elif not shot.props and who not in held and not _something_in_hand(shot, elements):
                yield VisualFinding(
                    "hands_empty",
                    "warn",
                    (shot.shot_id,),
                    f"{who} holds something in {shot.shot_id}, and nothing says what.",
                    "Choose another pose, or name the thing in the action.",
                )
            held.add(who)


def _handlers(written: Scene, names: Names, project: Project) -> dict[str, set[str]]:
    """Who may have each prop of a scene in hand: by its actions, by what they claim, else by the project."""
    found: dict[str, set[str]] = {}
    for element in written.elements:
        if isinstance(element, ActionElement):
            for prop in element.props:
                found.setdefault(prop, set()).update(element.character_ids)
                found[prop].update(who for _, who in names.found(element.text))
    for claim in written.claims:
        if claim.predicate == "holds" and claim.polarity == "affirmed" and isinstance(claim.object, EntityRef):
            found.setdefault(claim.object.entity, set()).add(claim.subject)
    for thing in project.props:
        if thing.holder is not None and not found.get(thing.id, {thing.holder}):
            found[thing.id] = {thing.holder}
    return found


def _something_in_hand(shot: Shot, elements: Mapping[str, Element]) -> bool:
    """Whether the words of the shot put anything into a hand: an action, an aside, a telephone, a sign."""
    if shot.screen_text or any(takes_in_hand(beat) for beat in shot.action_beats):
        return True
    for name in shot.element_ids:
        element = elements.get(name)
        if isinstance(element, DialogueElement) and (element.heard == _DEVICE or takes_in_hand(element.parenthetical)):
            return True
    return False
