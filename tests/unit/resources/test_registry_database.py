"""The registry's Postgres among several machines: they open it at once, and it may drop their connections."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine, text

from resources.database import open_database
from tests.fakes.terminal import ROOT

_OPEN = "import sys; from resources.database import open_database; open_database(sys.argv[1]).dispose()"


def test_machines_that_open_an_empty_database_at_once_all_find_its_tables(postgres_url: str) -> None:
    def opened(_: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _OPEN, postgres_url]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(opened, range(4)))
    assert [each.stderr[-500:] for each in done if each.returncode] == []


def test_a_connection_that_the_server_dropped_is_made_anew_without_a_word(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    with engine.connect() as connection:
        dropped = connection.scalar(text("SELECT pg_backend_pid()"))
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": dropped})
    admin.dispose()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != dropped
    engine.dispose()
