"""Seeds and seeded order: every choice of the writer comes from the content of the project, never from chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from schemas.canonical import content_hash
from schemas.project import Project

_Choice = TypeVar("_Choice")


def seed_for(project: Project, *parts: str | int) -> int:
    """A seed below 2^52 for this project and these parts, from SHA-256 of both."""
    return int(content_hash([project.id, project.seed, *parts])[:13], 16)


def shuffled(choices: Sequence[_Choice], project: Project, *parts: str | int) -> list[_Choice]:
    """The choices in the order that the seed gives."""
    order = list(choices)
    random.Random(seed_for(project, *parts)).shuffle(order)
    return order
