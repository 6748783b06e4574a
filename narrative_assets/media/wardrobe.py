"""Looks: what a character wears and how they are built, where the project leaves it open.

Chosen from what is written about them, else from their id, so that it holds from episode to episode.
Nothing is drawn here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeVar

from schemas.canonical import sha256_hex
from schemas.project import Look, Project
from schemas.shots import ShotCharacter

Build = Literal["slight", "average", "tall", "broad", "child", "small_animal", "large_animal", "cloud"]
Hair = Literal["none", "short", "long", "bun", "curly", "hat", "hood"]
Garment = Literal["coat", "dress", "shirt", "overalls", "cloak", "none"]
T = TypeVar("T")

PALETTE: tuple[tuple[str, str], ...] = (
    ("#c8553d", "#f2c57c"), ("#2f6690", "#e8d5b0"), ("#e0a030", "#5b3a29"), ("#4f8a5b", "#f1dfa8"),
    ("#7b4b94", "#e6b8a2"), ("#d97b93", "#5a3550"), ("#2a9d8f", "#f4e3c1"), ("#7a3e2a", "#d9b382"),
    ("#6a7fc1", "#f0d9c0"), ("#b03a68", "#f3c9b5"), ("#9bb03a", "#41502a"), ("#ee8350", "#4a3140"),
    ("#33415e", "#d8a657"), ("#b09068", "#4b3b52"), ("#6fb8d6", "#34505f"), ("#5c1f3a", "#d59a7a"),
    ("#dcc79a", "#7c5b48"), ("#1f5135", "#c9b26a"), ("#f1d95f", "#5a4a78"), ("#b68fce", "#473a63"),
    ("#80898f", "#e0b892"), ("#a8d1a0", "#3f5a4d"), ("#a01c28", "#e9c46a"), ("#f4a3b6", "#6b3f4f"),
)  # fmt: skip
"""Clothes and their accents, mixed to stand apart from each other and from paper-warm backgrounds."""
COLOUR_WORDS = {
    "red": "#c23b32", "orange": "#e8833a", "yellow": "#eccb45", "gold": "#d9a93a", "green": "#4a8f55",
    "olive": "#7f8a3c", "teal": "#2a9d8f", "blue": "#3a72b0", "navy": "#2c3e66", "purple": "#7b4b94",
    "violet": "#7b4b94", "pink": "#e08aa6", "brown": "#7d5138", "beige": "#d6c29a", "cream": "#ecdfbd",
    "grey": "#858d94", "gray": "#858d94", "silver": "#aab2b8", "white": "#ece8df", "black": "#33313b",
}  # fmt: skip
GARMENT_WORDS: dict[str, Garment] = {
    "coat": "coat", "raincoat": "coat", "jacket": "coat", "parka": "coat", "oilskin": "coat", "suit": "coat",
    "dress": "dress", "gown": "dress", "skirt": "dress", "shirt": "shirt", "sweater": "shirt", "jumper": "shirt",
    "jersey": "shirt", "blouse": "shirt", "overalls": "overalls", "dungarees": "overalls", "apron": "overalls",
    "cloak": "cloak", "cape": "cloak", "robe": "cloak",
}  # fmt: skip
HAIR_WORDS: dict[str, Hair] = {
    "bald": "none", "hat": "hat", "cap": "hat", "beanie": "hat", "hood": "hood", "hooded": "hood",
    "bun": "bun", "curly": "curly", "curls": "curly", "long-haired": "long", "braid": "long", "ponytail": "long",
}  # fmt: skip
SMALL_ANIMALS = {
    "bird", "cat", "chick", "chicken", "dog", "duck", "fox", "frog", "gecko", "goose", "gull", "hamster", "hare",
    "hedgehog", "kitten", "lizard", "monkey", "mouse", "otter", "owl", "parrot", "penguin", "pigeon", "puppy",
    "rabbit", "raccoon", "rat", "raven", "robin", "seagull", "snail", "squirrel", "toad", "turtle",
}  # fmt: skip
LARGE_ANIMALS = {
    "alligator", "bear", "bull", "camel", "cow", "crocodile", "deer", "donkey", "dragon", "elephant", "elk", "goat",
    "gorilla", "hippo", "horse", "lion", "llama", "moose", "ox", "panda", "pig", "pony", "reindeer", "rhino", "seal",
    "shark", "sheep", "tiger", "walrus", "whale", "wolf", "zebra",
}  # fmt: skip
AIRY = {"cloud", "ghost", "mist", "smoke", "spirit", "wind", "fog"}
NEAR = 44
"""Colours closer than this (distance in RGB) are taken for the same one at a glance."""


@dataclass(frozen=True)
class _Person:
    """What the wardrobe knows of a character, from the cast list or from the script."""

    id: str
    species: str
    pronouns: str
    age_years: int | None
    words: tuple[str, ...]
    look: Look


def looks(project: Project, characters: Sequence[ShotCharacter]) -> dict[str, Look]:
    """A complete look for each of ``characters``, by id.

    What the project gives is kept. Default colours go to the cast in its order, then to others by id, each to
    the first free one; so a member added at the end changes nobody else's look.
    """
    people = _people(project, characters)
    taken = [person.look.colour for person in people if person.look.colour]
    dressed: dict[str, Look] = {}
    for person in people:
        colour, accent = _colours(person, taken)
        taken.append(colour)
        dressed[person.id] = Look(
            colour=colour,
            accent=person.look.accent or accent,
            build=person.look.build or _build(person),
            hair=person.look.hair or _hair(person),
            garment=person.look.garment or _garment(person),
        )
    return {character.character_id: dressed[character.character_id] for character in characters}


def _people(project: Project, characters: Sequence[ShotCharacter]) -> list[_Person]:
    cast = [
        _Person(m.id, m.species, m.pronouns, m.age_years, _words(f"{m.description} {m.occupation}"), m.look)
        for m in project.cast
    ]
    known = {person.id for person in cast}
    others = sorted((c for c in characters if c.character_id not in known), key=lambda c: c.character_id)
    return cast + [
        _Person(c.character_id, c.species, c.pronouns, c.age_years, _words(c.description), Look()) for c in others
    ]


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower()))


def _colours(person: _Person, taken: Sequence[str]) -> tuple[str, str]:
    """Colour and accent: as given, as described (``a yellow raincoat``), else the first free in the palette."""
    start = _pick(person.id, "colour", range(len(PALETTE)))
    turns = [PALETTE[(start + step) % len(PALETTE)] for step in range(len(PALETTE))]
    given = person.look.colour or _described_colour(person.words)
    if given is not None:
        return given, next(accent for _, accent in turns if _distance(accent, given) > 2 * NEAR)
    return next((pair for pair in turns if all(_distance(pair[0], other) > NEAR for other in taken)), turns[0])


def _described_colour(words: Sequence[str]) -> str | None:
    worn = (first for first, second in pairwise(words) if second in GARMENT_WORDS)
    return next((COLOUR_WORDS[word] for word in worn if word in COLOUR_WORDS), None)


def _distance(first: str, second: str) -> int:
    """Euclidean distance of two ``#rrggbb`` colours, rounded down."""
    pairs = ((int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5))
    return int(sum((one - two) ** 2 for one, two in pairs) ** 0.5)


def _build(person: _Person) -> Build:
    kind = set(re.split("[-_]", person.species))
    if kind & AIRY:
        return "cloud"
    if kind & LARGE_ANIMALS:
        return "large_animal"
    if kind & SMALL_ANIMALS or "animal" in kind:
        return "small_animal"
    if person.age_years is not None and person.age_years < 13:
        return "child"
    options: tuple[Build, ...] = ("average", "average", "tall", "broad", "slight")
    return _pick(person.id, "build", options)


def _hair(person: _Person) -> Hair:
    said = _first(person.words, HAIR_WORDS)
    if said is not None:
        return said
    if _build(person) in ("small_animal", "large_animal", "cloud"):
        return "none"
    options: dict[str, tuple[Hair, ...]] = {
        "she": ("long", "bun", "curly", "short"),
        "he": ("short", "curly", "short", "hat"),
        "they": ("short", "curly", "bun", "hood"),
        "it": ("none",),
    }
    return _pick(person.id, "hair", options[person.pronouns])


def _garment(person: _Person) -> Garment:
    said = _first(person.words, GARMENT_WORDS)
    if said is not None:
        return said
    if _build(person) in ("small_animal", "large_animal", "cloud"):
        return "none"
    options: dict[str, tuple[Garment, ...]] = {
        "she": ("dress", "coat", "shirt", "overalls"),
        "he": ("shirt", "coat", "overalls", "shirt"),
        "they": ("shirt", "coat", "cloak", "overalls"),
        "it": ("none",),
    }
    return _pick(person.id, "garment", options[person.pronouns])


def _first(words: Iterable[str], meaning: dict[str, T]) -> T | None:
    return next((meaning[word] for word in words if word in meaning), None)


def _pick(identifier: str, what: str, options: Sequence[T]) -> T:
    """One of ``options``, always the same for an id."""
    return options[int(sha256_hex(f"{what}:{identifier}".encode())[:12], 16) % len(options)]
