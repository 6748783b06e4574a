"""The commands by name, each loaded when it is called: what one command needs, no other waits for or has to have."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

_MODULES = {
    "init": "projects",
    "import": "projects",
    "episodes": "projects",
    "validate": "projects",
    "run": "run",
    "write": "run",
    "season": "season",
    "approve": "run",
    "ui": "ui",
    "doctor": "doctor",
    "canon": "canon",
    "memory": "memory",
    "artifacts": "artifacts",
    "packs": "packs",
    "assets": "assets",
    "cache": "cache",
    "takes": "takes",
    "gates": "gates",
    "render-package": "package",
    "render-request": "package",
    "handoff": "handoff",
    "archive": "archive",
    "credentials": "handoff",
    "models": "models",
    "metrics": "metrics",
}
"""Command to the module of this package that has it: a group of the command's name in ``app``, or a command."""


class LazyGroup(TyperGroup):
    """The commands of ``_MODULES``, after those that are registered outright."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands' names, in the order that help shows them."""
        return [*_MODULES, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, loaded now; None where there is none."""
        if cmd_name not in _MODULES:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"narrative_assets.cli.{_MODULES[cmd_name]}")
        if hasattr(module, "app"):
            group = get_group(module.app)
            group.name = cmd_name
            return group
        holder = typer.Typer()
        module.add_commands(holder)
        return get_group(holder).commands[cmd_name]
