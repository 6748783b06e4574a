"""Checks of the registry's database: its address, its answer, its revision; nothing in it is made or changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from resources.checkup.findings import Finding, failed, ok, told, warning
from resources.checkup.surroundings import Surroundings

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import URL, Connection

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_SECONDS = 5
_DRIVER = "postgresql+psycopg2"
_EMPTY = "has no tables yet; the first command makes them."


def database(around: Surroundings) -> Finding:
    """Whether the registry's database is reachable, sound, and at the revision of this code."""
    wrong = address_fault(around.database_url)
    if wrong is not None:
        return wrong
    try:
        with reading(around) as connection:
            if connection is None:
                return ok(f"{_shown(around)} is not there yet; the first command makes it.")
            return _damage(connection, around) or _revision(connection, around)
    except Exception as error:
        return _unreachable(error, around)


def address_fault(address: str) -> Finding | None:
    """What is wrong with a database address as it is written; None where nothing is."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return failed(
            "NARRATIVE_DATABASE is no database address.",
            f"Write {_DRIVER}://USER:…@HOST:5432/NAME, or leave it out for SQLite in the artifact folder.",
        )
    if url.drivername in ("postgres", "postgresql"):
        return failed(
            f"NARRATIVE_DATABASE begins with {url.drivername}://, which names no driver that is installed here.",
            f"Write {url.set(drivername=_DRIVER).render_as_string()} with its password.",
        )
    if url.drivername not in (_DRIVER, "sqlite", "sqlite+pysqlite"):
        return failed(
            f"NARRATIVE_DATABASE begins with {url.drivername}://, and the registry knows SQLite and Postgres.",
            f"Write sqlite:///PATH or {_DRIVER}://USER:…@HOST:5432/NAME.",
        )
    if url.drivername == _DRIVER and find_spec("psycopg2") is None:
        return failed(
            "The Postgres driver psycopg2 is not installed.",
            "Install the extra: pip install 'narrative-assets[cluster]'.",
        )
    return None


@contextmanager
def reading(around: Surroundings) -> Iterator[Connection | None]:
    """A connection that makes nothing; None where the address names an SQLite file that is not there."""
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.pool import NullPool

    url = make_url(around.database_url)
    if url.get_backend_name() == "sqlite":
        if not url.database or not Path(url.database).exists():
            yield None
            return
        url = _unmade(url)
        settings: dict[str, object] = {"timeout": _SECONDS}
    else:
        settings = {"connect_timeout": _SECONDS}
    engine = create_engine(url, poolclass=NullPool, connect_args=settings)
    with engine.connect() as connection:
        yield connection


def at_head(connection: Connection) -> bool:
    """Whether the database stands at the newest revision that this code knows."""
    return _current(connection) == _script().get_current_head()


def _unmade(url: URL) -> URL:
    """The address of an SQLite file that opening does not create."""
    return url.set(database=f"{Path(url.database or '').absolute().as_uri()}", query={"mode": "rw", "uri": "true"})


def _damage(connection: Connection, around: Surroundings) -> Finding | None:
    from sqlalchemy import text

    if connection.dialect.name != "sqlite":
        return None
    said = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
    if said == "ok":
        return None
    return failed(
        f"{_shown(around)} is damaged: {said}.",
        "Restore it from a backup, or move it aside: artifacts are made anew, decisions and canon are not.",
    )


def _revision(connection: Connection, around: Surroundings) -> Finding:
    current, head = _current(connection), _script().get_current_head()
    place = _shown(around)
    if current == head:
        return ok(f"{place} answers, at revision {head}.")
    if current and current not in {each.revision for each in _script().walk_revisions()}:
        return failed(
            f"{place} is at revision {current}, which this version does not know.",
            "A newer version has written it: install that one here too.",
        )
    if not _may_make_tables(connection):
        return failed(
            f"The user of {place} may make no tables, and revision {head} is needed.",
            "Give it the right: GRANT CREATE ON SCHEMA public TO the user.",
        )
    if current is None:
        return ok(f"{place} answers and {_EMPTY}")
    return warning(
        f"{place} is at revision {current}, this version at {head}.",
        "The next command brings it up to date. Take a backup first, and stop what older versions still run.",
    )


def _current(connection: Connection) -> str | None:
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _may_make_tables(connection: Connection) -> bool:
    from sqlalchemy import text

    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")).scalar())


def _script() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(_MIGRATIONS))


def _unreachable(error: Exception, around: Surroundings) -> Finding:
    from sqlalchemy.exc import DBAPIError

    told_by = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if around.database:
        remedy = "Check host, port, name, user and password in NARRATIVE_DATABASE, and that the server is up."
    else:
        remedy = "If the file is damaged, restore it from a backup or move it aside; else check who may write it."
    return failed(f"{_shown(around)} cannot be read: {told(told_by)}", remedy)


def _shown(around: Surroundings) -> str:
    from sqlalchemy import make_url

    return make_url(around.database_url).render_as_string(hide_password=True)
