"""A model's files: what leaves the folder, runs code or lies about its size is refused with a sentence."""

from __future__ import annotations

import json
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.inference.model_files import ModelFolder, file_sha256, models_folder
from resources.inference.safetensors_files import safetensors_weights
from schemas.errors import ModelRefused


def write_weights(path: Path, header: dict[str, Any] | bytes, data: bytes) -> None:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data)


def entry(dtype: str, shape: list[int], begin: int, end: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "small"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "llama"}')
    write_weights(folder / "model.safetensors", {"a": entry("F32", [2], 0, 8)}, np.ones(2, "<f4").tobytes())
    return folder


def opened(model: Path, **kwargs: Any) -> ModelFolder:
    return ModelFolder(model.parent, model.name, **kwargs)


def test_the_models_folder_lies_beside_the_artifacts_unless_it_is_named():
    assert models_folder({}) == Path("models")
    assert models_folder({"NARRATIVE_ARTIFACTS": "/srv/story/artifacts"}) == Path("/srv/story/models")
    assert models_folder({"NARRATIVE_MODELS": "/srv/models"}) == Path("/srv/models")


def test_sound_files_are_read(model: Path):
    folder = opened(model)
    assert folder.json("config.json") == {"model_type": "llama"}
    assert [path.name for path in safetensors_weights(folder)] == ["model.safetensors"]


@pytest.mark.parametrize("name", ["..", ".", "", "/etc", "../small", "a/b", "a\\b", "a\0b"])
def test_no_name_leaves_the_models_folder(model: Path, name: str):
    with pytest.raises(ModelRefused, match="leaves the models folder"):
        ModelFolder(model.parent, name)
    with pytest.raises(ModelRefused, match="leaves the models folder"):
        opened(model).file(name, 100)


def test_links_that_leave_or_are_shared_are_refused(model: Path, tmp_path: Path):
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    (model / "away.json").symlink_to(secret)
    os.link(secret, model / "shared.json")
    (model / "within.json").symlink_to(model / "config.json")
    (model / "round.json").symlink_to(model / "round.json")
    (model.parent / "elsewhere").symlink_to(tmp_path)
    folder = opened(model)
    with pytest.raises(ModelRefused, match="leaves its folder"):
        folder.json("away.json")
    with pytest.raises(ModelRefused, match="2 names"):
        folder.json("shared.json")
    with pytest.raises(ModelRefused):
        folder.json("round.json")
    with pytest.raises(ModelRefused, match="leaves its folder"):
        ModelFolder(model.parent, "elsewhere")
    assert folder.json("within.json") == {"model_type": "llama"}


def test_what_is_no_file_is_refused_and_nothing_waits_for_it(model: Path):
    os.mkfifo(model / "pipe.json")
    (model / "folder.json").mkdir()
    for name in ("pipe.json", "folder.json"):
        with pytest.raises(ModelRefused, match="no regular file"):
            opened(model).json(name)
    with pytest.raises(ModelRefused, match="no model 'other'"):
        ModelFolder(model.parent, "other")


def test_pickled_weights_are_never_opened(model: Path):
    (model / "pytorch_model.bin").write_bytes(b"anything")
    for protocol in (2, 3, 4, 5):
        (model / f"p{protocol}.safetensors").write_bytes(pickle.dumps({"a": 1}, protocol=protocol))
    with zipfile.ZipFile(model / "zipped.safetensors", "w") as archive:
        archive.writestr("data.pkl", b"x")
    for name in ("pytorch_model.bin", *(f"p{n}.safetensors" for n in (2, 3, 4, 5)), "zipped.safetensors"):
        with pytest.raises(ModelRefused, match="runs code"):
            opened(model).file(name, 10_000)
    (model / "model.safetensors").unlink()
    with pytest.raises(ModelRefused, match=r"pytorch_model\.bin is pickled"):
        safetensors_weights(opened(model))


def test_a_header_that_begins_as_a_pickle_would_is_still_a_header(model: Path):
    header = json.dumps({"a": entry("U8", [1], 0, 1)}).encode().ljust(0x0280)
    write_weights(model / "model.safetensors", header, b"\1")
    assert (model / "model.safetensors").read_bytes()[:2] == b"\x80\x02"
    assert safetensors_weights(opened(model))


def test_a_digest_that_is_stated_is_compared(model: Path):
    digest = file_sha256(model / "config.json")
    assert opened(model, sha256={"config.json": digest}).json("config.json")
    folder = opened(model, sha256={"config.json": digest})
    folder.file("config.json", 100)
    (model / "config.json").write_text('{"model_type": "other"}')
    with pytest.raises(ModelRefused, match="is expected"):
        folder.file("config.json", 100)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "[" * 100_000, '{"a": NaN}', "[]", "{", "\xff"])
def test_json_that_is_not_sound_is_refused(model: Path, text: str):
    (model / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(ModelRefused, match=r"config\.json"):
        opened(model).json("config.json")


ONES = np.ones(2, "<f4").tobytes()
MALFORMED: dict[str, tuple[Any, bytes]] = {
    "a key twice": (b'{"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}, "a": 1}', b"\0"),
    "longer than the file": ({"a": entry("F32", [2**40], 0, 2**42)}, ONES),
    "shape and place differ": ({"a": entry("F32", [3], 0, 8)}, ONES),
    "two at one place": ({"a": entry("F32", [2], 0, 8), "b": entry("F32", [2], 0, 8)}, ONES),
    "a hole": ({"a": entry("F32", [1], 4, 8)}, ONES),
    "cut off": ({"a": entry("F32", [2], 0, 8)}, ONES[:-1]),
    "more than is told": ({"a": entry("F32", [2], 0, 8)}, ONES + b"x"),
    "an unknown kind": ({"a": entry("F8_E4M3", [8], 0, 8)}, ONES),
    "a negative size": ({"a": entry("F32", [-2], 0, 8)}, ONES),
    "a product beyond all bounds": ({"a": entry("F32", [2**47] * 8, 0, 8)}, ONES),
    "a size that is true": ({"a": entry("U8", [True], 0, 1)}, b"\0"),
    "not a number": ({"a": entry("F32", [2], 0, 8)}, np.array([1, np.nan], "<f4").tobytes()),
    "infinite": ({"a": entry("F16", [2], 0, 4)}, np.array([1, np.inf], "<f2").tobytes()),
    "infinite in bfloat16": ({"a": entry("BF16", [1], 0, 2)}, b"\x80\x7f"),
    "no entry": ({"a": 7}, b""),
    "a list": (b"[]", b""),
}


@pytest.mark.parametrize(("header", "data"), MALFORMED.values(), ids=list(MALFORMED))
def test_malformed_weights_are_refused_before_anything_is_allocated(model: Path, header: Any, data: bytes):
    write_weights(model / "model.safetensors", header, data)
    with pytest.raises(ModelRefused, match=r"model\.safetensors of the model 'small' is refused"):
        safetensors_weights(opened(model))


@pytest.mark.parametrize("raw", [b"", b"\x02", struct.pack("<Q", 2**63) + b"{}", struct.pack("<Q", 3) + b"{}"])
def test_a_header_that_lies_about_its_own_length_is_refused(model: Path, raw: bytes):
    (model / "model.safetensors").write_bytes(raw)
    with pytest.raises(ModelRefused, match="states a header"):
        safetensors_weights(opened(model))


def test_weights_over_the_limit_are_refused(model: Path):
    with pytest.raises(ModelRefused, match="at most 16"):
        safetensors_weights(opened(model), most_bytes=16)


def test_an_index_names_plain_files_of_the_model_and_no_tensor_twice(model: Path):
    (model / "model.safetensors").rename(model / "one.safetensors")
    index = model / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "one.safetensors"}}))
    assert [path.name for path in safetensors_weights(opened(model))] == ["one.safetensors"]
    write_weights(model / "two.safetensors", {"a": entry("U8", [1], 0, 1)}, b"\0")
    index.write_text(json.dumps({"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}))
    with pytest.raises(ModelRefused, match="another file too"):
        safetensors_weights(opened(model))
    index.write_text(json.dumps({"weight_map": {"a": "../small/one.safetensors"}}))
    with pytest.raises(ModelRefused, match="leaves the models folder"):
        safetensors_weights(opened(model))
