"""The episode that benchmarks render: 10 minutes, 40 shots of 15 s, every one moving, three captions a shot.

Its pictures are the drawn stand-ins and its voices the local voice, so it weighs what a real one weighs.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from narrative_assets.media.painter import ProceduralPainter
from narrative_assets.media.requirements import derive_manifest
from narrative_assets.media.resolver import resolve
from resources.caches import PictureFolder, TakeFolder
from resources.library import FolderLibrary
from resources.registry import ArtifactStore
from resources.speech import EspeakSpeech
from schemas.assets import AssetManifest
from schemas.canonical import content_hash
from schemas.project import CastMember, EpisodeEntry, Place, Project, RenderProfile, Voice
from schemas.render import RenderPlan
from schemas.shots import (
    Environment,
    Figure,
    Framing,
    Movement,
    Shot,
    ShotAudio,
    ShotCharacter,
    ShotList,
    ShotScene,
    SpokenLine,
    timing_lock,
)
from schemas.story import Emotion, TimeOfDay

FPS = 24
SHOT_FRAMES = 15 * FPS
_SIZES = ("ls", "ms", "mcu", "cu", "mls")
_MOVES = ("push_in", "pan_left", "pull_out", "pan_right", "tilt_up", "tilt_down")
_PLACES = (("park", False), ("kitchen", True), ("harbour", False), ("street", False))
_WORDS = "The tide came in over the long flat sand, and nobody on the pier said what all of them were thinking"
_FEELINGS = ("neutral", "joy", "fear", "sadness", "curiosity")


def project(profile: RenderProfile) -> Project:
    """A cast of two and four places."""
    return Project(
        id="bench",
        title="Benchmark",
        cast=(CastMember(id="ada", name="Ada", pronouns="she"), CastMember(id="ben", name="Ben", pronouns="he")),
        places=tuple(Place(id=place, name=place, interior=interior, kind=place) for place, interior in _PLACES),
        episodes=(EpisodeEntry(id="s01e01"),),
        render_profiles=(profile,),
    )


def shot_list(shots: int = 40, changed: int | None = None) -> ShotList:
    """The shot list; ``changed`` gives one shot another movement, so that only it has to be rendered again."""
    planned = tuple(_shot(number, changed) for number in range(shots))
    lines = tuple(_line(number, part) for number in range(shots) for part in range(3))
    per_scene = max(1, shots // 4)
    scenes = tuple(
        _scene(first // per_scene, first, min(per_scene, shots - first)) for first in range(0, shots, per_scene)
    )
    total = shots * SHOT_FRAMES
    return ShotList(
        project_id="bench",
        episode_id="s01e01",
        title="Benchmark",
        script_hash="0" * 64,
        fps=FPS,
        total_frames=total,
        timing_lock_hash=timing_lock(FPS, total, planned, lines, ()),
        characters=(ShotCharacter(character_id="ada", name="Ada"), ShotCharacter(character_id="ben", name="Ben")),
        scenes=scenes,
        shots=planned,
        lines=lines,
    )


def _where(number: int) -> tuple[str, bool, TimeOfDay]:
    place, interior = _PLACES[number // 10 % len(_PLACES)]
    return place, interior, get_args(TimeOfDay)[number // 10 % 7]


def _shot(number: int, changed: int | None) -> Shot:
    place, interior, time = _where(number)
    kind = _MOVES[(number + (number == changed)) % len(_MOVES)]
    feeling = Emotion(name=_FEELINGS[number % len(_FEELINGS)], intensity=600)
    return Shot(
        shot_id=f"sc{number // 10:02d}-sh{number:03d}",
        scene_id=f"sc{number // 10:02d}",
        start_frame=number * SHOT_FRAMES,
        duration_frames=SHOT_FRAMES,
        framing=Framing(size=_SIZES[number % len(_SIZES)], kind="single", subject_ids=("ada",)),
        movement=Movement(kind=kind, amount=60),
        figures=(
            Figure(character_id="ada", slot="left", facing="right", expression=feeling),
            Figure(character_id="ben", slot="right", facing="left"),
        ),
        environment=Environment(
            place_id=place, place_name=place, interior=interior, place_kind=place, time_of_day=time
        ),
        audio=ShotAudio(line_ids=tuple(f"l{number:03d}{part}" for part in range(3))),
    )


def _line(number: int, part: int) -> SpokenLine:
    speaker = ("ada", "ben")[part % 2]
    return SpokenLine(
        line_id=f"l{number:03d}{part}",
        element_id=f"e{number:03d}{part}",
        scene_id=f"sc{number // 10:02d}",
        speaker_id=speaker,
        speaker_name=speaker.capitalize(),
        text=f"{_WORDS}, {number} {part}.",
        voice=Voice(base="en-us", words_per_minute=280, pitch=40 + 15 * (part % 2)),
        start_frame=number * SHOT_FRAMES + part * 120 + 6,
        frames=112,
    )


def _scene(number: int, first: int, shots: int) -> ShotScene:
    place, _, time = _where(first)
    return ShotScene(
        scene_id=f"sc{number:02d}",
        title=f"Scene {number + 1}",
        place_id=place,
        time_of_day=time,
        start_frame=first * SHOT_FRAMES,
        duration_frames=shots * SHOT_FRAMES,
        music_mood=_FEELINGS[number % len(_FEELINGS)],
    )


def planned(store: ArtifactStore, shots: ShotList, profile: RenderProfile) -> tuple[AssetManifest, RenderPlan]:
    """Manifest and plan of the shot list, with pictures drawn and lines spoken into ``store``."""
    manifest = derive_manifest(shots, project(profile), content_hash(shots))
    plan = resolve(
        manifest,
        content_hash(manifest),
        shots,
        content_hash(shots),
        profile,
        library=FolderLibrary(Path("no-such-folder")),
        sink=store.blobs,
        speech=EspeakSpeech(TakeFolder(store)),
        painter=ProceduralPainter(),
        cache=PictureFolder(store),
    )
    return manifest, plan
