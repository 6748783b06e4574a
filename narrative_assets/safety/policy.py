"""The content policy: categories, the lowest rating that allows each, and the words and nearnesses that show them.

The words themselves are data, in ``policy.json``. How a text is searched stands in ``matching``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.canonical import sha256_hex
from schemas.errors import InputError
from schemas.safety import Rating

POLICY_FILE = Path(__file__).parent / "policy.json"
RATINGS: tuple[Rating, ...] = ("G", "PG", "PG-13", "R")
_AGE = "{minor-age}"
_MINOR_AGES = (
    *(str(years) for years in range(1, 18)),
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen",
)  # fmt: skip
Point = Literal["script", "shot_prompts"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Category(_Data):
    """One kind of content. ``needs`` is the lowest rating that allows it, None where none does.

    ``words`` stand as whole words, ``inside`` also within longer ones; in a ``safe`` phrase they mean nothing.
    """

    id: str
    called: str
    needs: Rating | None
    points: tuple[Point, ...] = ("script", "shot_prompts")
    words: Annotated[tuple[str, ...], Field(min_length=1)]
    inside: tuple[str, ...] = ()
    safe: tuple[str, ...] = ()

    def allowed_at(self, rating: Rating) -> bool:
        """Whether a series of that rating may hold it."""
        return self.needs is not None and RATINGS.index(self.needs) <= RATINGS.index(rating)


class Nearness(_Data):
    """A category that shows where a word of ``of`` stands within so many characters of one of ``with``.

    ``one_clause`` is for those that a mark between them sets apart.
    """

    category: str
    of: tuple[str, ...]
    together: Annotated[tuple[str, ...], Field(alias="with")]
    within: Annotated[int, Field(ge=0, le=500)]
    one_clause: bool = False


class Policy(_Data):
    """All that is looked for. Words may carry endings: ``stab+s+bed`` is stab, stabs and stabbed.

    ``{minor-age}`` stands for every age from one to seventeen, in figures and in words.
    """

    version: str
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    categories: tuple[Category, ...]
    sets: dict[str, tuple[str, ...]]
    safe: tuple[str, ...]
    near: tuple[Nearness, ...]
    digest: str = ""

    @model_validator(mode="after")
    def _known(self) -> Policy:
        groups = {category.id for category in self.categories}
        if len(groups) != len(self.categories) or groups & set(self.sets):
            raise ValueError("a category or a set of words stands twice")
        for rule in self.near:
            for name in (*rule.of, *rule.together):
                if name not in groups | set(self.sets):
                    raise ValueError(f"{rule.category}: no words are called {name!r}")
        self.category_ids(tuple(rule.category for rule in self.near))
        return self

    def category_ids(self, wanted: tuple[str, ...]) -> tuple[Category, ...]:
        """The categories of those ids. Raises ValueError for one that is not in the policy."""
        by_id = {category.id: category for category in self.categories}
        unknown = sorted(set(wanted) - set(by_id))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no category of the policy")
        return tuple(by_id[one] for one in wanted)

    def category_words(self) -> Iterator[tuple[str, str]]:
        """Every word that shows a category by itself, in every form, with that category."""
        return _forms((category.id, category.words) for category in self.categories)

    def set_words(self) -> Iterator[tuple[str, str]]:
        """Every word that only counts near another, in every form, with its set."""
        return _forms(self.sets.items())


def _forms(groups: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    for name, words in groups:
        for word in words:
            stem, *endings = word.split("+")
            for form in (f"{stem}{ending}".lower() for ending in ("", *endings)):
                ages = _MINOR_AGES if _AGE in form else ("",)
                yield from ((form.replace(_AGE, age), name) for age in ages)


def load_policy(path: Path = POLICY_FILE) -> Policy:
    """The policy in ``path``. Raises InputError where it cannot be read or does not fit."""
    try:
        data = path.read_bytes()
        return Policy.model_validate({**json.loads(data), "digest": sha256_hex(data)})
    except (OSError, ValueError, TypeError, ValidationError) as error:
        raise InputError(
            f"The content policy {path.name} cannot be used: {str(error).splitlines()[0]}.",
            remedy="Install the package again.",
        ) from error


@lru_cache(maxsize=1)
def packaged_policy() -> Policy:
    """The policy that comes with the platform, read once."""
    return load_policy()
