"""A stranger's archive: what could do harm is refused in words, and nothing of it is kept."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from resources import project_rows
from resources.archive import export_project
from resources.archive_import import import_project
from resources.project_rows import tables
from resources.registry import ArtifactStore, Production
from resources.studio import RunSettings, Studio
from resources.tables import ApprovalRow, ArtifactRow, Base
from resources.zips import safe_name
from schemas.canon import Waiver
from schemas.canonical import canonical_json, content_hash, sha256_hex
from schemas.errors import InputError, IntegrityError, NarrativeError
from tests.fakes.artifacts import sample
from tests.fakes.canon_diffs import diff, fact
from tests.fakes.terminal import SMALL


def studio_at(root: Path, database: str = "", tenant: str = "local") -> Studio:
    return Studio(ArtifactStore(root, tenant=tenant, database=database), RunSettings())


def filled(folder: Path) -> Studio:
    """A studio that knows the small project, with an artifact, a canon entry, a decision and a cached picture."""
    shutil.copytree(SMALL, folder / "ferry")
    library = folder / "ferry" / "library" / "props"
    library.mkdir(parents=True)
    (library / "rope.png").write_bytes(b"not really a picture")
    studio = studio_at(folder / "artifacts")
    project = studio.projects.register(folder / "ferry" / "project.json")
    change = diff("s01e01", fact("s01e01", "mara", "status", "waiting", 10)).model_copy(update={"project_id": "ferry"})
    digest = studio.store.save(change, Production("ferry", "s01e01", "a" * 64, "1"))
    studio.store.set_head("ferry", "s01e01", "", "CanonDiff", digest)
    studio.canon.append(project, change, content_hash(change), approver="Ines")
    waiver = Waiver(finding_id="0123456789abcdef", code="age", reason="A dream.", name="Ines", expires_after="s01e01")
    studio.canon.waive("ferry", waiver)
    studio.canon.snapshot(project, "before", "s01e01", "Ines")
    studio.approvals.request("approve_canon_diff", digest, "ferry", "s01e01")
    studio.approvals.decide("approve_canon_diff", digest, "approved", "Ines")
    picture = studio.store.blobs.put(b"pixels", "image/png")
    studio.store.cache("picture", "b" * 64, digest, {"picture": picture.sha256})
    studio.store.cache("picture", "c" * 64, "d" * 64, {})
    return studio


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    export_project(filled(folder / "here"), "ferry", folder / "ferry.zip")
    return folder / "ferry.zip"


@pytest.fixture
def archive(exported: Path, tmp_path: Path) -> Path:
    """The exported project; a test may spoil it."""
    return Path(shutil.copyfile(exported, tmp_path / "ferry.zip"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A studio that has nothing, and of which every refusal leaves it so."""
    return studio_at(tmp_path_factory.mktemp("empty"))


def rewritten(archive: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive with its members passed through ``change`` (None leaves one out), its manifest as it was."""
    target = archive.with_name("changed.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = change(info.filename, old.read(info))
            if data is not None:
                new.writestr(info, data)
    return target


def with_member(archive: Path, info: zipfile.ZipInfo, data: bytes) -> Path:
    target = archive.with_name("more.zip")
    shutil.copyfile(archive, target)
    with zipfile.ZipFile(target, "a") as packed:
        packed.writestr(info, data)
    return target


def assert_refused(path: Path, studio: Studio, match: str, kind: type[NarrativeError] = InputError) -> None:
    folder = path.parent / "project"
    with pytest.raises(kind, match=match):
        import_project(studio, path, folder, max_bytes=1 << 30)
    assert studio.projects.ids() == []
    assert studio.store.records() == []
    assert not folder.exists()
    assert not list(studio.store.blobs.folder.glob("??/*"))


def test_an_archive_holds_every_row_of_the_project_and_nothing_of_the_machine(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        names = set(packed.namelist())
        everything = b"".join(packed.read(name) for name in sorted(names))
        dates = {info.date_time for info in packed.infolist()}
    assert {"project/project.json", "project/ferry.fountain", "project/library/props/rope.png"} <= names
    assert {f"tables/{name}.jsonl" for name in ("artifacts", "heads", "approvals", "canon_entries")} <= names
    assert "tables/cache.jsonl" not in names
    assert str(tmp_path).encode() not in everything
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_two_exports_are_the_same_file(tmp_path: Path) -> None:
    studio = filled(tmp_path / "here")
    for name in ("one.zip", "two.zip"):
        export_project(studio, "ferry", tmp_path / name, with_caches=True)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("tenant", ["local", "guest"])
def test_an_import_gives_back_canon_decisions_heads_and_caches(tmp_path: Path, database_url: str, tenant: str) -> None:
    here = filled(tmp_path / "here")
    export_project(here, "ferry", tmp_path / "a.zip", with_caches=True)
    there = studio_at(tmp_path / "there", database_url, tenant)
    done = import_project(there, tmp_path / "a.zip", tmp_path / "project")
    assert done.outcome == "imported"
    project = there.projects.load("ferry")
    assert project == here.projects.load("ferry")
    assert there.canon.canon(project, "s01e02") == here.canon.canon(project, "s01e02")
    assert there.canon.canon_at(project, "before") == here.canon.canon_at(project, "before")
    assert there.canon.waivers("ferry") == here.canon.waivers("ferry") != ()
    assert there.canon.entries("ferry") == here.canon.entries("ferry")
    digest = here.store.head("ferry", "s01e01", "", "CanonDiff")
    assert digest is not None
    assert there.store.head("ferry", "s01e01", "", "CanonDiff") == digest
    assert there.approvals.newest("approve_canon_diff", digest) == here.approvals.newest("approve_canon_diff", digest)
    cached = there.store.cached("picture", "b" * 64)
    assert cached is not None and there.store.blobs.read(str(cached[1]["picture"])) == b"pixels"
    assert there.store.cached("picture", "c" * 64) is None
    assert {record.tenant for record in there.store.records()} == {tenant}
    export_project(there, "ferry", tmp_path / "b.zip", with_caches=True)
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()
    there.store.engine.dispose()


def test_a_replaced_project_leaves_no_row_of_the_old_one(archive: Path, tmp_path: Path) -> None:
    studio = filled(tmp_path / "there")
    studio.store.save(
        sample("Episode"),
        Production("ferry", "s01e01", "e" * 64, "1"),
    )
    with pytest.raises(InputError, match="differs from the archive"):
        import_project(studio, archive, tmp_path / "project")
    done = import_project(studio, archive, tmp_path / "project", replace=True)
    assert done.outcome == "replaced"
    with Session(studio.store.engine) as session:
        assert [row.kind for row in session.scalars(select(ArtifactRow))] == ["CanonDiff"]
        assert len(session.scalars(select(ApprovalRow)).all()) == 1
    assert studio.canon.verify(studio.projects.load("ferry")) == []


def test_another_tenants_project_of_the_same_name_stays_as_it_is(archive: Path, tmp_path: Path) -> None:
    root = tmp_path / "there"
    other = studio_at(root, tenant="other")
    import_project(other, archive, tmp_path / "one")
    mine = studio_at(root, tenant="mine")
    import_project(mine, archive, tmp_path / "two")
    import_project(mine, archive, tmp_path / "two", replace=True)
    assert len(other.store.records("ferry")) == len(mine.store.records("ferry")) == 1
    assert other.canon.head("ferry") == mine.canon.head("ferry") == 1


def test_every_table_belongs_to_projects_or_is_named_as_not_kept() -> None:
    left = set(Base.metadata.tables) - set(tables()) - project_rows.NOT_KEPT
    assert not left, f"say in project_rows how {sorted(left)} belong to a project"


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "project/../../evil", "project//evil", "C:/evil", "project\\evil", "project/./evil",
     "project/evil.", "project/" + "d/" * 40 + "evil", "project/" + "x" * 1_300],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(archive: Path, empty: Studio, name: str) -> None:
    assert not safe_name(name)
    info = zipfile.ZipInfo(name)
    info.filename = name
    assert_refused(with_member(archive, info, b"x"), empty, "is no plain relative name")


def test_links_folders_and_devices_are_refused(archive: Path, empty: Studio) -> None:
    for kind in (stat.S_IFLNK, stat.S_IFDIR, stat.S_IFCHR, stat.S_IFIFO):
        info = zipfile.ZipInfo("project/link")
        info.create_system = 3
        info.external_attr = (kind | 0o777) << 16
        assert_refused(with_member(archive, info, b"/etc/passwd"), empty, "is no plain file")


def test_a_name_that_stands_twice_is_refused(archive: Path, empty: Studio) -> None:
    with pytest.warns(UserWarning):
        twice = with_member(archive, zipfile.ZipInfo("project/project.json"), b"{}")
    assert_refused(twice, empty, "is in it twice")
    folded = with_member(archive, zipfile.ZipInfo("project/PROJECT.json"), b"{}")
    assert_refused(folded, empty, "is in it twice")


def test_a_bomb_is_refused_before_it_is_unpacked(empty: Studio, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        info = zipfile.ZipInfo("project/zeros")
        info.compress_type = zipfile.ZIP_DEFLATED
        with packed.open(info, "w", force_zip64=True) as member:
            for _ in range(1_025):
                member.write(bytes(1 << 20))
    assert bomb.stat().st_size < 2 << 20
    assert_refused(bomb, empty, "unpacks to 1025 MB, of which 1024 are allowed")


def test_members_that_lie_over_one_another_are_refused(empty: Studio, tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for number in range(40):
            made.writestr(f"project/{number}", bytes(1_000))
        for info in made.infolist():
            info.header_offset = 0
            info.compress_size = info.file_size = 20_000
    over = tmp_path / "over.zip"
    over.write_bytes(data.getvalue())
    assert_refused(over, empty, "lie over one another")


def test_a_member_that_says_less_than_it_holds_is_refused(archive: Path, empty: Studio, tmp_path: Path) -> None:
    data = bytearray(archive.read_bytes())
    start = data.rindex(b"PK\x01\x02")
    size = int.from_bytes(data[start + 24 : start + 28], "little")
    data[start + 24 : start + 28] = (size - 1).to_bytes(4, "little")
    liar = tmp_path / "liar.zip"
    liar.write_bytes(data)
    assert_refused(liar, empty, "manifest says|says", IntegrityError)


def test_any_changed_member_is_found(archive: Path, empty: Studio) -> None:
    with zipfile.ZipFile(archive) as packed:
        names = [name for name in packed.namelist() if name != "manifest.json"]
    for changed in names:

        def flip(name: str, data: bytes, changed: str = changed) -> bytes:
            return bytes([data[0] ^ 1]) + data[1:] if name == changed else data

        assert_refused(rewritten(archive, flip), empty, "hash", IntegrityError)


def test_a_member_that_is_missing_or_not_listed_is_found(archive: Path, empty: Studio) -> None:
    gone = rewritten(archive, lambda name, data: None if name == "project/ferry.fountain" else data)
    assert_refused(gone, empty, "not in the archive as its manifest says", IntegrityError)
    more = with_member(archive, zipfile.ZipInfo("project/extra.txt"), b"x")
    assert_refused(more, empty, "not in the archive as its manifest says", IntegrityError)


def reworked(archive: Path, table: str, change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> Path:
    """The archive with the rows of a table changed and a manifest that fits them: what a forger would send."""
    name = f"tables/{table}.jsonl"
    with zipfile.ZipFile(archive) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        rows = [json.loads(line) for line in packed.read(name).splitlines()]
    data = b"".join(canonical_json(row) + b"\n" for row in change(rows))
    manifest["members"][name] = {"bytes": len(data), "sha256": sha256_hex(data)}
    told = canonical_json(manifest)
    return rewritten(archive, {name: data, "manifest.json": told}.get)


def test_rows_of_another_project_or_of_a_newer_program_are_refused(archive: Path, empty: Studio) -> None:
    foreign = reworked(archive, "artifacts", lambda rows: [{**row, "project": "other"} for row in rows])
    assert_refused(foreign, empty, "has a row of 'other' in artifacts")
    newer = reworked(archive, "artifacts", lambda rows: [{**row, "mood": "blue"} for row in rows])
    assert_refused(newer, empty, "'mood' in artifacts, which this program does not know")
    key = reworked(archive, "artifacts", lambda rows: [{**row, "tenant": "victim"} for row in rows])
    assert_refused(key, empty, "'tenant' in artifacts")
    kind = reworked(archive, "artifacts", lambda rows: [{**row, "kind": "Hologram"} for row in rows])
    assert_refused(kind, empty, "'Hologram', which this program does not know")
    none = reworked(archive, "projects", lambda _: [])
    assert_refused(none, empty, "holds no project")


@pytest.mark.parametrize("value", [7, None, {"a": 1}, "x" * 65, "nul\x00"])
def test_a_value_that_no_column_can_hold_is_refused(archive: Path, empty: Studio, value: object) -> None:
    spoilt = reworked(archive, "artifacts", lambda rows: [{**row, "code_version": value} for row in rows])
    assert_refused(spoilt, empty, "has no 'code_version' that can be kept")


def test_a_forged_canon_is_found(archive: Path, empty: Studio) -> None:
    forged = reworked(
        archive, "canon_entries", lambda rows: [{**row, "document": str(row["document"]) + " "} for row in rows]
    )
    assert_refused(forged, empty, "diff in the archive's canon was changed", IntegrityError)


def test_a_record_without_its_bytes_is_found(archive: Path, empty: Studio) -> None:
    other = reworked(archive, "artifacts", lambda rows: [{**row, "content_hash": "9" * 64} for row in rows])
    assert_refused(other, empty, "does not hold it", IntegrityError)


def test_what_is_no_archive_is_answered_in_words(archive: Path, empty: Studio, tmp_path: Path) -> None:
    text_file = tmp_path / "letter.zip"
    text_file.write_text("Dear reader")
    assert_refused(text_file, empty, "is no readable zip")
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("letter.txt", "Dear reader")
    assert_refused(other, empty, "has no manifest.json")
    later = rewritten(archive, lambda name, data: data.replace(b'"version":"1.0.0"', b'"version":"2.0.0"', 1))
    assert_refused(later, empty, "format is 2.0.0")
    assert_refused(tmp_path / "none.zip", empty, "There is no file")


def test_damaged_bytes_are_never_exported(tmp_path: Path) -> None:
    studio = filled(tmp_path / "here")
    digest = studio.store.head("ferry", "s01e01", "", "CanonDiff")
    assert digest is not None
    studio.store.blobs.path(digest).write_bytes(b"{}")
    with pytest.raises(IntegrityError, match="has changed on disk"):
        export_project(studio_at(tmp_path / "here" / "artifacts"), "ferry", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()
