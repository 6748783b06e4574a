"""The timeline of a rendered episode: one clip a shot, its takes and its story; the stems; markers.

Every time is the shot list's own frame. The picture is one file, so a clip's range in the file is its range in the
episode; dissolves are in the picture already, and a transition over two clips of that one file shows just that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import opentimelineio as otio

from narrative_assets.handoff.media import STEMS, VIDEO, Media
from schemas.assets import background_need_id, character_need_id, insert_need_id, line_need_id
from schemas.errors import InputError
from schemas.render import RenderOutput, RenderPlan, Take
from schemas.shots import Shot, ShotList, require_lock

NAMESPACE = "narrative"
"""The key under which the platform's own figures stand in every metadata of the timeline."""
_COLOURS = {"scene": "PURPLE", "line": "CYAN", "sound": "YELLOW", "fade": "BLACK", "placeholder": "RED"}


def timeline(shot_list: ShotList, plan: RenderPlan, output: RenderOutput, media: Media) -> otio.schema.Timeline:
    """The episode as an OpenTimelineIO timeline with relative media paths.

    Raises TimingLockError or InputError where the three were not made from one another.
    """
    require_lock("Handing over (render plan)", shot_list.timing_lock_hash, plan.timing_lock_hash)
    require_lock("Handing over (render output)", shot_list.timing_lock_hash, output.timing_lock_hash)
    if output.total_frames != shot_list.total_frames or output.fps != shot_list.fps:
        raise InputError(
            f"{output.episode_id}: the video has {output.total_frames} frames, the shot list {shot_list.total_frames}.",
            remedy="Render the episode again.",
        )
    made = otio.schema.Timeline(
        name=f"{shot_list.project_id} {shot_list.episode_id}",
        global_start_time=_time(0, shot_list.fps),
        metadata={NAMESPACE: _episode(shot_list, plan, output, media)},
    )
    made.tracks.append(_picture(shot_list, plan, output, media))
    for track in _sound(shot_list, output, media):
        made.tracks.append(track)
    return made


def _picture(shot_list: ShotList, plan: RenderPlan, output: RenderOutput, media: Media) -> otio.schema.Track:
    """The video track: a clip for each shot, a transition before each that is dissolved into."""
    fps = shot_list.fps
    track = otio.schema.Track(name="Picture", kind=otio.schema.TrackKind.Video)
    rendered = {shot.shot_id: shot for shot in output.shots}
    takes = {shot.shot_id: shot for shot in plan.takes}
    markers = sorted(_markers(shot_list, plan), key=lambda marker: marker[1])
    for shot in shot_list.shots:
        if shot.transition_in == "dissolve" and shot.transition_frames and len(track):
            track.append(_dissolve(shot, fps))
        told: dict[str, Any] = {
            **_shot(shot, takes[shot.shot_id].take() if shot.shot_id in takes else None),
            "clip_hash": rendered[shot.shot_id].clip_hash if shot.shot_id in rendered else "",
            "takes": _takes(takes[shot.shot_id].takes, takes[shot.shot_id].chosen) if shot.shot_id in takes else [],
        }
        clip = otio.schema.Clip(
            name=shot.shot_id,
            source_range=_range(shot.start_frame, shot.duration_frames, fps),
            metadata={NAMESPACE: told},
        )
        references = {clip.DEFAULT_MEDIA_KEY: _reference(VIDEO, shot_list.total_frames, fps, output.video.sha256)}
        for take in takes[shot.shot_id].takes if shot.shot_id in takes else ():
            for number, asset in enumerate(take.assets, start=1):
                name = media.name_of(asset.picture.sha256)
                if name is not None:
                    still = _reference(name, shot_list.total_frames, fps, asset.picture.sha256)
                    references[f"take {take.take_id} picture {number}"] = still
        clip.set_media_references(references, clip.DEFAULT_MEDIA_KEY)
        end = shot.start_frame + shot.duration_frames
        for kind, start, frames, name, figures in markers:
            if shot.start_frame <= start < end:
                clip.markers.append(_marker(kind, start, frames, name, figures, fps))
        track.append(clip)
    return track


def _sound(shot_list: ShotList, output: RenderOutput, media: Media) -> Iterator[otio.schema.Track]:
    """An audio track for each stem. The mix is in the picture's file and its WAV has no track: it would be doubled."""
    files = {str(stem.name): stem.file for stem in output.stems}
    for stem in STEMS:
        name = media.name_of(files[stem].sha256) if stem in files else None
        if name is None:
            continue
        track = otio.schema.Track(name=stem.capitalize(), kind=otio.schema.TrackKind.Audio)
        clip = otio.schema.Clip(
            name=stem,
            media_reference=_reference(name, shot_list.total_frames, shot_list.fps, files[stem].sha256),
            source_range=_range(0, shot_list.total_frames, shot_list.fps),
            metadata={NAMESPACE: {"stem": stem, "sample_rate": files[stem].sample_rate or 0}},
        )
        track.append(clip)
        yield track


def _episode(shot_list: ShotList, plan: RenderPlan, output: RenderOutput, media: Media) -> dict[str, Any]:
    return {
        "project_id": shot_list.project_id,
        "episode_id": shot_list.episode_id,
        "title": shot_list.title,
        "series_title": shot_list.series_title,
        "profile": plan.profile.id,
        "fps": shot_list.fps,
        "total_frames": shot_list.total_frames,
        "timing_lock_hash": shot_list.timing_lock_hash,
        "shot_list_hash": output.shot_list_hash,
        "asset_manifest_hash": output.asset_manifest_hash,
        "render_plan_hash": output.render_plan_hash,
        "video_hash": output.video.sha256,
        "captions": [
            {
                "file": media.name_of(caption.file.sha256) or "",
                "language": caption.language,
                "format": caption.format,
                "purpose": caption.purpose,
                "hash": caption.file.sha256,
            }
            for caption in output.captions
        ],
        "attributions": list(plan.attributions),
    }


def _shot(shot: Shot, take: Take | None) -> dict[str, Any]:
    """What a shot tells and how it is shown in the take that is in the film, as plain data."""
    framing = take.framing if take and take.framing else shot.framing
    movement = take.movement if take and take.movement else shot.movement
    return {
        "shot_id": shot.shot_id,
        "scene_id": shot.scene_id,
        "element_ids": list(shot.element_ids),
        "framing": framing.model_dump(mode="json"),
        "movement": movement.model_dump(mode="json"),
        "characters": [figure.character_id for figure in shot.figures],
        "place_id": shot.environment.place_id,
        "time_of_day": shot.environment.time_of_day,
        "action": list(shot.action_beats),
        "line_ids": list(shot.audio.line_ids),
        "transition_in": shot.transition_in,
        "transition_frames": shot.transition_frames,
        "fade_out_frames": shot.fade_out_frames,
    }


def _takes(takes: tuple[Take, ...], chosen: str) -> list[dict[str, Any]]:
    return [{**take.model_dump(mode="json"), "chosen": take.take_id == chosen} for take in takes]


_Told = tuple[str, int, int, str, dict[str, Any]]
"""Kind, first frame, frames, name and figures of a marker."""


def _markers(shot_list: ShotList, plan: RenderPlan) -> Iterator[_Told]:
    for scene in shot_list.scenes:
        yield "scene", scene.start_frame, scene.duration_frames, scene.title, {"scene_id": scene.scene_id}
    for line in shot_list.lines:
        name = f"{line.speaker_name}: {line.text}"
        yield "line", line.start_frame, line.frames, name, {"line_id": line.line_id, "text": line.text}
    for cue in shot_list.sound_cues:
        yield "sound", cue.start_frame, cue.frames, cue.tag, {"cue_id": cue.cue_id, "level": cue.level}
    missing = {need.need_id: need for need in plan.placeholders()}
    for shot in shot_list.shots:
        yield from _fades(shot)
        for need_id in _needs(shot):
            need = missing.pop(need_id, None)  # marked where it is first wanted
            if need is not None:
                figures = {"need_id": need_id, "reason": need.reason, "detail": need.detail}
                yield "placeholder", shot.start_frame, shot.duration_frames, f"missing: {need.wanted}", figures


def _fades(shot: Shot) -> Iterator[_Told]:
    """Fades are in the picture already, and would be seen twice as transitions: markers say where they are."""
    if shot.transition_in == "fade" and shot.transition_frames:
        yield "fade", shot.start_frame, shot.transition_frames, "fade in", {"baked_in": True}
    if shot.fade_out_frames:
        start = shot.start_frame + shot.duration_frames - shot.fade_out_frames
        yield "fade", start, shot.fade_out_frames, "fade out", {"baked_in": True}


def _needs(shot: Shot) -> list[str]:
    """Ids of what the shot shows and what is said in it."""
    insert = insert_need_id(shot)
    if shot.framing.kind in ("title", "credits"):
        return []
    shown = [insert] if insert else [background_need_id(shot.environment.place_id, shot.environment.time_of_day)]
    people = [character_need_id(figure.character_id) for figure in shot.figures]
    return [*shown, *people, *(line_need_id(line_id) for line_id in shot.audio.line_ids)]


def _marker(kind: str, start: int, frames: int, name: str, figures: dict[str, Any], fps: int) -> otio.schema.Marker:
    return otio.schema.Marker(
        name=" ".join(name.split()),
        marked_range=_range(start, frames, fps),
        color=_COLOURS[kind],
        metadata={NAMESPACE: {"kind": kind, **figures}},
    )


def _dissolve(shot: Shot, fps: int) -> otio.schema.Transition:
    return otio.schema.Transition(
        name=f"into {shot.shot_id}",
        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=_time(0, fps),
        out_offset=_time(shot.transition_frames, fps),
        metadata={NAMESPACE: {"baked_in": True}},
    )


def _reference(name: str, frames: int, fps: int, sha256: str) -> otio.schema.ExternalReference:
    made = otio.schema.ExternalReference(
        target_url=name, available_range=_range(0, frames, fps), metadata={NAMESPACE: {"sha256": sha256}}
    )
    made.name = name.rpartition("/")[2]
    return made


def _range(start: int, frames: int, fps: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start, fps), _time(frames, fps))


def _time(frame: int, fps: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frame, fps)
