"""A folder of collected media: found by name, read within limits, never without its licence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from narrative_assets.media.ports import LibraryAnswer, LibraryHit, LibraryMiss
from resources import library
from resources.library import FolderLibrary
from schemas.render import Rights
from tests.fakes.media import png

CC0 = {"license_type": "CC0-1.0", "retrieval_date": "2024-05-01", "provider_or_model": "openclipart.org"}


def put(folder: Path, name: str, data: bytes | None = None, licence: dict[str, object] | None = CC0) -> Path:
    """A media file with its licence beside it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png() if data is None else data)
    if licence is not None:
        path.with_name(path.stem + ".licence.json").write_text(json.dumps(licence), encoding="utf-8")
    return path


def hit(answer: LibraryAnswer) -> LibraryHit:
    assert isinstance(answer, LibraryHit), answer
    return answer


def miss(answer: LibraryAnswer) -> LibraryMiss:
    assert isinstance(answer, LibraryMiss)
    return answer


@pytest.mark.parametrize("exists", [True, False])
def test_an_empty_or_absent_library_has_nothing(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "library"
    if exists:
        folder.mkdir()
    shelf = FolderLibrary(folder)
    assert miss(shelf.find("background:pier:day", "background", ("pier.day", "pier"))).reason == "not_in_library"
    assert len(shelf.fingerprint()) == 64


def test_a_file_is_given_with_its_bytes_its_type_and_its_rights(tmp_path: Path) -> None:
    put(tmp_path, "backgrounds/pier.png", png(9, 9))
    found = hit(FolderLibrary(tmp_path).find("background:pier:day", "background", ("pier.day", "pier")))
    assert (found.data, found.media_type, found.name) == (png(9, 9), "image/png", "backgrounds/pier.png")
    assert found.rights == Rights.model_validate(CC0)
    assert found.rights.redistributable is False


def test_names_are_tried_in_their_order(tmp_path: Path) -> None:
    put(tmp_path, "backgrounds/pier.png")
    put(tmp_path, "backgrounds/pier.night.jpg", b"jpeg")
    shelf = FolderLibrary(tmp_path)
    assert hit(shelf.find("n", "background", ("pier.night", "pier"))).media_type == "image/jpeg"
    assert hit(shelf.find("n", "background", ("pier.day", "pier"))).name == "backgrounds/pier.png"


@pytest.mark.parametrize(
    ("file", "kind", "name"),
    [
        ("characters/bob.png", "character", "bob"),
        ("characters/bob/joy.webp", "character", "bob/joy"),
        ("characters/bob/joy.walk.png", "character", "bob/joy.walk"),
        ("props/the brass lamp.png", "prop", "the brass lamp"),
        ("Backgrounds/The Pier.PNG", "background", "the-pier"),
        ("sounds/door.wav", "sound", "door"),
        ("ambience/harbour.wav", "ambience", "harbour"),
        ("music/fear.wav", "music", "fear"),
    ],
)
def test_every_kind_has_its_folder_and_spelling_is_forgiven(tmp_path: Path, file: str, kind: str, name: str) -> None:
    put(tmp_path, file)
    found = hit(FolderLibrary(tmp_path).find("need", kind, (name,)))  # type: ignore[arg-type]
    assert found.name == file


def test_a_file_answers_to_further_names_but_another_files_own_name_comes_first(tmp_path: Path) -> None:
    put(tmp_path, "backgrounds/a_dock.png", b"dock", {**CC0, "names": ["Pier", "jetty"]})
    put(tmp_path, "backgrounds/pier.png", b"pier")
    shelf = FolderLibrary(tmp_path)
    assert hit(shelf.find("n", "background", ("jetty",))).data == b"dock"
    assert hit(shelf.find("n", "background", ("pier",))).data == b"pier"


def test_a_file_without_a_licence_is_refused_with_the_name_of_what_to_write(tmp_path: Path) -> None:
    put(tmp_path, "sounds/door.wav", licence=None)
    answer = miss(FolderLibrary(tmp_path).find("sound:door", "sound", ("door",)))
    assert answer.reason == "licence_unknown"
    assert "door.licence.json" in answer.detail


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"attribution": "Ann"}', '{"license_type": 3}', '{"license_type": "CC0", "retrieval_date": "May"}',
     "[" * 5_000, '{"license_type": "' + "x" * 70_000 + '"}'],
    ids=["empty", "broken", "list", "no licence", "number", "bad date", "deep", "huge"],
)  # fmt: skip
def test_a_licence_file_that_cannot_be_understood_refuses_its_file(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, "backgrounds/pier.png", licence=None)
    path.with_name("pier.licence.json").write_text(text, encoding="utf-8")
    answer = miss(FolderLibrary(tmp_path).find("n", "background", ("pier",)))
    assert (answer.reason, "pier.licence.json" in answer.detail) == ("licence_unknown", True)


def test_a_folders_licence_holds_for_files_without_one_and_the_nearest_folder_decides(tmp_path: Path) -> None:
    put(tmp_path, "backgrounds/pier.png", licence=None)
    put(tmp_path, "characters/bob/joy.png", licence=None)
    put(tmp_path, "characters/ann.png", licence={"license_type": "proprietary_cleared"})
    (tmp_path / "LICENCE.json").write_text('{"license_type": "CC0-1.0"}', encoding="utf-8")
    (tmp_path / "characters" / "LICENCE.json").write_text('{"license_type": "commercial_licensed"}', encoding="utf-8")
    shelf = FolderLibrary(tmp_path)
    said = [
        hit(shelf.find("n", kind, (name,))).rights.license_type
        for kind, name in (("background", "pier"), ("character", "bob/joy"), ("character", "ann"))
    ]
    assert said == ["CC0-1.0", "commercial_licensed", "proprietary_cleared"]


def test_a_licence_outside_the_library_does_not_hold_in_it(tmp_path: Path) -> None:
    (tmp_path / "LICENCE.json").write_text('{"license_type": "CC0-1.0"}', encoding="utf-8")
    put(tmp_path, "library/backgrounds/pier.png", licence=None)
    shelf = FolderLibrary(tmp_path / "library")
    assert miss(shelf.find("n", "background", ("pier",))).reason == "licence_unknown"


@pytest.mark.parametrize(("file", "kind"), [("backgrounds/pier.gif", "background"), ("sounds/pier.aiff", "sound")])
def test_a_file_of_another_type_is_named_and_refused(tmp_path: Path, file: str, kind: str) -> None:
    put(tmp_path, file)
    answer = miss(FolderLibrary(tmp_path).find("n", kind, ("pier",)))  # type: ignore[arg-type]
    assert (answer.reason, file in answer.detail) == ("wrong_type", True)


def test_a_picture_among_the_sounds_is_of_the_wrong_type(tmp_path: Path) -> None:
    put(tmp_path, "sounds/door.png")
    assert miss(FolderLibrary(tmp_path).find("n", "sound", ("door",))).reason == "wrong_type"


def test_of_two_files_with_one_name_the_readable_type_is_taken(tmp_path: Path) -> None:
    put(tmp_path, "backgrounds/pier.bmp")
    put(tmp_path, "backgrounds/pier.webp", b"webp")
    assert hit(FolderLibrary(tmp_path).find("n", "background", ("pier",))).data == b"webp"


def test_a_file_over_the_size_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MAX_PICTURE_BYTES", 1 << 20)
    put(tmp_path, "backgrounds/pier.png", bytes((1 << 20) + 1))
    answer = miss(FolderLibrary(tmp_path).find("n", "background", ("pier",)))
    assert (answer.reason, answer.detail) == ("too_large", "backgrounds/pier.png: more than 1 MB")


def test_a_link_out_of_the_library_is_refused_and_one_within_is_followed(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside/secret.png", b"secret")
    inside = put(tmp_path, "library/backgrounds/pier.png", b"pier")
    (inside.parent / "secret.png").symlink_to(outside)
    (inside.parent / "dock.png").symlink_to(inside)
    for name in ("secret", "dock"):
        (inside.parent / f"{name}.licence.json").write_text(json.dumps(CC0), encoding="utf-8")
    shelf = FolderLibrary(tmp_path / "library")
    answer = miss(shelf.find("n", "background", ("secret",)))
    assert (answer.reason, "leads out of the library" in answer.detail) == ("unreadable", True)
    assert hit(shelf.find("n", "background", ("dock",))).data == b"pier"


def test_a_linked_folder_is_not_walked_into(tmp_path: Path) -> None:
    put(tmp_path, "outside/pier.png")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "backgrounds").symlink_to(tmp_path / "outside", target_is_directory=True)
    assert miss(FolderLibrary(tmp_path / "library").find("n", "background", ("pier",))).reason == "not_in_library"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_passed_over_and_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "sounds").mkdir()
    os.mkfifo(tmp_path / "sounds" / "door.wav")
    shelf = FolderLibrary(tmp_path)
    assert miss(shelf.find("n", "sound", ("door",))).reason == "not_in_library"
    assert len(shelf.fingerprint()) == 64


@pytest.mark.parametrize("name", ["../outside/secret", "/etc/passwd", "..", "bob/../../secret"])
def test_a_name_is_never_used_as_a_path(tmp_path: Path, name: str) -> None:
    put(tmp_path, "outside/secret.png")
    put(tmp_path, "library/backgrounds/pier.png")
    shelf = FolderLibrary(tmp_path / "library")
    assert miss(shelf.find("n", "background", (name,))).reason == "not_in_library"


def test_the_fingerprint_follows_names_bytes_and_licences_and_nothing_else(tmp_path: Path) -> None:
    path = put(tmp_path, "one/backgrounds/pier.png", b"pier")
    put(tmp_path, "two/backgrounds/pier.png", b"pier")
    first = FolderLibrary(tmp_path / "one").fingerprint()
    assert FolderLibrary(tmp_path / "two").fingerprint() == first
    os.utime(path, (1, 1))
    assert FolderLibrary(tmp_path / "one").fingerprint() == first
    put(tmp_path, "one/backgrounds/pier.png", b"pier", {**CC0, "attribution": "Ann"})
    second = FolderLibrary(tmp_path / "one").fingerprint()
    put(tmp_path, "one/backgrounds/pier.png", b"dock", {**CC0, "attribution": "Ann"})
    assert len({first, second, FolderLibrary(tmp_path / "one").fingerprint()}) == 3
