"""A rendered episode as documents only: shots with every transition, takes, lines, cues and a missing prop."""

from __future__ import annotations

from schemas.project import RenderProfile
from schemas.render import (
    BlobRef,
    CaptionFile,
    Loudness,
    Placeholder,
    RenderedShot,
    RenderOutput,
    RenderPlan,
    Rights,
    ShotTakes,
    Stem,
    Take,
    TakeAsset,
)
from schemas.shots import Shot, ShotList, SoundCue, timing_lock
from tests.unit.video.episode_kit import NOWHERE, line, shot_list, varied


def blob(number: int, media_type: str) -> BlobRef:
    return BlobRef(uri=f"blob:sha256:{number:064x}", media_type=media_type, size_bytes=9)


def episode(fps: int = 24, frames: int = 14, shots: list[Shot] | None = None) -> ShotList:
    made = shot_list(shots or varied(frames), [line(1, 3 * frames + 2, 9)], fps)
    cue = SoundCue(cue_id="c1", tag="door", shot_id="sh004", start_frame=3 * frames + 5, frames=4)
    lock = timing_lock(fps, made.total_frames, made.shots, made.lines, (cue,))
    return ShotList.model_validate({**made.model_dump(), "sound_cues": (cue,), "timing_lock_hash": lock})


def plan_of(shots: ShotList) -> RenderPlan:
    other = TakeAsset(need_id="prop:lamp", picture=blob(77, "image/png"), rights=Rights(license_type="CC0-1.0"))
    takes = (Take(take_id="t1"), Take(take_id="t2", note="a lamp that is lit", assets=(other,)))
    return RenderPlan(
        project_id=shots.project_id,
        episode_id=shots.episode_id,
        shot_list_hash=NOWHERE,
        asset_manifest_hash=NOWHERE,
        timing_lock_hash=shots.timing_lock_hash,
        profile=RenderProfile(id="tiny", width=320, height=180),
        fps=shots.fps,
        aspect="16:9",
        assets=(
            Placeholder(
                need_id="prop:lamp", wanted="a lamp", reason="not_in_library", rights=Rights(license_type="own")
            ),
        ),
        takes=(ShotTakes(shot_id="sh006", chosen="t1", takes=takes),),
    )


def output_of(shots: ShotList) -> RenderOutput:
    return RenderOutput(
        project_id=shots.project_id,
        episode_id=shots.episode_id,
        profile_id="tiny",
        shot_list_hash=NOWHERE,
        asset_manifest_hash=NOWHERE,
        render_plan_hash=NOWHERE,
        timing_lock_hash=shots.timing_lock_hash,
        video=blob(1, "video/mp4"),
        video_stream_hash=NOWHERE,
        audio_pcm_hash=NOWHERE,
        captions=(CaptionFile(format="srt", language="en", file=blob(2, "application/x-subrip")),),
        stems=tuple(
            Stem.model_validate({"name": name, "file": blob(number, "audio/wav")})
            for number, name in enumerate(("dialogue", "music", "effects", "mix"), start=3)
        ),
        fps=shots.fps,
        total_frames=shots.total_frames,
        shots=tuple(
            RenderedShot(
                shot_id=shot.shot_id,
                frames=shot.duration_frames,
                clip_key=NOWHERE,
                clip_hash=f"{number:064x}",
                mean_luma=9,
            )
            for number, shot in enumerate(shots.shots)
        ),
        loudness=Loudness(integrated=-1600, true_peak=-100, gain=0),
        encoder="none",
    )
