"""What embeddings and memory cost: MiniLM on one thread beside sentence-transformers, and search as memory grows.

``python -m benchmarks.memory 1000`` measures one size of memory only and prints it; without sizes, all are measured and
written into docs/benchmarks.md. Every row is a process of its own. The peer runs in ``.venv-peers``, where it is
installed; a peer that is not there is "not run".
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.pages import write_section
from resources.inference.sentence_model import packaged_minilm

ROOT = Path(__file__).parents[1]
SIZES = (1_000, 10_000, 100_000)
PEERS = ROOT / ".venv-peers" / "bin" / "python"
BACKENDS = (
    ("onnxruntime", "MiniLM on onnxruntime, batches of one length"),
    ("torch", "MiniLM on transformers, one text at a time"),
    ("peer", "MiniLM on sentence-transformers, batches of 32"),
    ("products", "the limit: MiniLM's products alone, all texts in one, by numpy"),
    ("hashed", "hashed words and trigrams, no model"),
)


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        embeddings = {way: worker(Path(name), "embed", way) for way, _ in BACKENDS}
        searches = {size: worker(Path(name), "search", str(size)) for size in sizes}
    text = report(embeddings, searches)
    print(text)
    if sizes == SIZES:
        write_section("memory", text)


def worker(folder: Path, what: str, which: str) -> dict[str, Any] | None:
    """One measurement in a process of its own; None where the peer is not installed."""
    program = [str(PEERS)] if which == "peer" else [sys.executable]
    if which == "peer" and not peer_installed():
        return None
    done = subprocess.run(
        [*program, "-m", "benchmarks.memory_worker", what, which, str(folder), str(packaged_minilm().folder)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def peer_installed() -> bool:
    if not PEERS.exists():
        return False
    command = [str(PEERS), "-c", "import sentence_transformers"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def report(embeddings: dict[str, dict[str, Any] | None], searches: dict[int, dict[str, Any] | None]) -> str:
    lines = [
        "## Memory",
        "",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}. Seconds are of "
        "the processor,",
        "but for the latencies of searches, which are by the clock.",
        "",
        "400 texts of 4 to 40 words on one thread, the best of three passes; memory is the process's peak:",
        "",
        "| embeddings | texts a second | loading, s | peak memory |",
        "|---|---|---|---|",
    ]
    for way, words in BACKENDS:
        row = embeddings[way]
        told = f"{row['rate']:.0f} | {row['load']:.2f} | {row['peak_mb']:.0f} MB" if row else "not run | | "
        lines.append(f"| {words} | {told} |")
    lines += [
        "",
        "Hybrid search over passages embedded by hashing into 384 numbers, 50 queries. Recall is the share of the",
        "ten nearest vectors by brute force in numpy that the table's vector ranking finds too. *Apart* ranks as if",
        "nothing but the past of an episode in the middle were held, as context packs do.",
        "",
        "| items | filled, s | recall@10 | p50, ms | p99, ms | apart p50, ms | brute force p50, ms | on disk | peak |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for size, row in searches.items():
        assert row is not None
        lines.append(
            f"| {size:,} | {row['fill']:.1f} | {row['recall']:.3f} | {row['p50']:.0f} | {row['p99']:.0f} | "
            f"{row['apart']:.0f} | {row['brute']:.1f} | {row['disk_mb']:.0f} MB | {row['peak_mb']:.0f} MB |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
