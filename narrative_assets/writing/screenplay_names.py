"""Names in a screenplay: their plain form, identifiers made from them, and whether two may be one being.

Who bears which name in a given screenplay is decided in ``screenplay_people``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_QUOTED = re.compile(r"\"[^\"]{0,400}\"|“[^”]{0,400}”")
_SCOTTISH = re.compile(r"\b(Ma?c)([A-Z])([A-Z]+)\b")
_ARTICLE = re.compile(r"^(?:THE|AN?)\s+(?=\S)")


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


_SMALL = _words("a an and at by for from in of on or the to under with")

GENERIC = _words(
    "MAN WOMAN BOY GIRL KID CHILD BABY GUY LADY GENTLEMAN PERSON STRANGER VOICE NARRATOR ANNOUNCER DOG CAT BIRD HORSE"
    " PUPPY KITTEN ANIMAL GUARD COP OFFICER POLICEMAN POLICEWOMAN DETECTIVE SOLDIER NURSE DOCTOR TEACHER STUDENT"
    " DRIVER WAITER WAITRESS BARTENDER CLERK CASHIER REPORTER ROBOT MONSTER ALIEN GHOST KING QUEEN PRINCE PRINCESS"
    " MOTHER FATHER MOM MUM DAD SISTER BROTHER SON DAUGHTER AUNT UNCLE GRANDMA GRANDPA HUSBAND WIFE CROWD EVERYONE"
    " ALL BOTH"
)
"""Names of a kind rather than of somebody: the same word in two scenes may mean two beings."""
APART = _words(
    "MR MRS MS MISS MX YOUNG OLD OLDER YOUNGER LITTLE BABY TEEN TEENAGE FIRST SECOND THIRD FOURTH OTHER ANOTHER NEW"
    " FAKE EVIL FUTURE PAST CLONE TWIN GHOST LADY JR SR SENIOR JUNIOR AND OR"
)
"""Words that make a longer name somebody else's: YOUNG BOB is not cast as BOB."""
SPECIES = {
    "dog": "DOG DOGS PUPPY PUPPIES CHIHUAHUA CHIHUAHUAS HOUND TERRIER POODLE BEAGLE MUTT DOGGY",
    "cat": "CAT CATS KITTEN KITTENS TOMCAT",
    "bird": "BIRD BIRDS PARROT CROW RAVEN OWL GULL PIGEON SPARROW",
    "horse": "HORSE HORSES PONY MARE STALLION",
    "mouse": "MOUSE MICE RAT RATS",
    "cloud": "CLOUD CLOUDS",
    "robot": "ROBOT ROBOTS ANDROID DROID",
    "alien": "ALIEN ALIENS",
    "ghost": "GHOST GHOSTS SPIRIT",
    "dragon": "DRAGON DRAGONS",
}
BEINGS = frozenset(word for words in SPECIES.values() for word in words.split()) | GENERIC
_KIND = {word: kind for kind, words in SPECIES.items() for word in words.split()}
_MANY = _words("TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN MANY SEVERAL SOME DOZENS HUNDREDS CROWD")


def plain_name(name: str) -> str:
    """A name for comparing: capitals, straight apostrophes, no article, no brackets, single spaces."""
    straight = re.sub(r"\([^()]*\)|\^", " ", name.replace("’", "'")).upper()
    words = " ".join(straight.strip("@ \"'").split())
    return _ARTICLE.sub("", words) or words or "UNNAMED"


def title_case(name: str) -> str:
    """A name written in capitals as it stands in running text; mixed case is left as it is."""
    if name != name.upper():
        return " ".join(_SCOTTISH.sub(lambda m: m[1] + m[2] + m[3].lower(), name).split())
    words = name.split()
    return " ".join(
        word.lower() if index and word.lower() in _SMALL else _capital(word) for index, word in enumerate(words)
    )


def _capital(word: str) -> str:
    """The word with a capital after every hyphen and after the apostrophe of O'Brien, not of Bob's."""
    return re.sub(r"(?:(?<![\w'’])|(?<=\b[od]['’])(?=\w{2}))(\w)", lambda m: m[1].upper(), word.lower())


def slug_of(name: str, otherwise: str) -> str:
    """An identifier from a name; a name without Latin letters gets one from its hash."""
    plain = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", ""))
    kept = "".join(c if c.isascii() and c.isalnum() else "" if unicodedata.combining(c) else "_" for c in plain.lower())
    slug = "_".join(part for part in kept.split("_") if part)[:64].strip("_")
    return slug or f"{otherwise}_{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Where ``text`` quotes: words that are seen or spoken, and name nobody who is there."""
    return [match.span() for match in _QUOTED.finditer(text)]


def shortened(text: str, limit: int = 300) -> str:
    """``text`` on one line and within ``limit`` characters, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut[: cut.rfind(" ")] if " " in cut else cut) + "…"


def may_shorten(short: str, long: str) -> bool:
    """Whether ``short`` may be the same being as ``long``: BOB of CYBER BOB, MARA of MARA VALE."""
    brief, full = short.split(), long.split()
    if not brief or len(brief) >= len(full) or short in GENERIC:
        return False
    if full[-len(brief) :] == brief:
        extra = full[: -len(brief)]
    elif full[: len(brief)] == brief:
        extra = full[len(brief) :]
    else:
        return False
    return not any(word.strip(".,#") in APART or any(c.isdigit() for c in word) or word == "&" for word in extra)


def species_of(words: str) -> str:
    """Species that a name or a description in capitals speaks of; human where it speaks of none."""
    found = [_KIND[word] for word in re.findall(r"[A-Z]+", words.upper()) if word in _KIND]
    return found[-1] if found else "human"


def is_group(name: str) -> bool:
    """Whether the name stands for several: SEVEN CHIHUAHUAS, MANY DOGS, CROWD."""
    return bool(_MANY & set(name.split())) or name in ("ALL", "BOTH", "EVERYONE")
