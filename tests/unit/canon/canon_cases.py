"""The builders of the golden set's world, under the names that the tests of canon call them by."""

from __future__ import annotations

from tests.fakes.continuity_shorthand import EPISODE, canon, claim, fact, project, scene, script

__all__ = ["EPISODE", "canon", "claim", "fact", "project", "scene", "script"]
