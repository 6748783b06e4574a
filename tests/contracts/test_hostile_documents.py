"""Documents that are wrong in one way each: one clear error with the place and a remedy, never a traceback."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.canonical import canonical_json
from schemas.errors import ContractError, InputError, NarrativeError
from schemas.kinds import KINDS
from schemas.project import Project
from schemas.reading import MAX_DOCUMENT_BYTES, read_any, read_bytes, read_file
from schemas.shots import ShotList
from tests.fakes.artifacts import sample

kinds = pytest.mark.parametrize("kind", sorted(KINDS))
WHERE = "story.json"


def document(kind: str = "Project") -> dict[str, Any]:
    return json.loads(canonical_json(sample(kind)))


def refused(data: bytes | dict[str, Any], kind: str = "Project") -> str:
    """The one sentence that ``data`` is refused with."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    with pytest.raises(ContractError) as caught:
        read_bytes(raw, KINDS[kind], where=WHERE)
    error = caught.value
    assert error.message.startswith(WHERE)
    assert error.remedy
    assert "\n" not in str(error)
    assert "Traceback" not in str(error)
    assert len(str(error)) < 600
    return str(error)


def with_raw(field: str, raw: str) -> bytes:
    """A valid Project with one more field, its value written as ``raw``."""
    return json.dumps(document())[:-1].encode() + f', "{field}": {raw}}}'.encode()


@kinds
def test_a_missing_required_field_is_named(kind: str) -> None:
    required = [name for name, field in KINDS[kind].model_fields.items() if field.is_required()]
    assert required
    for name in required:
        message = refused({key: item for key, item in document(kind).items() if key != name}, kind)
        assert f"{WHERE}: {name}: Field required" in message


@kinds
@pytest.mark.parametrize("wrong", [None, 5, -1.5, True, "x" * 400, [], [None], {"a": 1}])
def test_a_field_of_the_wrong_type_is_named_or_was_right(kind: str, wrong: Any) -> None:
    for name, field in KINDS[kind].model_fields.items():
        try:
            read_bytes(json.dumps({**document(kind), name: wrong}).encode(), KINDS[kind], where=WHERE)
        except NarrativeError as error:
            assert str(error).startswith(WHERE)
        else:
            kept = json.loads(
                read_bytes(json.dumps({**document(kind), name: wrong}).encode(), KINDS[kind]).model_dump_json()
            )
            assert type(kept[name]) is type(wrong), f"{name} ({field.annotation}) was turned into another type"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fps": "24"}, 'fps: "24" was found where 24'),
        ({"fps": 24.5}, "fps: Input should be a valid integer"),
        ({"seed": True}, "seed: true was found where 1"),
        ({"title": 5}, "title: Input should be a valid string"),
        ({"cast": {"0": 1}}, "cast: Input should be a valid array"),
        ({"cast": [{"id": "mara"}]}, "cast.0.name: Field required"),
        ({"human_checkpoints": {"approve_canon_diff": "yes"}}, "human_checkpoints.approve_canon_diff"),
    ],
)
def test_nothing_is_quietly_turned_into_another_type(change: dict[str, Any], told: str) -> None:
    assert told in refused({**document(), **change})


def test_a_whole_number_written_with_a_point_is_that_number() -> None:
    assert read_bytes(with_raw("fps_note", "1").replace(b'"fps": 24', b'"fps": 24.0'), Project).fps == 24


@kinds
@pytest.mark.parametrize("version", ["2.0.0", "9999.0.0"])
def test_a_newer_major_version_asks_for_a_newer_program(kind: str, version: str) -> None:
    assert "newer than this program" in refused({**document(kind), "schema_version": version}, kind)


@kinds
def test_a_newer_minor_version_is_read_and_kept(kind: str) -> None:
    read = read_bytes(json.dumps({**document(kind), "schema_version": "1.7.3"}).encode(), KINDS[kind])
    assert read.schema_version == "1.7.3"


@pytest.mark.parametrize(
    "version", [None, 1, 1.0, "", "1", "1.0", "v1.0.0", "1.0.0\n", "1.0.0-beta", "99999.0.0", "١.0.0", ["1.0.0"], {}]
)
def test_a_malformed_version_is_refused(version: Any) -> None:
    assert "schema_version" in refused({**document(), "schema_version": version})


def test_a_document_without_a_version_is_told_which_to_set() -> None:
    message = refused({key: item for key, item in document().items() if key != "schema_version"})
    assert 'Set "schema_version": "1.' in message


@pytest.mark.parametrize("kind", ["Script", "", "project", None, 1, ["Project"], {"a": "Project"}, "x" * 10_000])
def test_a_wrong_kind_is_refused_by_both_ways_of_reading(kind: Any) -> None:
    assert "'Project' was expected" in refused({**document(), "kind": kind})
    if kind != "Script":
        with pytest.raises(ContractError, match="unknown"):
            read_any(json.dumps({**document(), "kind": kind}).encode())


@pytest.mark.parametrize("raw", ["[" * 1_000 + "]" * 1_000, '{"a":' * 1_000 + "1" + "}" * 1_000, "[" * 100_000])
def test_bottomless_nesting_is_refused(raw: str) -> None:
    assert "recursion limit" in refused(with_raw("x", raw))


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity", "1e999", "-1e400"])
def test_a_number_that_is_none_is_refused(raw: str) -> None:
    refused(with_raw("x", raw))
    refused(with_raw("seed", raw).replace(b'"seed": 1,', b""))


@pytest.mark.parametrize("raw", [str(2**53), str(-(2**53)), str(2**63), "9" * 400, "9" * 5_000])
def test_an_integer_beyond_exactness_is_refused_at_its_place(raw: str) -> None:
    message = refused(with_raw("more", f'[{{"deep": {raw}}}]'))
    assert "more.0.deep" in message or "out of range" in message


def test_the_largest_exact_integers_are_kept() -> None:
    read = read_bytes(with_raw("more", f"[{2**53 - 1}, {-(2**53) + 1}]"), Project)
    assert json.loads(canonical_json(read))["more"] == [2**53 - 1, -(2**53) + 1]


@pytest.mark.parametrize("raw", ['"\\ud800"', '"a\\udfffb"', '{"\\ud800": 1}', '"\\ud83d\\ud83d"'])
def test_a_lone_surrogate_is_refused(raw: str) -> None:
    assert "not valid JSON" in refused(with_raw("x", raw))


def test_a_paired_surrogate_is_the_character_it_stands_for() -> None:
    assert json.loads(canonical_json(read_bytes(with_raw("x", '"\\ud83d\\ude00"'), Project)))["x"] == "\U0001f600"


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}, float("nan"), 2**53, {1: 2}, b"x", {1, 2}])
def test_a_value_without_canonical_json_is_refused(value: Any) -> None:
    with pytest.raises(ContractError, match="no canonical JSON"):
        canonical_json({"value": value})


def test_a_text_of_fifty_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / WHERE
    with path.open("wb") as file:
        file.write(b'{"kind": "Project", "title": "')
        file.truncate(50_000_000)
    with pytest.raises(ContractError, match="has 50 MB; a document may have 34 MB"):
        read_file(path, Project)
    assert "has 50 MB" in refused(b" " * 50_000_000)


def test_a_text_within_the_document_but_beyond_its_field_is_refused_without_showing_all_of_it() -> None:
    assert "title: String should have at most 300 characters" in refused({**document(), "title": "a" * 5_000_000})


@pytest.mark.parametrize("text", ["a\0b", "two\nlines", "two\rlines"])
def test_a_line_holds_no_line_break_and_no_nul(text: str) -> None:
    assert f"{WHERE}: title" in refused({**document(), "title": text})


@pytest.mark.parametrize("identifier", ["", "Mara", "mara\n", "../mara", "a" * 65, "ma ra", "-mara", "mära"])
def test_an_id_that_is_no_slug_is_refused(identifier: str) -> None:
    assert f"{WHERE}: id" in refused({**document(), "id": identifier})


@pytest.mark.parametrize("part", ["cast", "places", "props", "episodes", "render_profiles"])
def test_an_id_that_stands_twice_is_named(part: str) -> None:
    whole = document()
    message = refused({**whole, part: [whole[part][0], *whole[part]]})
    assert f"{part}: the id" in message
    assert "stands twice" in message


def test_a_key_that_stands_twice_is_refused_at_any_depth() -> None:
    assert 'the key "title" stands twice' in refused(with_raw("title", '"Another"'))
    assert 'the key "n" stands twice' in refused(with_raw("x", '[{"n": 1, "n": 2}]'))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"text"',
        b"{}",
        b"not json",
        b"{'kind': 'Project'}",
        b"\xff\xfe{\0}\0",
        b"\x00",
        b"\x80",
    ],
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    refused(data)


def test_a_document_cut_short_anywhere_is_refused() -> None:
    whole = canonical_json(sample("Project"))
    for length in range(0, len(whole) - 1, 97):
        refused(whole[:length])
    refused(whole + b"{}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_another_encoding_is_refused(encoding: str) -> None:
    text = json.dumps({**document(), "title": "Zoë"}, ensure_ascii=False)
    message = refused(text.encode(encoding))
    assert encoding != "utf-8-sig" or "byte order mark" in message


def test_changed_bytes_never_do_worse_than_one_clear_error() -> None:
    dice = random.Random(3)
    whole = canonical_json(sample("Project"))
    for _ in range(300):
        spoiled = bytearray(whole)
        for _ in range(dice.randrange(1, 4)):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        try:
            read_bytes(bytes(spoiled), Project, where=WHERE)
        except NarrativeError as error:
            assert str(error).startswith(WHERE)


def test_moved_frames_break_the_timing_lock() -> None:
    whole = document("ShotList")
    whole["lines"][0]["start_frame"] += 1
    assert "timing_lock_hash does not fit" in refused(whole, "ShotList")
    whole = document("ShotList")
    whole["shots"][1]["start_frame"] += 1
    assert "starts at frame" in refused(whole, "ShotList")


def test_many_problems_give_one_sentence_with_their_number() -> None:
    assert "199 more problem(s) follow it" in refused({**document(), "cast": [{}] * 100})


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _loop(path: Path) -> Path:
    path.symlink_to(path)
    return path


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (_folder, "is a folder"),
        (_pipe, "is no regular file"),
        (_loop, "cannot be read"),
        (lambda path: path, "There is no file"),
        (lambda path: path / "a\0b", "is no path"),
        (lambda path: path.parent / ("x" * 300), "cannot be read"),
        (lambda path: Path("/dev/zero"), "is no regular file"),
    ],
)
def test_a_path_that_is_no_file_is_one_input_error(tmp_path: Path, make: Callable[[Path], Path], told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_file(make(tmp_path / "story"), ShotList)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_the_limit_leaves_room_for_a_long_season() -> None:
    assert 100 * len(canonical_json(sample("Script"))) * 40 <= MAX_DOCUMENT_BYTES
