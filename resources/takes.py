"""Takes by shot: an append-only log of candidates, choices, locks and steps back, and what it comes to now.

How a take looks is none of this module's business; it remembers who decided what about which shot as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from resources.registry import ArtifactStore, now
from resources.tables import TakeRow
from schemas.canonical import content_hash
from schemas.errors import InputError
from schemas.render import ShotTakes, Take
from schemas.shots import Shot, ShotList

PLANNED = Take(take_id="planned", note="as the shot list has it")
"""The take that every shot has."""
_SEEN = {"framing", "movement", "figures", "environment", "action_beats", "props", "screen_text"}

Event = Literal["added", "chosen", "kept", "rolled_back"]


@dataclass(frozen=True)
class Film:
    """Where a shot's takes belong: one rendering of one episode."""

    project: str
    episode: str
    profile: str


@dataclass(frozen=True)
class TakeEntry:
    """One entry of the log. ``shot_hash`` is what the shot showed then; ``take`` stands in those that add one."""

    shot_id: str
    event: Event
    take_id: str
    shot_hash: str
    by: str
    notes: str
    at: str
    take: Take | None = None


@dataclass
class Standing:
    """What a shot's log comes to. ``steps`` are the choices and locks that still count, oldest first."""

    shot_id: str
    added: dict[str, TakeEntry] = field(default_factory=dict)
    steps: list[TakeEntry] = field(default_factory=list)

    @property
    def chosen(self) -> str:
        """The id of the take that was chosen last."""
        return self.steps[-1].take_id if self.steps else PLANNED.take_id

    @property
    def kept(self) -> bool:
        """Whether the choice is locked: it holds though the shot changes, and nothing else can be chosen."""
        return bool(self.steps) and self.steps[-1].event == "kept"

    def takes(self) -> tuple[Take, ...]:
        """The candidates, the planned one first."""
        return (PLANNED, *(entry.take for entry in self.added.values() if entry.take is not None))

    def stale(self, shot_hash: str | None) -> bool:
        """Whether the shot is not what it was when the choice was made; None is a shot that is no more."""
        return self.chosen != PLANNED.take_id and self.steps[-1].shot_hash != shot_hash


@dataclass(frozen=True)
class StaleTake:
    """A choice that is not in the film: its shot has changed since, or is no more."""

    shot_id: str
    take_id: str
    by: str
    gone: bool


@dataclass(frozen=True)
class FilmTakes:
    """The takes that go into a render plan, and the choices that do not."""

    applied: tuple[ShotTakes, ...] = ()
    stale: tuple[StaleTake, ...] = ()


def picture_hash(shot: Shot) -> str:
    """Hash of what a shot shows: whom, where, how framed. When it shows it and what is heard are left out."""
    return content_hash(shot.model_dump(mode="json", include=_SEEN))


def fold(entries: Iterable[TakeEntry]) -> dict[str, Standing]:
    """What a log comes to, by shot."""
    found: dict[str, Standing] = {}
    for entry in entries:
        shot = found.setdefault(entry.shot_id, Standing(entry.shot_id))
        if entry.event == "added":
            shot.added[entry.take_id] = entry
        elif entry.event == "rolled_back":
            shot.steps.pop()
        else:
            shot.steps.append(replace(entry, take=_meant(shot, entry)))
    return found


def _meant(shot: Standing, entry: TakeEntry) -> Take:
    """The take as it was when the choice was made; one added later under its id changes nothing."""
    if entry.event == "kept" and shot.steps:
        return shot.steps[-1].take or PLANNED
    added = shot.added.get(entry.take_id)
    return (added.take if added else None) or PLANNED


class TakeLog:
    """The log of takes of one tenant."""

    def __init__(self, store: ArtifactStore) -> None:
        self._engine: Engine = store.engine
        self._tenant = store.tenant

    def entries(self, film: Film, shot_id: str = "") -> list[TakeEntry]:
        """The log of a film, or of one shot of it, oldest first."""
        with Session(self._engine) as session:
            return self._read(session, film, shot_id)

    def standing(self, film: Film, shot_id: str) -> Standing:
        """What the log of a shot comes to."""
        return fold(self.entries(film, shot_id)).get(shot_id, Standing(shot_id))

    def for_film(self, film: Film, shot_list: ShotList) -> FilmTakes:
        """The chosen takes in the order of the shots. A choice whose shot has changed since counts only if kept."""
        shots = {shot.shot_id: picture_hash(shot) for shot in shot_list.shots}
        standing = fold(self.entries(film))
        applied, stale = [], []
        for shot_id in (*shots, *sorted(standing.keys() - shots.keys())):
            known = standing.get(shot_id)
            if known is None or known.chosen == PLANNED.take_id:
                continue
            if known.stale(shots.get(shot_id)) and (shot_id not in shots or not known.kept):
                stale.append(StaleTake(shot_id, known.chosen, known.steps[-1].by, shot_id not in shots))
                continue
            chosen = known.steps[-1].take or PLANNED
            applied.append(ShotTakes(shot_id=shot_id, chosen=chosen.take_id, takes=(PLANNED, chosen)))
        return FilmTakes(tuple(applied), tuple(stale))

    def add(self, film: Film, shot: Shot, takes: Sequence[Take], by: str) -> list[str]:
        """Add candidates to a shot; returns the ids of those that are new for the shot as it is.

        Raises InputError for a take that would change one already there under its id.
        """
        digest = picture_hash(shot)
        with Session(self._engine) as session, session.begin():
            known = fold(self._read(session, film, shot.shot_id)).get(shot.shot_id, Standing(shot.shot_id))
            fresh = []
            for take in takes:
                before = known.added.get(take.take_id)
                if before is not None and before.shot_hash == digest and before.take == take:
                    continue
                if take.take_id == PLANNED.take_id or (before is not None and before.shot_hash == digest):
                    raise InputError(
                        f"{shot.shot_id} has a take {take.take_id!r} that looks otherwise.",
                        remedy="Give the new take an id of its own.",
                    )
                self._write(session, film, shot.shot_id, "added", take.take_id, digest, by, take=take)
                fresh.append(take.take_id)
        return fresh

    def choose(self, film: Film, shot: Shot, take_id: str, by: str, notes: str = "") -> TakeEntry:
        """Put a take into the film. Raises InputError for one that is not there, is stale, or while one is kept."""
        digest = picture_hash(shot)
        with Session(self._engine) as session, session.begin():
            known = fold(self._read(session, film, shot.shot_id)).get(shot.shot_id, Standing(shot.shot_id))
            self._require_choosable(known, take_id, digest)
            return self._write(session, film, shot.shot_id, "chosen", take_id, digest, by, notes)

    def keep(self, film: Film, shot: Shot, by: str, notes: str = "") -> TakeEntry:
        """Lock the choice: it stays in the film though the shot changes. Raises InputError where none was made."""
        with Session(self._engine) as session, session.begin():
            known = fold(self._read(session, film, shot.shot_id)).get(shot.shot_id, Standing(shot.shot_id))
            if not known.steps or known.kept:
                said = "is kept already" if known.kept else "has no choice to keep"
                raise InputError(f"{shot.shot_id} {said}.", remedy="Choose a take first, or roll back to free it.")
            return self._write(session, film, shot.shot_id, "kept", known.chosen, picture_hash(shot), by, notes)

    def roll_back(self, film: Film, shot_id: str, by: str, notes: str = "") -> Standing:
        """Take the last choice or lock back; returns what stands then. Raises InputError where there is none."""
        with Session(self._engine) as session, session.begin():
            known = fold(self._read(session, film, shot_id)).get(shot_id, Standing(shot_id))
            if not known.steps:
                raise InputError(f"{shot_id} has no choice to take back.", remedy="It shows what was planned.")
            last = known.steps.pop()
            self._write(session, film, shot_id, "rolled_back", last.take_id, last.shot_hash, by, notes)
        return known

    def _require_choosable(self, known: Standing, take_id: str, digest: str) -> None:
        if known.kept:
            raise InputError(
                f"{known.shot_id} is kept with the take {known.chosen!r}.", remedy="Roll back to free it, then choose."
            )
        if take_id == PLANNED.take_id:
            return
        added = known.added.get(take_id)
        if added is None:
            raise InputError(
                f"{known.shot_id} has no take {take_id!r}.",
                remedy="There are: " + ", ".join(take.take_id for take in known.takes()) + ".",
            )
        if added.shot_hash != digest:
            raise InputError(
                f"The take {take_id!r} was made for {known.shot_id} as it was; the shot has changed since.",
                remedy="Propose takes for the shot as it is now.",
            )

    def _read(self, session: Session, film: Film, shot_id: str) -> list[TakeEntry]:
        where = (
            TakeRow.tenant == self._tenant,
            TakeRow.project == film.project,
            TakeRow.episode == film.episode,
            TakeRow.profile == film.profile,
            *((TakeRow.shot == shot_id,) if shot_id else ()),
        )
        return [_entry(row) for row in session.scalars(select(TakeRow).where(*where).order_by(TakeRow.id))]

    def _write(
        self,
        session: Session,
        film: Film,
        shot_id: str,
        event: Event,
        take_id: str,
        shot_hash: str,
        by: str,
        notes: str = "",
        take: Take | None = None,
    ) -> TakeEntry:
        if not by.strip():
            raise InputError("A take needs the name of who decides about it.", remedy="Give the name.")
        row = TakeRow(
            tenant=self._tenant,
            project=film.project,
            episode=film.episode,
            profile=film.profile,
            shot=shot_id,
            event=event,
            take=take_id,
            shot_hash=shot_hash,
            document=take.model_dump(mode="json") if take else None,
            by=by.strip(),
            notes=notes,
            at=now(),
        )
        session.add(row)
        return _entry(row)


def _entry(row: TakeRow) -> TakeEntry:
    return TakeEntry(
        shot_id=row.shot,
        event=row.event,  # type: ignore[arg-type]
        take_id=row.take,
        shot_hash=row.shot_hash,
        by=row.by,
        notes=row.notes,
        at=row.at,
        take=Take.model_validate(row.document) if row.document else None,
    )
