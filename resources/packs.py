"""The register of character packs: the versions of each character in each project, and the packs as artifacts.

A version is a content: what comes out the same is the same version, and only a change makes a further one.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError as TakenError
from sqlalchemy.orm import Session

from resources.clock import now
from resources.registry import ArtifactStore, Production, stage_key
from resources.tables import CharacterPackRow
from schemas.canonical import canonical_json, content_hash
from schemas.errors import InputError, IntegrityError, StorageError
from schemas.packs import CharacterPack
from schemas.project import Project

_TRIES = 8


@dataclass(frozen=True)
class PackRecord:
    """One version of a character's pack, and the episode that it was first made for."""

    project: str
    character: str
    version: int
    pack_hash: str
    content_hash: str
    episode: str
    registered_at: str


class PackRegister:
    """The packs of one tenant."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def kept(self, key: str) -> CharacterPack | None:
        """The pack built under ``key``, if it and its pictures are still there; its version says nothing."""
        entry = self._store.cached("pack", key)
        if entry is None:
            return None
        with suppress(IntegrityError):
            pack = self._store.load(entry[0], CharacterPack)
            return pack if self._whole(pack) else None
        return None

    def keep(self, key: str, pack: CharacterPack) -> None:
        """Keep a built pack under ``key``."""
        blob = self._store.blobs.put(canonical_json(pack), "application/json")
        self._store.cache("pack", key, blob.sha256, {})

    def register(self, project: Project, episode: str, pack: CharacterPack) -> CharacterPack:
        """The pack at its version in the project: the one it has had, or the next. Raises StorageError."""
        for _ in range(_TRIES):
            known = self._row(project.id, pack.character_id, pack.pack_hash)
            if known is not None:
                return self._restored(project, known, pack)
            with suppress(TakenError):
                return self._add(project, episode, pack)
        raise StorageError(
            f"The pack of {pack.character_id} could not be registered: others register it all the time.",
            remedy="Run again.",
        )

    def records(self, project: str = "", character: str = "") -> list[PackRecord]:
        """Every version, by project, character and number; of one project or character if named."""
        query = select(CharacterPackRow).where(CharacterPackRow.tenant == self._store.tenant)
        if project:
            query = query.where(CharacterPackRow.project == project)
        if character:
            query = query.where(CharacterPackRow.character == character)
        order = (CharacterPackRow.project, CharacterPackRow.character, CharacterPackRow.version)
        with Session(self._store.engine) as session:
            return [_record(row) for row in session.scalars(query.order_by(*order))]

    def record(self, project: str, character: str, version: int | None = None) -> PackRecord:
        """The record of a version, the newest if none is named. Raises InputError with those there are."""
        found = self.records(project, character)
        if not found:
            known = sorted({each.character for each in self.records(project)})
            raise InputError(
                f"{project} has no pack of {character!r}.",
                remedy=f"It has packs of: {', '.join(known)}." if known else "Run an episode of it first.",
            )
        for each in reversed(found):
            if version in (None, each.version):
                return each
        raise InputError(
            f"The pack of {project}/{character} has no version {version}.",
            remedy="There are: " + ", ".join(str(each.version) for each in found) + ".",
        )

    def load(self, record: PackRecord) -> CharacterPack:
        """The pack of a record, verified."""
        return self._store.load(record.content_hash, CharacterPack)

    def _add(self, project: Project, episode: str, pack: CharacterPack) -> CharacterPack:
        with Session(self._store.engine) as session, session.begin():
            newest = session.scalar(
                select(func.max(CharacterPackRow.version)).where(
                    CharacterPackRow.tenant == self._store.tenant,
                    CharacterPackRow.project == project.id,
                    CharacterPackRow.character == pack.character_id,
                )
            )
            numbered = pack.model_copy(update={"version": (newest or 0) + 1})
            session.add(
                CharacterPackRow(
                    tenant=self._store.tenant,
                    project=project.id,
                    character=pack.character_id,
                    version=numbered.version,
                    pack_hash=pack.pack_hash,
                    content_hash=content_hash(numbered),
                    episode=episode,
                    registered_at=now(),
                )
            )
        self._save(project, episode, numbered)
        return numbered

    def _restored(self, project: Project, known: PackRecord, pack: CharacterPack) -> CharacterPack:
        """The registered pack; where its document is gone, ``pack`` under the version that it had."""
        with suppress(IntegrityError):
            return self.load(known)
        numbered = pack.model_copy(update={"version": known.version})
        digest = self._save(project, known.episode, numbered)
        if digest != known.content_hash:
            with Session(self._store.engine) as session, session.begin():
                row = session.scalar(self._named(known.project, known.character, known.pack_hash))
                if row is not None:
                    row.content_hash = digest
        return numbered

    def _save(self, project: Project, episode: str, pack: CharacterPack) -> str:
        key = stage_key("CharacterPack", {}, {"project": project.id, "pack": content_hash(pack)}, "1")
        production = Production(
            project=project.id,
            episode=episode,
            stage_key=key,
            code_version="1",
            parents={"project": content_hash(project)},
            licence=pack.rights.license_type,
        )
        return self._store.save(pack, production)

    def _row(self, project: str, character: str, pack_hash: str) -> PackRecord | None:
        with Session(self._store.engine) as session:
            row = session.scalar(self._named(project, character, pack_hash))
            return _record(row) if row else None

    def _named(self, project: str, character: str, pack_hash: str) -> Select[CharacterPackRow]:
        return select(CharacterPackRow).where(
            CharacterPackRow.tenant == self._store.tenant,
            CharacterPackRow.project == project,
            CharacterPackRow.character == character,
            CharacterPackRow.pack_hash == pack_hash,
        )

    def _whole(self, pack: CharacterPack) -> bool:
        return all(self._store.blobs.intact(each.picture.sha256) for each in pack.pictures)


def _record(row: CharacterPackRow) -> PackRecord:
    return PackRecord(**{name: getattr(row, name) for name in PackRecord.__dataclass_fields__})
