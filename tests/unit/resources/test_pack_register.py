"""The register of packs, and packs as files: a version a content, and nothing kept that was not checked."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.pack_files import gather, place_in_library, read_pack, write_pack
from resources.packs import PackRegister
from resources.registry import ArtifactStore
from schemas.assets import FigureVariant
from schemas.canonical import canonical_json, content_hash, sha256_hex
from schemas.errors import InputError, IntegrityError, RightsError
from schemas.packs import CharacterPack, PackFile
from schemas.project import Look, Project
from schemas.render import Rights, VariantPicture
from tests.fakes.artifacts import sample
from tests.fakes.media import png

TODAY = "2026-05-01"
FILE = png(50, 100)
CC0 = Rights(license_type="CC0-1.0")


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


@pytest.fixture
def project() -> Project:
    made = sample("Project")
    assert isinstance(made, Project)
    return made


def pack(store: ArtifactStore, colour: str = "#c8553d", rights: Rights = CC0, **fields: object) -> CharacterPack:
    picture = store.blobs.put(png(60, 120, (9, 9, 9, 255)), "image/png", width=60, height=120)
    variant = FigureVariant(pose="stand", expression="neutral")
    return CharacterPack.model_validate(
        {
            "character_id": "mara", "name": "Mara", "look": Look(colour=colour), "source": "library",
            "pictures": (VariantPicture(variant=variant, picture=picture),), "rights": rights,
            "files": (PackFile(name="characters/mara.png", sha256=sha256_hex(FILE), rights=rights),), **fields,
        }
    ).sealed()  # fmt: skip


def test_a_version_goes_up_only_when_the_content_changes(store: ArtifactStore, project: Project) -> None:
    register = PackRegister(store)
    red, blue = pack(store), pack(store, "#2f6690")
    assert [register.register(project, "s01e01", each).version for each in (red, red, blue, red)] == [1, 1, 2, 1]
    assert [(each.version, each.episode) for each in register.records("lighthouse", "mara")] == [
        (1, "s01e01"),
        (2, "s01e01"),
    ]
    newest = register.record("lighthouse", "mara")
    assert register.load(newest).look.colour == "#2f6690"
    assert content_hash(register.load(newest)) == newest.content_hash


def test_projects_and_tenants_number_their_packs_by_themselves(tmp_path: Path, project: Project) -> None:
    one, two = (ArtifactStore(tmp_path / "artifacts", tenant=tenant) for tenant in ("one", "two"))
    other = project.model_copy(update={"id": "other"})
    for store in (one, two):
        assert PackRegister(store).register(project, "s01e01", pack(store)).version == 1
        assert PackRegister(store).register(other, "s01e01", pack(store, "#2f6690")).version == 1
    assert len(PackRegister(one).records()) == 2


def test_a_lost_document_is_put_back_under_its_version(store: ArtifactStore, project: Project) -> None:
    register = PackRegister(store)
    register.register(project, "s01e01", pack(store))
    first = register.register(project, "s01e01", pack(store, "#2f6690"))
    store.blobs.path(content_hash(first)).unlink()
    again = register.register(project, "s01e02", pack(store, "#2f6690", recipe="another hand"))
    assert (again.version, register.load(register.record("lighthouse", "mara"))) == (2, again)


def test_a_built_pack_is_kept_while_its_pictures_are_there(store: ArtifactStore) -> None:
    register, built = PackRegister(store), pack(store)
    assert register.kept("k" * 64) is None
    register.keep("k" * 64, built)
    assert register.kept("k" * 64) == built
    store.blobs.path(built.pictures[0].picture.sha256).write_bytes(b"damaged")
    assert register.kept("k" * 64) is None


def test_an_unknown_character_or_version_is_named_with_those_there_are(store: ArtifactStore, project: Project) -> None:
    register = PackRegister(store)
    register.register(project, "s01e01", pack(store))
    with pytest.raises(InputError, match="no pack of 'tom'") as refused:
        register.record("lighthouse", "tom")
    assert "mara" in refused.value.remedy
    with pytest.raises(InputError, match="no version 7"):
        register.record("lighthouse", "mara", 7)


# -- files ---------------------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    (folder / "characters").mkdir(parents=True)
    (folder / "characters" / "mara.png").write_bytes(FILE)
    return folder


@pytest.fixture
def exported(tmp_path: Path, store: ArtifactStore, library: Path) -> Path:
    path = tmp_path / "mara.pack.zip"
    write_pack(path, gather(store, pack(store), library), b"sheet")
    return path


def test_a_pack_survives_the_way_through_a_file(exported: Path, store: ArtifactStore) -> None:
    files = read_pack(exported, TODAY)
    assert files.pack == pack(store)
    assert dict(files.originals) == {"characters/mara.png": FILE}
    assert "Mara, version 1" in zipfile.ZipFile(exported).read("LICENCES.md").decode()


def test_the_same_pack_gives_the_same_file(exported: Path, tmp_path: Path, store: ArtifactStore, library: Path) -> None:
    write_pack(tmp_path / "again.zip", gather(store, pack(store), library), b"sheet")
    assert (tmp_path / "again.zip").read_bytes() == exported.read_bytes()


def test_library_files_are_placed_with_their_licences_and_never_over_another_file(
    exported: Path, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere" / "library"
    files = read_pack(exported, TODAY)
    (placed,) = place_in_library(target, files)
    assert placed.read_bytes() == FILE
    assert json.loads((target / "characters" / "mara.licence.json").read_text())["license_type"] == "CC0-1.0"
    assert place_in_library(target, files) == [placed]
    placed.write_bytes(b"mine")
    with pytest.raises(InputError, match="is another file"):
        place_in_library(target, files)
    place_in_library(target, files, replace=True)
    assert placed.read_bytes() == FILE


def test_where_an_original_has_changed_the_packs_pictures_serve(
    tmp_path: Path, store: ArtifactStore, library: Path
) -> None:
    (library / "characters" / "mara.png").write_bytes(b"changed")
    files = gather(store, pack(store), library)
    assert files.originals == {}
    write_pack(tmp_path / "p.zip", files, b"sheet")
    (placed,) = place_in_library(tmp_path / "library2", read_pack(tmp_path / "p.zip", TODAY))
    assert placed.as_posix().endswith("characters/mara/neutral.stand.png")


def test_a_pack_whose_licence_does_not_allow_the_use_is_refused(
    tmp_path: Path, store: ArtifactStore, library: Path
) -> None:
    path = tmp_path / "p.zip"
    ended = Rights(license_type="commercial_licensed", purchase_record="7", expires="2026-04-30")
    for rights, why in ((Rights(license_type="CC-BY-NC-4.0"), "not among"), (ended, "ended on 2026-04-30")):
        write_pack(path, gather(store, pack(store, rights=rights), library), b"sheet")
        with pytest.raises(RightsError, match=why):
            read_pack(path, TODAY)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name",
    ["../evil.png", "/etc/passwd", "library/../../evil.png", "library/characters/../../x.png", "library/notes.txt",
     "library/characters/.hidden", "pictures/evil.png", "C:\\evil.png", "readme.md",
     "library/characters/a/b/c/d/e/f.png"],
)  # fmt: skip
def test_a_name_that_has_no_place_in_a_pack_refuses_the_file(exported: Path, name: str) -> None:
    with pytest.raises(InputError, match="has no place"):
        read_pack(rewritten(exported, lambda entries: entries.update({name: b"x"})), TODAY)


def test_a_link_in_the_file_is_refused(exported: Path) -> None:
    link = zipfile.ZipInfo("library/characters/link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(exported, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="no plain file"):
        read_pack(exported, TODAY)


def test_a_name_that_stands_twice_is_refused(exported: Path) -> None:
    with zipfile.ZipFile(exported, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("pack.json", b"{}")
    with pytest.raises(InputError, match="has no place"):
        read_pack(exported, TODAY)


def test_a_file_that_unfolds_beyond_the_limit_is_refused(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.pack_files.MAX_ENTRY_BYTES", 1 << 20)
    with zipfile.ZipFile(exported, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("library/characters/bomb.png", bytes(40 << 20))
    assert exported.stat().st_size < 1 << 20
    with pytest.raises(InputError, match=r"bomb\.png is too large"):
        read_pack(exported, TODAY)


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(data)
    with pytest.raises(InputError, match="cannot be read as a character pack"):
        read_pack(path, TODAY)
    with pytest.raises(InputError, match="No such file"):
        read_pack(tmp_path / "absent.zip", TODAY)


def test_a_changed_pack_picture_or_original_is_noticed(exported: Path, store: ArtifactStore) -> None:
    whole = exported.read_bytes()
    forged = canonical_json(pack(store).model_copy(update={"name": "Somebody"}))
    picture = f"pictures/{pack(store).pictures[0].picture.sha256}.png"
    for name, data in (("pack.json", forged), (picture, b"other"), ("library/characters/mara.png", b"other")):
        exported.write_bytes(whole)
        with pytest.raises(IntegrityError):
            read_pack(rewritten(exported, lambda entries, n=name, d=data: entries.update({n: d})), TODAY)  # type: ignore[misc]
    exported.write_bytes(whole)
    with pytest.raises(InputError, match=r"holds no pack\.json"):
        read_pack(rewritten(exported, lambda entries: entries.pop("pack.json") and None), TODAY)
