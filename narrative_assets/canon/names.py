"""When two names are names of one person: case, titles and short forms. Aliases are the world's business."""

from __future__ import annotations

from narrative_assets.canon.statements import plain_words

_SPELLED_OUT = {
    "dr": "doctor",
    "mr": "mister",
    "prof": "professor",
    "capt": "captain",
    "sgt": "sergeant",
    "st": "saint",
}
TITLES = frozenset({
    "admiral", "aunt", "brother", "captain", "chief", "colonel", "count", "countess", "detective", "doctor",
    "father", "general", "inspector", "king", "lady", "lieutenant", "lord", "madam", "madame", "major", "miss",
    "mister", "mother", "mrs", "ms", "mx", "officer", "president", "prince", "princess", "professor", "queen",
    "saint", "sergeant", "sir", "sister", "uncle",
})  # fmt: skip


def same_name(one: str, other: str) -> bool:
    """Whether the two agree but for case, spacing, punctuation, titles and parts left out.

    "Dr. Mara Vale", "MARA" and "the doctor" agree with "Doctor Mara Vale"; "Mara" and "Maria" do not.
    """
    return _shortens(_bare(one), _bare(other)) or _shortens(_words(one), _words(other))


def name_key(name: str) -> str:
    """What two full names share when they are the same name."""
    return " ".join(_bare(name))


def _shortens(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the shorter is the longer with words left out."""
    shorter, longer = sorted((one, other), key=len)
    rest = iter(longer)
    return all(word in rest for word in shorter)


def _bare(name: str) -> tuple[str, ...]:
    words = _words(name)
    return tuple(word for word in words if word not in TITLES) or words


def _words(name: str) -> tuple[str, ...]:
    """The words of a name without articles; titles in their full spelling, so that Dr. is Doctor."""
    signs = "".join(sign if sign.isalnum() or sign in "'’-" else " " for sign in plain_words(name))
    words = tuple(_SPELLED_OUT.get(word, word) for word in signs.split() if word != "the")
    return words or (plain_words(name),)
