"""Who a figure is: each choice of look made once per character, from the bible first, by stable hash for the rest."""

from __future__ import annotations

import random
from dataclasses import dataclass

from narrative_assets.media.drawing.palette import RGB, darker, dice_of, from_hex, lighter, luma, mix
from narrative_assets.media.drawing.places import words_of
from schemas.assets import CharacterPackNeed

CLOTHES: tuple[RGB, ...] = (
    (196, 88, 70),
    (62, 118, 122),
    (222, 164, 72),
    (96, 112, 158),
    (122, 142, 84),
    (158, 92, 120),
    (74, 84, 112),
    (214, 128, 92),
    (138, 104, 84),
    (92, 142, 140),
)
ACCENTS: tuple[RGB, ...] = (
    (244, 226, 190),
    (238, 186, 84),
    (214, 92, 74),
    (110, 168, 160),
    (62, 60, 82),
    (232, 158, 132),
)
SKINS: tuple[RGB, ...] = (
    (246, 208, 176),
    (236, 188, 150),
    (222, 168, 128),
    (198, 140, 100),
    (164, 108, 76),
    (124, 80, 62),
    (94, 62, 54),
)
HAIRS: tuple[RGB, ...] = ((52, 40, 44), (84, 56, 48), (128, 78, 52), (186, 122, 62), (222, 178, 104), (150, 66, 48))
COATS: tuple[RGB, ...] = ((196, 138, 84), (128, 86, 66), (232, 212, 178), (84, 78, 84), (214, 168, 112))

SHOES: tuple[RGB, ...] = ((54, 44, 48), (110, 66, 50), (72, 60, 66), (150, 62, 54))

_ANIMALS: tuple[tuple[str, str], ...] = (
    ("chihuahua", "chihuahua"),
    ("dog", "dog puppy hound terrier wolf fox coyote"),
    ("cat", "cat kitten lion tiger"),
    ("bird", "bird crow raven gull seagull owl parrot pigeon duck chicken hen penguin eagle"),
    ("cloud", "cloud mist fog ghost spirit vapour vapor"),
    ("robot", "robot android droid cyborg machine ai automaton"),
    ("beast", "horse cow bear deer sheep goat pig donkey elephant ox moose animal rabbit mouse rat squirrel"),
)


_PLUMAGE: tuple[tuple[str, RGB], ...] = (
    ("gull seagull dove swan goose albatross white", (226, 226, 222)),
    ("crow raven black penguin", (66, 62, 78)),
    ("parrot green", (94, 152, 98)),
    ("owl brown", (146, 108, 80)),
    ("robin red", (188, 92, 70)),
    ("grey gray pigeon", (140, 146, 158)),
    ("orange ginger", (218, 142, 78)),
)


@dataclass(frozen=True)
class Design:
    """A character as drawn. ``kind``: human, robot, creature, dog, chihuahua, cat, bird, beast or cloud."""

    kind: str
    build: str
    colour: RGB
    accent: RGB
    skin: RGB
    hair: str
    hair_colour: RGB
    garment: str
    legs: RGB
    shoes: RGB
    girth: float
    head_wide: float
    jaw: int
    womanly: bool
    old: bool
    beard: int
    glasses: bool
    freckles: bool
    faceless: bool
    plumage: RGB | None
    seed: int


def design_of(need: CharacterPackNeed) -> Design:
    """Settle a character's look. What the bible leaves open is chosen by hash, the same in every picture."""
    dice = dice_of("figure", need.character_id, need.pronouns, need.species, str(need.age_years))
    words = frozenset(words_of(f"{need.description} {need.name}"))
    kind = _kind(need, words)
    build = need.look.build or _build(need, kind, dice)
    colour = from_hex(need.look.colour) if need.look.colour else dice.choice(CLOTHES)
    accent = from_hex(need.look.accent) if need.look.accent else _apart(dice, ACCENTS, colour)
    skin = _skin(need, words, dice)
    womanly = need.pronouns.startswith("she") or (need.pronouns.startswith("they") and dice.random() < 0.4)
    old = (need.age_years or 0) >= 62 or bool(words & {"old", "elderly", "ancient", "aged"})
    if kind in ("robot", "creature"):
        skin = (186, 194, 198) if kind == "robot" else colour
    hair_colour = dice.choice(HAIRS[:2] if luma(skin) < 130 else HAIRS)
    hair_colour = (214, 210, 206) if old else (darker(hair_colour, 0.3) if luma(skin) < 130 else hair_colour)
    return Design(
        kind=kind,
        build=build,
        colour=colour,
        accent=accent,
        skin=skin,
        hair=need.look.hair or _hair(dice, womanly, words, build),
        hair_colour=_named_hair(words, hair_colour),
        garment=need.look.garment or _garment(dice, womanly, kind, build),
        legs=_apart(dice, ((58, 62, 88), (88, 74, 72), (74, 88, 92), (112, 98, 88), (60, 54, 66)), colour),
        shoes=darker(skin, 0.4) if kind in ("robot", "creature") else dice.choice(SHOES),
        girth={"slight": 0.84, "tall": 0.92, "broad": 1.3, "child": 0.98}.get(build, 1.0),
        head_wide={"slight": 0.80, "broad": 0.92, "child": 0.96}.get(build, 0.85) + dice.uniform(-0.03, 0.03),
        jaw=dice.randrange(3),
        womanly=womanly,
        old=old,
        beard=_beard(need, words, womanly, build, dice),
        glasses=bool(words & {"glasses", "spectacles", "bespectacled", "nerd", "nerdy", "librarian", "professor"})
        or dice.random() < 0.1,
        freckles=dice.random() < 0.16,
        faceless="faceless" in words,
        plumage=_plumage(need, words),
        seed=dice.getrandbits(32),
    )


def _kind(need: CharacterPackNeed, words: frozenset[str]) -> str:
    own = frozenset(words_of(need.species.replace("_", " ").replace("-", " ")))
    if need.look.build == "cloud":
        return "cloud"
    for kind, keys in _ANIMALS:
        if own & frozenset(keys.split()):
            return "chihuahua" if kind == "dog" and "chihuahua" in words else kind
    if own & {"human", "person", "man", "woman", "child", "people"}:
        return "human"
    return "beast" if need.look.build in ("small_animal", "large_animal") else "creature"


def _build(need: CharacterPackNeed, kind: str, dice: random.Random) -> str:
    if kind == "cloud":
        return "cloud"
    if kind in ("dog", "chihuahua", "cat", "bird"):
        return "small_animal"
    if kind == "beast":
        return "large_animal"
    if need.age_years is not None and need.age_years < 13 and kind == "human":
        return "child"
    return dice.choice(("slight", "average", "average", "tall", "broad"))


def _skin(need: CharacterPackNeed, words: frozenset[str], dice: random.Random) -> RGB:
    pick = dice.choice(SKINS)
    said = need.description.lower()
    if any(phrase in said for phrase in ("white man", "white woman", "white person", "pale", "fair-skinned")):
        return SKINS[pick[0] % 2]
    if any(phrase in said for phrase in ("black man", "black woman", "black person", "dark-skinned")):
        return SKINS[5 + pick[0] % 2]
    if words & {"alien", "goblin", "ogre", "troll"}:
        return (146, 178, 122)
    return pick


def _hair(dice: random.Random, womanly: bool, words: frozenset[str], build: str) -> str:
    for word, style in (
        ("bald", "none"),
        ("hat", "hat"),
        ("cap", "hat"),
        ("hood", "hood"),
        ("hooded", "hood"),
        ("curly", "curly"),
        ("bun", "bun"),
    ):
        if word in words:
            return style
    if build == "child":
        return dice.choice(("short", "curly", "bun") if womanly else ("short", "curly"))
    return dice.choice(
        ("long", "bun", "curly", "long", "short") if womanly else ("short", "short", "curly", "none", "hat")
    )


def _named_hair(words: frozenset[str], chosen: RGB) -> RGB:
    named: tuple[tuple[str, RGB], ...] = (
        ("blond", HAIRS[4]),
        ("blonde", HAIRS[4]),
        ("redhead", HAIRS[5]),
        ("ginger", HAIRS[5]),
        ("brunette", HAIRS[1]),
        ("grey-haired", (200, 198, 198)),
    )
    for word, colour in named:
        if word in words:
            return colour
    return chosen


def _garment(dice: random.Random, womanly: bool, kind: str, build: str) -> str:
    if kind in ("robot", "creature"):
        return "none"
    if build == "child":
        return dice.choice(("overalls", "shirt", "dress") if womanly else ("overalls", "shirt"))
    return dice.choice(("dress", "coat", "shirt", "dress") if womanly else ("shirt", "coat", "shirt", "overalls"))


def _beard(need: CharacterPackNeed, words: frozenset[str], womanly: bool, build: str, dice: random.Random) -> int:
    roll = dice.random()
    if words & {"beard", "bearded"}:
        return 2
    if words & {"moustache", "mustache"}:
        return 1
    if womanly or build == "child" or not need.pronouns.startswith("he") or (need.age_years or 30) < 20:
        return 0
    return 2 if roll < 0.16 else (1 if roll < 0.28 else 0)


def _apart(dice: random.Random, choices: tuple[RGB, ...], other: RGB) -> RGB:
    """A colour that stands off ``other``: the first of a shuffled set whose luma differs enough."""
    order = dice.sample(choices, len(choices))
    return next((pick for pick in order if abs(luma(pick) - luma(other)) > 45), order[0])


def fur_of(design: Design, chosen: bool) -> tuple[RGB, RGB]:
    """An animal's coat and its lighter marks: the look's own colour if given, else a natural one."""
    base = design.colour if chosen else (design.plumage or COATS[design.seed % len(COATS)])
    return base, mix(lighter(base, 0.62), (255, 244, 224), 0.3)


def _plumage(need: CharacterPackNeed, words: frozenset[str]) -> RGB | None:
    said = words | frozenset(words_of(need.species))
    for keys, coat in _PLUMAGE:
        if said & frozenset(keys.split()):
            return coat
    return None
