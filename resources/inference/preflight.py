"""What this host can do, and what a run will use for each task, told before the run starts.

No model is loaded and nothing is downloaded. A task for which no backend is ready is done without a model.
"""

from __future__ import annotations

import importlib.metadata
import platform
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from resources.inference.backends import Backend, Readiness
from schemas.models import ModelInventory

ModelTask = Literal["language", "embedding", "speech", "image_plate"]
WITHOUT: dict[ModelTask, tuple[str, str]] = {
    "language": ("template", "the template writer words every line"),
    "embedding": ("none", "nothing is recalled by its meaning"),
    "speech": ("espeak", "the local voice speaks every line"),
    "image_plate": ("painter", "every place and figure is drawn"),
}
"""What does each task without a model, and what that means."""
SERVERS = tuple(f"NARRATIVE_{task}_URL" for task in ("LANGUAGE", "EMBEDDING", "SPEECH", "IMAGE_PLATE"))
"""Addresses of servers that speak OpenAI's protocol."""
_DRIVER = Path("/proc/driver/nvidia/version")
_TORCH_SECONDS = 60
_ASK_TORCH = "import torch; print(torch.cuda.get_device_name(0) if torch.cuda.is_available() else '')"


@dataclass(frozen=True)
class Capability:
    """One way to run models: whether this host has it, and which one or why not."""

    name: str
    available: bool
    detail: str


@dataclass(frozen=True)
class Plan:
    """What a task will be done with, why, and what each configured backend says of this host, in order."""

    task: ModelTask
    uses: str
    why: str
    considered: tuple[tuple[str, Readiness], ...] = ()


@dataclass(frozen=True)
class Preflight:
    """The host and its plans."""

    capabilities: tuple[Capability, ...]
    plans: tuple[Plan, ...]


def preflight(
    environment: Mapping[str, str],
    inventory: ModelInventory,
    backends: Mapping[ModelTask, Sequence[Backend]] | None = None,
) -> Preflight:
    """What the host can do and what a run will use; ``backends`` are those configured for each task, in order."""
    configured = backends or {}
    plans = tuple(planned(task, configured.get(task, ()), inventory) for task in WITHOUT)
    return Preflight(capabilities(environment), plans)


def planned(task: ModelTask, backends: Sequence[Backend], inventory: ModelInventory) -> Plan:
    """The first backend that is ready, or what does the task without a model."""
    considered = tuple((backend.runtime, backend.readiness()) for backend in backends)
    for runtime, ready in considered:
        if ready.ready:
            return Plan(task, runtime, ready.reason, considered)
    uses, meaning = WITHOUT[task]
    why = "; ".join(f"{runtime}: {ready.reason}" for runtime, ready in considered) or "no backend is configured"
    there = [model.model_id for model in inventory.models if model.task == task]
    known = f"; the inventory holds {', '.join(there[:5])}" if there else ""
    return Plan(task, uses, f"{why}{known}; {meaning}", considered)


def capabilities(environment: Mapping[str, str]) -> tuple[Capability, ...]:
    """What could run models here."""
    return onnxruntime(), torch(), coreml(), *servers(environment)


def onnxruntime() -> Capability:
    """Its version, and what it computes on."""
    try:
        import onnxruntime
    except ImportError:
        return Capability("onnxruntime", False, "not installed")
    providers = [name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()]
    return Capability("onnxruntime", True, f"{onnxruntime.__version__} on {', '.join(providers)}")


def torch(driver: Path = _DRIVER) -> Capability:
    """Its version, and the CUDA device it finds. Where there is an NVIDIA ``driver``, a process of its own is asked."""
    version = _version("torch")
    if version is None:
        return Capability("torch", False, "not installed")
    if not driver.exists():
        return Capability("torch", True, f"{version} without CUDA")
    command = [sys.executable, "-c", _ASK_TORCH]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=_TORCH_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Capability("torch", False, f"{version} did not start within {_TORCH_SECONDS} s")
    if asked.returncode:
        said = asked.stderr.strip().splitlines()
        return Capability("torch", False, f"{version} does not start: {said[-1][:200] if said else asked.returncode}")
    device = asked.stdout.strip()
    return Capability("torch", True, f"{version} with CUDA on {device}" if device else f"{version} without CUDA")


def coreml() -> Capability:
    """Whether this is a Mac with coremltools."""
    version = _version("coremltools")
    if platform.system() != "Darwin":
        looks = f"; coremltools {version} looks into packages" if version else ""
        return Capability("coreml", False, f"needs macOS, and this is {platform.system()}{looks}")
    return Capability("coreml", version is not None, f"coremltools {version}" if version else "not installed")


def servers(environment: Mapping[str, str]) -> list[Capability]:
    """Each server that ``environment`` names, asked for a second at most; or that none is named."""
    named = [(name, environment[name]) for name in SERVERS if environment.get(name)]
    return [_server(*each) for each in named] or [Capability("openai", False, "no address is configured")]


def _server(name: str, address: str) -> Capability:
    """Whether somebody listens at an address; what it can do is not asked."""
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError("http://HOST:PORT/v1 was expected")
        socket.create_connection((host, port), timeout=1.0).close()
    except (OSError, ValueError) as error:
        return Capability("openai", False, f"{name} cannot be reached: {error}")
    return Capability("openai", True, f"{name} answers at {host}:{port}")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
