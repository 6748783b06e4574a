"""Memory as a file: whole and the same, or refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.inference.hashed_embedding import HashedEmbedding
from resources.memory.store import VectorMemory
from resources.memory.transfer import Transferred, export_memory, import_memory
from resources.memory.wanted import Wanted
from schemas.errors import InputError, IntegrityError
from tests.fakes.memory_items import TEXTS, episode_items, item

KEY = "Where is the brass key?"
HARBOUR = Wanted("harbour")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[VectorMemory, Path]:
    folder = tmp_path_factory.mktemp("exported")
    memory = VectorMemory(folder / "memory", HashedEmbedding(64))
    for episode in ("s01e01", "s01e02"):
        memory.replace_episode("harbour", episode, episode_items(episode))
    memory.replace_episode("cove", "s01e01", [item("Another series.", project_id="cove", revealed_in="s01e04")])
    assert export_memory(memory, folder / "all.jsonl") == Transferred(2 * len(TEXTS) + 1)
    return memory, folder / "all.jsonl"


def test_what_was_exported_comes_back_as_it_was(exported: tuple[VectorMemory, Path], tmp_path: Path) -> None:
    memory, path = exported
    other = VectorMemory(tmp_path / "memory", HashedEmbedding(64))
    assert import_memory(other, path) == Transferred(2 * len(TEXTS) + 1, embedded=False)
    assert other.search(KEY, HARBOUR, 100) == memory.search(KEY, HARBOUR, 100)
    export_memory(other, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == path.read_bytes()
    assert import_memory(other, path).items == 2 * len(TEXTS) + 1
    assert other.figures().items == 2 * len(TEXTS) + 1


def test_one_project_can_be_exported_alone(exported: tuple[VectorMemory, Path], tmp_path: Path) -> None:
    assert export_memory(exported[0], tmp_path / "cove.jsonl", "cove").items == 1
    assert b"harbour" not in (tmp_path / "cove.jsonl").read_bytes()


def test_another_model_embeds_what_it_takes_in(exported: tuple[VectorMemory, Path], tmp_path: Path) -> None:
    other = VectorMemory(tmp_path / "memory", HashedEmbedding(32))
    assert import_memory(other, exported[1]).embedded
    assert other.search(KEY, HARBOUR, 1)[0].item.text == TEXTS[0]


def signed(lines: list[bytes]) -> bytes:
    """A file with a right checksum over lines that are not."""
    body = b"".join(line + b"\n" for line in lines)
    return body + json.dumps({"sha256": hashlib.sha256(body).hexdigest()}).encode() + b"\n"


def changed(number: int, old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        lines = data.splitlines()[:-1]
        assert old in lines[number]
        lines[number] = lines[number].replace(old, new, 1)
        return signed(lines)

    return change


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[:-100],
    "last line gone": lambda data: b"".join(data.splitlines(keepends=True)[:-1]),
    "an item gone": lambda data: b"".join(line for n, line in enumerate(data.splitlines(keepends=True)) if n != 2),
    "a letter": lambda data: data.replace(b"brass", b"glass", 1),
    "more behind": lambda data: data + b"{}\n",
    "no JSON": lambda data: b"hello\n" + data,
    "no line end": lambda data: b"x" * 600_000,
    "another format": changed(0, b"narrative-memory", b"narrative-memoir"),
    "a later version": changed(0, b'"version":1', b'"version":2'),
    "an item missing": lambda data: signed(data.splitlines()[:-2]),
    "a stranger's project": changed(3, b'"harbour"', b'"x\' OR 1=1"'),
    "an unknown field": changed(3, b'"scene":', b'"admin":1,"scene":'),
    "a vector that is none": changed(3, b'"vector":"', b'"vector":"!'),
    "a vector without direction": changed(0, b'"dimensions":64', b'"dimensions":32'),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_file_that_is_not_whole_is_refused(exported: tuple[VectorMemory, Path], tmp_path: Path, damage: str) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(DAMAGE[damage](exported[1].read_bytes()))
    other = VectorMemory(tmp_path / "memory", HashedEmbedding(64))
    with pytest.raises(IntegrityError, match="nothing was taken in"):
        import_memory(other, path)
    assert other.figures().items == 0


def test_a_file_that_is_not_there_is_said(exported: tuple[VectorMemory, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        import_memory(exported[0], tmp_path / "none.jsonl")


def test_an_empty_memory_can_be_exported(tmp_path: Path) -> None:
    memory = VectorMemory(tmp_path / "memory", HashedEmbedding(64))
    assert export_memory(memory, tmp_path / "empty.jsonl").items == 0
    assert import_memory(memory, tmp_path / "empty.jsonl").items == 0
