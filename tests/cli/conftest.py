"""One finished run of the small project, shared by the tests of this folder that only read it or copy it."""

import shutil
from pathlib import Path

import pytest

from tests.fakes.terminal import narrative, small_project


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the project ``ferry``, its library and its finished episode. Not to be written into."""
    folder = tmp_path_factory.mktemp("finished-once")
    project = small_project(folder)
    library = project.parent / "library" / "props"
    library.mkdir(parents=True)
    (library / "nothing-needed.licence.json").write_text('{"license_type": "CC0-1.0"}')
    done = narrative("run", project, "--json", cwd=folder)
    assert done.code == 0, done.out + done.err
    return folder


@pytest.fixture
def ferry(finished_once: Path, tmp_path: Path) -> Path:
    """A copy of the finished project that a test may change; the registry knows it by its first place."""
    return Path(shutil.copytree(finished_once, tmp_path / "here"))
