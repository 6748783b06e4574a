"""Where a model comes from before it is added: a folder, a zip, an installed package. Nothing is imported or run."""

from __future__ import annotations

import base64
import importlib.metadata
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from resources.inventory.refusing import wanted
from resources.tokenizing import PACKAGED, PACKAGED_NAME
from resources.zips import reading_zip
from schemas.errors import InputError, IntegrityError, ModelRefused, RightsError
from schemas.models import LicenceStatement, Task

OWN_PACKAGE = "narrative-assets"
_MAX_ZIP = 64 << 30
_CARD = "README.md"
_OWN_PROVENANCE = "The vocabulary of Mistral 7B v0.1, written as a tokenizer.json; see NOTICE.md beside it."


@dataclass(frozen=True)
class Offer:
    """Files that may become a model: where they lie, what is said of them, and what is known of their bytes.

    ``hashes`` holds the SHA-256 of files, by path below ``folder``, as the source itself states them.
    """

    folder: Path
    model_id: str
    source: str
    provenance: str
    statements: tuple[LicenceStatement, ...]
    task: Task | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What the person who adds a model says of it; empty is left to the files."""

    model_id: str = ""
    task: Task | None = None
    licence: str = ""
    source: str = ""
    provenance: str = ""


@contextmanager
def offered(place: Path, said: Said) -> Iterator[Offer]:
    """The model in a folder or a zip. Raises InputError or ModelRefused; what was unpacked is removed after."""
    if place.is_dir():
        yield _from_folder(place, place.name, said)
        return
    with tempfile.TemporaryDirectory(prefix="narrative-model-") as unpacked:
        _unpack(place, Path(unpacked))
        yield _from_folder(Path(unpacked), place.stem, said)


def from_package(name: str, said: Said) -> Offer:
    """The model inside an installed package, with the hashes that the package states. Raises InputError."""
    try:
        package = importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError) as error:
        raise InputError(f"The package {name!r} is not installed.", remedy="Install it, or give a folder.") from error
    if name == OWN_PACKAGE:
        return _own_vocabulary(package.version, said)
    files = [file for file in package.files or [] if file.suffix in (".safetensors", ".onnx")]
    if not files:
        raise InputError(f"The package {name!r} holds no model.", remedy="Give the folder of the model instead.")
    inside = min((file.parent for file in files), key=lambda folder: len(folder.parts))
    hashes = {
        file.relative_to(inside).as_posix(): base64.urlsafe_b64decode(file.hash.value + "=").hex()
        for file in package.files or []
        if file.hash and file.hash.mode == "sha256" and file.is_relative_to(inside)
    }
    folder = Path(str(package.locate_file(inside)))
    said_by = package.metadata.json
    stated = str(said_by.get("license_expression") or said_by.get("license") or "")
    version = f"package {package.metadata['Name']} {package.version}"
    return Offer(
        folder=folder,
        model_id=said.model_id or name,
        source=said.source or version,
        provenance=said.provenance or str(said_by.get("summary") or "") or "As the package holds it.",
        statements=_statements(("the package's metadata", stated), *_card(folder), ("who added it", said.licence)),
        task=said.task,
        hashes=hashes,
    )


def _from_folder(folder: Path, name: str, said: Said) -> Offer:
    if not said.source:
        raise InputError("It is not said where the model comes from.", remedy="Say so with --source.")
    return Offer(
        folder=folder,
        model_id=said.model_id or re.sub(r"[^a-z0-9._-]+", "-", name.lower()),
        source=said.source,
        provenance=said.provenance or "As the folder held it.",
        statements=_statements(*_card(folder), ("who added it", said.licence)),
        task=said.task,
        hashes=_stated_hashes(folder),
    )


def _own_vocabulary(version: str, said: Said) -> Offer:
    return Offer(
        folder=PACKAGED.parent,
        model_id=said.model_id or PACKAGED_NAME,
        source=said.source or f"package {OWN_PACKAGE} {version}",
        provenance=said.provenance or _OWN_PROVENANCE,
        statements=_statements(("NOTICE.md", "Apache-2.0"), ("who added it", said.licence)),
        task=said.task,
    )


def _statements(*stated: tuple[str, str]) -> tuple[LicenceStatement, ...]:
    lines = [(where, " ".join(text.replace("\0", " ").split())[:300]) for where, text in stated]
    found = tuple(LicenceStatement(expression=line, stated_in=where) for where, line in lines if line)
    if not found:
        raise RightsError(
            "The licence is not stated anywhere.",
            remedy="Say it as an SPDX expression with --licence, as it was given.",
        )
    return found


def _card(folder: Path) -> list[tuple[str, str]]:
    """What the front matter of a model card says."""
    try:
        text = (folder / _CARD).read_text(encoding="utf-8", errors="replace")[:100_000]
    except OSError:
        return []
    front = re.match(r"\s*---\n(.*?)\n---", text, re.DOTALL)
    found = re.search(r"^license:[ \t]*(\S.*?)[ \t]*$", front[1], re.MULTILINE) if front else None
    return [("the model card", found[1].strip("'\""))] if found else []


def _stated_hashes(folder: Path) -> dict[str, str]:
    """What a list in the form of sha256sum beside the files says of them."""
    listed = folder / "checksums.sha256"
    if not listed.is_file():
        return {}
    lines = listed.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [re.fullmatch(r"([0-9a-f]{64}) [ *](?:\./)?(.+)", line) for line in lines if line.strip()]
    if not all(found):
        raise IntegrityError(f"{listed.name} is no list of sha256sum.", remedy="Mend it, or leave it out.")
    return {each[2]: each[1] for each in found if each}


def _unpack(place: Path, folder: Path) -> None:
    try:
        with reading_zip(place, _MAX_ZIP) as packed:
            for name in packed.sizes:
                if not wanted(name):
                    continue
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as written:
                    for chunk in packed.chunks(name):
                        written.write(chunk)
    except (InputError, IntegrityError) as error:
        raise ModelRefused(error.message, remedy="Take the model from its source, unpacked.") from error
