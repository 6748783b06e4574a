"""From shots to needs: everything an episode must have before it can be rendered.

What a need looks like or where it comes from is decided elsewhere (``wardrobe``, ``resolver``).
"""

from __future__ import annotations

from narrative_assets.media.wardrobe import looks
from schemas.assets import (
    AssetManifest,
    BackgroundNeed,
    CharacterPackNeed,
    FigureVariant,
    MusicNeed,
    PropNeed,
    SoundNeed,
    VoiceLineNeed,
    ambience_need_id,
    background_need_id,
    character_need_id,
    insert_need_id,
    line_need_id,
    music_need_id,
    sound_need_id,
)
from schemas.project import Project
from schemas.shots import Shot, ShotCharacter, ShotList, said_in_shots


def derive_manifest(shot_list: ShotList, project: Project, shot_list_hash: str) -> AssetManifest:
    """The needs of ``shot_list``, each once, sorted by id; lines and music stay in timeline order.

    ``shot_list_hash`` is the content hash of ``shot_list``. Ids come from content, so a need that did not
    change keeps its id when the shots around it do.
    """
    return AssetManifest(
        project_id=shot_list.project_id,
        episode_id=shot_list.episode_id,
        shot_list_hash=shot_list_hash,
        timing_lock_hash=shot_list.timing_lock_hash,
        fps=shot_list.fps,
        visual_style=project.visual_style,
        character_packs=_character_packs(shot_list, project),
        backgrounds=_backgrounds(shot_list, project),
        props=_props(shot_list, project),
        voice_lines=_voice_lines(shot_list),
        sounds=_sounds(shot_list),
        ambience=_ambience(shot_list),
        music=_music(shot_list, project),
    )


def _character_packs(shot_list: ShotList, project: Project) -> tuple[CharacterPackNeed, ...]:
    used: dict[str, set[tuple[str, str]]] = {}
    spoken: dict[str, set[tuple[str, str]]] = {}
    for shot, said in zip(shot_list.shots, said_in_shots(shot_list), strict=True):
        speakers = {line.speaker_id for line in said}
        for figure in shot.figures:
            face = (figure.pose, figure.expression.name)
            used.setdefault(figure.character_id, set()).add(face)
            if figure.character_id in speakers:
                spoken.setdefault(figure.character_id, set()).add(face)
    known = {character.character_id: character for character in shot_list.characters}
    people = tuple(known.get(each) or ShotCharacter(character_id=each, name=_title(each)) for each in sorted(used))
    worn = looks(project, people)
    return tuple(
        CharacterPackNeed(
            need_id=character_need_id(person.character_id),
            character_id=person.character_id,
            name=person.name,
            description=person.description,
            species=person.species,
            pronouns=person.pronouns,
            age_years=person.age_years,
            look=worn[person.character_id],
            variants=_variants(used[person.character_id]),
            speaking=_variants(spoken.get(person.character_id, set())),
        )
        for person in people
    )


def _variants(faces: set[tuple[str, str]]) -> tuple[FigureVariant, ...]:
    return tuple(
        FigureVariant.model_validate({"pose": pose, "expression": expression}) for pose, expression in sorted(faces)
    )


def _backgrounds(shot_list: ShotList, project: Project) -> tuple[BackgroundNeed, ...]:
    """A background for each place and time that a shot shows; cards and inserts show none."""
    places = {place.id: place for place in project.places}
    needs: dict[str, BackgroundNeed] = {}
    for shot in shot_list.shots:
        where = shot.environment
        need_id = background_need_id(where.place_id, where.time_of_day)
        if need_id in needs or shot.framing.kind in ("title", "credits") or insert_need_id(shot) is not None:
            continue
        place = places.get(where.place_id)
        needs[need_id] = BackgroundNeed(
            need_id=need_id,
            place_id=where.place_id,
            name=where.place_name,
            interior=where.interior,
            place_kind=where.place_kind,
            time_of_day=where.time_of_day,
            description=(place.description if place else "") or where.notes,
            details=place.details if place else (),
        )
    return tuple(needs[need_id] for need_id in sorted(needs))


def _props(shot_list: ShotList, project: Project) -> tuple[PropNeed, ...]:
    names = {prop.id: prop.name for prop in project.props}
    needs: dict[str, PropNeed] = {}
    for shot in shot_list.shots:
        need_id = insert_need_id(shot)
        if need_id is not None and need_id not in needs:
            needs[need_id] = PropNeed(need_id=need_id, name=_insert_name(shot, names), screen_text=shot.screen_text)
    return tuple(needs[need_id] for need_id in sorted(needs))


def _insert_name(shot: Shot, names: dict[str, str]) -> str:
    """What an insert shows, in a few words."""
    if shot.props:
        return names.get(shot.props[0]) or _title(shot.props[0])
    said = shot.prompt.subject or " ".join((*shot.action_beats, "")).strip() or shot.screen_text or "detail"
    return " ".join(said.split())[:300]


def _voice_lines(shot_list: ShotList) -> tuple[VoiceLineNeed, ...]:
    return tuple(
        VoiceLineNeed(
            need_id=line_need_id(line.line_id),
            speaker_id=line.speaker_id,
            text=line.text,
            emotion=line.emotion,
            delivery=line.delivery,
            heard=line.heard,
            voice=line.voice,
            frames=line.frames,
        )
        for line in shot_list.lines
    )


def _sounds(shot_list: ShotList) -> tuple[SoundNeed, ...]:
    """One effect a tag, as long as the longest cue that asks for it."""
    longest: dict[str, int] = {}
    for cue in shot_list.sound_cues:
        longest[cue.tag] = max(cue.frames, longest.get(cue.tag, 0))
    return tuple(SoundNeed(need_id=sound_need_id(tag), tag=tag, frames=longest[tag]) for tag in sorted(longest))


def _ambience(shot_list: ShotList) -> tuple[SoundNeed, ...]:
    """One background sound a tag, with the frames of all scenes it lies under."""
    heard: dict[str, int] = {}
    for scene in shot_list.scenes:
        for tag in dict.fromkeys(scene.ambience):
            heard[tag] = heard.get(tag, 0) + scene.duration_frames
    return tuple(SoundNeed(need_id=ambience_need_id(tag), tag=tag, frames=max(1, heard[tag])) for tag in sorted(heard))


def _music(shot_list: ShotList, project: Project) -> tuple[MusicNeed, ...]:
    """Music under every scene that lasts; none where the project wants none."""
    if project.music_intensity == 0:
        return ()
    return tuple(
        MusicNeed(
            need_id=music_need_id(scene.scene_id),
            mood=scene.music_mood,
            tension=scene.tension,
            frames=scene.duration_frames,
            theme=project.id,
        )
        for scene in shot_list.scenes
        if scene.duration_frames > 0
    )


def _title(identifier: str) -> str:
    return identifier.replace("_", " ").replace("-", " ").title()
