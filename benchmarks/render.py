"""`make bench`: the local render beside ffmpeg alone and MoviePy, on the same pictures, in one run.

Prints a table and writes it into docs/benchmarks.md. Every row is a process of its own; x is seconds of video per
second of wall time.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pages import write_section
from narrative_assets.video.encode import X264_PARAMS
from narrative_assets.video.toolchain import find_toolchain

ROOT = Path(__file__).parents[1]
SHOTS, SHOT_SECONDS, FPS, WORKERS = 40, 15, 24, 2
STANDARD_SHOTS, STANDARD_LIMIT_SHOTS, HOUR_SHOTS = 12, 4, 240
ATTEMPTS = 3
PEER_SHOTS = 4  # MoviePy renders slower than real time: four shots say enough


@dataclass
class Row:
    name: str
    video_seconds: float
    seconds: float
    peak_mb: float
    note: str = ""

    @property
    def speed(self) -> float:
        return self.video_seconds / self.seconds


def main() -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        store = folder / "store"
        rows, cold = ours(store)
        rows += standard(store)
        rows.append(hour(store))
        stills = pictures(folder / "stills", Path(cold["video"]))
        rows.append(ffmpeg_alone(stills, Path(cold["audio"]), folder / "ffmpeg.mp4"))
        rows.append(moviepy(stills[:PEER_SHOTS], folder))
    text = report(rows, cold, load)
    print(text)
    write_section("render", text)


def ours(store: Path) -> tuple[list[Row], dict]:
    """Cold, nothing changed, one shot changed; and the limit: x264 alone on what it codes there, and on every frame."""
    prepared = worker(store, "--prepare")
    colds, limits = [], []
    for attempt in range(1, ATTEMPTS + 1):
        home = store if attempt == ATTEMPTS else store.with_name(f"store-{attempt}")
        if home != store:
            shutil.copytree(store, home)
        colds.append(worker(home))
        limits.append(run("benchmarks.limit", home, "--shots", str(SHOTS)))
    warm = worker(store)
    changed = worker(store, "--changed", "7")
    reused = [*(each["clips_reused"] for each in colds), warm["clips_reused"], changed["clips_reused"]]
    assert reused == [*[0] * ATTEMPTS, SHOTS, SHOTS - 1]
    cold = {
        **colds[-1],
        "render_seconds": median(colds, "render_seconds"),
        "peak_mb": max(each["peak_mb"] for each in colds),
    }
    seconds, coded = cold["video_seconds"], limits[0]["coded"]
    repeated = f"{coded} of {round(seconds * FPS)} frames, the others repeat the one before"
    rows = [
        row_of("this platform, cold", cold, f"{cold['megabytes']:.0f} MB of video and sound"),
        row_of("this platform, nothing changed", warm),
        row_of("this platform, 1 of 40 shots changed", changed),
        Row("limit: x264 alone on the frames that differ", seconds, median(limits, "differing"), 0, repeated),
        Row("x264 alone on every frame", seconds, median(limits, "every"), 0),
    ]
    return rows, {**cold, **prepared}


def median(found: list[dict], name: str) -> float:
    return statistics.median(each[name] for each in found)


def standard(store: Path) -> list[Row]:
    """The finer profile, on some of the shots, and x264 alone under its options on some of these."""
    profile = ("--profile", "standard_local")
    chosen = (*profile, "--shots", str(STANDARD_SHOTS))
    worker(store, *chosen, "--prepare")
    note = f"1920x1080, superfast; {STANDARD_SHOTS} of {SHOTS} shots"
    ours = row_of("this platform, standard_local, cold", worker(store, *chosen), note)
    found = run("benchmarks.limit", store, *profile, "--shots", str(STANDARD_LIMIT_SHOTS))
    name, shots = "x264 alone on every frame, standard_local", f"{STANDARD_LIMIT_SHOTS} of {SHOTS} shots"
    return [ours, Row(name, found["video_seconds"], found["every"], 0, shots)]


def hour(store: Path) -> Row:
    """An hour of 240 shots, none of which the store has seen with these captions."""
    with tempfile.TemporaryDirectory(dir=store.parent, prefix="hour-") as folder:
        chosen = (Path(folder), "--shots", str(HOUR_SHOTS))
        worker(*chosen, "--prepare")
        return row_of("this platform, cold, 60 minutes of 240 shots", worker(*chosen))


def row_of(name: str, found: dict, note: str = "") -> Row:
    return Row(name, found["video_seconds"], found["render_seconds"], found["peak_mb"], note)


def worker(store: Path, *options: str) -> dict:
    return run("benchmarks.worker", store, *options)


def run(module: str, store: Path, *options: str) -> dict:
    """What a module of the benchmark prints, run in a process of its own."""
    os.sync()  # what others have left to be written is not to be waited for here
    command = [sys.executable, "-m", module, str(store), "--workers", str(WORKERS), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def pictures(folder: Path, video: Path) -> list[Path]:
    """The same pictures for the peers: the middle frame of every shot of our own render."""
    folder.mkdir()
    tool = str(find_toolchain().ffmpeg)
    every = SHOT_SECONDS * FPS
    select = f"select=eq(mod(n\\,{every})\\,{every // 2})"
    command = [tool, "-v", "error", "-i", str(video), "-vf", select, "-vsync", "0", str(folder / "%03d.png")]
    subprocess.run(command, check=True)
    return sorted(folder.glob("*.png"))


def ffmpeg_alone(stills: list[Path], audio: Path, out: Path) -> Row:
    """One ffmpeg process: zoompan on every picture, captions by libass, x264 with our options, AAC, mux."""
    frames = SHOT_SECONDS * FPS
    captions = out.with_suffix(".srt")
    captions.write_text(srt(len(stills)), encoding="utf-8")
    inputs: list[str] = []
    for still in stills:
        inputs += ["-i", str(still)]
    zoom = f"zoompan=z='1+0.06*on/{frames}':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':d={frames}:s=1280x720:fps={FPS}"
    chains = [f"[{number}:v]{zoom},setsar=1[v{number}]" for number in range(len(stills))]
    joined = "".join(f"[v{number}]" for number in range(len(stills)))
    graph = ";".join([*chains, f"{joined}concat=n={len(stills)}:v=1:a=0,subtitles=f={captions}[out]"])
    command = [
        str(find_toolchain().ffmpeg), "-v", "error", "-y", *inputs, "-i", str(audio), "-filter_complex", graph,
        "-map", "[out]", "-map", f"{len(stills)}:a", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "23",
        "-x264-params", X264_PARAMS, "-threads", str(WORKERS), "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "128k", str(out),
    ]  # fmt: skip
    return timed("ffmpeg alone (zoompan, libass, ultrafast)", command, len(stills) * SHOT_SECONDS)


def moviepy(stills: list[Path], folder: Path) -> Row:
    """MoviePy with a zoom by resizing, as its documentation does it."""
    python = ROOT / ".venv-peers" / "bin" / "python"
    if not python.is_file():
        return Row("MoviePy", 1, float("inf"), 0, "not run: make bench prepares its environment")
    command = [
        str(python),
        str(ROOT / "benchmarks" / "moviepy_peer.py"),
        str(folder / "moviepy.mp4"),
        *map(str, stills),
    ]
    return timed("MoviePy 2.2 (zoom)", command, len(stills) * SHOT_SECONDS, f"{len(stills)} of 40 shots, no captions")


def timed(name: str, command: list[str], video_seconds: float, note: str = "") -> Row:
    os.sync()
    with tempfile.TemporaryFile() as complaints:
        before = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=complaints)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            complaints.seek(0)
            raise SystemExit(f"{name}: {complaints.read()[-800:].decode(errors='replace')}")
    return Row(name, video_seconds, seconds, used.ru_maxrss * 1024 / 1e6, note)


def srt(shots: int) -> str:
    """Three two-line captions a shot."""
    parts = []
    for number in range(shots * 3):
        start = number * SHOT_SECONDS / 3
        stamps = [f"{int(t // 3600):02d}:{int(t // 60 % 60):02d}:{int(t % 60):02d},000" for t in (start, start + 4)]
        words = "The tide came in over the long flat sand,\nand nobody said it."
        parts.append(f"{number + 1}\n{stamps[0]} --> {stamps[1]}\n{words}\n")
    return "\n".join(parts)


def report(rows: list[Row], cold: dict, load: float) -> str:
    base, most = rows[0].speed, next(row for row in rows if row.name.startswith("limit"))
    every = next(row for row in rows if row.name.endswith("every frame"))
    changed = next(row for row in rows if row.name.endswith("changed") and "1 of" in row.name)
    finer, finest = (row for row in rows if "standard_local" in row.name)
    lines = [
        "# Benchmarks",
        "",
        "`make bench` renders a 10-minute, 40-shot episode at 1280x720 and 24 frames a second, every shot moving,",
        "three captions a shot burned in, sound and mux included, and writes this page. Peers get the same pictures",
        f"in the same run. {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; when the",
        f"run began, {load:.1f} other processes wanted a core. Cold and the limits are medians of {ATTEMPTS}, each",
        "in a store of its own.",
        "",
        "| | x real time | seconds | against cold | peak memory | |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        if not row.speed:
            lines.append(f"| {row.name} | | | | | {row.note} |")
            continue
        peak = f"{row.peak_mb:.0f} MB" if row.peak_mb else ""
        lines.append(
            f"| {row.name} | {row.speed:.1f} | {row.seconds:.1f} | {row.speed / base:.2f} | {peak} | {row.note} |"
        )
    lines += [
        "",
        f"The cold render reaches {100 * base / every.speed:.0f} % of the speed of x264 alone on every frame, and "
        f"{100 * base / most.speed:.0f} % of",
        "the limit: only the frames that differ, already in memory, through x264 on the same number of threads, and",
        f"nothing else. standard_local reaches {100 * finer.speed / finest.speed:.0f} % of x264 alone on every frame.",
        f"One changed shot takes {changed.seconds * SHOTS / every.seconds:.1f} times as long as x264 alone takes for "
        "every frame of one.",
        f"Before the render, drawing the pictures and speaking {SHOTS * 3} lines took {cold['prepare_seconds']:.1f} s,",
        "once.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
