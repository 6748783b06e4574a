"""Dagster's own storage on one machine: its SQLite files as they are, with connections that stay open.

Dagster opens and closes a file for every statement, which costs several times what the statement does: a hundred
events an episode add up to seconds. The files, tables and settings are Dagster's; only who holds them open is ours.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock, RLock, local
from typing import Any

from dagster import StringSource
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorageWatchdog
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import (
    DagsterSqliteStorage,
    _event_logs_directory,
    _runs_directory,
    _schedule_directory,
)
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

MOST_OPEN = 24
"""Files kept open at once: every run has one of its own."""


class OpenFiles:
    """Engines by address, the last used kept open. A file that gave an error is closed and opened anew next time."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        self._most = most
        self._within = local()
        self._lock = Lock()
        self._engines: OrderedDict[str, Engine] = OrderedDict()

    @contextmanager
    def transaction(self, address: str) -> Iterator[Connection]:
        """A transaction on the file at ``address``, committed at the end of the block; within a block of the same
        thread it is that block's.
        """
        open_here: dict[str, Connection] = self._within.__dict__
        if address in open_here:
            yield open_here[address]
            return
        engine = self._engine(address)
        try:
            with engine.begin() as connection:
                open_here[address] = connection
                yield connection
        except DBAPIError:
            self._forget(address)
            raise
        finally:
            open_here.pop(address, None)

    def close(self) -> None:
        """Close every file."""
        with self._lock:
            engines = list(self._engines.values())
            self._engines.clear()
        for engine in engines:
            engine.dispose()

    def _engine(self, address: str) -> Engine:
        with self._lock:
            engine = self._engines.pop(address, None) or _opened(address)
            self._engines[address] = engine
            spare = self._engines.popitem(last=False)[1] if len(self._engines) > self._most else None
        if spare is not None:
            spare.dispose()
        return engine

    def _forget(self, address: str) -> None:
        with self._lock:
            engine = self._engines.pop(address, None)
        if engine is not None:
            engine.dispose()


def _opened(address: str) -> Engine:
    engine = create_engine(address, pool_size=1, max_overflow=-1, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def relax(connection: Any, _: Any) -> None:
        # A power cut may take the last events with it, never the file; what was made is in our registry, synced.
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


class _Watchdog(SqliteEventLogStorageWatchdog):
    """Looks at the write-ahead log too: while a file stays open, that is where events arrive."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._patterns = [self._log_path, f"{self._log_path}-wal"]


class OpenEventLog(SqliteEventLogStorage):
    """Dagster's event log with open files."""

    def __init__(self, base_dir: str) -> None:
        self._files = OpenFiles()
        self._tables: set[str] = set()
        super().__init__(base_dir)
        self._db_lock: Any = RLock()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            address = self.conn_string_for_shard(shard)
            if shard not in self._initialized_dbs:
                fresh = create_engine(address)
                self._initdb(fresh)
                fresh.dispose()
                self._initialized_dbs.add(shard)
            with self._files.transaction(address) as connection:
                yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """Keep an event: what Dagster notes of it for assets and checks in one transaction, not in five."""
        kind = event.dagster_event_type if event.is_dagster_event else None
        noted = kind in ASSET_EVENTS or kind in ASSET_CHECK_EVENTS
        with self._connect(INDEX_SHARD_NAME) if noted else nullcontext():
            super().store_event(event)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table. Asked before nearly every event; a table that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        """Call back at every new event of a run, from ``cursor`` on."""
        super().watch(run_id, cursor, callback)
        plain, watched = self._watchers[run_id].pop(callback)
        watchdog = _Watchdog(self, run_id, callback, cursor)
        observer: Any = self._obs
        observer.add_handler_for_watch(watchdog, watched)
        observer.remove_handler_for_watch(plain, watched)
        self._watchers[run_id][callback] = (watchdog, watched)

    def wipe(self) -> None:
        """Delete all events and their files."""
        self._files.close()
        super().wipe()

    def dispose(self) -> None:
        """Stop watching and close all files."""
        super().dispose()
        self._files.close()


class _OneOpenFile:
    """For storages with one file and one connection at a time: their ``connect``, with the file open."""

    _conn_string: str

    def __init__(self, *arguments: Any) -> None:
        self._files = OpenFiles()
        super().__init__(*arguments)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction on the file."""
        with self._files.transaction(self._conn_string) as connection:
            yield connection

    def dispose(self) -> None:
        """Close the file."""
        self._files.close()


class OpenRunStorage(_OneOpenFile, SqliteRunStorage):
    """Dagster's runs with their file open."""


class OpenScheduleStorage(_OneOpenFile, SqliteScheduleStorage):
    """Dagster's ticks and sensor states with their file open."""


class OpenSqliteStorage(DagsterSqliteStorage):
    """All of Dagster's storage under ``base_dir``, where Dagster itself would put it."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        DagsterStorage.__init__(self)  # type: ignore
        self.base_dir = base_dir
        self._run_storage = OpenRunStorage.from_local(_runs_directory(base_dir))
        self._event_log_storage = OpenEventLog(_event_logs_directory(base_dir))
        self._schedule_storage = OpenScheduleStorage.from_local(_schedule_directory(base_dir))
        self._inst_data = inst_data

    @classmethod
    def config_type(cls) -> Any:
        """The folder, by name or from the environment."""
        return {"base_dir": StringSource}

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> OpenSqliteStorage:
        """The storage that the settings name."""
        return cls.from_local(inst_data=inst_data, **config_value)
