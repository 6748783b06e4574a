"""``python -m narrative_assets``: the same as the ``narrative`` command."""

from narrative_assets.cli import main

main()
