"""One measurement of embeddings or of search in a process of its own; prints JSON as its last line.

``embed WAY FOLDER MODEL`` runs in the peers' environment too: nothing of ours is imported for the peer.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_TEXT = (
    "mara pip the lamp keeper goes out at night to find brass key and nobody knows who took it from tower stairs "
    "while storm rain fell over harbour ferry quay letter promise secret brother lost found broken light signal rope "
    "boat window song winter captain island bell fog coat bread road bridge horse market river stone glass mirror"
)
WORDS = _TEXT.split(" ")
TEXTS, QUERIES, TOP = 400, 50, 10


def main() -> None:
    what, which, folder, model = sys.argv[1:]
    found = embed(which, Path(folder), model) if what == "embed" else search(int(which), Path(folder))
    print(json.dumps({**found, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}))


def sentences(count: int, dice: random.Random) -> list[str]:
    return [" ".join(dice.choices(WORDS, k=dice.randint(4, 40))) + "." for _ in range(count)]


def embed(way: str, folder: Path, model: str) -> dict[str, Any]:
    """Texts a second of processor time; loading is all until the first vector."""
    texts = sentences(TEXTS, random.Random(1))
    start = time.process_time()
    run = peer(model) if way == "peer" else ours(way, folder)
    run(texts[:1])
    load = time.process_time() - start
    passes = []
    for _ in range(3):
        start = time.process_time()
        run(texts)
        passes.append(time.process_time() - start)
    return {"rate": TEXTS / min(passes), "load": load}


def ours(way: str, folder: Path) -> Callable[[list[str]], Any]:
    from resources.inference.hashed_embedding import HashedEmbedding
    from resources.inference.onnx_embedding import OnnxEmbedding
    from resources.inference.sentence_model import packaged_minilm
    from resources.inference.torch_embedding import TorchEmbedding

    if way == "hashed":
        return HashedEmbedding(384).embed
    if way == "products":
        return products(packaged_minilm())
    if way == "torch":
        import torch

        torch.set_num_threads(1)
        return TorchEmbedding(packaged_minilm()).embed
    # The graph is made by another process, so that the peak is that of a model that was used before.
    if not list((folder / "models").glob("*.onnx")):
        import subprocess

        code = (
            "import sys; from pathlib import Path; from resources.inference.onnx_embedding import OnnxEmbedding; "
            "from resources.inference.sentence_model import packaged_minilm; "
            "OnnxEmbedding(packaged_minilm(), Path(sys.argv[1])).embed(['text'])"
        )
        subprocess.run([sys.executable, "-c", code, str(folder / "models")], check=True)
    return OnnxEmbedding(packaged_minilm(), folder / "models").embed


def products(model: Any) -> Callable[[list[str]], Any]:
    """The limit: what the encoder multiplies with its weights, every row of all texts in one product."""
    import numpy as np

    wide, inner = model.dimensions, 4 * model.dimensions
    weights = [np.full((rows, columns), 0.5, np.float32) for rows, columns in ((wide, 3 * wide), (wide, wide))]
    weights += [np.full(shape, 0.5, np.float32) for shape in ((wide, inner), (inner, wide))]

    def run(texts: list[str]) -> None:
        rows = sum(map(len, model.tokens(texts)))
        for weight in weights * model.layers:
            np.full((rows, len(weight)), 0.5, np.float32) @ weight

    return run


def peer(folder: str) -> Callable[[list[str]], Any]:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(folder, device="cpu")
    return lambda texts: model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)


def search(size: int, folder: Path) -> dict[str, Any]:
    """A memory of ``size`` passages in episodes of 100, searched and compared with brute force."""
    import numpy as np

    from resources.inference.hashed_embedding import HashedEmbedding
    from resources.memory.items import MemoryItem
    from resources.memory.store import VectorMemory
    from resources.memory.wanted import Wanted

    dice = random.Random(2)
    texts = [f"{text} {number}" for number, text in enumerate(sentences(size, dice))]
    items = [
        MemoryItem(
            project_id="bench", episode_id=_episode(number // 100), scene=number % 100, kind="scene", text=text,
            source=_episode(number // 100), source_hash="0" * 64,
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    backend = HashedEmbedding(384)
    vectors = backend.embed(texts)
    memory = VectorMemory(folder / f"memory{size}", backend)
    start = time.process_time()
    memory.merge(memory.batch(items[at : at + 1_000], vectors[at : at + 1_000]) for at in range(0, size, 1_000))
    fill = time.process_time() - start
    queries, everything = sentences(QUERIES, dice), Wanted("bench")
    memory.search(queries[0], everything, TOP)
    took = [_timed(lambda query=query: memory.search(query, everything, TOP)) for query in queries]
    middle = Wanted("bench", before=_episode(size // 200))
    apart = [_timed(lambda query=query: memory.search(query, middle, TOP, apart=True)) for query in queries[:5]]
    asked = backend.embed(queries)
    brute = [_timed(lambda one=one: np.argpartition(-(vectors @ one), TOP)[:TOP]) for one in asked]
    return {
        "fill": fill,
        "recall": statistics.mean(
            _recall(memory, query, one, vectors, items) for query, one in zip(queries, asked, strict=True)
        ),
        "p50": statistics.median(took) * 1e3,
        "p99": sorted(took)[int(len(took) * 0.99)] * 1e3,
        "apart": statistics.median(apart) * 1e3,
        "brute": statistics.median(brute) * 1e3,
        "disk_mb": memory.tables.size_bytes() / 1e6,
    }


def _recall(memory: Any, query: str, vector: Any, vectors: Any, items: Any) -> float:
    """Of the ten nearest by brute force, the share among the table's ten nearest; equals at the edge count."""
    from resources.memory.wanted import Wanted

    likeness = vectors @ vector
    edge = sorted(likeness)[-TOP] - 1e-6
    near = {items[number].item_id for number, value in enumerate(likeness) if value >= edge}
    hits = memory.search(query, Wanted("bench"), 200)
    ranked = {hit.item.item_id for hit in hits if 0 < hit.rank.vector_rank <= TOP}
    return min(1.0, len(near & ranked) / TOP)


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _episode(number: int) -> str:
    return f"s{1 + number // 900:02d}e{1 + number % 900:02d}"


if __name__ == "__main__":
    main()
