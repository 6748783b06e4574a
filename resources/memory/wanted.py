"""Which items a search may find: a typed filter. No text from outside ever becomes part of a filter's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from resources.memory.items import Kind, position_of
from schemas.base import EpisodeId, Slug
from schemas.errors import InputError

if TYPE_CHECKING:
    from lancedb.expr import Expr

KINDS: tuple[Kind, ...] = get_args(Kind)
_SLUG, _EPISODE = TypeAdapter(Slug), TypeAdapter(EpisodeId)
_KIND: TypeAdapter[Kind] = TypeAdapter(Annotated[Kind, Field()])


@dataclass(frozen=True)
class Wanted:
    """Items of one project, told before an episode where ``before`` names one, of some ``kinds`` and ``episodes``.

    Empty is no restriction. What is revealed only after ``before`` has begun stays out. Raises InputError for what
    is no id.
    """

    project_id: str
    before: str = ""
    kinds: tuple[Kind, ...] = ()
    episodes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _checked(_SLUG, self.project_id, "project")
        for episode in (*((self.before,) if self.before else ()), *self.episodes):
            _checked(_EPISODE, episode, "episode")
        for kind in self.kinds:
            _checked(_KIND, kind, "kind of item")

    def expression(self) -> Expr:
        """The filter as the table takes it: columns and values, never text."""
        from lancedb.expr import col, lit

        found = col("project_id") == lit(self.project_id)
        if self.before:
            begins = position_of(self.before)
            found = found & (col("position") < lit(begins)) & (col("known_from") <= lit(begins))
        if self.kinds:
            found = found & col("kind").isin(list(self.kinds))
        if self.episodes:
            found = found & col("episode_id").isin(list(self.episodes))
        return found


def _checked(adapter: TypeAdapter[Any], value: object, what: str) -> None:
    try:
        adapter.validate_python(value, strict=True)
    except ValidationError as error:
        raise InputError(
            f"{str(value)[:80]!r} is no {what}; nothing was searched.",
            remedy="Give ids such as lighthouse and s01e03, and kinds out of " + ", ".join(KINDS) + ".",
        ) from error
