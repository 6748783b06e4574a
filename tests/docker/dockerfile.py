"""The Dockerfile read as its steps, and its build stage carried out in a clean folder.

``python -m tests.docker.dockerfile`` does the latter: minutes, and a gigabyte of disk for that time.
"""

import fnmatch
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.terminal import ROOT

FILE = ROOT / "docker" / "Dockerfile"
_TOOLS = ("dagster", "dagster-webserver", "dagster-daemon", "dagster-celery", "celery", "narrative")


@dataclass(frozen=True)
class Step:
    """One instruction of a stage."""

    stage: str
    word: str
    rest: str

    @property
    def copied(self) -> tuple[list[str], str]:
        """(sources, destination) of a COPY."""
        *sources, destination = [each for each in shlex.split(self.rest) if not each.startswith("--")]
        return sources, destination


def steps() -> list[Step]:
    """Every instruction of the Dockerfile in order; continued lines are one."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    found, stage = [], ""
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            stage = rest.split()[-1] if word == "FROM" else stage
            found.append(Step(stage, word, rest))
    return found


def context_files() -> set[str]:
    """The files, by path from the top, that .dockerignore lets into a build: all is shut out but what is named."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    opened = [rule[1:] for rule in rules if rule.startswith("!")]
    shut = [rule.removeprefix("**/") for rule in rules if rule.startswith("**/")]
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    return {
        name
        for name in listed.stdout.decode().splitlines()
        if any(name == each or name.startswith(f"{each}/") for each in opened)
        and not any(fnmatch.fnmatch(part, each) for part in name.split("/") for each in shut)
    }


def build(root: Path) -> None:
    """Carry out the build stage with ``root`` as its file system; the image's Python is this one."""
    here, settings = root, {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    for step in (each for each in steps() if each.stage == "build"):
        if step.word == "WORKDIR":
            here = root / step.rest.lstrip("/")
            here.mkdir(parents=True, exist_ok=True)
        elif step.word == "ENV":
            settings |= dict(each.split("=", 1) for each in shlex.split(step.rest))
        elif step.word == "COPY":
            _copy(step, here)
        elif step.word == "RUN":
            command = step.rest.replace("/opt/narrative", str(root / "opt/narrative"))
            command = command.replace("python -m venv", f"{shlex.quote(sys.executable)} -m venv")
            subprocess.run(["sh", "-c", command], cwd=here, env=settings, check=True)


def _copy(step: Step, here: Path) -> None:
    sources, destination = step.copied
    for source in sources:
        names = [name for name in context_files() if name == source or name.startswith(f"{source}/")]
        for name in names:
            target = (
                here / destination / Path(name).name
                if name == source
                else here / destination / name.removeprefix(f"{source}/")
            )
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)


def main() -> None:
    """Build in a clean folder, then ask each program that an image starts whether it starts."""
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        build(Path(folder))
        programs = Path(folder) / "opt/narrative/bin"
        load = "import narrative_assets.definitions, resources.database, dagster_aws, dagster_postgres, redis, boto3"
        subprocess.run([programs / "python", "-c", load], cwd=folder, check=True)
        for tool in _TOOLS:
            done = subprocess.run([programs / tool, "--help"], cwd=folder, capture_output=True, check=False)
            print(f"{tool}: {'starts' if done.returncode == 0 else done.stderr.decode()[-300:]}")


if __name__ == "__main__":
    main()
