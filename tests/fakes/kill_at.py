"""Runs `narrative` and kills this process with SIGKILL at a moment: ``kill_at.py STAGE MOMENT ARGUMENTS…``.

MOMENT is ``started``, ``finished`` or a number: after so many units of the stage.
"""

import os
import signal
import sys
from typing import Any

import narrative_assets.cli.run as run_command
from narrative_assets.cli import main

stage, moment = sys.argv[1:3]


class Killer:
    """A listener that ends the process as a power cut would."""

    def stage_started(self, name: str) -> None:
        if name == stage and moment == "started":
            os.kill(os.getpid(), signal.SIGKILL)

    def units(self, name: str, done: int, total: int) -> None:
        if name == stage and moment.isdigit() and done >= int(moment):
            os.kill(os.getpid(), signal.SIGKILL)

    def stage_finished(self, run: Any) -> None:
        if run.stage == stage and moment == "finished":
            os.kill(os.getpid(), signal.SIGKILL)


run_command.Silent = Killer  # type: ignore[misc,assignment]
sys.argv = ["narrative", *sys.argv[3:]]
main()
