"""The check of registered projects: their files are where they were and fit the contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from resources.checkup.database import address_fault, at_head, reading
from resources.checkup.findings import Finding, failed, not_run, ok, told, warning
from resources.checkup.surroundings import Surroundings
from schemas.errors import NarrativeError

if TYPE_CHECKING:
    from sqlalchemy import Connection


def project_files(around: Surroundings) -> Finding:
    """Whether every registered project's file is there and fits its contract, with the screenplays it names."""
    if address_fault(around.database_url) is not None:
        return not_run("The database's address is not right.")
    try:
        with reading(around) as connection:
            if connection is None or not at_head(connection):
                return not_run("The registry has no projects that can be read yet.")
            rows = _registered(connection, around.tenant)
    except Exception:
        return not_run("The database cannot be read.")
    return _judge_projects(rows)


def _registered(connection: Connection, tenant: str) -> list[tuple[str, Path]]:
    from sqlalchemy import select

    from resources.tables import ProjectRow

    query = select(ProjectRow.project, ProjectRow.path).where(ProjectRow.tenant == tenant).order_by(ProjectRow.project)
    return [(project, Path(path)) for project, path in connection.execute(query)]


def _judge_projects(rows: list[tuple[str, Path]]) -> Finding:
    gone = [name for name, path in rows if not path.is_file()]
    for name, path in rows:
        fault = None if name in gone else _fault(path)
        if fault is not None:
            return failed(f"{name}: {fault}", f"Mend {path}; `narrative validate` says what is wrong.")
    if gone:
        return warning(
            f"The files of {', '.join(gone)} are not where they were; the copies last read serve.",
            "Register them where they are now: `narrative episodes PROJECT_FILE`.",
        )
    return ok(f"{len(rows)} registered, all readable." if rows else "None is registered yet.")


def _fault(path: Path) -> str | None:
    """What keeps a project file, or a screenplay that it names, from being read."""
    from schemas.project import Project
    from schemas.reading import read_file, read_limited

    try:
        for entry in read_file(path, Project).episodes:
            if entry.screenplay is not None:
                read_limited(path.parent / entry.screenplay.path)
    except NarrativeError as error:
        return error.message
    except OSError as error:
        return told(error)
    return None
