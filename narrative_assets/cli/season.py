"""`narrative season`: all episodes of a season in story order, the next one written while one is filmed.

Writing happens in this process, filming in one beside it: Dagster has one standard output and error a process.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Annotated, Any

import typer

from narrative_assets.assets.continuity import in_story_order
from narrative_assets.cli.console import Lanes
from narrative_assets.cli.making import Maker, maker, only_here, wanted_episodes
from narrative_assets.cli.results import exit_code, kept_back, print_films, unfinished
from resources.progress import Silent
from schemas.errors import InputError, NarrativeError

_LOOK_SECONDS = 0.2


def add_commands(app: typer.Typer) -> None:
    """Register the command of this module."""
    app.command("season")(season)


def season(
    project: Annotated[Path, typer.Argument(help="The project file (project.json).")],
    number: Annotated[int | None, typer.Option("--season", min=1, max=99, help="Which season. Default: all.")] = None,
    profile: Annotated[str, typer.Option(help="A render profile: built-in, or the project's own.")] = "preview_local",
    force: Annotated[bool, typer.Option("--force", help="Make everything anew, even what is stored.")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Shots rendered at once.")] = os.cpu_count() or 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Make a season: each episode is written on what came before, and filmed while the next one is written.

    An episode that fails or waits for a person keeps back only those that build on what it has not settled.
    Stop it whenever you like; run again, it goes on from there.
    """
    settings = {"profile": profile, "force": force, "workers": workers}
    with maker(project, settings) as made:
        name = f"{made.project.id}-season"
        with only_here(made.studio, name, f"a season of {made.project.id}"):
            results = _make_season(made, project, _asked(made, number), quiet=as_json)
    if as_json:
        typer.echo(json.dumps({"project": made.project.id, "profile": profile, "episodes": results}, indent=2))
    else:
        print_films(made.project.id, results)
    raise typer.Exit(exit_code(unfinished(results)))


def _asked(made: Maker, number: int | None) -> list[str]:
    every = wanted_episodes(made.project, [])
    found = [each for each in every if number is None or int(each[1 : each.index("e")]) == number]
    if not found:
        raise InputError(
            f"{made.project.id} has no episodes in season {number}.",
            remedy="Its seasons: " + ", ".join(sorted({each.partition("e")[0] for each in every})) + ".",
        )
    return found


@dataclass
class _Course:
    """What has come of each episode so far."""

    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    films: dict[str, Future[dict[str, Any]]] = field(default_factory=dict)


def _make_season(made: Maker, path: Path, episodes: Sequence[str], *, quiet: bool) -> list[dict[str, Any]]:
    """Write in story order, film behind it. The results are in story order as well."""
    course = _Course()
    lanes = contextlib.nullcontext(None) if quiet else Lanes(("written", "filmed"), len(episodes))
    with lanes as shown, _film_lane(path, dict(made.settings)) as film:
        for episode in episodes:
            keeper = _first_open(made, episode)
            if keeper is not None:
                course.results[episode] = kept_back(made.project.id, episode, keeper)
                continue
            write = partial(made.make, episode, "write_episode", Silent())
            course.results[episode] = _attempt(episode, write)
            if course.results[episode]["status"] == "succeeded":
                course.films[episode] = film(episode, course.results[episode]["run_id"])
                if shown:
                    course.films[episode].add_done_callback(lambda _: shown.advance("filmed"))
            if shown:
                shown.advance("written", episode)
        for episode, future in course.films.items():
            notes = course.results[episode]["notes"]
            filmed = _attempt(episode, future.result)
            course.results[episode] = {**filmed, "notes": [*notes, *filmed["notes"]]}
    return [course.results[episode] for episode in episodes]


def _first_open(made: Maker, episode: str) -> str | None:
    """The first earlier episode whose canon is not settled."""
    settled = made.studio.canon.standing(made.project.id)
    order = in_story_order(made.project)
    return next((each for each in order[: order.index(episode)] if each not in settled), None)


def _attempt(episode: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The result of the work; an error of ours, or the loss of the process, is a result as well."""
    try:
        return work()
    except NarrativeError as error:
        return _failed(episode, type(error).__name__, error.message, error.remedy)
    except BrokenProcessPool:
        return _failed(
            episode,
            "StorageError",
            "The process that films was ended from outside, for want of memory perhaps.",
            "Run again: finished shots are kept.",
        )


def _failed(episode: str, error: str, message: str, remedy: str) -> dict[str, Any]:
    told = {"stage": "", "error": error, "message": message, "remedy": remedy}
    return {"episode": episode, "status": "failed", "error": told, "artifacts": [], "video": None, "notes": []}


@contextlib.contextmanager
def _film_lane(path: Path, settings: dict[str, Any]) -> Iterator[Callable[[str, str], Future[dict[str, Any]]]]:
    """A process that films one episode after the other. It ends with this one, even where this one is killed."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_end_with, initargs=(os.getpid(),)) as pool:
        pool.submit(_ready, path, settings)
        try:
            yield lambda episode, after: pool.submit(_film, path, settings, episode, after)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _ready(path: Path, settings: dict[str, Any]) -> None:
    """Open what filming needs while the first episode is written; what is wrong with it, filming says itself."""
    from narrative_assets.definitions import defs  # noqa: F401 - the import is what takes time

    _made_here(path, tuple(settings.items()))


def _film(path: Path, settings: dict[str, Any], episode: str, after: str) -> dict[str, Any]:
    return _made_here(path, tuple(settings.items())).make(episode, "film_episode", Silent(), after)


@cache
def _made_here(path: Path, settings: tuple[tuple[str, Any], ...]) -> Maker:
    """This process's maker, open until it ends: what Dagster and the database have prepared is used again."""
    opened = contextlib.ExitStack()
    Finalize(None, opened.close, exitpriority=1)
    return opened.enter_context(maker(path, dict(settings)))


def _end_with(parent: int) -> None:
    """End this process once its parent is gone."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
