"""One episode's job, run in this process under a lock of its own. Who makes several decides in which order."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster import DagsterInstance
from filelock import FileLock, Timeout

from narrative_assets.assets.waiting import episode_tags
from narrative_assets.canon import episode_order
from narrative_assets.cli.home import artifacts_root
from narrative_assets.cli.instance import dagster_home, offer_episodes, run_owner
from narrative_assets.cli.results import run_result
from resources.progress import Progress, reporting_to
from resources.studio import Studio
from resources.summaries import AFTER
from schemas.errors import InputError
from schemas.profiles import profile_of
from schemas.project import Project

_DYING_SECONDS = 5.0


@dataclass(frozen=True)
class Maker:
    """Runs jobs of one project's episodes with one set of settings, as runs of this process."""

    instance: DagsterInstance
    studio: Studio
    project: Project
    settings: Mapping[str, Any]
    tags: Mapping[str, str]

    def make(self, episode_id: str, job: str, listener: Progress, after: str = "") -> dict[str, Any]:
        """Run ``job`` for an episode, going on with what the run ``after`` has done, and say what came of it.

        Raises InputError while another process has it.
        """
        # Assembled here: reading `--help` or a wrong path should not pay for all of Dagster's graph.
        from narrative_assets.definitions import defs

        store, key = self.studio.store, f"{self.project.id}/{episode_id}"
        with only_here(self.studio, f"{self.project.id}-{episode_id}", key), reporting_to(listener):
            done = defs.resolve_job_def(job).execute_in_process(
                instance=self.instance,
                partition_key=key,
                run_config={
                    "resources": {"settings": {"config": dict(self.settings)}},
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                tags={
                    **self.tags,
                    **episode_tags(store.tenant, store.site, self.project.id, episode_id),
                    **({AFTER: after} if after else {}),
                },
                raise_on_error=False,
            )
        return run_result(self.studio, self.project.id, episode_id, self.settings["profile"], done)


@contextmanager
def maker(path: Path, settings: Mapping[str, Any]) -> Iterator[Maker]:
    """A maker for the project file at ``path``. Raises InputError for one that cannot be used or has no profile."""
    studio = Studio.open(artifacts_root())
    project = studio.projects.register(path)
    chosen = {"profile": project.render_profiles[0].id, **settings}
    profile_of(project, chosen["profile"])
    dagster_home()
    # What a person needs to know, the command says; Dagster's own remarks have no place between its lines.
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    logging.lastResort = logging.NullHandler()
    with DagsterInstance.get() as instance, run_owner(instance) as tags:
        offer_episodes(instance, project)
        yield Maker(instance, studio, project, chosen, tags)


@contextmanager
def only_here(studio: Studio, name: str, what: str) -> Iterator[None]:
    """Hold the lock ``name``. Raises InputError while another process is working on the same.

    A process that was killed a moment ago is given the time that its children need to notice.
    """
    lock = FileLock(studio.store.root / studio.store.tenant / ".locks" / f"{name}.lock")
    Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(timeout=_DYING_SECONDS)
    except Timeout as error:
        raise InputError(
            f"Another process is working on {what}.", remedy="Wait for it to end, then run again."
        ) from error
    try:
        yield
    finally:
        lock.release()


def wanted_episodes(project: Project, asked: list[str]) -> list[str]:
    """The asked episodes in story order; all of them when none is named. Raises InputError for an unknown one."""
    known = sorted((entry.id for entry in project.episodes), key=episode_order)
    for episode_id in asked:
        if episode_id not in known:
            raise InputError(
                f"{project.id} has no episode {episode_id!r}.", remedy="Its episodes: " + ", ".join(known) + "."
            )
    return [episode_id for episode_id in known if not asked or episode_id in asked]
