"""Shots, lines and plans for tests to set out a timeline with: a locked shot list from the parts that matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.canonical import content_hash
from schemas.project import RenderProfile, Voice
from schemas.render import (
    BlobRef,
    RenderPlan,
    Rights,
)
from schemas.shots import (
    Environment,
    Figure,
    Framing,
    Shot,
    ShotCharacter,
    ShotList,
    ShotScene,
    SoundCue,
    SpokenLine,
    WordCue,
    timing_lock,
)

PROJECT_ID = "lighthouse"
EPISODE_ID = "s01e01"
HASH = "0123456789abcdef" * 4
OWN_RIGHTS = Rights(license_type="Apache-2.0", provider_or_model="built-in", redistributable=True)


def blob(media_type: str = "audio/wav", *, digest: str = HASH, size_bytes: int = 1_000, **facts: int) -> BlobRef:
    return BlobRef(uri=f"blob:sha256:{digest}", media_type=media_type, size_bytes=size_bytes, **facts)


def shot(number: int, start: int, frames: int, *, figures: Sequence[str] = ("mara",), **fields: Any) -> Shot:
    return Shot(
        **{
            "shot_id": f"sc01.sh{number:03d}",
            "scene_id": "sc01",
            "start_frame": start,
            "duration_frames": frames,
            "framing": Framing(size="ms", kind="single", subject_ids=tuple(figures)),
            "figures": tuple(Figure(character_id=name, slot="centre") for name in figures),
            "environment": Environment(place_id="pier", place_name="The pier", interior=False, time_of_day="night"),
            **fields,
        }
    )


def line(number: int, text: str, start: int, frames: int, *, speaker: str = "mara", **fields: Any) -> SpokenLine:
    """A spoken line whose words are spread evenly over its frames."""
    words, offset = [], 0
    parts = text.split()
    for index, part in enumerate(parts):
        offset = text.index(part, offset)
        words.append(WordCue(text_offset=offset, text_length=len(part), frame=index * frames // len(parts)))
        offset += len(part)
    return SpokenLine(
        **{
            "line_id": f"sc01.l{number:03d}",
            "element_id": f"sc01.e{number:03d}",
            "scene_id": "sc01",
            "speaker_id": speaker,
            "speaker_name": speaker.capitalize(),
            "text": text,
            "voice": Voice(),
            "start_frame": start,
            "frames": frames,
            "words": tuple(words),
            **fields,
        }
    )


def shot_list(
    shots: Sequence[Shot],
    lines: Sequence[SpokenLine] = (),
    cues: Sequence[SoundCue] = (),
    *,
    fps: int = 24,
    scenes: Sequence[ShotScene] = (),
    **fields: Any,
) -> ShotList:
    """A locked shot list of these shots, in one scene unless scenes are given."""
    total = sum(each.duration_frames for each in shots)
    scene = ShotScene(
        scene_id="sc01", title="The pier", place_id="pier", time_of_day="night", start_frame=0, duration_frames=total
    )
    return ShotList(
        **{
            "project_id": PROJECT_ID,
            "episode_id": EPISODE_ID,
            "title": "The lamp",
            "script_hash": HASH,
            "fps": fps,
            "total_frames": total,
            "timing_lock_hash": timing_lock(fps, total, tuple(shots), tuple(lines), tuple(cues)),
            "characters": tuple(ShotCharacter(character_id=name, name=name.capitalize()) for name in ("mara", "tom")),
            "scenes": tuple(scenes) or (scene,),
            "shots": tuple(shots),
            "lines": tuple(lines),
            "sound_cues": tuple(cues),
            **fields,
        }
    )


def render_plan(shots: ShotList, assets: Sequence[Any] = (), **profile: Any) -> RenderPlan:
    return RenderPlan(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        shot_list_hash=content_hash(shots),
        asset_manifest_hash=HASH,
        timing_lock_hash=shots.timing_lock_hash,
        profile=RenderProfile(**profile),
        fps=shots.fps,
        aspect="16:9",
        assets=tuple(assets),
        attributions=("Sounds: built in",),
    )
