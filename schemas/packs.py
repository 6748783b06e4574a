"""The CharacterPack contract: one character as a reusable, versioned unit of look, voice and pictures."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.assets import FigureVariant
from schemas.base import Artifact, Line, Part, Sha256, Slug, Text
from schemas.canonical import content_hash
from schemas.project import Look, Voice
from schemas.render import Rights, VariantPicture

_UNSEALED = "0" * 64
_NOT_CONTENT = {"kind", "schema_version", "version", "pack_hash", "recipe", "rights"}


class PackFile(Part):
    """A library file that a pack is made of: its name in the library, the hash of its bytes, its licence."""

    name: Line
    sha256: Sha256
    rights: Rights


class CharacterPack(Artifact):
    """What a character looks and sounds like, and every pose and expression it can show.

    ``pictures`` are of a reference size; those of an episode are made in the size that its shots ask for. ``recipe``
    names what drew them first. ``pack_hash`` covers all but the version, the recipe and the summed rights, so that
    pictures that come out the same under another recipe are the same pack.
    """

    VERSION: ClassVar[str] = "1.0.0"

    character_id: Slug
    name: Line
    version: Annotated[int, Field(ge=1, le=100_000)] = 1
    description: Text = ""
    species: Slug = "human"
    pronouns: Line = "they"
    age_years: Annotated[int, Field(ge=0, le=100_000)] | None = None
    look: Look = Look()
    voice: Voice | None = None
    source: Literal["drawn", "library"]
    pictures: Annotated[tuple[VariantPicture, ...], Field(min_length=1, max_length=200)]
    files: Annotated[tuple[PackFile, ...], Field(max_length=500)] = ()
    rights: Rights
    recipe: Line = ""
    pack_hash: Sha256 = _UNSEALED

    def sealed(self) -> CharacterPack:
        """The pack with the hash of its content."""
        return self.model_copy(update={"pack_hash": content_hash(self.model_dump(mode="json", exclude=_NOT_CONTENT))})

    def variants(self) -> tuple[FigureVariant, ...]:
        """The poses and expressions that it can show."""
        return tuple(each.variant for each in self.pictures)
