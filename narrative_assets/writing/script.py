"""The script writer: an episode plan in words, with scenes, speeches, deeds, signs and claims.

No camera words stand here; what is said and done comes from the templates by way of ``draft``.
"""

from __future__ import annotations

from typing import Any

from narrative_assets.writing.claims import SOURCE, scene_claims
from narrative_assets.writing.draft import Line, Picture, SceneDraft, Sign, draft_episode, fit
from narrative_assets.writing.language import LanguageModel, Latitude, Reworded, reworded
from narrative_assets.writing.plan import place_in_season
from narrative_assets.writing.wording import short_name
from schemas.errors import InputError
from schemas.project import Place, Project
from schemas.script import (
    ActionElement,
    DialogueElement,
    Element,
    Scene,
    SceneHeading,
    Script,
    ScriptCharacter,
    SignElement,
)
from schemas.story import Beat, ContextPack, Emotion, EpisodePlan, StoryArc

DAWN_MINUTES = (300, 1020)


def write_script(
    project: Project,
    arc: StoryArc,
    plan: EpisodePlan,
    context: ContextPack,
    plan_hash: str,
    language: LanguageModel | None = None,
) -> Script:
    """The screenplay of a planned episode, the same for the same arguments: see ``draft_script``."""
    return draft_script(project, arc, plan, context, plan_hash, language).script


def draft_script(
    project: Project,
    arc: StoryArc,
    plan: EpisodePlan,
    context: ContextPack,
    plan_hash: str,
    language: LanguageModel | None = None,
    latitude: Latitude = "free",
) -> Reworded:
    """The screenplay of a planned episode, and what ``language`` put into it and took for it.

    Follows the plan's beats: their order, places, times and who is present. Raises InputError for a beat that
    no plot of this episode offers. ``language`` may put the lines into other words; what does not fit is not taken.
    """
    season, index = place_in_season(arc, plan.episode_id)
    drafts = draft_episode(project, season, index, context, _deadline(plan))
    offered = {scene.function: scene for scene in drafts}
    kept = tuple(_offered(offered, beat, plan) for beat in plan.beats)
    chosen = fit(project, kept, plan.seed)
    scenes = tuple(
        _scene(project, scene, beat, chosen, f"sc{number:02d}")
        for number, (scene, beat) in enumerate(zip(kept, plan.beats, strict=True), start=1)
    )
    script = Script(
        project_id=project.id,
        episode_id=plan.episode_id,
        title=plan.title,
        logline=plan.logline,
        language=project.language,
        origin="generated",
        seed=plan.seed,
        plan_hash=plan_hash,
        licence=project.licence,
        cast=_cast(project, plan),
        scenes=scenes,
        threads_opened=plan.threads_opened,
        threads_touched=_touched(plan),
        threads_closed=plan.threads_closed,
    )
    if language is None:
        return Reworded(script)
    return reworded(script, project, language, latitude, context.recalled)


def _touched(plan: EpisodePlan) -> tuple[str, ...]:
    """The threads that the episode works on without opening or answering them."""
    elsewhere = {thread.thread_id for thread in plan.threads_opened} | set(plan.threads_closed)
    worked_on = dict.fromkeys(thread for beat in plan.beats for thread in beat.threads)
    return tuple(thread for thread in worked_on if thread not in elsewhere)


def _deadline(plan: EpisodePlan) -> str:
    """What comes next, dark or dawn, when the episode begins."""
    start, end = DAWN_MINUTES
    return "dark" if start <= plan.beats[0].story_time.earliest % 1440 < end else "dawn"


def _offered(offered: dict[str, SceneDraft], beat: Beat, plan: EpisodePlan) -> SceneDraft:
    if beat.function not in offered:
        raise InputError(
            f"Beat {beat.beat_id} of {plan.episode_id} is a {beat.function!r}, which its plot {plan.plot!r} lacks.",
            remedy="Plan the episode again from this arc and context.",
        )
    return offered[beat.function]


def _cast(project: Project, plan: EpisodePlan) -> tuple[ScriptCharacter, ...]:
    here = {member for beat in plan.beats for member in beat.present}
    return tuple(
        ScriptCharacter(
            character_id=member.id,
            name=member.name,
            aliases=member.aliases,
            description=member.description,
            pronouns=member.pronouns,
            species=member.species,
            age_years=member.age_years,
        )
        for member in project.cast
        if member.id in here
    )


def _scene(project: Project, scene: SceneDraft, beat: Beat, chosen: set[str], scene_id: str) -> Scene:
    place = next(place for place in project.places if place.id == beat.place_id)
    elements = _elements(scene, beat, chosen, scene_id)
    return Scene(
        scene_id=scene_id,
        heading=_heading(place, beat),
        story_time=beat.story_time,
        beat_id=beat.beat_id,
        summary=beat.outcome,
        mood=beat.emotion.name,
        tension=beat.tension,
        present=beat.present,
        elements=elements,
        claims=scene_claims(scene.casting, scene.beat, beat, scene_id, elements[-1].element_id),
    )


def _heading(place: Place, beat: Beat) -> SceneHeading:
    setting = "INT." if place.interior else "EXT."
    name = place.name.strip()
    bare = name[4:] if name.lower().startswith("the ") else name
    return SceneHeading(
        setting="int" if place.interior else "ext",
        place_id=place.id,
        place_name=name,
        time_of_day=beat.time_of_day,
        raw=f"{setting} {bare.upper()} - {beat.time_of_day.upper()}",
    )


def _elements(scene: SceneDraft, beat: Beat, chosen: set[str], scene_id: str) -> tuple[Element, ...]:
    pieces = [piece for unit in scene.units if unit.weight == 0 or unit.key in chosen for piece in unit.pieces]
    heard = [piece for piece in pieces if not isinstance(piece, Line) or piece.speaker.id in beat.present]
    return tuple(_element(scene, beat, piece, f"{scene_id}.e{n:03d}") for n, piece in enumerate(heard, start=1))


def _element(scene: SceneDraft, beat: Beat, piece: Line | Picture | Sign, element_id: str) -> Element:
    common: dict[str, Any] = {"element_id": element_id, "source": SOURCE}
    if isinstance(piece, Sign):
        return SignElement(text=piece.text, carrier=piece.carrier, **common)
    if isinstance(piece, Picture):
        prop = scene.casting.prop
        return ActionElement(
            text=piece.text,
            character_ids=tuple(one for one in piece.who if one in beat.present),
            props=(prop.id,) if prop is not None and piece.shows_prop else (),
            sounds=piece.sounds,
            emotion=Emotion(name=beat.emotion.name, intensity=beat.emotion.intensity // 2),
            **common,
        )
    return DialogueElement(
        speaker_id=piece.speaker.id,
        cue=short_name(piece.speaker).upper(),
        text=piece.text,
        raw=piece.text,
        addressee_ids=tuple(one for one in piece.to if one in beat.present),
        emotion=piece.emotion,
        delivery=piece.delivery,
        **common,
    )
