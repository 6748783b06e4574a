"""Items of memory for tests, and a process that searches a memory of its own and dies while reindexing another."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resources.inference.hashed_embedding import HashedEmbedding
from resources.memory.items import Kind, MemoryItem
from resources.memory.store import VectorMemory
from resources.memory.wanted import Wanted

TEXTS = (
    "Mara hides the brass key in the lamp room.",
    "Pip lies to the harbour master about the storm.",
    "The ferry leaves without the keeper.",
    "A letter from the lost brother lies under the stairs.",
    "The keeper promises to light the lamp every night.",
    "Nobody sees who cuts the rope of the boat.",
)


def item(text: str, episode: str = "s01e01", scene: int = 1, kind: Kind = "scene", **fields: Any) -> MemoryItem:
    values: dict[str, Any] = {
        "project_id": "harbour",
        "source": f"{episode} sc{scene:02d}",
        "source_hash": "a" * 64,
        **fields,
    }
    return MemoryItem(
        episode_id=episode, scene=scene, scene_id=f"sc{scene:02d}" if scene else None, kind=kind, text=text, **values
    )


def episode_items(episode: str, texts: Sequence[str] = TEXTS, **fields: Any) -> list[MemoryItem]:
    return [item(text, episode, number, **fields) for number, text in enumerate(texts, 1)]


class Deadly(HashedEmbedding):
    """The hashed embedding, until it is asked for the second time: then the process ends as by a power cut."""

    def __init__(self, dimensions: int) -> None:
        super().__init__(dimensions)
        self.asked = 0

    def embed(self, texts: Sequence[str]) -> Any:
        self.asked += 1
        if self.asked == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts)


def main() -> None:
    """``FOLDER OTHER``: fill OTHER and print what it finds, then reindex FOLDER and be killed half way."""
    folder, other = map(Path, sys.argv[1:])
    memory = VectorMemory(other, HashedEmbedding(64))
    memory.replace_episode("harbour", "s01e01", episode_items("s01e01"))
    for hit in memory.search("Where is the brass key?", Wanted("harbour")):
        print(hit.rank.item_id, hit.rank.score.hex(), hit.rank.word_rank, hit.rank.vector_rank, flush=True)
    VectorMemory(folder, Deadly(32)).reindex()


if __name__ == "__main__":
    main()
