"""What a person sees of each artifact in the UI: text as markdown, tables as tables, figures as plotted numbers."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from dagster import MetadataValue, TableRecord

from narrative_assets.canon import RuleBook, canon_page
from narrative_assets.film.table import shot_rows
from narrative_assets.media.rights import licence_note
from resources.canon_store.log import LogEntry
from resources.publishing import published_folder
from resources.studio import Studio
from resources.takes import FilmTakes
from schemas.assets import AssetManifest
from schemas.canon import Canon, CanonDiff
from schemas.publication import PublishRecord
from schemas.render import Placeholder, PlannedAsset, RenderOutput, RenderPlan
from schemas.repair import RepairLog
from schemas.safety import SafetyReport
from schemas.script import ActionElement, DialogueElement, Scene, Script, SignElement
from schemas.shots import ShotList
from schemas.story import Episode, EpisodePlan, StoryArc

Metadata = Mapping[str, Any]
_TABLE_ROWS = 400  # more rows make the event log heavy; the file holds them all
_PAGE_LENGTH = 200_000
_INLINE_BYTES = 1_500_000  # likewise for pictures; larger ones are linked


def arc(story: StoryArc) -> Metadata:
    """The season at a glance."""
    lines = [f"**{story.title}**: {story.premise}", "", f"*{story.theme}*", ""]
    lines += [f"- **{e.episode_id} {e.title}** (act {e.act}): {e.logline}" for e in story.episodes]
    return {"arc": MetadataValue.md("\n".join(lines)), "episodes": len(story.episodes), "threads": len(story.threads)}


def plan(episode: EpisodePlan) -> Metadata:
    """The beats as a table."""
    rows = [
        TableRecord(
            {
                "beat": beat.beat_id,
                "function": beat.function,
                "place": beat.place_id,
                "time": beat.time_of_day,
                "goal": beat.goal,
                "conflict": beat.conflict,
                "outcome": beat.outcome,
            }
        )
        for beat in episode.beats[:_TABLE_ROWS]
    ]
    return {
        "logline": MetadataValue.text(episode.logline),
        "beats": MetadataValue.table(rows),
        "planned_seconds": sum(beat.seconds for beat in episode.beats),
    }


def script(screenplay: Script) -> Metadata:
    """The script as it reads on paper, and its size."""
    names = {member.character_id: member.name for member in screenplay.cast}
    words = sum(
        len(element.text.split())
        for scene in screenplay.scenes
        for element in scene.elements
        if isinstance(element, DialogueElement)
    )
    text = "\n\n".join([f"# {screenplay.title}", *(_scene(scene, names) for scene in screenplay.scenes)])
    return {
        "script": MetadataValue.md(text[:200_000]),
        "scenes": len(screenplay.scenes),
        "spoken_words": words,
        "claims": sum(len(scene.claims) for scene in screenplay.scenes),
    }


def _scene(scene: Scene, names: Mapping[str, str]) -> str:
    parts = [f"## {scene.heading.raw}"]
    for element in scene.elements:
        match element:
            case DialogueElement():
                aside = f" *({element.parenthetical})*" if element.parenthetical else ""
                parts.append(f"**{names[element.speaker_id].upper()}**{aside}: {element.text}")
            case SignElement():
                parts.append(f"> {element.text}")
            case ActionElement():
                parts.append(element.text)
            case _:
                parts.append(f"*{element.raw}*")
    return "\n\n".join(parts)


def diff(change: CanonDiff) -> Metadata:
    """What becomes true, and what the gate said of it."""
    checked = change.validation
    facts = "\n".join(f"- {fact.subject} {fact.predicate} {_value(fact.object)}" for fact in change.added_facts[:200])
    verdicts = "\n".join(f"- {j.severity} {j.code}: {j.message}" for j in checked.judgements[:100])
    return {
        "new_facts": MetadataValue.md(facts or "none"),
        "judgements": MetadataValue.md(verdicts or f"{checked.honoured} of {checked.claims_checked} claims honoured"),
        "claims_checked": checked.claims_checked,
        "claims_honoured": checked.honoured,
    }


def _value(value: Any) -> str:
    return " ".join(str(part) for part in value.model_dump().values())


def repairs(log: RepairLog | None) -> Metadata:
    """What was mended in the script, if anything was."""
    if log is None:
        return {}
    rows = [
        TableRecord(
            {
                "code": change.code,
                "where": change.element_id or change.claim_id or change.scene_id or "",
                "what": f"{change.segment} {change.action}",
                "before": change.before,
                "after": change.after,
                "why": change.why,
            }
        )
        for change in log.changes[:_TABLE_ROWS]
    ]
    left = "\n".join(f"- {each.code}: {each.message}" for each in log.unresolved)
    shown: dict[str, Any] = {"repairs": MetadataValue.table(rows)} if rows else {}
    return {**shown, **({"not_mended": MetadataValue.md(left)} if left else {})}


def safety(report: SafetyReport) -> Metadata:
    """What was found in words or pictures asked for, against the rating."""
    found = "\n".join(
        f"- **{each.severity}** {each.category} in {each.element_id or each.scene_id or 'the script'}: {each.message}"
        for each in report.findings[:_TABLE_ROWS]
    )
    return {
        "safety": f"{report.verdict}: {report.texts_checked} texts against the rating {report.rating}",
        **({"safety_findings": MetadataValue.md(found)} if found else {}),
    }


def episode(record: Episode) -> Metadata:
    """What the episode leaves behind."""
    threads = "\n".join(f"- {thread.question}" for thread in record.unresolved_threads)
    return {
        "summary": MetadataValue.md(record.summary or "none"),
        "new_facts": len(record.new_facts),
        "open_threads": MetadataValue.md(threads or "none"),
    }


def canon(state: Canon, entries: Sequence[LogEntry], rules: RuleBook) -> Metadata:
    """Canon as a page, and the log of what made it so."""
    rows = [
        TableRecord(
            {
                "entry": entry.position,
                "episode": entry.episode_id,
                "origin": entry.origin,
                "diff": entry.diff_hash[:12],
                "approved_by": entry.approver,
                "notes": entry.notes,
                "at": entry.approved_at,
            }
        )
        for entry in entries[-_TABLE_ROWS:]
    ]
    return {
        "page": MetadataValue.md(canon_page(state, rules=rules)[:_PAGE_LENGTH]),
        "log": MetadataValue.table(rows) if rows else MetadataValue.text("none"),
        "facts": len(state.persistent_states),
        "open_threads": sum(not thread.closed for thread in state.threads),
    }


def shots(shot_list: ShotList) -> Metadata:
    """The shot list as a table, and its lengths."""
    rows = [
        TableRecord(
            {name: value if isinstance(value, int | float | str) else str(value) for name, value in row.items()}
        )
        for row in shot_rows(shot_list)[:_TABLE_ROWS]
    ]
    seconds = shot_list.total_frames / shot_list.fps
    return {
        "shots": MetadataValue.table(rows) if rows else MetadataValue.text("none"),
        "shot_count": len(shot_list.shots),
        "duration_seconds": round(seconds, 3),
        "average_shot_seconds": round(seconds / len(shot_list.shots), 3),
        "timing_lock": shot_list.timing_lock_hash,
    }


def _cell(value: object) -> int | float | str:
    return value if isinstance(value, int | float | str) else str(value)


def manifest(needs: AssetManifest) -> Metadata:
    """How many of each kind are needed."""
    return {
        "character_packs": len(needs.character_packs),
        "character_pictures": sum(len(pack.variants) for pack in needs.character_packs),
        "backgrounds": len(needs.backgrounds),
        "props": len(needs.props),
        "voice_lines": len(needs.voice_lines),
        "sounds": len(needs.sounds) + len(needs.ambience),
        "music": len(needs.music),
    }


def plan_of_render(planned: RenderPlan) -> Metadata:
    """Where every need is met from and why, who is to be credited, and what is missing."""
    missing = planned.placeholders()
    rows = [TableRecord(_sourced(asset)) for asset in planned.assets[:_TABLE_ROWS]]
    credits = "\n".join(f"- {credit}" for credit in planned.attributions)
    versions = ", ".join(f"{pack.character_id} {pack.version}" for pack in planned.packs)
    return {
        "sources": MetadataValue.table(rows) if rows else MetadataValue.text("none"),
        "needs": len(planned.assets),
        "placeholders": len(missing),
        "profile": planned.profile.id,
        "pack_versions": versions or "none",
        "credits": MetadataValue.md(credits or "none"),
    }


def _sourced(asset: PlannedAsset) -> dict[str, str]:
    """Source, file, licence and reason of one asset, and what was passed over for it."""
    chosen = next((each for each in asset.considered if each.chosen), None)
    passed = [f"{each.source} {each.name}: {each.reason}" for each in asset.considered if not each.chosen]
    return {
        "need": asset.need_id,
        "source": "placeholder" if isinstance(asset, Placeholder) else asset.source,
        "from": chosen.name if chosen else asset.rights.provider_or_model,
        "licence": licence_note(asset.rights),
        "why": chosen.reason if chosen else "",
        "passed_over": "; ".join(passed),
        "missing": asset.reason if isinstance(asset, Placeholder) else "",
    }


def takes(chosen: FilmTakes) -> Metadata:
    """Which shots show another take than the planned one, and which choices are out of date."""
    lines = [f"- {each.shot_id}: {each.chosen}" for each in chosen.applied]
    lines += [
        f"- {each.shot_id}: **{each.take_id} is not in the film**, "
        + ("the shot is no more" if each.gone else "the shot has changed since it was chosen")
        for each in chosen.stale
    ]
    return {"takes": MetadataValue.md("\n".join(lines[:_TABLE_ROWS]))} if lines else {}


def video(output: RenderOutput, studio: Studio, project: str, episode: str) -> Metadata:
    """The video as a link, the contact sheet as a picture, loudness and gates as figures."""
    folder = studio.store.episode_folder(project, episode, output.profile_id)
    address = f"{studio.settings.media_url}/{studio.store.tenant}/{project}/{episode}/{output.profile_id}"
    gates = "\n".join(
        f"- {'ok' if finding.passed else '**failed**'} {finding.gate}: {finding.measured} (limit {finding.limit})"
        for finding in output.quality
    )
    shown: dict[str, Any] = {
        "video": MetadataValue.url(f"{address}/episode.mp4"),
        "file": MetadataValue.path(str(folder / "episode.mp4")),
        "duration_seconds": round(output.total_frames / output.fps, 3),
        "loudness_lufs": output.loudness.integrated / 100,
        "true_peak_dbtp": output.loudness.true_peak / 100,
        "placeholders": len(output.placeholder_need_ids),
        "gates": MetadataValue.md(gates or "none"),
        "gates_failed": sum(not finding.passed for finding in output.quality),
    }
    sheet = output.contact_sheet
    if sheet is not None and sheet.size_bytes <= _INLINE_BYTES:
        picture = base64.b64encode(studio.store.blobs.read(sheet)).decode()
        shown["contact_sheet"] = MetadataValue.md(f"![contact sheet](data:{sheet.media_type};base64,{picture})")
    elif sheet is not None:
        shown["contact_sheet"] = MetadataValue.url(f"{address}/contact-sheet.png")
    return shown


def publication(record: PublishRecord, studio: Studio) -> Metadata:
    """Where the published episode lies, what is in it, whom it credits, and what was let pass."""
    folder = published_folder(studio.store, record.project_id, record.episode_id, record.profile_id)
    within = folder.relative_to(studio.store.root).as_posix()
    rows = [
        TableRecord({"file": each.name, "bytes": each.file.size_bytes, "sha256": each.file.sha256})
        for each in record.files
    ]
    passed = "\n".join(
        f"- **{each.gate}** let pass by {each.by}: {each.reason}"
        if each.outcome == "overridden"
        else f"- {each.gate} only advises: {each.measured}"
        for each in record.gates
        if each.outcome != "held"
    )
    credits = "\n".join(f"- {credit}" for credit in record.attributions)
    return {
        "folder": MetadataValue.path(str(folder)),
        "video": MetadataValue.url(f"{studio.settings.media_url}/{within}/episode.mp4"),
        "files": MetadataValue.table(rows),
        "gates_held": sum(each.outcome == "held" for each in record.gates),
        "let_pass": MetadataValue.md(passed or "none"),
        "credits": MetadataValue.md(credits or "none"),
    }
