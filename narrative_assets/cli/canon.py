"""`narrative canon`: what is true, at which episode, on whose word; decisions about it, and its judgement anew."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markdown import Markdown
from rich.text import Text

from narrative_assets.assets.continuity import ends_season, following, in_story_order
from narrative_assets.canon import canon_page, episode_order, judge, rules_of
from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from resources.studio import Studio
from schemas.canon import Canon, CanonDiff, CanonValidation, Judgement, Waiver
from schemas.canonical import content_hash
from schemas.errors import CanonConflict, InputError, WaiverRefused
from schemas.project import Project
from schemas.reading import read_file
from schemas.script import Script

app = typer.Typer(no_args_is_help=True, help="What is true: show it, trace it, judge it, decide about it.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ProjectId = Annotated[str, typer.Argument(help="The project's id.")]
EpisodeKey = Annotated[str, typer.Argument(metavar="PROJECT/EPISODE", help="For example harbour/s01e02.")]
By = Annotated[str, typer.Option(help="Who decides.")]


@app.command("show")
def show(
    project: ProjectId,
    snapshot: Annotated[str, typer.Option(help="The name of a snapshot instead.")] = "",
    as_json: AsJson = False,
) -> None:
    """All that is true after the last settled episode, or in a named snapshot."""
    studio, known = _open(project)
    canon = studio.canon.canon_at(known, snapshot) if snapshot else studio.canon.canon(known, _end(studio, known))
    _print_canon(known, canon, as_json)


@app.command("at")
def at(episode: EpisodeKey, as_json: AsJson = False) -> None:
    """All that was true before an episode."""
    studio, known, episode_id = _open_episode(episode)
    _print_canon(known, studio.canon.canon(known, episode_id), as_json)


@app.command("log")
def log(project: ProjectId, as_json: AsJson = False) -> None:
    """Every approved change in the order it was made, what waits for a decision, snapshots and waivers."""
    studio, known = _open(project)
    found = {
        "entries": [asdict(entry) for entry in studio.canon.entries(project)],
        "waiting": [asdict(one) for one in studio.approvals.waiting(project, known.human_checkpoints.timeout_hours)],
        "snapshots": [asdict(one) for one in studio.canon.snapshots(project)],
        "waivers": [waiver.model_dump(mode="json") for waiver in studio.canon.waivers(project)],
    }
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    _print_rows(
        "", found["entries"], "position", "episode_id", "origin", "diff_hash", "approver", "notes", "approved_at"
    )
    _print_rows("Waiting", found["waiting"], "episode", "checkpoint", "content_hash", "state", "requested_at")
    _print_rows("Snapshots", found["snapshots"], "name", "as_of", "position", "by")
    _print_rows("Waivers", found["waivers"], "finding_id", "code", "reason", "name", "expires_after")


@app.command("diff")
def diff(episode: EpisodeKey, as_json: AsJson = False) -> None:
    """What an episode changes in canon: its script's diff, then amendments."""
    studio, known, episode_id = _open_episode(episode)
    stack = studio.canon.standing(known.id).get(episode_id, ())
    if not stack:
        raise InputError(f"{episode} has settled nothing yet.", remedy=f"Run {episode} first.")
    changes = [(digest, studio.canon.diff(digest)) for digest in stack]
    if as_json:
        found = [{"hash": digest, "diff": each.model_dump(mode="json")} for digest, each in changes]
        typer.echo(json.dumps(found, indent=2))
        return
    for digest, each in changes:
        _print_diff(digest, each)


@app.command("check")
def check(
    project: ProjectId,
    episode: Annotated[list[str] | None, typer.Option(help="Episode id; repeat it. Default: all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge settled episodes again, each against canon as it stands before it now. Nothing is written."""
    studio, known = _open(project)
    found = {
        episode_id: _judged(studio, known, episode_id)
        for episode_id in sorted(studio.canon.standing(known.id), key=episode_order)
        if not episode or episode_id in episode
    }
    blocked = sum(len(_blocking(checked)) for checked in found.values())
    if as_json:
        told = {key: checked.model_dump(mode="json") for key, checked in found.items()}
        typer.echo(json.dumps({"contradictions": blocked, "episodes": told}, indent=2))
    else:
        for episode_id, checked in found.items():
            _print_validation(episode_id, checked)
        output.print(f"{len(found)} episodes judged, {blocked} contradictions.")
    if blocked:
        raise typer.Exit(CanonConflict.exit_code)


@app.command("waive")
def waive(
    episode: EpisodeKey,
    finding: Annotated[str, typer.Argument(help="The finding's id, as the gate names it.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Why it is meant.")],
    until: Annotated[str, typer.Option(help="The last episode it holds for. Default: this one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Declare a contradiction to be meant. It stays in the record; it no longer blocks."""
    studio, known, episode_id = _open_episode(episode)
    if not by.strip() or not reason.strip():
        raise WaiverRefused(
            "A waiver needs a reason and the name of who gives it; nothing was recorded.",
            remedy="Give --reason and --by.",
        )
    judgement = _finding(studio, known, episode_id, finding)
    waiver = Waiver(
        finding_id=finding,
        code=judgement.code,
        reason=reason.strip(),
        name=by.strip(),
        expires_after=_known_episode(known, until or episode_id),
    )
    studio.canon.waive(known.id, waiver)
    _say(as_json, waiver.model_dump(mode="json"), f"Waived until {waiver.expires_after}: {judgement.message}")


@app.command("amend")
def amend(
    file: Annotated[Path, typer.Argument(help="A CanonDiff file with the origin 'amendment'.")],
    by: By,
    notes: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Change canon by hand, in the episode the file names. Later episodes that rely on it are written again."""
    change = read_file(file, CanonDiff)
    studio, known = _open(change.project_id)
    _known_episode(known, change.episode_id)
    if change.origin != "amendment":
        raise InputError(
            f"{file} holds the diff of a script.",
            remedy='Set "origin": "amendment": scripts are changed by running them.',
        )
    entry = studio.canon.append(known, change, content_hash(change), approver=by, notes=notes)
    said = "Canon holds this already." if entry is None else f"Logged as entry {entry.position} of {known.id}."
    _say(as_json, asdict(entry) if entry else {}, said)


@app.command("withdraw")
def withdraw(
    project: ProjectId,
    digest: Annotated[str, typer.Argument(help="The hash of an amendment (its first digits).")],
    by: By,
    notes: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take an amendment back. The log keeps both."""
    studio, known = _open(project)
    hashes = sorted({e.diff_hash for e in studio.canon.entries(project) if e.diff_hash.startswith(digest)})
    if len(hashes) != 1:
        raise InputError(
            f"{len(hashes)} entries of {project} start with {digest!r}.", remedy="Give one hash of the log."
        )
    entry = studio.canon.withdraw(known, hashes[0], approver=by, notes=notes)
    _say(as_json, asdict(entry), f"Logged as entry {entry.position} of {project}.")


@app.command("snapshot")
def snapshot(
    project: ProjectId,
    name: Annotated[str, typer.Argument(help="Its name.")],
    by: By,
    before: Annotated[str, typer.Option(help="Canon before this episode. Default: after the last settled one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give canon as it stands a name; later rewrites do not change what the name holds."""
    studio, known = _open(project)
    as_of = _known_episode(known, before) if before else _end(studio, known)
    made = studio.canon.snapshot(known, name, as_of, by)
    _say(as_json, asdict(made), f"{name}: {project} before {as_of}, at entry {made.position}.")


@app.command("approve")
def approve(
    episode: EpisodeKey,
    digest: Annotated[str, typer.Argument(help="The hash of the diff that waits (its first digits).")],
    by: By,
    reject: Annotated[bool, typer.Option("--reject", help="Decide against it.")] = False,
    notes: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Decide about exactly the diff that an episode has waiting."""
    studio, known, episode_id = _open_episode(episode)
    record = studio.store.record(digest)
    made = studio.approvals.decide(
        "approve_canon_diff", record.content_hash, "rejected" if reject else "approved", by, notes
    )
    _say(as_json, asdict(made), f"{made.decision.capitalize()}: {known.id}/{episode_id} {record.content_hash[:12]}.")


@app.command("export")
def export(
    project: ProjectId,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document (the only format).")] = True,
) -> None:
    """Canon, its whole log with every diff, snapshots and waivers as one document."""
    del as_json
    studio, known = _open(project)
    entries = studio.canon.entries(project)
    document = {
        "project": project,
        "canon": studio.canon.canon(known, _end(studio, known)).model_dump(mode="json"),
        "log": [asdict(entry) for entry in entries],
        "diffs": {
            digest: studio.canon.diff(digest).model_dump(mode="json")
            for digest in sorted({entry.diff_hash for entry in entries})
        },
        "snapshots": [asdict(each) for each in studio.canon.snapshots(project)],
        "waivers": [waiver.model_dump(mode="json") for waiver in studio.canon.waivers(project)],
    }
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _open(project_id: str) -> tuple[Studio, Project]:
    studio = Studio.open(artifacts_root())
    return studio, studio.projects.load(project_id)


def _open_episode(key: str) -> tuple[Studio, Project, str]:
    project_id, _, episode_id = key.partition("/")
    studio, known = _open(project_id)
    return studio, known, _known_episode(known, episode_id)


def _known_episode(project: Project, episode_id: str) -> str:
    ids = in_story_order(project)
    if episode_id not in ids:
        raise InputError(f"{project.id} has no episode {episode_id!r}.", remedy="Its episodes: " + ", ".join(ids) + ".")
    return episode_id


def _end(studio: Studio, project: Project) -> str:
    """The id past the last settled episode, or the first episode's where none is."""
    settled = sorted(studio.canon.standing(project.id), key=episode_order)
    if not settled:
        return in_story_order(project)[0]
    return following(settled[-1])


def _script(studio: Studio, project: Project, episode_id: str) -> Script:
    digest = studio.store.head(project.id, episode_id, "", "Script")
    if digest is None:
        raise InputError(f"{project.id}/{episode_id} has no script yet.", remedy=f"Run {project.id}/{episode_id}.")
    return studio.store.load(digest, Script)


def _blocking(checked: CanonValidation) -> list[Judgement]:
    return [each for each in checked.judgements if each.severity == "block"]


def _judged(studio: Studio, project: Project, episode_id: str) -> CanonValidation:
    script = _script(studio, project, episode_id)
    canon = studio.canon.scoped(project, script, episode_id)
    return judge(
        canon,
        script,
        content_hash(canon),
        rules=rules_of(project),
        waivers=studio.canon.waivers(project.id),
        season_end=ends_season(project, episode_id),
    )


def _finding(studio: Studio, project: Project, episode_id: str, finding: str) -> Judgement:
    for judgement in _judged(studio, project, episode_id).judgements:
        if judgement.finding_id == finding:
            return judgement
    raise WaiverRefused(
        f"The gate finds nothing with the id {finding!r} in {project.id}/{episode_id}; nothing was recorded.",
        remedy=f"List its findings with `narrative canon check {project.id} --episode {episode_id}`.",
    )


def _say(as_json: bool, document: dict[str, Any], words: str) -> None:
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        output.print(Text(words), soft_wrap=True)


def _print_canon(project: Project, canon: Canon, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(canon.model_dump(mode="json"), indent=2, ensure_ascii=False))
    else:
        output.print(Markdown(canon_page(canon, rules=rules_of(project))))


def _print_rows(title: str, rows: list[dict[str, Any]], *columns: str) -> None:
    if not rows:
        return
    shown = table(title, *(column.replace("_", " ") for column in columns))
    for row in rows:
        values = (str(row[column]) for column in columns)
        shown.add_row(*(value[:12] if c.endswith("hash") else value for c, value in zip(columns, values, strict=True)))
    output.print(shown)


def _print_diff(digest: str, change: CanonDiff) -> None:
    author = f" by {change.author}" if change.author else ""
    output.print(Text(f"\n{change.origin} {digest[:12]}{author}: {change.justification}", style="bold"), soft_wrap=True)
    for sign, facts in (("+", change.added_facts), ("-", change.removed_facts)):
        for fact in facts:
            output.print(Text(f"{sign} {_fact_words(fact)}"), soft_wrap=True)
    for ended in change.modified_facts:
        output.print(Text(f"~ {_fact_words(ended.before)}: {ended.reason}"), soft_wrap=True)
    _print_validation(change.episode_id, change.validation)


def _fact_words(fact: Any) -> str:
    value = fact.object.model_dump(mode="json")
    words = " ".join(str(part) for name, part in value.items() if name != "kind")
    no = "" if fact.polarity == "affirmed" else "not "
    return f"{fact.subject} {fact.predicate} {no}{words}"


def _print_validation(episode_id: str, checked: CanonValidation) -> None:
    output.print(Text(f"{episode_id}: {checked.claims_checked} claims judged, {checked.honoured} honoured."))
    for each in checked.judgements:
        if each.severity == "info" and each.waiver is None:
            continue
        style = {"block": "bold red", "warn": "yellow", "info": "dim"}[each.severity]
        waived = f" Waived by {each.waiver.name}: {each.waiver.reason}" if each.waiver else ""
        head = f"  {each.severity} {each.code} {each.finding_id or ''}: "
        output.print(Text.assemble((head, style), each.message, waived), soft_wrap=True)
        if each.repair and each.waiver is None:
            output.print(Text(f"    {each.repair}", style="dim"), soft_wrap=True)
