"""A small synthetic episode: plates, figures and voices drawn by hand, stores on a folder."""

from __future__ import annotations

import hashlib
import io
import json
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from narrative_assets.video.episode import OnShot, RenderHashes, render_episode
from narrative_assets.video.toolchain import Toolchain, find_toolchain
from schemas.assets import (
    AssetManifest,
    BackgroundNeed,
    CharacterPackNeed,
    FigureVariant,
    PropNeed,
    VoiceLineNeed,
    background_need_id,
    character_need_id,
    insert_need_id,
    line_need_id,
)
from schemas.project import RenderProfile, Voice
from schemas.render import BlobRef, RenderOutput, RenderPlan, ResolvedAsset, Rights, VariantPicture
from schemas.shots import (
    Environment,
    Figure,
    Framing,
    Movement,
    Shot,
    ShotCharacter,
    ShotList,
    ShotScene,
    SpokenLine,
    timing_lock,
)

RIGHTS = Rights(license_type="CC0-1.0")
NOWHERE = "0" * 64


class FolderBlobs:
    """Blobs in a folder by hash: a real store, without durability."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, ref: BlobRef) -> Path:
        return self.folder / ref.sha256

    def read(self, ref: BlobRef) -> bytes:
        return self.path(ref).read_bytes()

    def put(self, data: bytes, media_type: str, **dims: int | None) -> BlobRef:
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / digest).write_bytes(data)
        return BlobRef(uri=f"blob:sha256:{digest}", media_type=media_type, size_bytes=len(data), **dims)

    def put_file(self, path: Path, media_type: str, **dims: int | None) -> BlobRef:
        size = path.stat().st_size
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        path.replace(self.folder / digest)
        return BlobRef(uri=f"blob:sha256:{digest}", media_type=media_type, size_bytes=size, **dims)

    def intact(self, sha256: str) -> bool:
        path = self.folder / sha256
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


class FolderClips:
    """Clips in a folder by key, figures beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Path | None:
        path = self.folder / f"{key}.mp4"
        return path if path.is_file() else None

    def figures(self, key: str) -> Mapping[str, int | str] | None:
        path = self.folder / f"{key}.json"
        return json.loads(path.read_text()) if path.is_file() else None

    def put(self, key: str, path: Path, figures: dict[str, int | str]) -> Path:
        (self.folder / f"{key}.json").write_text(json.dumps(figures))
        return path.replace(self.folder / f"{key}.mp4")


def plate_png(width: int = 480, height: int = 270, tint: int = 0) -> bytes:
    """A street-like plate: sky, ground, a row of houses."""
    picture = Image.new("RGB", (width, height), (120 + tint, 160, 200))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.6, width, height), fill=(110, 100, 90))
    for number in range(8):
        x = width * number / 8
        top = height * (0.25 + 0.06 * (number * 5 % 4))
        pen.rectangle((x, top, x + width / 9, height * 0.62), fill=(150 - 9 * number, 110, 80 + 12 * number))
    return _png(picture)


def figure_png(tall: float = 0.94, height: int = 400) -> bytes:
    """A front-on figure whose feet stand on the lower edge, ``tall`` of the picture's height."""
    width = height // 2
    picture = Image.new("RGBA", (width, height))
    pen = ImageDraw.Draw(picture)
    top, body = height * (1 - tall), height * tall
    head = body * 0.186
    pen.rounded_rectangle(
        (width * 0.28, top + head, width * 0.72, top + body * 0.55), radius=12, fill=(60, 90, 150, 255)
    )
    pen.rectangle((width * 0.36, top + body * 0.5, width * 0.64, height - 1), fill=(40, 40, 60, 255))
    pen.ellipse((width * 0.5 - head * 0.42, top, width * 0.5 + head * 0.42, top + head), fill=(230, 190, 160, 255))
    for side in (-1, 1):
        x, y = width * 0.5 + side * head * 0.18, top + body * 0.096
        pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill=(20, 20, 20, 255))
    return _png(picture)


def tone_wav(seconds: float, rate: int = 22_050) -> bytes:
    """A voice-like tone, mono, 16 bits."""
    time = np.arange(int(seconds * rate)) / rate
    pcm = (6_000 * np.sin(2 * np.pi * 180 * time) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time))).astype("<i2")
    packed = io.BytesIO()
    with wave.open(packed, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return packed.getvalue()


def shot(number: int, frames: int, **changes: Any) -> Shot:
    """A shot of two people on the pier; its start is set by ``shot_list``."""
    fields: dict[str, Any] = {
        "shot_id": f"sh{number:03d}",
        "scene_id": "sc01",
        "start_frame": 0,
        "duration_frames": frames,
        "framing": Framing(size="ms", kind="single", subject_ids=("ada",)),
        "figures": (Figure(character_id="ada", slot="left", facing="right"),),
        "environment": Environment(place_id="pier", place_name="Pier", interior=False, time_of_day="day"),
    }
    return Shot(**{**fields, **changes})


def shot_list(shots: Sequence[Shot], lines: Sequence[SpokenLine] = (), fps: int = 24) -> ShotList:
    """A locked shot list of one scene."""
    start, placed = 0, []
    for each in shots:
        placed.append(each.model_copy(update={"start_frame": start}))
        start += each.duration_frames
    return ShotList(
        project_id="harbour",
        episode_id="s01e02",
        title="The Long Night",
        script_hash=NOWHERE,
        fps=fps,
        total_frames=start,
        timing_lock_hash=timing_lock(fps, start, tuple(placed), tuple(lines), ()),
        characters=(ShotCharacter(character_id="ada", name="Ada"), ShotCharacter(character_id="ben", name="Ben")),
        scenes=(
            ShotScene(
                scene_id="sc01", title="Pier", place_id="pier", time_of_day="day", start_frame=0, duration_frames=start
            ),
        ),
        shots=tuple(placed),
        lines=tuple(lines),
        credits=("The Long Night", "Written by nobody", "Voices by a sine wave"),
    )


def line(number: int, start: int, frames: int, text: str = "The lamp went out at midnight.") -> SpokenLine:
    return SpokenLine(
        line_id=f"l{number:03d}",
        element_id=f"e{number:03d}",
        scene_id="sc01",
        speaker_id="ada",
        speaker_name="Ada",
        text=text,
        voice=Voice(),
        start_frame=start,
        frames=frames,
    )


class Stage:
    """A folder with everything one render needs."""

    def __init__(self, folder: Path, profile: RenderProfile | None = None, toolchain: Toolchain | None = None) -> None:
        self.folder = folder
        self.blobs = FolderBlobs(folder / "blobs")
        self.clips = FolderClips(folder / "clips")
        self.profile = profile or RenderProfile(id="tiny", width=320, height=180)
        self.toolchain = toolchain or find_toolchain()
        self.runs = 0
        self.keys: set[str] = set()

    def plan(self, shots: ShotList) -> tuple[AssetManifest, RenderPlan]:
        """Needs of ``shots`` and a plan that meets each of them."""
        manifest = manifest_of(shots)
        voices = [
            ResolvedAsset(
                need_id=need.need_id,
                source="generated_local",
                blob=self.blobs.put(tone_wav(need.frames / shots.fps), "audio/wav", sample_rate=22_050),
                rights=RIGHTS,
            )
            for need in manifest.voice_lines
        ]
        plan = RenderPlan(
            project_id=shots.project_id,
            episode_id=shots.episode_id,
            shot_list_hash=NOWHERE,
            asset_manifest_hash=NOWHERE,
            timing_lock_hash=shots.timing_lock_hash,
            profile=self.profile,
            fps=shots.fps,
            aspect="16:9",
            assets=(*self._pictures(manifest), *voices),
        )
        return manifest, plan

    def _pictures(self, manifest: AssetManifest) -> list[ResolvedAsset]:
        assets = []
        for number, need in enumerate((*manifest.backgrounds, *manifest.props)):
            blob = self.blobs.put(plate_png(tint=20 * number), "image/png")
            assets.append(ResolvedAsset(need_id=need.need_id, source="generated_local", blob=blob, rights=RIGHTS))
        for pack in manifest.character_packs:
            blob = self.blobs.put(figure_png(0.94 if pack.character_id == "ada" else 0.8), "image/png")
            variants = tuple(VariantPicture(variant=each, picture=blob) for each in pack.variants)
            assets.append(
                ResolvedAsset(need_id=pack.need_id, source="generated_local", variants=variants, rights=RIGHTS)
            )
        return assets

    def render(
        self,
        shots: ShotList,
        workers: int = 2,
        plan: RenderPlan | None = None,
        manifest: AssetManifest | None = None,
        on_shot: OnShot | None = None,
    ) -> tuple[RenderOutput, list[bool]]:
        """Render, and return the output with, for each shot as it came, whether it was from the store."""
        own_manifest, own_plan = self.plan(shots)
        self.runs += 1
        scratch = self.folder / f"scratch{self.runs}"
        scratch.mkdir(parents=True)
        came: list[bool] = []
        output = render_episode(
            shots,
            manifest or own_manifest,
            plan or own_plan,
            hashes=RenderHashes(NOWHERE, NOWHERE, NOWHERE),
            blobs=self.blobs,
            clips=self.clips,
            toolchain=self.toolchain,
            scratch=scratch,
            workers=workers,
            on_shot=on_shot or (lambda done, total, cached: came.append(cached)),
        )
        self.keys.update(each.clip_key for each in output.shots)
        return output, came


def manifest_of(shots: ShotList) -> AssetManifest:
    packs: dict[str, set[tuple[str, str]]] = {}
    places: dict[str, Shot] = {}
    inserts: dict[str, Shot] = {}
    for each in shots.shots:
        places.setdefault(background_need_id(each.environment.place_id, each.environment.time_of_day), each)
        need_id = insert_need_id(each)
        if need_id is not None:
            inserts.setdefault(need_id, each)
        for figure in each.figures:
            packs.setdefault(figure.character_id, set()).add((figure.pose, figure.expression.name))
    return AssetManifest(
        project_id=shots.project_id,
        episode_id=shots.episode_id,
        shot_list_hash=NOWHERE,
        timing_lock_hash=shots.timing_lock_hash,
        fps=shots.fps,
        character_packs=tuple(
            CharacterPackNeed(
                need_id=character_need_id(who),
                character_id=who,
                name=who.title(),
                variants=tuple(FigureVariant(pose=pose, expression=feeling) for pose, feeling in sorted(looks)),
            )
            for who, looks in sorted(packs.items())
        ),
        backgrounds=tuple(
            BackgroundNeed(
                need_id=need_id,
                place_id=each.environment.place_id,
                name=each.environment.place_name,
                interior=each.environment.interior,
                time_of_day=each.environment.time_of_day,
            )
            for need_id, each in sorted(places.items())
        ),
        props=tuple(PropNeed(need_id=need_id, name="thing") for need_id in sorted(inserts)),
        voice_lines=tuple(
            VoiceLineNeed(
                need_id=line_need_id(each.line_id),
                speaker_id=each.speaker_id,
                text=each.text,
                voice=each.voice,
                frames=each.frames,
            )
            for each in shots.lines
        ),
    )


def varied(frames: int = 14) -> list[Shot]:
    """A title, moves of every kind, a dissolve, an insert, credits: about one shot of each sort."""
    ben = Figure(character_id="ben", slot="right", facing="left")
    ada = Figure(character_id="ada", slot="left", facing="right")
    return [
        shot(1, frames, framing=Framing(size="ls", kind="title"), figures=(),
             transition_in="fade", transition_frames=4),
        shot(2, frames, framing=Framing(size="ls", kind="establishing"), figures=(),
             movement=Movement(kind="pan_left", amount=80)),
        shot(3, frames, movement=Movement(kind="push_in", amount=60), transition_in="dissolve", transition_frames=5),
        shot(4, 2 * frames),
        shot(5, frames, framing=Framing(size="mcu", kind="over_the_shoulder", subject_ids=("ben",),
                                        over_shoulder_of="ada"),
             figures=(ada.model_copy(update={"facing": "away"}), ben)),
        shot(6, frames, framing=Framing(size="cu", kind="insert"), figures=(), props=("lamp",),
             movement=Movement(kind="tilt_up", amount=50)),
        shot(7, frames, framing=Framing(size="ls", kind="credits"), figures=(), fade_out_frames=5),
    ]  # fmt: skip


def _png(picture: Image.Image) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()
