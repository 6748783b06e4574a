"""The canon store of one tenant: an append-only log of approved diffs, and canon as of any episode by a query.

The log is the truth; the projection beside it is made from it in the same transaction. SQLite and Postgres alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from sqlalchemy import Connection, Engine

from narrative_assets.canon import rules_of
from narrative_assets.canon.integrity import require_sound
from narrative_assets.canon.scope import canon_for_diff, scoped_canon
from resources.canon_store.log import Head, Log, LogEntry, fact_count, find_diff, find_head, locked_head, standing
from resources.canon_store.parts import story_order
from resources.canon_store.projection import Projection, project_hash
from resources.canon_store.snapshots import Snapshot, Snapshots, no_snapshot
from resources.canon_store.source import StoredCanon
from resources.canon_store.verifying import differences
from resources.canon_store.waivers import Waivers, require_whole
from schemas.canon import Canon, CanonDiff, Waiver
from schemas.canonical import canonical_json, sha256_hex
from schemas.errors import InputError, IntegrityError, StorageError, TenantRefused
from schemas.project import Project
from schemas.script import Script

_ATTEMPTS = 5
_NOTHING: Mapping[str, CanonDiff] = MappingProxyType({})


class CanonStore:
    """Canon of one tenant's projects. Nothing of another tenant is read or written."""

    def __init__(self, engine: Engine, tenant: str) -> None:
        if not tenant.strip():
            raise TenantRefused("The canon store was opened for nobody.", remedy="Name the tenant.")
        self._engine = engine
        self._tenant = tenant

    # -- the log ---------------------------------------------------------------------------------------------

    def head(self, project_id: str) -> int:
        """Position of the newest log entry, 0 for none."""
        with self._reading() as connection:
            head = find_head(connection, self._tenant, project_id)
            return head.position if head else 0

    def entries(self, project_id: str, *, after: int = 0) -> list[LogEntry]:
        """Log entries behind a position, in order."""
        with self._reading() as connection:
            head = find_head(connection, self._tenant, project_id)
            return Log(connection, self._tenant, head).entries(after=after) if head else []

    def diff(self, diff_hash: str) -> CanonDiff:
        """An approved diff. Raises InputError where this tenant has none of the hash, IntegrityError for damage."""
        with self._reading() as connection:
            return find_diff(connection, self._tenant, diff_hash)

    def standing(self, project_id: str, before: str = "") -> dict[str, tuple[str, ...]]:
        """Episode to the hashes of the diffs it stands on, in story order (of episodes before one, if named)."""
        last = story_order(before) if before else None
        stood = standing(self.entries(project_id))
        return {episode: hashes for episode, hashes in stood.items() if last is None or story_order(episode) < last}

    def append(
        self,
        project: Project,
        diff: CanonDiff,
        diff_hash: str,
        *,
        approver: str,
        notes: str = "",
        expected: int | None = None,
    ) -> LogEntry | None:
        """Log an approved diff and fold it into canon; None where its episode stands on it already.

        A script's diff takes the place of the episode's earlier one; amendments stay on top. Raises CanonMoved
        where the head is not at ``expected``, CanonConflict for an amendment that cannot be, InputError without an
        approver and IntegrityError where the hash is not the diff's. Nothing is written then.
        """
        _require_approver(approver)
        if diff.project_id != project.id:
            raise InputError(
                f"The diff of {diff.episode_id} belongs to {diff.project_id!r}, not to {project.id!r}.",
                remedy="Append a diff to the canon of its own project.",
            )
        document = canonical_json(diff)
        if sha256_hex(document) != diff_hash:
            raise IntegrityError(
                f"The diff of {diff.episode_id} is not the one approved as {diff_hash[:12]}….",
                remedy="Approve the diff as it is.",
            )
        if expected is not None and self._stands(project.id, diff, diff_hash, expected):
            return None
        with self._writing(project.id) as (connection, head):
            log = Log(connection, self._tenant, head)
            if log.stands(diff.episode_id, diff_hash):
                return None
            log.require(expected)
            folded = self._require_sound(connection, project, head, diff) if diff.origin == "amendment" else head
            entry = log.add(
                diff.episode_id, diff_hash, diff.origin, approver, notes, document.decode(), fact_count(diff)
            )
            self._fold(connection, project, folded, diff.episode_id, {diff_hash: diff})
            return entry

    def withdraw(
        self, project: Project, diff_hash: str, *, approver: str, notes: str, expected: int | None = None
    ) -> LogEntry:
        """Take an amendment back, by an entry of its own. Raises InputError where it does not stand, CanonMoved."""
        _require_approver(approver)
        with self._writing(project.id) as (connection, head):
            log = Log(connection, self._tenant, head)
            stood = standing(log.entries())
            episode = next((each for each, hashes in stood.items() if diff_hash in hashes), None)
            if episode is None or log.diff(diff_hash).origin != "amendment":
                raise InputError(
                    f"No amendment {diff_hash[:12]}… stands in the canon of {project.id!r}.",
                    remedy="Take the hash of an amendment that stands; a script's diff is replaced by its next one.",
                )
            log.require(expected)
            entry = log.add(episode, diff_hash, "withdrawal", approver, notes)
            self._fold(connection, project, head, episode, {})
            return entry

    # -- canon -----------------------------------------------------------------------------------------------

    def canon(self, project: Project, as_of: str) -> Canon:
        """All of canon before the episode ``as_of``, byte for byte what folding the standing diffs gives."""
        with self._stored(project, as_of) as stored:
            return stored.whole()

    def scoped(self, project: Project, script: Script, as_of: str) -> Canon:
        """The part of canon that bears on ``script``: the gate and the diff say the same of it as of all of canon."""
        with self._stored(project, as_of) as stored:
            return scoped_canon(stored, script, as_of, rules=rules_of(project))

    def relevant(self, project: Project, as_of: str, subjects: Collection[str]) -> Canon:
        """What stands of some subjects: current facts, their newest events, all places, rules and threads."""
        with self._stored(project, as_of) as stored:
            return stored.relevant(sorted(set(subjects)))

    def rebuild(self, project: Project) -> None:
        """Make the projection anew from the log."""
        with self._writing(project.id) as (connection, head):
            self._rebuild(connection, project, head)

    def verify(self, project: Project) -> list[str]:
        """A sentence for everything in which the projection differs from the log; none where it is sound."""
        with self._stored(project, "s01e01"), self._reading() as connection:
            head = find_head(connection, self._tenant, project.id)
            if head is None:
                return []
            log = Log(connection, self._tenant, head)
            diffs = list(log.diffs(standing(log.entries()), _NOTHING))
            return differences(connection, self._tenant, head.series, project, diffs)

    # -- snapshots and waivers -------------------------------------------------------------------------------

    def snapshot(self, project: Project, name: str, as_of: str, by: str) -> Snapshot:
        """Keep canon before ``as_of`` under a name, as it stands. Raises InputError where the name is taken."""
        with self._writing(project.id) as (connection, head):
            return Snapshots(connection, self._tenant, head).take(project, name, as_of, by)

    def snapshots(self, project_id: str) -> tuple[Snapshot, ...]:
        """The project's snapshots, in the order they were taken."""
        with self._reading() as connection:
            head = find_head(connection, self._tenant, project_id)
            return Snapshots(connection, self._tenant, head).all() if head else ()

    def canon_at(self, project: Project, name: str) -> Canon:
        """The canon of a snapshot, whatever was approved since. Raises InputError for an unknown name."""
        with self._reading() as connection:
            head = find_head(connection, self._tenant, project.id)
            if head is None:
                raise no_snapshot(project.id, name)
            return Snapshots(connection, self._tenant, head).canon(project.id, name)

    def waive(self, project_id: str, waiver: Waiver) -> None:
        """Put a waiver on record. Raises WaiverRefused for one without a reason, a name, a finding or an expiry."""
        require_whole(waiver)
        with self._writing(project_id) as (connection, head):
            Waivers(connection, self._tenant, head).add(waiver)

    def waivers(self, project_id: str) -> tuple[Waiver, ...]:
        """The project's waivers, in the order they were given."""
        with self._reading() as connection:
            head = find_head(connection, self._tenant, project_id)
            return Waivers(connection, self._tenant, head).all() if head else ()

    # -- inside ----------------------------------------------------------------------------------------------

    def _stands(self, project_id: str, diff: CanonDiff, diff_hash: str, expected: int) -> bool:
        """Whether the episode stands on the diff. Asked before queueing to write, so that who is late holds up nobody.

        Raises CanonMoved where it does not and the head is not at ``expected``.
        """
        with self._reading() as connection:
            head = find_head(connection, self._tenant, project_id) or Head(0, 0, "")
            log = Log(connection, self._tenant, head)
            stands = log.stands(diff.episode_id, diff_hash)
            if not stands:
                log.require(expected)
            return stands

    def _fold(
        self, connection: Connection, project: Project, head: Head, episode: str, known: Mapping[str, CanonDiff]
    ) -> None:
        """Bring the projection up to the log, from an episode on. ``known`` spares reading diffs back."""
        if head.project_hash != project_hash(project):
            self._rebuild(connection, project, head, known)
            return
        log = Log(connection, self._tenant, head)
        projection = Projection(connection, self._tenant, head.series)
        stood = standing(log.entries(from_order=story_order(episode)))
        if known and list(stood) == [episode] and stood[episode][-1] in known and len(stood[episode]) > 1:
            projection.fold(story_order(episode), known[stood[episode][-1]])
            return
        projection.cut(story_order(episode))
        for each, hashes in stood.items():
            for digest in hashes:
                projection.fold(story_order(each), known.get(digest) or log.diff(digest))

    def _require_sound(self, connection: Connection, project: Project, head: Head, diff: CanonDiff) -> Head:
        """Refuse an amendment that canon with its episode cannot take up. Returns the head of a fresh projection."""
        if head.project_hash != project_hash(project):
            self._rebuild(connection, project, head)
            head = head._replace(project_hash=project_hash(project))
        stored = StoredCanon(connection, self._tenant, head.series, project.id, diff.episode_id, after=True)
        require_sound(canon_for_diff(stored, diff), diff)
        return head

    def _rebuild(
        self, connection: Connection, project: Project, head: Head, known: Mapping[str, CanonDiff] = _NOTHING
    ) -> None:
        log = Log(connection, self._tenant, head)
        diffs = log.diffs(standing(log.entries()), known)
        Projection(connection, self._tenant, head.series).rebuild(project, diffs)

    @contextmanager
    def _stored(self, project: Project, as_of: str) -> Iterator[StoredCanon]:
        """Canon before an episode in one consistent state, made anew first where the project file has changed."""
        story_order(as_of)
        digest = project_hash(project)
        for _ in range(_ATTEMPTS):
            with self._reading() as connection:
                head = find_head(connection, self._tenant, project.id)
                if head is not None and head.project_hash == digest:
                    yield StoredCanon(connection, self._tenant, head.series, project.id, as_of)
                    return
            self.rebuild(project)
        raise StorageError(
            f"The canon of {project.id!r} is being made anew from another project file again and again.",
            remedy="Let one version of the project file work at a time.",
        )

    @contextmanager
    def _writing(self, project_id: str) -> Iterator[tuple[Connection, Head]]:
        """A transaction that no other writer of the project is in, with the head as it stands.

        SQLite lets writers in without order: one that was passed over for its whole patience asks again.
        """
        with self._engine.connect() as connection:
            for left in reversed(range(_ATTEMPTS)):
                try:
                    head = locked_head(connection, self._tenant, project_id)
                    break
                except StorageError:
                    connection.rollback()
                    if not left:
                        raise
            yield connection, head
            connection.commit()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A connection on which everything is read at one moment."""
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
                # Short look-ups of which Postgres cannot tell how short they are: compiling them takes far longer.
                connection.exec_driver_sql("SET LOCAL jit = off")
            yield connection


def _require_approver(approver: str) -> None:
    if not approver.strip():
        raise InputError("Canon changes only by the word of somebody.", remedy="Name who approves.")
