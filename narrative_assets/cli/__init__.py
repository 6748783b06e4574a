"""`narrative`: the same assets from a terminal.

Exit codes: 0 done; 1 unexpected; 2 wrong usage; 3 input that cannot be used; 4 canon contradicted; 5 an earlier
episode is missing; 6 waiting for a person; 7 timing lock broken; 8 rights; 9 stored files damaged; 10 media tools;
11 disk or database; 12 a quality gate failed; 13 canon has moved; 14 another tenant's; 15 not for the rating; 16 not
published; 17 rejected by a person; 18 a model or its file.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from pathlib import Path

import typer

from narrative_assets.cli.console import errors, say_error
from narrative_assets.cli.lazy import LazyGroup
from schemas.errors import NarrativeError

app = typer.Typer(
    cls=LazyGroup,
    help="Turns stories into video: from an idea or a screenplay to a finished preview episode.\n\n"
    + (__doc__ or "").partition("\n\n")[2],
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def narrative() -> None:
    """Commands are loaded as they are called: see ``lazy``."""


def main() -> None:
    """Entry point: errors are sentences with a remedy, never tracebacks."""
    try:
        app()
    except NarrativeError as error:
        if "--json" in sys.argv:
            typer.echo(json.dumps({"error": type(error).__name__, "message": error.message, "remedy": error.remedy}))
        else:
            say_error("Error", error.message, error.remedy)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        errors.print("Stopped. Finished work is kept; run again to go on.")
        sys.exit(130)
    except Exception as error:
        details = Path(tempfile.gettempdir()) / "narrative-error.txt"
        details.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        say_error("Unexpected error", f"{type(error).__name__}: {error}", f"This is a fault of ours; see {details}.")
        sys.exit(1)
