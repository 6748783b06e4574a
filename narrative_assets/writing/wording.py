"""Words from project data: names, articles, pronouns, wants and secrets brought to a form templates can use.

What a project should write: ``want`` "to keep the light burning"; ``fear`` what follows "afraid of"; ``secret``
what follows "I", in the past tense and without a pronoun ("let the lamp go out"); a place or a prop with the
article it is spoken with ("the jetty", "Gull Street"); a rule as one sentence, its ``cost`` as a clause ("the sea
keeps what it borrowed"); details as noun phrases. Other forms are mended as far as that is safe.
"""

from __future__ import annotations

import re

from narrative_assets.writing.templates import house
from schemas.project import CastMember, Place, ProjectRule, Prop

_DETERMINERS = ("the", "a", "an", "my", "your", "his", "her", "its", "our", "their", "this", "that", "some")
_PRONOUNS = {
    "she": {"they": "she", "them": "her", "their": "her", "themself": "herself"},
    "he": {"they": "he", "them": "him", "their": "his", "themself": "himself"},
    "they": {"they": "they", "them": "them", "their": "their", "themself": "themself"},
    "it": {"they": "it", "them": "it", "their": "its", "themself": "itself"},
}
_FIRST_PERSON = {"is": "am", "are": "am", "has": "have", "were": "was"}
_THIRD_PERSON = {"are": "is", "am": "is", "have": "has", "were": "was"}


def short_name(member: CastMember) -> str:
    """What others call a character: an alias that is one word of the name ("Bob" of "Cyber Bob"), else the first
    word of the name, or all of it after a title ("Old Tam").
    """
    words = member.name.split()
    familiar = next((alias for alias in member.aliases if alias in words), None)
    if familiar is not None:
        return familiar
    if len(words) < 2 or words[0].lower() in house().titles_before_names:
        return member.name.strip()
    return words[0]


def with_article(name: str) -> str:
    """A thing's name with an article: "brass key" becomes "the brass key", "Ann's book" stays."""
    words = name.strip().split()
    if not words:
        return "the thing"
    if words[0].lower() in _DETERMINERS:
        return " ".join([words[0].lower(), *words[1:]])
    if words[0].endswith(("'s", "’s", "'", "’")):
        return " ".join(words)
    return "the " + " ".join(words)


def place_name(place: Place) -> str:
    """A place's name inside a sentence; a name in capitals is a proper name and takes no article."""
    words = place.name.strip().split()
    if not words:
        return "the place"
    if words[0].lower() in _DETERMINERS:
        return " ".join([words[0].lower(), *words[1:]])
    return " ".join(words) if words[0][:1].isupper() else "the " + " ".join(words)


def at_place(place: Place) -> str:
    """The place with its preposition: "in the lamp room", "at the jetty"."""
    return f"{'in' if place.interior else 'at'} {place_name(place)}"


def detail_phrase(place: Place, turn: int) -> str:
    """The place's detail number ``turn`` (counted round), or its name where it has none."""
    details = [_clause(detail) for detail in place.details if detail.strip()]
    return details[turn % len(details)] if details else place_name(place)


def want_phrase(member: CastMember) -> str:
    """What a character wants, to stand after "all you want is"."""
    return _lower_first(_clause(member.want) or house().defaults["want"])


def afraid_phrase(member: CastMember) -> str:
    """ "afraid of …", "afraid to …" or "afraid that …"."""
    fear = _lower_first(_clause(member.fear) or house().defaults["fear"])
    first = fear.split()[0]
    return f"afraid {fear}" if first in ("of", "to", "that") else f"afraid of {fear}"


def secret_phrase(member: CastMember, *, first_person: bool) -> str:
    """What stands after "I" or after the character's name when the secret is told."""
    words = _lower_first(_clause(member.secret) or house().defaults["secret"]).split()
    while len(words) > 1 and words[0].lower() in ("i", "she", "he", "they", "it", "that", short_name(member).lower()):
        words = words[1:]
    words[0] = (_FIRST_PERSON if first_person else _THIRD_PERSON).get(words[0], words[0])
    return " ".join(words)


def rule_sentence(rule: ProjectRule) -> str:
    """The rule as one sentence with its full stop."""
    clause = _clause(rule.statement) or _clause(house().defaults["rule"])
    return clause[0].upper() + clause[1:] + "."


def cost_clause(rule: ProjectRule) -> str:
    """What follows when the rule is pressed, without a full stop."""
    return _lower_first(_clause(rule.cost) or house().defaults["cost"])


def prop_name(prop: Prop | None) -> str:
    """The prop with its article, or the stand-in where there is none."""
    return with_article(prop.name) if prop else house().defaults["prop"]


def pronouns(member: CastMember) -> dict[str, str]:
    """The forms they, them, their and themself for a character."""
    return _PRONOUNS[member.pronouns]


def fill(template: str, slots: dict[str, str]) -> str:
    """The template with its slots filled, sentences capitalised and spaces and stops tidied.

    Raises KeyError for a slot that nobody filled.
    """
    text = re.sub(r"\s+", " ", template.format_map(slots)).strip()
    text = re.sub(r"(?<!\.)([.!?])\.(?!\.)", r"\1", text)
    return re.sub(r"(^|[.!?] )([\"'(]?)([a-z])", lambda m: m[1] + m[2] + m[3].upper(), text)


def _clause(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().rstrip(".!;,").strip()


def _lower_first(text: str) -> str:
    """The first letter small, where its word is a common one and no name: names cannot be told by form alone."""
    first = text.split(maxsplit=1)[0] if text else ""
    common = {
        "to", "the", "a", "an", "of", "that", "being", "losing", "nobody", "somebody", "someone", "everyone",
        "everybody", "everything", "it", "she", "he", "they", "you", "we", "nothing", "no", "one", "all", "let",
        "what", "whatever", "whoever", "never", "having", "not", "another", "any", "each", "every",
    }  # fmt: skip
    stem = first.lower().split("'")[0].split("’")[0]
    return text[0].lower() + text[1:] if stem in common else text
