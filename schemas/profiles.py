"""Render profiles that every project has, and the look-up that puts a project's own before them."""

from __future__ import annotations

from schemas.errors import InputError
from schemas.project import Project, RenderProfile

BUILT_IN = (
    RenderProfile(),
    RenderProfile(id="standard_local", width=1920, height=1080, preset="superfast", motion="layered"),
    RenderProfile(id="preview_vertical", width=720, height=1280),
    RenderProfile(id="preview_square", width=720, height=720),
)
"""Local profiles: a fast preview in 16:9, 9:16 and 1:1, and the finer standard."""


def profile_of(project: Project, profile_id: str) -> RenderProfile:
    """The project's render profile of that id, else the built-in one. Raises InputError with those there are."""
    known = {profile.id: profile for profile in (*BUILT_IN, *project.render_profiles)}
    if profile_id not in known:
        raise InputError(
            f"{project.id} has no render profile {profile_id!r}.", remedy="There are: " + ", ".join(known) + "."
        )
    return known[profile_id]
