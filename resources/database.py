"""The registry's database: one engine a process, migrated to the newest revision on opening."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from resources.durable import disk_errors
from schemas.errors import StorageError

_HEAD = "0008"
_MIGRATION_LOCK = 0x6E617272
_MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(url: str) -> Engine:
    """An engine on ``url`` (``sqlite:///…`` or ``postgresql+psycopg2://…``) with the newest tables."""
    try:
        # A database that was restarted is connected to anew instead of failing the first question.
        engine = create_engine(url, pool_pre_ping=True)
        event.listen(engine, "handle_error", _explain)
        if engine.dialect.name == "sqlite" and engine.url.database:
            event.listen(engine, "connect", _sqlite_settings)
            folder = Path(engine.url.database).parent
            with disk_errors("the registry"):
                folder.mkdir(parents=True, exist_ok=True)
            # A registry on a disk that refuses to write can still be read.
            if not _is_current(engine):
                with FileLock(folder / ".registry-migration.lock"):
                    _migrate(engine)
        else:
            _migrate(engine)
    except StorageError:
        raise
    except Exception as error:
        raise StorageError(
            f"The registry database cannot be opened: {error}.",
            remedy="Check its address and that the disk is writable; a damaged SQLite file can be restored or removed.",
        ) from error
    return engine


def _migrate(engine: Engine) -> None:
    if _is_current(engine):
        return
    # Imported here: a current database is the common case and pays nothing for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # One machine migrates, the others wait for its end; a file's lock does that for SQLite.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            if _stands_at_head(connection):
                return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        return _stands_at_head(connection)


def _stands_at_head(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == _HEAD


def _explain(context: ExceptionContext) -> None:
    """Raise StorageError, in words, where the database itself refuses: full disk, lost connection, long lock."""
    # A ping that fails has the pool connect anew; an error raised here would keep it from that.
    if isinstance(context.sqlalchemy_exception, OperationalError) and not context.is_pre_ping:
        raise StorageError(
            f"The registry did not take the change: {context.original_exception}.",
            remedy="Free some space or restore the database, then run again; finished work is kept.",
        ) from context.original_exception


def _sqlite_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()
