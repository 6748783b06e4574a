"""`narrative memory`: what it says of a memory that there is, and of one that there is not."""

import json
from pathlib import Path

from resources.inference.hashed_embedding import HashedEmbedding
from resources.memory.store import VectorMemory
from tests.fakes.memory_items import TEXTS, episode_items
from tests.fakes.terminal import narrative

HASHED = ("--with", "hashed")


def test_memory_is_shown_moved_made_anew_and_refused_in_words(tmp_path: Path) -> None:
    memory = VectorMemory(tmp_path / "artifacts" / "local" / "memory", HashedEmbedding())
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    figures = narrative("memory", "stats", "--json", cwd=tmp_path, NARRATIVE_RECALL="hashed").json
    assert figures["items"] == len(TEXTS)
    assert figures["by_episode"] == {"harbour/s01e01": len(TEXTS)}
    done = narrative("memory", "export", "all.jsonl", *HASHED, "--json", cwd=tmp_path)
    assert done.json == {"items": len(TEXTS), "embedded": False}
    damaged = (tmp_path / "all.jsonl").read_bytes().replace(b"brass", b"glass", 1)
    (tmp_path / "damaged.jsonl").write_bytes(damaged)
    refused = narrative("memory", "import", "damaged.jsonl", *HASHED, cwd=tmp_path)
    assert refused.code == 9
    assert "nothing was taken in" in refused.err and "Traceback" not in refused.err
    unknown = narrative("memory", "search", "nowhere", "key", *HASHED, "--json", cwd=tmp_path)
    assert unknown.code == 3
    assert json.loads(unknown.out)["remedy"]
