"""A published folder: whole or not there, the same bytes every time, and an earlier one never half replaced."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from resources import publishing
from resources.publishing import RECORD, publish, published_folder
from resources.registry import ArtifactStore
from schemas.canonical import canonical_json
from schemas.errors import IntegrityError
from schemas.publication import PublishedFile, PublishRecord
from tests.fakes.artifacts import sample


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path)


def record(store: ArtifactStore, **files: bytes) -> PublishRecord:
    made = sample("PublishRecord")
    assert isinstance(made, PublishRecord)
    named = {name.replace("_", "."): store.blobs.put(data, "text/plain") for name, data in files.items()}
    return made.model_copy(update={"files": tuple(PublishedFile(name=n, file=ref) for n, ref in named.items())})


def folder_of(store: ArtifactStore, made: PublishRecord) -> Path:
    return published_folder(store, made.project_id, made.episode_id, made.profile_id)


def files_in(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_folder_holds_the_files_and_their_record_and_nothing_else(store: ArtifactStore) -> None:
    made = record(store, episode_mp4=b"video", credits_txt=b"Everybody\n")
    publish(store, made)
    folder = folder_of(store, made)
    assert files_in(folder).keys() == {"episode.mp4", "credits.txt", RECORD}
    assert (folder / RECORD).read_bytes() == canonical_json(made)
    assert [path.name for path in folder.parent.iterdir()] == ["published"]


def test_publishing_the_same_again_touches_nothing(store: ArtifactStore) -> None:
    made = record(store, episode_mp4=b"video")
    publish(store, made)
    folder = folder_of(store, made)
    before = folder.stat().st_ino
    publish(store, made)
    assert folder.stat().st_ino == before


@pytest.mark.parametrize("damage", ["changed", "gone", "strange"])
def test_a_folder_that_is_not_what_its_record_says_is_made_again(store: ArtifactStore, damage: str) -> None:
    made = record(store, episode_mp4=b"video", credits_txt=b"Everybody\n")
    publish(store, made)
    folder = folder_of(store, made)
    whole = files_in(folder)
    (folder / "episode.mp4").unlink()
    if damage == "changed":
        (folder / "episode.mp4").write_bytes(b"other")
    if damage == "strange":
        (folder / "holiday.jpg").write_bytes(b"sun")
    publish(store, made)
    assert files_in(folder) == whole


def test_another_content_takes_the_place_whole(store: ArtifactStore) -> None:
    publish(store, record(store, episode_mp4=b"video", old_txt=b"old"))
    made = record(store, episode_mp4=b"better", credits_txt=b"Everybody\n")
    publish(store, made)
    folder = folder_of(store, made)
    assert files_in(folder).keys() == {"episode.mp4", "credits.txt", RECORD}
    assert (folder / "episode.mp4").read_bytes() == b"better"
    assert [path.name for path in folder.parent.iterdir()] == ["published"]


def test_a_publication_that_fails_leaves_the_earlier_one_with_its_own_record(store: ArtifactStore) -> None:
    first = record(store, episode_mp4=b"video")
    publish(store, first)
    before = files_in(folder_of(store, first))
    broken = record(store, credits_txt=b"Everybody\n", episode_mp4=b"better")
    store.blobs.remove(hashlib.sha256(b"better").hexdigest())
    with pytest.raises(IntegrityError):
        publish(store, broken)
    assert files_in(folder_of(store, first)) == before
    assert [path.name for path in folder_of(store, first).parent.iterdir()] == ["published"]


@pytest.mark.parametrize("moment", [1, 2])
def test_cut_short_at_either_renaming_the_next_one_ends_whole(
    store: ArtifactStore, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    first = record(store, episode_mp4=b"video")
    publish(store, first)
    folder, before = folder_of(store, first), files_in(folder_of(store, first))
    second = record(store, episode_mp4=b"better")
    renamed = []

    class PowerCut(BaseException):
        pass

    def cut(self: Path, target: Path) -> Path:
        renamed.append(target)
        if len(renamed) == moment:
            raise PowerCut
        return replace(self, target)

    replace = Path.replace

    def take_place(writing: Path, target: Path) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", cut)
            whole(writing, target)

    whole = publishing._take_place
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_take_place", take_place)
        with pytest.raises(PowerCut):
            publish(store, second)
    assert not folder.exists() or files_in(folder) == before
    (folder.parent / ".published-writing-cut-short").mkdir()
    publish(store, second)
    assert (folder / "episode.mp4").read_bytes() == b"better"
    assert [path.name for path in folder.parent.iterdir()] == ["published"]
