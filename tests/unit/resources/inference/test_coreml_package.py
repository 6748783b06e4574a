"""A real Core ML package, made and looked into without a Mac. What only Core ML itself can say is not run here."""

import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("coremltools", reason="coremltools is not installed")

from resources.inference.coreml import CoreMLModel
from resources.inference.coreml_measuring import seeded_inputs
from resources.inference.coreml_package import canonical_hash, describe, program_of, values
from resources.inference.coreml_parity import FLOAT16, FLOAT32, Tolerance, parity
from resources.inventory.smoke import smoke
from schemas.errors import ModelRefused
from tests.fakes import tiny_coreml
from tests.fakes.model_folders import added
from tests.fakes.terminal import ROOT

pytestmark = pytest.mark.slow
IDS = np.array([0, 1, 2, 3, 31, 5, 5, 7], np.int32)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_coreml.save(tmp_path_factory.mktemp("half"))


def test_inputs_outputs_and_operations_are_those_of_the_program(package: Path) -> None:
    facts = describe(package)
    assert facts.inputs == {"ids": "int32[8]"}
    assert facts.outputs == {"scores": "fp32[8, 16]"}
    computed = facts.operations[facts.operations.index("gather") :]
    attention = ("matmul", "mul", "softmax", "matmul", "add")
    assert computed == ("gather", "layer_norm", "matmul", "matmul", "matmul", *attention, "matmul", "cast")


def test_every_weight_comes_back_as_the_half_precision_of_what_was_put_in(package: Path) -> None:
    constants = [
        each.outputs[0].val for each in program_of(package).functions["main"].operations if each.op_type == "const"
    ]
    held = [each for each in constants if isinstance(each, np.ndarray) and each.ndim == 2]
    given = [each.astype(np.float16) for each in tiny_coreml.weights().values()]
    assert sorted(each.tobytes() for each in held) == sorted(each.tobytes() for each in given)
    norm = 2 * tiny_coreml.WIDTH
    assert describe(package).weights["float16"] == sum(each.size for each in given) + norm


def test_the_saved_graph_says_what_numpy_says(package: Path, tmp_path: Path) -> None:
    """The largest difference is 1.1e-3 in half precision and 2.4e-7 in full, where values reach 3.0."""
    expected = tiny_coreml.in_numpy(IDS)
    half = values(package, {"ids": IDS})["scores"]
    assert 0 < np.abs(half - expected).max() < 2e-3
    full = values(tiny_coreml.save(tmp_path, half=False), {"ids": IDS})["scores"]
    assert np.abs(full - expected).max() < 2e-6


def test_parity_holds_within_its_tolerance_and_fails_outside(package: Path) -> None:
    inputs = [{"ids": np.roll(IDS, shift)} for shift in range(3)]
    compared = [lambda each: {"scores": tiny_coreml.in_numpy(each["ids"])}, lambda each: values(package, each)]
    agreement = parity(compared[0], compared[1], inputs, FLOAT16)
    assert agreement.holds, agreement
    assert agreement.share < FLOAT16.share and agreement.cosine > FLOAT16.cosine
    strict = parity(compared[0], compared[1], inputs, FLOAT32)
    assert not strict.holds and "differ by" in strict.reason
    assert "cosine" in parity(compared[0], compared[1], inputs, Tolerance(share=1, cosine=1)).reason


def test_the_canonical_hash_is_the_same_in_another_process_and_the_files_are_not(package: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fakes.tiny_coreml", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split()[-1] == canonical_hash(package)
    other = tmp_path / "tiny.mlpackage"
    manifests = [(each / "Manifest.json").read_bytes() for each in (package, other)]
    assert manifests[0] != manifests[1]


def test_another_weight_is_another_hash(package: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(package, tmp_path / "other.mlpackage"))
    blob = other / "Data" / "com.apple.CoreML" / "weights" / "weight.bin"
    blob.write_bytes(blob.read_bytes()[:-1] + b"\x01")
    assert canonical_hash(other) != canonical_hash(package)


def test_damaged_packages_are_refused(package: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="no Core ML package"):
        describe(tmp_path / "none.mlpackage")
    other = Path(shutil.copytree(package, tmp_path / "other.mlpackage"))
    (other / "Data" / "com.apple.CoreML" / "model.mlmodel").write_bytes(b"\xff" * 100)
    with pytest.raises(ModelRefused, match=r"other\.mlpackage is refused"):
        describe(other)


def test_inputs_are_drawn_by_type_and_shape(package: Path) -> None:
    first, second = seeded_inputs(package, 2, seed=1), seeded_inputs(package, 2, seed=1)
    assert [(each["ids"].dtype, each["ids"].shape) for each in first] == [(np.int32, (8,))] * 2
    assert all(np.array_equal(a["ids"], b["ids"]) for a, b in zip(first, second, strict=True))
    values(package, first[0])


def test_a_package_is_added_to_the_inventory_and_opened(package: Path, tmp_path: Path) -> None:
    source = tmp_path / "from"
    shutil.copytree(package, source / "tiny.mlpackage")
    folder, entry = added(tmp_path / "models", source)
    assert (entry.format, entry.runtimes) == ("coreml", ("coreml",))
    assert canonical_hash(folder.package(entry)) == canonical_hash(package)
    (smoked,) = smoke(folder).models
    assert smoked.outcome == "opened" and "1 inputs and 1 outputs" in smoked.detail


@pytest.mark.skipif(platform.system() == "Darwin", reason="this host has Core ML")
def test_without_a_mac_the_model_says_that_it_is_not_ready(package: Path, tmp_path: Path) -> None:
    ready = CoreMLModel(package, records=tmp_path).readiness()
    assert not ready.ready and re.search("predicts on macOS, and this is", ready.reason) and ready.remedy


@pytest.mark.skipif(platform.system() != "Darwin", reason="not run: Core ML predicts on macOS only")
def test_core_ml_itself_says_what_numpy_says(package: Path) -> None:
    model = CoreMLModel(package, "cpu_only", records=None)
    try:
        found = np.asarray(model.predict({"ids": IDS})["scores"])
    finally:
        model.close()
    agreement = parity(
        lambda _: {"scores": tiny_coreml.in_numpy(IDS)}, lambda _: {"scores": found}, [{"ids": IDS}], FLOAT16
    )
    assert agreement.holds, agreement
