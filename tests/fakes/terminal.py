"""The `narrative` command as a person runs it: a process of its own, in a folder of its own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes import warm

ROOT = Path(__file__).parents[2]
MODULE = ("-m", "narrative_assets")
SMALL = ROOT / "tests" / "fakes" / "small"


@dataclass
class Done:
    """What a finished command left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def episode(self) -> dict[str, Any]:
        """The first episode of a `run --json`."""
        return self.json["episodes"][0]


def narrative(*arguments: str | Path, cwd: Path, launcher: tuple[str, ...] = MODULE, **env: str) -> Done:
    """Run the command in ``cwd`` with artifacts and Dagster's state below it.

    With a ``launcher`` of its own or other settings than the platform's it starts from nothing, as for a person.
    """
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("NARRATIVE_", "DAGSTER_HOME"))},
        "PYTHONPATH": str(ROOT),
        **env,
    }
    if launcher == MODULE and all(name.startswith(("NARRATIVE_", "DAGSTER_")) for name in env):
        return Done(*warm.command([str(argument) for argument in arguments], cwd, surroundings))
    done = subprocess.run(
        [sys.executable, *launcher, *map(str, arguments)],
        cwd=cwd,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def small_project(folder: Path) -> Path:
    """A copy of the small project in ``folder``: two scenes, four lines, 320 by 180 pixels."""
    shutil.copytree(SMALL, folder / "ferry")
    return folder / "ferry" / "project.json"


def fingerprints(folder: Path, done: Done) -> dict[str, str]:
    """SHA-256 of everything that must be the same everywhere, by name."""
    import hashlib

    episode = done.episode
    found = {row["kind"]: row["hash"] for row in episode["artifacts"]}
    rendered = Path(episode["video"]).parent
    for name in ("episode.mp4", "captions.srt", "captions.vtt"):
        found[name] = hashlib.sha256((folder / rendered / name).read_bytes()).hexdigest()
    return found
