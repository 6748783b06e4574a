"""What was measured of a model on this host, kept in a file; without such a record Core ML is not used for it.

The record's name holds the model's hash and that of the host's facts: another model, another system or another
release of coremltools has to be measured again.
"""

from __future__ import annotations

import importlib.metadata
import platform
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from resources.durable import write_durably
from resources.inference.backends import Readiness
from schemas.canonical import canonical_json, content_hash

_TEXT = Annotated[str, Field(max_length=300)]
_REMEDY = "Measure it: `narrative models coreml ID`, on this host."
_MAX_BYTES = 100_000


class HostFacts(BaseModel):
    """What the results may depend on besides the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: _TEXT
    release: _TEXT
    machine: _TEXT
    processor: _TEXT
    coremltools: _TEXT

    @classmethod
    def here(cls) -> HostFacts:
        """The facts of this host."""
        try:
            version = importlib.metadata.version("coremltools")
        except importlib.metadata.PackageNotFoundError:
            version = "none"
        return cls(
            system=platform.system(),
            release=platform.mac_ver()[0] or platform.release(),
            machine=platform.machine(),
            processor=platform.processor(),
            coremltools=version,
        )


class CoreMLRecord(BaseModel):
    """One measurement: what was asked for, where it ran, how far it lay from the reference, how fast both were.

    ``devices`` counts the operations by the device that Core ML chose for them. ``parity_reason`` says why results
    do not agree; empty where they do. Times are milliseconds of one call.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    host: HostFacts
    requested: _TEXT
    devices: Annotated[dict[str, int], Field(max_length=10)]
    parity_share: Annotated[float, Field(ge=0, le=1e300)]
    parity_cosine: Annotated[float, Field(ge=-1.000001, le=1.000001)]
    parity_reason: _TEXT
    median_ms: Annotated[float, Field(ge=0, le=1e9)]
    p99_ms: Annotated[float, Field(ge=0, le=1e9)]
    reference: _TEXT
    reference_median_ms: Annotated[float, Field(ge=0, le=1e9)]


def record_path(folder: Path, model_hash: str, host: HostFacts) -> Path:
    """Where the record of a model on a host lies below ``folder``."""
    return folder / f"{model_hash[:16]}-{content_hash(host.model_dump())[:16]}.json"


def write_record(folder: Path, record: CoreMLRecord) -> Path:
    """Keep a record in place of an earlier one. Raises StorageError."""
    path = record_path(folder, record.model_hash, record.host)
    write_durably(path, canonical_json(record.model_dump()) + b"\n")
    return path


def permission(folder: Path, model_hash: str, host: HostFacts) -> Readiness:
    """Whether Core ML may be used for a model on a host: measured there, in agreement, and faster."""
    try:
        data = record_path(folder, model_hash, host).read_bytes()[:_MAX_BYTES]
        record = CoreMLRecord.model_validate_json(data)
    except FileNotFoundError:
        return Readiness(False, "it was not measured with this model on this host", _REMEDY)
    except (OSError, ValidationError) as error:
        return Readiness(False, f"its measurement cannot be read ({type(error).__name__})", _REMEDY)
    if record.model_hash != model_hash or record.host != host:
        return Readiness(False, "its measurement is of another model or another host", _REMEDY)
    if record.parity_reason:
        return Readiness(False, f"it does not agree with {record.reference}: {record.parity_reason}", _REMEDY)
    if record.median_ms >= record.reference_median_ms:
        slower = f"{record.median_ms:.1f} ms a call against {record.reference_median_ms:.1f} ms"
        return Readiness(False, f"it is no faster than {record.reference}: {slower}", _REMEDY)
    used = ", ".join(f"{count} on the {device}" for device, count in sorted(record.devices.items()))
    return Readiness(True, f"{record.median_ms:.1f} ms a call; operations: {used or 'not told'}")
