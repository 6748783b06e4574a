"""Building blocks of every contract: the frozen base models and the bounded scalar types.

No contract of its own lives here. Time is integer frames, levels are hundredths of a decibel,
shares are permille, money is micro-dollars: integers hash the same everywhere.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

_NO_NUL = r"^[^\x00]*$"
_ONE_LINE = r"^[^\x00\r\n]*$"

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""Identifier of an entity: lower-case letters, digits, ``-`` and ``_``; 64 at most."""
ElementId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.:/-]{0,127}$")]
"""Identifier of a part of an artifact, for example ``sc01.e004`` or ``background:pier:night``."""
EpisodeId = Annotated[str, StringConstraints(pattern=r"^s[0-9]{2}e[0-9]{2,3}$")]
EpisodeKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}/s[0-9]{2}e[0-9]{2,3}$")]
Line = Annotated[str, StringConstraints(max_length=300, pattern=_ONE_LINE)]
Text = Annotated[str, StringConstraints(max_length=8_000, pattern=_NO_NUL)]
SemVer = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
BlobUri = Annotated[str, StringConstraints(pattern=r"^blob:sha256:[0-9a-f]{64}$")]
"""Address of stored bytes by content; never a path."""
MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,60}$")]
Frames = Annotated[int, Field(ge=0, le=10_000_000)]
PositiveFrames = Annotated[int, Field(ge=1, le=10_000_000)]
Fps = Annotated[int, Field(ge=12, le=120)]
Permille = Annotated[int, Field(ge=0, le=1000)]
CentiBel = Annotated[int, Field(ge=-12_000, le=4_000)]
"""Level in hundredths of a decibel (or LU), so -2300 is -23.00 LUFS."""
MicroDollars = Annotated[int, Field(ge=0, le=10**15)]
Count = Annotated[int, Field(ge=0, le=10**12)]
StoryMinute = Annotated[int, Field(ge=-(10**11), le=10**11)]
"""Minutes of story time since the series' epoch (day 1, 00:00); negative lies before it."""
Seed = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Part(BaseModel):
    """A piece of a contract: immutable, unknown fields kept on round trip."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False, use_enum_values=True)


class Artifact(Part):
    """A contract that stands alone: it carries its kind and its schema version."""

    VERSION: ClassVar[str]

    kind: Annotated[str, StringConstraints(max_length=64)] = ""
    schema_version: SemVer = ""

    @model_validator(mode="before")
    @classmethod
    def _stamp(cls, data: Any) -> Any:
        """Stamp kind and version on what code builds; documents are checked by ``schemas.reading``."""
        if isinstance(data, dict):
            return {"kind": cls.__name__, "schema_version": cls.VERSION, **data}
        return data

    @model_validator(mode="after")
    def _own_kind(self) -> Self:
        if self.kind != type(self).__name__:
            raise ValueError(f"kind is {self.kind!r}; this contract is {type(self).__name__!r}")
        return self
