"""`narrative takes`: other takes of a shot proposed, looked at side by side, chosen, kept and taken back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from narrative_assets.cli.console import output, table
from narrative_assets.cli.home import artifacts_root
from narrative_assets.film.takes import proposed
from narrative_assets.film.visual_continuity import VisualFinding, look_over
from narrative_assets.video.take_sheet import take_sheet
from narrative_assets.video.takes import staged_shot
from resources.durable import disk_errors
from resources.studio import Studio
from resources.takes import PLANNED, Film, Standing, TakeLog, picture_hash
from schemas.errors import InputError
from schemas.profiles import profile_of
from schemas.project import Project
from schemas.render import RenderPlan, Take
from schemas.script import Script
from schemas.shots import Shot, ShotList

app = typer.Typer(no_args_is_help=True, help="Other takes of a shot: propose, compare, choose, keep and take back.")

ProjectId = Annotated[str, typer.Argument(help="The project's id.")]
EpisodeId = Annotated[str, typer.Argument(help="The episode's id, such as s01e02.")]
ShotId = Annotated[str, typer.Argument(help="The shot's id, such as sc02-sh004.")]
Profile = Annotated[str, typer.Option(help="The render profile.")]
By = Annotated[str, typer.Option(help="Who decides.")]
Notes = Annotated[str, typer.Option(help="Why.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True)
class _Table:
    """What a command works on: the film, its shots, and the shot in question."""

    studio: Studio
    project: Project
    film: Film
    shot_list: ShotList
    shot: Shot

    @property
    def log(self) -> TakeLog:
        return TakeLog(self.studio.store)

    def found(self, take: Take) -> list[VisualFinding]:
        """What cuts worse with ``take`` than with the planned one."""
        script = self.head(Script)
        before = {(each.code, each.shot_ids) for each in look_over(self.shot_list, self.project, script)}
        shots = tuple(staged_shot(s, take) if s.shot_id == self.shot.shot_id else s for s in self.shot_list.shots)
        staged = self.shot_list.model_copy(update={"shots": shots})
        found = look_over(staged, self.project, script)
        return [each for each in found if (each.code, each.shot_ids) not in before]

    def head(self, kind: type[Any], profile: str = "") -> Any:
        """The artifact of a kind that the episode stands on, or None."""
        digest = self.studio.store.head(self.film.project, self.film.episode, profile, kind.__name__)
        return self.studio.store.load(digest, kind) if digest else None


@app.command("list")
def list_takes(
    project: ProjectId,
    episode: EpisodeId,
    shot: ShotId,
    profile: Profile = "preview_local",
    as_json: AsJson = False,
) -> None:
    """The takes of a shot, which is in the film, and everything that was decided about it."""
    desk = _open(project, episode, shot, profile)
    standing = desk.log.standing(desk.film, shot)
    entries = desk.log.entries(desk.film, shot)
    if as_json:
        _say(True, {**_state(desk, standing), "log": [_entry(asdict(each)) for each in entries]}, "")
        return
    _print_takes(desk, standing)
    rows = table("", "event", "take", "by", "at", "notes")
    for each in entries:
        rows.add_row(each.event.replace("_", " "), each.take_id, each.by, each.at, each.notes)
    if entries:
        output.print(rows)


@app.command("propose")
def propose(
    project: ProjectId,
    episode: EpisodeId,
    shot: ShotId,
    by: By = "film grammar",
    profile: Profile = "preview_local",
    most: Annotated[int, typer.Option(min=1, max=12, help="At most so many.")] = 6,
    as_json: AsJson = False,
) -> None:
    """Add takes that differ from what is planned and cut no worse with the shots around."""
    desk = _open(project, episode, shot, profile)
    takes = proposed(desk.shot_list, shot, desk.project, staged_shot, desk.head(Script), most)
    added = desk.log.add(desk.film, desk.shot, takes, by)
    standing = desk.log.standing(desk.film, shot)
    if as_json:
        _say(True, {**_state(desk, standing), "added": added}, "")
        return
    _print_takes(desk, standing)
    output.print(f"{len(added)} takes added." if added else "Nothing to add: these takes are there already.")


@app.command("choose")
def choose(
    project: ProjectId,
    episode: EpisodeId,
    shot: ShotId,
    take: Annotated[str, typer.Argument(help="The take's id; 'planned' is the shot as planned.")],
    by: By,
    profile: Profile = "preview_local",
    notes: Notes = "",
    as_json: AsJson = False,
) -> None:
    """Put a take into the film. Run the episode again to see it; only this shot is rendered anew."""
    desk = _open(project, episode, shot, profile)
    desk.log.choose(desk.film, desk.shot, take, by, notes)
    standing = desk.log.standing(desk.film, shot)
    chosen = standing.steps[-1].take or PLANNED
    rough = desk.found(chosen)
    state = {**_state(desk, standing), "findings": [asdict(each) for each in rough]}
    _say(as_json, state, f"{shot} shows the take {take!r} from the next run of {project}/{episode} on.")
    for each in () if as_json else rough:
        output.print(Text.assemble(("Note: ", "bold yellow"), f"{each.message} {each.remedy}"), soft_wrap=True)


@app.command("keep")
def keep(
    project: ProjectId,
    episode: EpisodeId,
    shot: ShotId,
    by: By,
    profile: Profile = "preview_local",
    notes: Notes = "",
    as_json: AsJson = False,
) -> None:
    """Lock the choice: it stays in the film though the shot is planned otherwise later."""
    desk = _open(project, episode, shot, profile)
    made = desk.log.keep(desk.film, desk.shot, by, notes)
    _say(as_json, _state(desk, desk.log.standing(desk.film, shot)), f"{shot} keeps the take {made.take_id!r}.")


@app.command("rollback")
def rollback(
    project: ProjectId,
    episode: EpisodeId,
    shot: ShotId,
    by: By,
    profile: Profile = "preview_local",
    notes: Notes = "",
    as_json: AsJson = False,
) -> None:
    """Take the last choice or lock back. The log keeps both."""
    desk = _open(project, episode, shot, profile)
    left = desk.log.roll_back(desk.film, shot, by, notes)
    _say(as_json, _state(desk, left), f"{shot} shows the take {left.chosen!r} again.")


@app.command("sheet")
def sheet(
    project: ProjectId,
    episode: EpisodeId,
    shot: ShotId,
    to: Annotated[Path | None, typer.Option(help="The PNG to write. Default: in the episode's folder.")] = None,
    profile: Profile = "preview_local",
    as_json: AsJson = False,
) -> None:
    """Draw all takes of a shot side by side into one picture."""
    desk = _open(project, episode, shot, profile)
    plan = desk.head(RenderPlan, desk.film.profile)
    if plan is None or plan.timing_lock_hash != desk.shot_list.timing_lock_hash:
        raise InputError(
            f"{project}/{episode} has no render plan of these shots under {profile}.",
            remedy=f"Run {project}/{episode} with --profile {profile} first.",
        )
    standing = desk.log.standing(desk.film, shot)
    digest = picture_hash(desk.shot)
    current = [t for t in standing.takes() if t is PLANNED or standing.added[t.take_id].shot_hash == digest]
    in_film = _state(desk, standing)["in_film"]
    data, width, height = take_sheet(desk.shot_list, plan, desk.shot, current, in_film, desk.studio.store.blobs.read)
    target = to or desk.studio.store.episode_folder(project, episode, desk.film.profile) / f"takes-{shot}.png"
    with disk_errors(str(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    document = {"file": str(target), "width": width, "height": height, "takes": [take.take_id for take in current]}
    _say(as_json, document, f"{len(current)} takes of {shot}: {target}")


def _open(project_id: str, episode_id: str, shot_id: str, profile_id: str) -> _Table:
    studio = Studio.open(artifacts_root())
    project = studio.projects.load(project_id)
    profile = profile_of(project, profile_id)
    digest = studio.store.head(project.id, episode_id, "", "ShotList")
    if digest is None:
        raise InputError(
            f"{project_id}/{episode_id} has no shot list yet.", remedy=f"Run {project_id}/{episode_id} first."
        )
    shot_list = studio.store.load(digest, ShotList)
    shot = next((each for each in shot_list.shots if each.shot_id == shot_id), None)
    if shot is None:
        raise InputError(
            f"{project_id}/{episode_id} has no shot {shot_id!r}.",
            remedy=f"Its shots run from {shot_list.shots[0].shot_id} to {shot_list.shots[-1].shot_id}.",
        )
    return _Table(studio, project, Film(project.id, episode_id, profile.id), shot_list, shot)


def _state(desk: _Table, standing: Standing) -> dict[str, Any]:
    stale = standing.stale(picture_hash(desk.shot))
    return {
        "shot": standing.shot_id,
        "profile": desk.film.profile,
        "chosen": standing.chosen,
        "kept": standing.kept,
        "stale": stale,
        "in_film": PLANNED.take_id if stale and not standing.kept else standing.chosen,
        "takes": [take.model_dump(mode="json", exclude_none=True) for take in standing.takes()],
    }


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "take"}


def _print_takes(desk: _Table, standing: Standing) -> None:
    digest = picture_hash(desk.shot)
    shown = table(f"\n{desk.film.project}/{desk.film.episode} {standing.shot_id}", "", "take", "shows", "what")
    for take in standing.takes():
        mark = ("kept" if standing.kept else "chosen") if take.take_id == standing.chosen else ""
        made_for = standing.added.get(take.take_id)
        if made_for is not None and made_for.shot_hash != digest:
            mark = f"{mark} stale".strip()
        seen = staged_shot(desk.shot, take)
        move = seen.movement.kind.replace("_", " ")
        shown.add_row(
            mark, take.take_id, f"{seen.framing.size} {seen.framing.kind} {seen.framing.angle}, {move}", take.note
        )
    output.print(shown)


def _say(as_json: bool, document: dict[str, Any], words: str) -> None:
    if as_json:
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        output.print(Text(words), soft_wrap=True)
