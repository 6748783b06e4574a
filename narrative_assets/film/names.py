"""Finds the characters of an episode in prose: by name, alias, unmistakable part of a name, or pronoun.

English pronouns only; in another language people are found by name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from schemas.script import ScriptCharacter

_TOKEN = re.compile(r"[^\W_]+")
_PRONOUN = re.compile(
    r"\b(?:(he|him|his)|(she|her|hers)|(they|them|their|both|everyone))\b|^(?:(?:then|and|but) )?(it|its)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"(?:(?:then|and|but|suddenly),? )?(?:he|she|they|it|his|her|their|its|both)\b", re.IGNORECASE)
_KINDS = ("he", "she", "they", "it")
_COMMON = frozenset(
    {"the", "and", "old", "young", "man", "woman", "boy", "girl", "little", "big", "first", "second", "third", "voice"}
)


class Names:
    """The names of a cast. A part of a name counts where only one character bears it."""

    def __init__(self, cast: Sequence[ScriptCharacter]) -> None:
        self._pronouns = {member.character_id: member.pronouns for member in cast}
        self._owner: dict[str, str] = {}
        parts: dict[str, set[str]] = {}
        for member in cast:
            for name in (member.name, *member.aliases):
                folded = " ".join(name.casefold().split())
                if folded:
                    self._owner.setdefault(folded, member.character_id)
                for token in _TOKEN.findall(folded):
                    if len(token) >= 3 and token not in _COMMON:
                        parts.setdefault(token, set()).add(member.character_id)
        for token, owners in parts.items():
            if len(owners) == 1:
                self._owner.setdefault(token, next(iter(owners)))
        names = sorted(self._owner, key=lambda name: (-len(name), name))
        body = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
        self._pattern = re.compile(rf"(?<!\w)(?:{body})(?!\w)") if names else None

    def found(self, text: str) -> tuple[tuple[int, str], ...]:
        """(offset, character id) of every mention in ``text``, in order."""
        if self._pattern is None:
            return ()
        return tuple(
            (match.start(), self._owner[" ".join(match.group().split())])
            for match in self._pattern.finditer(text.casefold())
        )

    def meant(
        self, text: str, last: Sequence[str], others: Sequence[Sequence[str]], other_than: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Whom the first pronoun of ``text`` means: the first fitting one of those meant ``last``, else of ``others``.

        A plural means several where it can; ``it`` nobody but those meant last, for it may be a thing. A character
        without a gender fits any pronoun but ``it``, after those who fit exactly. Nobody without a pronoun.
        """
        match = _PRONOUN.search(text)
        if match is None or match.lastindex is None:
            return ()
        kind = _KINDS[match.lastindex - 1]
        pools = (last,) if kind == "it" else (last, *others)
        open_pools = [[who for who in pool if who not in other_than] for pool in pools]
        if kind == "they":
            several = [pool for pool in open_pools if len(pool) > 1]
            return tuple(next((pool for pool in (*several, *open_pools) if pool), ()))
        for fitting in ({kind}, {kind, "they"} if kind != "it" else {kind}):
            for pool in open_pools:
                fits = [who for who in pool if self._pronouns.get(who) in fitting]
                if fits:
                    return (fits[0],)
        return ()


def leads_with_pronoun(text: str) -> bool:
    """True where a pronoun is what the sentence is about."""
    return _LEADING.match(text) is not None
