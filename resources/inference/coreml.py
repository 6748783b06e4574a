"""Core ML behind one face: compile, load, predict, each within a hard limit, on the unit asked for.

Used only where parity and speed were measured on this host, and given up where calls fail or become slow. What needs
a Mac is in ``AppleDriver``; on any other host a model says that it is not ready, and why.
"""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from resources.inference.backends import Readiness
from resources.inference.coreml_package import Arrays, canonical_hash, coremltools
from resources.inference.coreml_policy import Demotion
from resources.inference.coreml_record import HostFacts, permission
from resources.inference.time_limits import LimitedCalls
from schemas.errors import ModelError, ModelUnavailable, NarrativeError

Unit = Literal["all", "cpu_only", "cpu_and_gpu", "cpu_and_ne"]
_DEVICES = {"MLCPUComputeDevice": "cpu", "MLGPUComputeDevice": "gpu", "MLNeuralEngineComputeDevice": "neural engine"}


class Loaded(Protocol):
    """A model that is ready to predict."""

    def predict(self, inputs: Any) -> Any:
        """Outputs by name."""


class Driver(Protocol):
    """What the operating system does."""

    def compile(self, package: Path, destination: Path) -> Path:
        """The compiled model, a folder ``*.mlmodelc``."""

    def load(self, compiled: Path, unit: Unit) -> Loaded:
        """The compiled model in memory."""

    def devices(self, compiled: Path, unit: Unit) -> dict[str, int]:
        """How many operations run on each device."""


class AppleDriver:
    """Core ML itself, by coremltools. macOS 14.4 and newer say which device an operation runs on."""

    def compile(self, package: Path, destination: Path) -> Path:
        """Compile into ``destination``."""
        coremltools()
        from coremltools.models.utils import compile_model

        return Path(compile_model(str(package), str(destination / f"{package.stem}.mlmodelc")))

    def load(self, compiled: Path, unit: Unit) -> Loaded:
        """Load for ``unit``."""
        tools = coremltools()
        loaded: Loaded = tools.models.CompiledMLModel(str(compiled), compute_units=tools.ComputeUnit[unit.upper()])
        return loaded

    def devices(self, compiled: Path, unit: Unit) -> dict[str, int]:
        """By Core ML's own plan, over all operations but constants."""
        tools = coremltools()
        from coremltools.models.compute_plan import MLComputePlan

        plan = MLComputePlan.load_from_path(str(compiled), compute_units=tools.ComputeUnit[unit.upper()])
        found: dict[str, int] = {}
        for operation in plan.model_structure.program.functions["main"].block.operations:
            usage = plan.get_compute_device_usage_for_mlprogram_operation(operation)
            if usage is not None:
                device = _DEVICES.get(type(usage.preferred_compute_device).__name__, "unknown")
                found[device] = found.get(device, 0) + 1
        return found


@dataclass(frozen=True)
class CallLimits:
    """Seconds that each step may take."""

    compile: float = 300.0
    load: float = 120.0
    predict: float = 10.0


@dataclass(frozen=True)
class Placement:
    """The unit that was asked for, and where the operations really run."""

    requested: Unit
    devices: Mapping[str, int]


class CoreMLModel:
    """One package on one unit. ``records`` is the folder of measurements; None asks for none, for measuring itself."""

    def __init__(
        self,
        package: Path,
        unit: Unit = "all",
        *,
        records: Path | None,
        limits: CallLimits = CallLimits(),
        policy: Demotion | None = None,
        driver: Driver | None = None,
    ) -> None:
        self._package, self._unit, self._records = package, unit, records
        self._driver = driver or AppleDriver()
        self._by_apple = driver is None
        self._policy = policy or Demotion()
        self._compiling: LimitedCalls[Path] = LimitedCalls("Core ML's compiler", limits.compile)
        self._loading: LimitedCalls[tuple[Loaded, dict[str, int]]] = LimitedCalls("Core ML's loader", limits.load)
        self._predicting: LimitedCalls[Any] = LimitedCalls("Core ML", limits.predict)
        self._loaded: Loaded | None = None
        self._placement: Placement | None = None
        self._compiled: tempfile.TemporaryDirectory[str] | None = None

    @property
    def placement(self) -> Placement | None:
        """Where the operations run; None until the model is loaded."""
        return self._placement

    def readiness(self) -> Readiness:
        """Whether this host may use Core ML for this model, and why not."""
        if self._by_apple and platform.system() != "Darwin":
            return Readiness(False, f"Core ML predicts on macOS, and this is {platform.system()}", "Use ONNX here.")
        if self._policy.reason:
            return Readiness(False, f"Core ML was given up: {self._policy.reason}", "Look into it, then start again.")
        try:
            if self._records is not None:
                return permission(self._records, self._hash, HostFacts.here())
            coremltools()
        except NarrativeError as error:
            return Readiness(False, error.message, error.remedy)
        return Readiness(True, "measuring asks for no measurement")

    def load(self) -> Placement:
        """Compile and load; again it does nothing.

        Raises ModelUnavailable where this host may not use it or a limit is hit, ModelError where Core ML fails.
        """
        if self._loaded is None or self._placement is None:
            ready = self.readiness()
            if not ready.ready:
                raise ModelUnavailable(f"Core ML is not used: {ready.reason}.", remedy=ready.remedy)
            self._compiled = self._compiled or tempfile.TemporaryDirectory(prefix="narrative-coreml-")
            folder = Path(self._compiled.name)
            compiled = self._told(self._compiling, lambda: self._driver.compile(self._package, folder))
            self._loaded, devices = self._told(
                self._loading,
                lambda: (self._driver.load(compiled, self._unit), self._driver.devices(compiled, self._unit)),
            )
            self._placement = Placement(self._unit, devices)
        return self._placement

    def predict(self, inputs: Arrays) -> Arrays:
        """Outputs by name. Raises as ``load`` does, and ModelUnavailable once it was given up."""
        self.load()
        if self._policy.reason:
            raise ModelUnavailable(f"Core ML was given up: {self._policy.reason}.", remedy="Another backend is asked.")
        loaded, began = self._loaded, time.monotonic()
        succeeded = False
        try:
            found: Arrays = self._told(self._predicting, lambda: loaded and loaded.predict(dict(inputs)))
            succeeded = True
        finally:
            self._policy.record(succeeded, time.monotonic() - began)
        return found

    def close(self) -> None:
        """Let go of the model and of what was compiled."""
        self._loaded = self._placement = None
        if self._compiled is not None:
            self._compiled.cleanup()
            self._compiled = None

    @cached_property
    def _hash(self) -> str:
        return canonical_hash(self._package)

    def _told(self, calls: LimitedCalls[Any], work: Any) -> Any:
        """The result of one step. What Core ML raises of its own becomes a ModelError."""
        try:
            return calls.result(work)
        except NarrativeError:
            raise
        except Exception as error:
            said = " ".join(str(error).split())[:250] or type(error).__name__
            raise ModelError(
                f"Core ML failed on {self._package.name}: {said}", remedy="Use another backend."
            ) from error
