"""People in action lines: sentences without somebody, and speeches that no longer speak to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrative_assets.canon.repair.case import Case
from narrative_assets.canon.repair.spans import has_name, sentences
from schemas.script import ActionElement, Scene

_OPENERS = {"she": ("she", "her"), "he": ("he", "his"), "they": ("they", "their"), "it": ("it", "its")}
_DETERMINER = r"(?:(?:a|an|the|her|his|their|its)\s+)?"
_NAME_TAIL = r"(?:['’]s?)?(?![\w'’])"
_POINTS_BACK = re.compile(r"\b(?:it|this|that|both|neither|either|them)\b", re.IGNORECASE)
"""What speaks of something just told."""
_OF_TWO = re.compile(
    r",| and |\b(?:they|their|them|both|each|together|themselves|apart|alike|one another)\b|\b(\w+) (?:to|by|in) \1\b",
    re.IGNORECASE,
)
_NEEDS_TWO = frozenset({
    "agree", "argue", "collide", "converse", "dance", "differ", "embrace", "exchange", "fight", "hug", "kiss", "meet",
    "part", "quarrel", "share", "shake", "talk", "trade", "wrestle",
})  # fmt: skip
_NO_VERB = re.compile(r"(?:s|ed|ing|ly)$")
_VERBS = {"are": "is", "were": "was", "have": "has", "do": "does", "go": "goes"}


def action_without(case: Case, scene: Scene, element: ActionElement, character: str) -> str:
    """The element's text without what the character is or does in it; empty where nothing is left.

    A sentence about them goes, with those after it that go on with a pronoun; where they are one of several, only
    their name goes if the sentence can stand without it.
    """
    names = case.names(character, scene)
    member = case.member(character)
    pronouns = _OPENERS[member.pronouns] if member else ()
    named = any(has_name(element.text, name) for name in names)
    goes_on = not named and character in element.character_ids and not _shares_pronoun(case, element, character)
    if goes_on and element.character_ids == (character,):
        return ""
    kept: list[str] = []
    gone = False
    for sentence in sentences(element.text):
        if any(has_name(sentence, name) for name in names):
            left = _without_name(sentence, names)
            goes_on, gone = _is_subject(sentence, names), not left
            kept += [left] if left else []
        elif (goes_on and _opens_with(sentence, pronouns)) or (gone and _POINTS_BACK.search(sentence)):
            gone = True
        else:
            goes_on = gone = False
            kept.append(sentence)
    text = "".join(kept).strip()
    return text if text != element.text.strip() else element.text


def unaddressed(text: str, names: Sequence[str]) -> str:
    """A speech that does not call the person by name: ``Tom, look!`` and ``Look, Tom!`` become ``Look!``."""
    for name in names:
        word = re.escape(name)
        text = re.sub(rf"(^|[.!?…]\s+){word},\s+(\w)", lambda m: m[1] + m[2].upper(), text)
        text = re.sub(rf",\s+{word}(?=[.!?…,;])", "", text)
    return text


def _without_name(sentence: str, names: Sequence[str]) -> str:
    """The sentence without the name where others share its part in it, else nothing."""
    forms = dict.fromkeys(form for name in names for form in (name, name.upper(), name.lower()))
    one = "(?:" + "|".join(re.escape(form) for form in forms) + ")"
    other = rf"{_DETERMINER}[A-Z][\w'’-]*"
    trailing = sentence[len(sentence.rstrip()) :]
    body = sentence.rstrip()
    for pattern, put in (
        (rf"({other}(?:,\s+{other})*),\s+{_DETERMINER}{one}{_NAME_TAIL}(?=,?\s+and\s+{other})", r"\1"),
        (rf"\b{_DETERMINER}{one},\s+(?={other}(?:,\s+{other})*,?\s+and\s+{other})", ""),
        (rf"({other}),\s+({other}),?\s+and\s+{_DETERMINER}{one}{_NAME_TAIL}", r"\1 and \2"),
        (rf"(?<=\w\s)\b{_DETERMINER}{one}\s+and\s+(?={other})", ""),
        (rf"(?<=[a-z]\s)({other})\s+and\s+{_DETERMINER}{one}{_NAME_TAIL}(?=[.,;!?])", r"\1"),
        (rf",?\s+(?:along with|together with|with|beside|next to|behind)\s+{_DETERMINER}{one}(?=[.,;!?])", ""),
        (rf",\s+{_DETERMINER}{one}\s+in tow(?=[.,;!?])", ""),
    ):
        left = re.sub(pattern, put, body, count=1, flags=re.IGNORECASE if "tow" in pattern else 0)
        if left != body and not any(has_name(left, name) for name in names):
            return left[:1].upper() + left[1:] + trailing
    return _alone(body, one, other, names) + trailing if _alone(body, one, other, names) else ""


def _alone(body: str, one: str, other: str, names: Sequence[str]) -> str:
    """``Tom and Mara walk on.`` as ``Mara walks on.``: only where one verb follows and nothing else depends on it."""
    match = re.match(
        rf"(?:{one}\s+and\s+(?P<second>{other})|(?P<first>{other})\s+and\s+{one})\s+(?P<verb>[a-z]+)\b", body
    )
    if match is None or _NO_VERB.search(match["verb"]) or match["verb"] in _NEEDS_TWO:
        return ""
    rest = body[match.end() :]
    if _OF_TWO.search(rest) or any(has_name(rest, name) for name in names):
        return ""
    return f"{match['second'] or match['first']} {_singular(match['verb'])}{rest}"


def _singular(verb: str) -> str:
    if verb in _VERBS:
        return _VERBS[verb]
    if re.search(r"(?:sh|ch|x|z|o)$", verb):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}s"


def _is_subject(sentence: str, names: Sequence[str]) -> bool:
    one = "|".join(re.escape(name) for name in names)
    return re.match(rf"[\"“*_]*{_DETERMINER}(?:{one}){_NAME_TAIL}", sentence, re.IGNORECASE) is not None


def _opens_with(sentence: str, pronouns: Sequence[str]) -> bool:
    words = sentence.split()
    return bool(words) and words[0].strip("\"“*_'’,").casefold() in pronouns


def _shares_pronoun(case: Case, element: ActionElement, character: str) -> bool:
    """Whether a pronoun in the element may mean somebody else of those it is about."""
    member = case.member(character)
    others = [case.member(each) for each in element.character_ids if each != character]
    return member is None or any(each is not None and each.pronouns == member.pronouns for each in others)
