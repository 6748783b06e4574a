"""Small but realistic artifacts of every kind, for tests that need one to start from."""

from __future__ import annotations

from collections.abc import Callable

from schemas.assets import (
    AssetManifest,
    BackgroundNeed,
    CharacterPackNeed,
    FigureVariant,
    MusicNeed,
    PropNeed,
    SoundNeed,
    VoiceLineNeed,
)
from schemas.base import Artifact
from schemas.canon import (
    Canon,
    CanonCharacter,
    CanonDiff,
    CanonLocation,
    CanonValidation,
    Fact,
    Relationship,
    TimelineEvent,
    WorldRule,
)
from schemas.canonical import content_hash
from schemas.models import (
    LicenceStatement,
    LicenceVerdict,
    ModelEntry,
    ModelFile,
    ModelInventory,
    ModelSmoke,
    ModelSmokeReport,
)
from schemas.package import PackageInputs, RenderPackageRequest, RenderPackageResponse
from schemas.packs import CharacterPack, PackFile
from schemas.project import CastMember, EpisodeEntry, Look, Place, Project, ProjectRule, Prop, Voice
from schemas.provider import ProviderCapabilities
from schemas.publication import PassedGate, PublishedFile, PublishRecord
from schemas.render import (
    CaptionFile,
    Chapter,
    Loudness,
    Placeholder,
    QualityFinding,
    RenderedShot,
    RenderOutput,
    RenderPlan,
    ResolvedAsset,
    Stem,
    VariantPicture,
)
from schemas.repair import RepairChange, RepairLog
from schemas.run import RunSummary, StageRun
from schemas.safety import SafetyFinding, SafetyReport
from schemas.script import ActionElement, DialogueElement, Scene, SceneHeading, Script, ScriptCharacter, SignElement
from schemas.shots import (
    ShotAudio,
    ShotList,
    SoundCue,
)
from schemas.story import (
    Act,
    ArcEpisode,
    Beat,
    Claim,
    ContextItem,
    ContextPack,
    Emotion,
    EntityRef,
    Episode,
    EpisodePlan,
    FlagValue,
    NumberValue,
    RecalledItem,
    SourceSpan,
    StoryArc,
    StoryInterval,
    StoryThread,
    Telling,
    TextValue,
)
from tests.fakes.timeline import EPISODE_ID, HASH, OWN_RIGHTS, PROJECT_ID, blob, line, render_plan, shot, shot_list

SOURCE = SourceSpan(document="project.json")
THREAD = StoryThread(thread_id="the-lamp", question="Who put out the lamp?", planted_in=EPISODE_ID)


def _project() -> Project:
    return Project(
        id=PROJECT_ID,
        title="The Lighthouse",
        premise="A keeper's lamp goes out on the one night a ship is due.",
        cast=(
            CastMember(id="mara", name="Mara", want="to keep the lamp lit", voice=Voice(words_per_minute=150)),
            CastMember(id="tom", name="Tom", role="rival", home="pier"),
        ),
        places=(Place(id="pier", name="The pier", details=("a rope", "a lantern"), minutes_to={"lighthouse": 20}),),
        props=(Prop(id="lamp", name="the lamp", holder="mara"),),
        world_rules=(ProjectRule(id="tide", statement="The tide closes the causeway at night."),),
        episodes=(EpisodeEntry(id=EPISODE_ID, title="The lamp"),),
    )


def _fact() -> Fact:
    return Fact(
        fact_id="f.mara.home",
        subject="mara",
        predicate="located_at",
        object=EntityRef(entity="pier"),
        valid_from=0,
        established=Telling(episode_id=EPISODE_ID, scene_id="sc01"),
        source=SOURCE,
    )


def _canon() -> Canon:
    return Canon(
        project_id=PROJECT_ID,
        as_of="s01e02",
        characters=(CanonCharacter(character_id="mara", name="Mara"),),
        locations=(CanonLocation(location_id="pier", name="The pier"),),
        world_rules=(WorldRule(rule_id="tide", statement="The tide closes the causeway at night."),),
        relationships=(Relationship(subject="mara", relation="sister_of", object="tom", since=-1_000),),
        timeline_events=(_event(),),
        persistent_states=(_fact(),),
        threads=(THREAD,),
        story_minute=1_440,
    )


def _event() -> TimelineEvent:
    return TimelineEvent(
        event_id="ev.lamp-out",
        summary="The lamp goes out.",
        story_time=StoryInterval(earliest=1_200, latest=1_260),
        location_id="pier",
        participants=("mara",),
        telling=Telling(episode_id=EPISODE_ID),
    )


def _claim() -> Claim:
    return Claim(
        claim_id="sc01.c001",
        subject="mara",
        mention="Mara",
        predicate="age",
        object=NumberValue(number=37, unit="years"),
        story_time=StoryInterval(earliest=1_200, latest=1_200),
        telling=Telling(episode_id=EPISODE_ID, scene_id="sc01", element_id="sc01.e001"),
        source=SOURCE,
    )


def _canon_diff() -> CanonDiff:
    return CanonDiff(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        script_hash=HASH,
        base_canon_hash=HASH,
        added_facts=(_fact(), _fact().model_copy(update={"object": TextValue(text="wet through")})),
        added_events=(_event(),),
        threads=(THREAD,),
        justification="The episode shows it.",
        provenance=SOURCE,
        validation=CanonValidation(gate_version="1", canon_hash=HASH, claims_checked=1, honoured=1),
    )


def _story_arc() -> StoryArc:
    return StoryArc(
        project_id=PROJECT_ID,
        season=1,
        title="The Lighthouse",
        premise="A lamp, a ship, a night.",
        theme="duty",
        seed=7,
        acts=(Act(number=1, name="Dark", purpose="Put the lamp out.", episode_ids=(EPISODE_ID,)),),
        episodes=(
            ArcEpisode(
                episode_id=EPISODE_ID, title="The lamp", logline="It goes out.", plot="loss", act=1, tension=600
            ),
        ),
        threads=(THREAD,),
    )


def _episode_plan() -> EpisodePlan:
    beat = Beat(
        beat_id="b01",
        function="inciting",
        place_id="pier",
        time_of_day="night",
        story_time=StoryInterval(earliest=1_200, latest=1_230),
        present=("mara", "tom"),
        goal="Light the lamp.",
        conflict="There is no oil.",
        outcome="Tom hides the can.",
        emotion=Emotion(name="unease", intensity=600),
        tension=500,
        seconds=40,
    )
    return EpisodePlan(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        title="The lamp",
        logline="It goes out.",
        plot="loss",
        seed=7,
        context_hash=HASH,
        beats=(beat,),
        threads_opened=(THREAD,),
    )


def _episode() -> Episode:
    return Episode(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        episode_number=1,
        arc_reference=HASH,
        title="The lamp",
        summary="The lamp goes out and a ship comes in blind.",
        new_facts=("f.mara.home",),
        unresolved_threads=(THREAD,),
    )


def _context_pack() -> ContextPack:
    return ContextPack(
        project_id=PROJECT_ID,
        episode_id="s01e02",
        canon_hash=HASH,
        facts=(ContextItem(text="Mara is on the pier.", source="s01e01 sc01", fact_id="f.mara.home"),),
        last_summary="The lamp went out.",
        open_threads=(THREAD,),
        story_minute=1_440,
        recalled=(RecalledItem(text="Mara hums.", source="s01e01 sc01", passage="scene", source_hash=HASH),),
    )


def _script() -> Script:
    scene = Scene(
        scene_id="sc01",
        heading=SceneHeading(
            setting="ext", place_id="pier", place_name="The pier", time_of_day="night", raw="EXT. PIER - NIGHT"
        ),
        story_time=StoryInterval(earliest=1_200, latest=1_210),
        present=("mara",),
        elements=(
            ActionElement(element_id="sc01.e001", text="The lamp dies.", character_ids=("mara",), source=SOURCE),
            DialogueElement(element_id="sc01.e002", speaker_id="mara", cue="MARA", text="Not tonight.", source=SOURCE),
            SignElement(element_id="sc01.e003", text="NO OIL", carrier="a chalk board", source=SOURCE),
        ),
        claims=(_claim(), _claim().model_copy(update={"claim_id": "sc01.c002", "object": FlagValue(flag=True)})),
    )
    return Script(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        title="The lamp",
        origin="generated",
        seed=7,
        cast=(ScriptCharacter(character_id="mara", name="Mara", aliases=("the keeper",)),),
        scenes=(scene,),
        threads_opened=(THREAD,),
    )


def _repair_log() -> RepairLog:
    change = RepairChange(
        code="age",
        finding_id="0123456789abcdef",
        action="rewritten",
        segment="dialogue",
        scene_id="sc01",
        element_id="sc01.e002",
        before="I am forty.",
        after="I am thirty.",
        why="Canon holds that Mara is 30 years old (project the-lamp).",
    )
    return RepairLog(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        repair_version="1",
        original_hash=HASH,
        repaired_hash=HASH,
        changes=(change,),
    )


def _safety_report() -> SafetyReport:
    finding = SafetyFinding(
        category="profanity",
        needs="R",
        severity="block",
        scene_id="sc01",
        element_id="sc01.e002",
        excerpt="the lamp",
        message="The word needs the rating R; the project is PG.",
    )
    return SafetyReport(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        point="script",
        policy_version="1",
        rating="PG",
        mode="fail_closed",
        subject_hash=HASH,
        texts_checked=2,
        verdict="blocked",
        findings=(finding,),
    )


def _shot_list() -> ShotList:
    lines = (line(1, "Not tonight. There is a ship out there.", 12, 60),)
    thunder = SoundCue(cue_id="sc01.q001", tag="thunder", shot_id="sc01.sh002", start_frame=100, frames=40)
    return shot_list(
        (shot(1, 0, 96, audio=ShotAudio(line_ids=("sc01.l001",))), shot(2, 96, 72, figures=("mara", "tom"))),
        lines,
        (thunder,),
    )


def _asset_manifest() -> AssetManifest:
    shots = _shot_list()
    return AssetManifest(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        shot_list_hash=content_hash(shots),
        timing_lock_hash=shots.timing_lock_hash,
        fps=24,
        character_packs=(
            CharacterPackNeed(
                need_id="character:mara",
                character_id="mara",
                name="Mara",
                variants=(FigureVariant(pose="stand", expression="neutral"),),
            ),
        ),
        backgrounds=(
            BackgroundNeed(
                need_id="background:pier:night", place_id="pier", name="The pier", interior=False, time_of_day="night"
            ),
        ),
        props=(PropNeed(need_id="prop:lamp", name="the lamp"),),
        voice_lines=(
            VoiceLineNeed(need_id="line:sc01.l001", speaker_id="mara", text="Not tonight.", voice=Voice(), frames=60),
        ),
        sounds=(SoundNeed(need_id="sound:thunder", tag="thunder", frames=40),),
        ambience=(SoundNeed(need_id="ambience:waves", tag="waves", frames=168),),
        music=(MusicNeed(need_id="music:sc01", mood="unease", tension=500, frames=168),),
    )


def _character_pack() -> CharacterPack:
    picture = blob("image/png", width=120, height=360)
    return CharacterPack(
        character_id="mara",
        name="Mara",
        look=Look(colour="#c8553d", accent="#f2c57c", build="average", hair="long", garment="coat"),
        voice=Voice(words_per_minute=150),
        source="library",
        pictures=(VariantPicture(variant=FigureVariant(pose="stand", expression="neutral"), picture=picture),),
        files=(PackFile(name="characters/mara.png", sha256=HASH, rights=OWN_RIGHTS),),
        rights=OWN_RIGHTS,
    ).sealed()


def _render_plan() -> RenderPlan:
    voice = ResolvedAsset(
        need_id="line:sc01.l001",
        source="generated_local",
        blob=blob(samples=55_125, sample_rate=22_050),
        rights=OWN_RIGHTS,
    )
    thunder = Placeholder(
        need_id="sound:thunder", wanted="the sound of thunder", reason="not_in_library", rights=OWN_RIGHTS
    )
    return render_plan(_shot_list(), (voice, thunder))


def _render_output() -> RenderOutput:
    plan = _render_plan()
    return RenderOutput(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        profile_id="preview_local",
        shot_list_hash=plan.shot_list_hash,
        asset_manifest_hash=HASH,
        render_plan_hash=content_hash(plan),
        timing_lock_hash=plan.timing_lock_hash,
        video=blob("video/mp4", width=1280, height=720),
        video_stream_hash=HASH,
        audio_pcm_hash=HASH,
        captions=(CaptionFile(format="srt", language="en-US", file=blob("application/x-subrip")),),
        stems=(Stem(name="dialogue", file=blob(samples=336_000, sample_rate=48_000)),),
        fps=24,
        total_frames=168,
        shots=(
            RenderedShot(shot_id="sc01.sh001", frames=96, clip_key=HASH, clip_hash=HASH, mean_luma=80),
            RenderedShot(shot_id="sc01.sh002", frames=72, clip_key=HASH, clip_hash=HASH, mean_luma=90),
        ),
        chapters=(Chapter(title="The pier", start_frame=0, frames=168),),
        loudness=Loudness(integrated=-1_600, true_peak=-120, gain=345, duck_depth=-1_200),
        quality=(QualityFinding(gate="loudness", passed=True, measured="-16.00 LUFS", limit="-16.00 LUFS"),),
        placeholder_need_ids=("sound:thunder",),
        encoder="x264",
    )


def _publish_record() -> PublishRecord:
    output = _render_output()
    return PublishRecord(
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        profile_id="preview_local",
        title="The lamp",
        script_hash=HASH,
        canon_diff_hash=HASH,
        shot_list_hash=output.shot_list_hash,
        asset_manifest_hash=HASH,
        render_plan_hash=output.render_plan_hash,
        render_output_hash=content_hash(output),
        timing_lock_hash=output.timing_lock_hash,
        fps=24,
        total_frames=168,
        files=(PublishedFile(name="episode.mp4", file=output.video),),
        attributions=("\u201cThunder\u201d by Ada, licensed under CC BY 4.0",),
        gates=(
            PassedGate(
                judged="RenderOutput", gate="loudness", outcome="held", measured="-16.00 LUFS", limit="-16.00 LUFS"
            ),
            PassedGate(
                judged="RenderOutput",
                gate="black_frames",
                outcome="overridden",
                measured="1 shots with black frames",
                limit="0 shots, fades apart",
                by="Ines",
                reason="The lamp goes out.",
            ),
        ),
    )


def _package_request() -> RenderPackageRequest:
    return RenderPackageRequest(
        request_id="7c1c9e0e-7f0d-4f9a-9d3e-0a4a1b2c3d4e",
        idempotency_key="lighthouse-s01e01-1",
        tenant_id="studio",
        render_profile="preview_local",
        inputs=PackageInputs(
            shotlist_ref=_shot_list(), asset_manifest_ref=_asset_manifest(), render_plan_ref=f"blob:sha256:{HASH}"
        ),
        callbacks=("https://example.org/done",),
    )


def _package_response() -> RenderPackageResponse:
    return RenderPackageResponse(
        request_id="7c1c9e0e-7f0d-4f9a-9d3e-0a4a1b2c3d4e",
        status="completed",
        artifact_uris={"video": f"blob:sha256:{HASH}"},
        lineage_hashes={"ShotList": HASH},
        run_summary=_run_summary(),
    )


def _capabilities() -> ProviderCapabilities:
    return ProviderCapabilities(
        provider_id="nearby",
        max_clip_duration_sec=10,
        supported_aspect_ratios=("16:9", "9:16"),
        supported_fps=(24,),
        audio_support=False,
        image_to_video=True,
        text_to_video=False,
        max_resolution="1920x1080",
    )


def _run_summary() -> RunSummary:
    return RunSummary(
        run_id="run-1",
        tenant_id="studio",
        project_id=PROJECT_ID,
        episode_id=EPISODE_ID,
        profile_id="preview_local",
        started_at="2025-01-01T00:00:00Z",
        status="succeeded",
        milliseconds=1_200,
        stages=(StageRun(stage="script", status="succeeded", milliseconds=90, cache_hit=False, artifact_hash=HASH),),
        cache_hits=0,
        cache_misses=1,
        peak_memory_bytes=200_000_000,
    )


def _model_inventory() -> ModelInventory:
    reason = "MIT: allowed with its notice"
    entry = ModelEntry(
        model_id="small-1.0",
        task="embedding",
        source="package small 1.0",
        provenance="As its package holds it.",
        files=(
            ModelFile(path="model.safetensors", size_bytes=8, sha256=HASH),
            ModelFile(path="tokenizer.json", size_bytes=4, sha256=HASH),
        ),
        size_bytes=12,
        format="safetensors",
        runtimes=("onnxruntime", "torch"),
        tokenizer="tokenizer.json",
        quantisation="float32",
        dimensions=384,
        licence="MIT",
        statements=(LicenceStatement(expression="MIT", stated_in="the package's metadata"),),
        verdicts=(
            LicenceVerdict(use="use", allowed=True, reason=reason),
            LicenceVerdict(use="redistribute", allowed=True, reason=reason),
            LicenceVerdict(use="outputs", allowed=True, reason=reason),
        ),
    )
    return ModelInventory(models=(entry,))


def _model_smoke_report() -> ModelSmokeReport:
    opened = ModelSmoke(model_id="small-1.0", outcome="opened", detail="2 tensors")
    return ModelSmokeReport(inventory_hash=HASH, models=(opened,))


_BUILDERS: dict[str, Callable[[], Artifact]] = {
    "Project": _project,
    "Canon": _canon,
    "CanonDiff": _canon_diff,
    "StoryArc": _story_arc,
    "EpisodePlan": _episode_plan,
    "Episode": _episode,
    "ContextPack": _context_pack,
    "Script": _script,
    "RepairLog": _repair_log,
    "SafetyReport": _safety_report,
    "ShotList": _shot_list,
    "AssetManifest": _asset_manifest,
    "CharacterPack": _character_pack,
    "RenderPlan": _render_plan,
    "RenderOutput": _render_output,
    "PublishRecord": _publish_record,
    "RenderPackageRequest": _package_request,
    "RenderPackageResponse": _package_response,
    "ProviderCapabilities": _capabilities,
    "RunSummary": _run_summary,
    "ModelInventory": _model_inventory,
    "ModelSmokeReport": _model_smoke_report,
}


def sample(kind: str) -> Artifact:
    """A minimal, realistic artifact of ``kind``; the same one every time."""
    return _BUILDERS[kind]()
