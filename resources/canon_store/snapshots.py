"""Named snapshots: a log position, an episode and the project file together, so that no rewrite changes them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, insert, select

from narrative_assets.canon import canon_as_of
from resources.canon_store.log import Head, Log, standing
from resources.canon_store.parts import story_order
from resources.registry import now
from resources.tables import CanonSnapshotRow
from schemas.canon import Canon
from schemas.errors import InputError
from schemas.project import Project

_Row = CanonSnapshotRow.__table__.c


@dataclass(frozen=True)
class Snapshot:
    """A named canon: the log up to ``position``, before the episode ``as_of``. ``taken_at`` is UTC."""

    name: str
    position: int
    as_of: str
    taken_by: str
    taken_at: str


class Snapshots:
    """The snapshots of one project, inside the caller's transaction."""

    def __init__(self, connection: Connection, tenant: str, head: Head) -> None:
        self._connection = connection
        self._tenant = tenant
        self._head = head
        self._own = and_(_Row.tenant == tenant, _Row.series == head.series)

    def take(self, project: Project, name: str, as_of: str, by: str) -> Snapshot:
        """Keep canon as it stands under a name. Raises InputError for a blank name or one that is taken."""
        story_order(as_of)
        if not name.strip() or not by.strip():
            raise InputError("A snapshot needs a name and who takes it.", remedy="Give both.")
        if any(each.name == name for each in self.all()):
            raise InputError(
                f"The canon of {project.id!r} has a snapshot named {name!r} already.", remedy="Choose another name."
            )
        taken = Snapshot(name, self._head.position, as_of, by, now())
        own = {"tenant": self._tenant, "series": self._head.series}
        document = project.model_dump_json()
        values = {**own, **vars(taken), "project_document": document}
        self._connection.execute(insert(CanonSnapshotRow), values)
        return taken

    def all(self) -> tuple[Snapshot, ...]:
        """Every snapshot, in the order they were taken."""
        columns = (_Row.name, _Row.position, _Row.as_of, _Row.taken_by, _Row.taken_at)
        query = select(*columns).where(self._own).order_by(_Row.id)
        return tuple(Snapshot(*row) for row in self._connection.execute(query))

    def canon(self, project_id: str, name: str) -> Canon:
        """The canon of a snapshot, folded from the log. Raises InputError where there is none of this name."""
        query = select(_Row.position, _Row.as_of, _Row.project_document).where(self._own, _Row.name == name)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise no_snapshot(project_id, name)
        log = Log(self._connection, self._tenant, self._head)
        stood = standing(log.entries(upto=row.position))
        diffs = [diff for _, diff in log.diffs(stood, {})]
        return canon_as_of(Project.model_validate_json(row.project_document), diffs, row.as_of)


def no_snapshot(project_id: str, name: str) -> InputError:
    """The error for a name that nobody has given."""
    return InputError(
        f"The canon of {project_id!r} has no snapshot named {name!r}.", remedy="List the snapshots of the project."
    )
