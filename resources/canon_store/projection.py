"""The projection of a canon log: every piece of canon with the stretch of story order it holds for.

Canon as of an episode is a query on it. It is made from the log alone, and folding a diff into it follows
``narrative_assets.canon.fold`` piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, literal_column, select, update

from narrative_assets.canon import initial_canon
from resources.canon_store.parts import Key, Piece, arrival, arrived, pieces, story_order
from resources.tables import CanonHeadRow, CanonStateRow
from schemas.canon import Canon, CanonDiff
from schemas.canonical import content_hash
from schemas.project import Project

VERSION = 2
"""Raised when rows are made differently: projections of another version are made anew."""
BEFORE_ALL = -1
"""Where in story order the project file stands: before every episode."""
OPEN = 2_000_000_000
"""The end of what nothing has ended."""
CHUNK = 500
_FIELDS = ("id", "cast", "places", "props", "world_rules", "facts")
_State = CanonStateRow.__table__.c


def project_hash(project: Project) -> str:
    """Hash of what canon takes from the project file, and of how the projection is made."""
    return content_hash([VERSION, project.model_dump(mode="json", include=set(_FIELDS))])


class _Standing(NamedTuple):
    """A row that is open: the piece, its place in canon, since when it holds, and its key in the table."""

    place: int
    piece: Piece
    from_order: int
    row: int


class Projection:
    """The rows of one project, written inside the caller's transaction."""

    def __init__(self, connection: Connection, tenant: str, series: int) -> None:
        self._connection = connection
        self._tenant = tenant
        self._series = series
        self._own = and_(_State.series == series, _State.tenant == tenant)

    def rebuild(self, project: Project, diffs: Iterable[tuple[str, CanonDiff]]) -> None:
        """Make all rows anew, from the project file and the (episode, diff) pairs that stand, in story order."""
        self._connection.execute(delete(CanonStateRow).where(self._own))
        self._head(project_hash=project_hash(project), next_place=0)
        self._write(BEFORE_ALL, {}, _initial(initial_canon(project, "s00e00")))
        for episode, diff in diffs:
            self.fold(story_order(episode), diff)

    def cut(self, order: int) -> None:
        """Take back everything from ``order`` on, so that canon stands as before it."""
        self._connection.execute(delete(CanonStateRow).where(self._own, _State.from_order >= order))
        # Written out, for a database takes a partial index only where it sees that its condition is met.
        ended = and_(self._own, _State.to_order >= order, _State.to_order < literal_column(str(OPEN)))
        self._connection.execute(update(CanonStateRow).where(ended).values(to_order=OPEN))

    def fold(self, order: int, diff: CanonDiff) -> None:
        """Fold a diff in at ``order``, which is that of the last episode folded, or a later one."""
        added = (
            *diff.added_facts, *diff.added_characters, *diff.added_locations, *diff.added_things,
            *diff.added_relationships, *diff.added_events, *diff.threads,
        )  # fmt: skip
        changed = [(("fact", change.before.fact_id), next(pieces([change.after]))) for change in diff.modified_facts]
        removed: list[Key] = [("fact", fact.fact_id) for fact in diff.removed_facts]
        puts = list(pieces(added))
        keys = [*removed, *(key for key, _ in changed), *(piece.name for _, piece in changed)]
        standing = self._standing([*keys, *(piece.name for piece in puts), ("arrival", "")])
        after = {key: (each.place, each.piece) for key, each in standing.items()}
        place = self._next_place()
        for key in removed:
            after.pop(key, None)
        for key, piece in changed:
            if key in after:
                if piece.name != key:
                    del after[key]
                place = _put(after, piece, place)
        for piece in (*puts, _arrived_with(diff, standing)):
            place = _put(after, piece, place)
        self._write(order, standing, after, next_place=place)

    def _standing(self, keys: Sequence[Key]) -> dict[Key, _Standing]:
        """The open rows of these keys."""
        by_kind: dict[str, dict[str, None]] = {}
        for kind, key in keys:
            by_kind.setdefault(kind, {})[key] = None
        found: dict[Key, _Standing] = {}
        columns = [_State.place, *(_State[name] for name in Piece._fields), _State.from_order, _State.id]
        for kind, wanted in by_kind.items():
            names = list(wanted)
            for first in range(0, len(names), CHUNK):
                some = _State.key.in_(names[first : first + CHUNK])
                query = select(*columns).where(self._own, _State.kind == kind, some, _State.to_order == OPEN)
                for place, *content, from_order, row in self._connection.execute(query):
                    piece = Piece(*content)
                    found[piece.name] = _Standing(place, piece, from_order, row)
        return found

    def _write(
        self,
        order: int,
        before: Mapping[Key, _Standing],
        after: Mapping[Key, tuple[int, Piece]],
        next_place: int | None = None,
    ) -> None:
        """Turn what stood into what stands: end or drop rows that differ, and add those that are new."""
        gone = [each for key, each in before.items() if after.get(key) != (each.place, each.piece)]
        same = {key for key, each in before.items() if after.get(key) == (each.place, each.piece)}
        rows = [
            self._row(order, place, piece) for key, (place, piece) in after.items() if key not in same
        ]  # fmt: skip
        dropped = [each.row for each in gone if each.from_order >= order]
        ended = [each.row for each in gone if each.from_order < order]
        for first in range(0, len(dropped), CHUNK):
            some = self._rows(dropped[first : first + CHUNK])
            self._connection.execute(delete(CanonStateRow).where(some))
        for first in range(0, len(ended), CHUNK):
            some = self._rows(ended[first : first + CHUNK])
            self._connection.execute(update(CanonStateRow).where(some).values(to_order=order))
        if rows:
            self._connection.execute(insert(CanonStateRow), rows)
        self._head(next_place=len(after) if next_place is None else next_place)

    def _rows(self, keys: Sequence[int]) -> ColumnElement[bool]:
        """The condition on rows to have one of these keys in the table."""
        # The sum keeps databases from going through all rows of the series.
        return and_(_State.id.in_(keys), _State.series + 0 == self._series, _State.tenant == self._tenant)

    def _row(self, order: int, place: int, piece: Piece) -> dict[str, Any]:
        own = {"tenant": self._tenant, "series": self._series}
        return {**own, **piece._asdict(), "place": place, "from_order": order, "to_order": OPEN}

    def _next_place(self) -> int:
        query = select(CanonHeadRow.next_place).where(
            CanonHeadRow.id == self._series, CanonHeadRow.tenant == self._tenant
        )
        return int(self._connection.execute(query).scalar_one())

    def _head(self, **values: Any) -> None:
        own = and_(CanonHeadRow.id == self._series, CanonHeadRow.tenant == self._tenant)
        self._connection.execute(update(CanonHeadRow).where(own).values(**values))


def _initial(canon: Canon) -> dict[Key, tuple[int, Piece]]:
    """The rows of canon before any episode, a repeated key at the place where it stood first."""
    found: dict[Key, tuple[int, Piece]] = {}
    place = 0
    parts = (
        *canon.characters, *canon.locations, *canon.things, *canon.world_rules, *canon.relationships,
        *canon.timeline_events, *canon.persistent_states, *canon.threads,
    )  # fmt: skip
    for piece in (*pieces(parts), arrival(canon.last_summary, canon.story_minute)):
        place = _put(found, piece, place)
    return found


def _put(after: dict[Key, tuple[int, Piece]], piece: Piece, place: int) -> int:
    """Put a piece where its key stands, or at the end; returns the next free place."""
    known = after.get(piece.name)
    after[piece.name] = (known[0] if known else place), piece
    return place if known else place + 1


def _arrived_with(diff: CanonDiff, standing: Mapping[Key, _Standing]) -> Piece:
    before = standing.get(("arrival", ""))
    summary, minute = arrived(before.piece.document) if before else ("", 0)
    told = diff.origin == "script" or bool(diff.summary)
    return arrival(diff.summary if told else summary, max(minute, diff.story_minute))
