"""Database and project checks on real databases: SQLite files in every state, and a Postgres server of our own."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import resources
from resources.checkup import database as looked_at
from resources.checkup.database import database
from resources.checkup.findings import Verdict
from resources.checkup.projects import project_files
from resources.checkup.surroundings import Surroundings
from resources.database import open_database
from resources.studio import Studio
from tests.fakes.dagster_site import free_port
from tests.fakes.terminal import small_project


def _at_revision(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(resources.__file__).parent / "migrations"))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_no_file_yet_is_fine_and_none_is_made(tmp_path: Path) -> None:
    assert database(Surroundings(tmp_path)).verdict is Verdict.OK
    assert not list(tmp_path.iterdir())


def test_a_current_file_names_its_revision(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'registry.sqlite'}").dispose()
    found = database(Surroundings(tmp_path))
    assert found.verdict is Verdict.OK
    assert "at revision 0" in found.message


@pytest.mark.parametrize("place", [0, 5000])
def test_a_damaged_file_is_named_with_its_path(tmp_path: Path, place: int) -> None:
    path = tmp_path / "registry.sqlite"
    open_database(f"sqlite:///{path}").dispose()
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 4096)
    found = database(Surroundings(tmp_path))
    assert found.verdict is Verdict.FAILED
    assert str(path) in found.message
    assert "backup" in found.remedy
    assert project_files(Surroundings(tmp_path)).verdict is not Verdict.OK


def test_an_older_revision_is_a_warning_and_stays(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    _at_revision(url, "0006")
    found = database(Surroundings(tmp_path))
    assert found.verdict is Verdict.WARNING
    assert "0006" in found.message
    with sqlite3.connect(tmp_path / "registry.sqlite") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)


def test_a_newer_revision_asks_for_the_newer_version(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'registry.sqlite'}").dispose()
    with sqlite3.connect(tmp_path / "registry.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    found = database(Surroundings(tmp_path))
    assert found.verdict is Verdict.FAILED
    assert "9999" in found.message
    assert "newer version" in found.remedy


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_plain_postgres_address_is_explained(tmp_path: Path, scheme: str) -> None:
    found = database(Surroundings(tmp_path, database=f"{scheme}://ida:hush@db:5432/narrative"))
    assert found.verdict is Verdict.FAILED
    assert "postgresql+psycopg2://ida:***@db:5432/narrative" in found.remedy
    assert "hush" not in found.message + found.remedy


@pytest.mark.parametrize("address", ["db:5432", "mysql://db/x", "not an address"])
def test_other_addresses_are_refused(tmp_path: Path, address: str) -> None:
    found = database(Surroundings(tmp_path, database=address))
    assert found.verdict is Verdict.FAILED
    assert "postgresql+psycopg2://" in found.remedy


def test_a_missing_driver_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looked_at, "find_spec", lambda _name: None)
    found = database(Surroundings(tmp_path, database="postgresql+psycopg2://db/x"))
    assert found.verdict is Verdict.FAILED
    assert "narrative-assets[cluster]" in found.remedy


def test_nobody_at_the_port_is_named_without_the_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg2", reason="psycopg2 is not installed")
    port = free_port()
    found = database(Surroundings(tmp_path, database=f"postgresql+psycopg2://ida:hush@127.0.0.1:{port}/narrative"))
    assert found.verdict is Verdict.FAILED
    assert str(port) in found.message
    assert "hush" not in found.message + found.remedy


def test_postgres_from_empty_to_current(tmp_path: Path, postgres_url: str) -> None:
    around = Surroundings(tmp_path, database=postgres_url)
    assert "no tables yet" in database(around).message
    open_database(postgres_url).dispose()
    found = database(around)
    assert found.verdict is Verdict.OK
    assert "at revision" in found.message
    assert project_files(around).message == "None is registered yet."


def test_a_postgres_user_who_may_make_no_tables_is_named(tmp_path: Path, postgres_url: str) -> None:
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP ROLE IF EXISTS reader"))
        connection.execute(text("CREATE ROLE reader LOGIN PASSWORD 'hush'"))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    reader = engine.url.set(username="reader", password="hush").render_as_string(hide_password=False)
    engine.dispose()
    found = database(Surroundings(tmp_path, database=reader))
    assert found.verdict is Verdict.FAILED
    assert "may make no tables" in found.message
    assert "hush" not in found.message + found.remedy


def test_registered_projects_are_read_again(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    path = small_project(tmp_path)
    Studio.open(root).projects.register(path)
    around = Surroundings(root)
    assert project_files(around).message == "1 registered, all readable."
    path.write_text("{")
    assert project_files(around).verdict is Verdict.FAILED
    shutil.rmtree(path.parent)
    found = project_files(around)
    assert found.verdict is Verdict.WARNING
    assert "ferry" in found.message


def test_a_screenplay_that_is_gone_is_named(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    path = small_project(tmp_path)
    Studio.open(root).projects.register(path)
    screenplay = next(path.parent.glob("*.fountain"))
    screenplay.unlink()
    found = project_files(Surroundings(root))
    assert found.verdict is Verdict.FAILED
    assert screenplay.name in found.message


def test_projects_of_a_registry_that_is_not_there_are_not_judged(tmp_path: Path) -> None:
    assert project_files(Surroundings(tmp_path)).verdict is Verdict.NOT_RUN
