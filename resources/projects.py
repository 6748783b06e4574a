"""The catalogue of projects: a project file with its sources, registered so that any episode can be run later."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources.registry import ArtifactStore, now
from resources.tables import ProjectRow
from schemas.canonical import canonical_json, sha256_hex
from schemas.errors import InputError
from schemas.project import Project
from schemas.reading import read_bytes, read_file, read_limited


class ProjectCatalogue:
    """Projects of one tenant. The file is read again while it exists; its stored copy serves otherwise."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def register(self, path: Path) -> Project:
        """Read a project file and its screenplays and keep them. Raises InputError or ContractError."""
        project = read_file(path, Project)
        sources = {}
        for entry in project.episodes:
            if entry.screenplay is not None:
                data = read_limited(_source_path(path, entry.id, entry.screenplay.path))
                sources[entry.screenplay.path] = self._store.blobs.put(data, "text/plain").sha256
        document = canonical_json(project)
        self._store.blobs.put(document, "application/json")
        said = {"path": str(path.resolve()), "content_hash": sha256_hex(document), "sources": sources}
        row = self._find(project.id)
        if row is None or any(getattr(row, name) != value for name, value in said.items()):
            values = {"tenant": self._store.tenant, "project": project.id, **said, "registered_at": now()}
            self._store.upsert(ProjectRow, ("tenant", "project"), values)
        return project

    def load(self, project_id: str) -> Project:
        """The project as its file says now, or as it was last registered when the file is gone."""
        row = self._row(project_id)
        path = Path(row.path)
        if path.is_file():
            return self.register(path)
        return read_bytes(self._store.blobs.read(row.content_hash), Project, where=project_id)

    def source(self, project_id: str, relative_path: str) -> tuple[bytes, str]:
        """The bytes of a source file of the project, as registered, and their hash."""
        digest = self._row(project_id).sources[relative_path]
        return self._store.blobs.read(digest), digest

    def folder(self, project_id: str) -> Path:
        """The folder of the project file; its ``library`` folder holds the project's own media."""
        return Path(self._row(project_id).path).parent

    def file(self, project_id: str) -> Path:
        """Where the project file was when it was last read; it may be gone."""
        return Path(self._row(project_id).path)

    def ids(self) -> list[str]:
        """The registered projects, in order of id."""
        with Session(self._store.engine) as session:
            query = select(ProjectRow.project).where(ProjectRow.tenant == self._store.tenant)
            return sorted(session.scalars(query))

    def _find(self, project_id: str) -> ProjectRow | None:
        with Session(self._store.engine) as session:
            return session.scalar(
                select(ProjectRow).where(ProjectRow.tenant == self._store.tenant, ProjectRow.project == project_id)
            )

    def _row(self, project_id: str) -> ProjectRow:
        row = self._find(project_id)
        if row is None:
            raise InputError(
                f"The project {project_id!r} is not known here.",
                remedy="Register it with `narrative episodes PROJECT_FILE`, or run it once.",
            )
        return row


def _source_path(project_file: Path, episode_id: str, relative: str) -> Path:
    """The screenplay's path, which may not leave the project's folder."""
    folder = project_file.resolve().parent
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder):
        raise InputError(
            f"{episode_id}: the screenplay {relative!r} lies outside the project's folder.",
            remedy="Put it beside the project file.",
        )
    return path
