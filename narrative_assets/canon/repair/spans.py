"""Spans of prose: whole words and numbers put right in place, and sentences taken out. Nothing here knows canon."""

from __future__ import annotations

import re
from collections.abc import Callable

_APOSTROPHES = "'’"
_TITLE_END = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|Capt|Sgt|St|Lt|Col|Gen|No|vs)\.$")
_SENTENCE_END = re.compile(r"(?:[.!?…]+|\.{3})[\"”’')*_]*(?=\s|$)")
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_BEFORE_AGE = re.compile(
    r"(?:^|[,(—–:]|\b(?:aged?|am|is|are|was|turns?|turned|be|being|barely|just|nearly|almost|about|only|me|him|her"
    r"|a|an|the|of|[iI][’']m|s?he[’']s|they[’']re|you[’']re)|[’']s)\s*[*_]*$",
    re.IGNORECASE,
)
_AFTER_AGE = re.compile(r"^[*_]*(?:\s*(?:$|[,.;:)!?—–])|[\s-]+years?\b)", re.IGNORECASE)
_VOWEL_SOUND = re.compile(r"(?:8|11\b|18\b|[aeiou](?!ne\b|nce\b|ni|ser|se\b)|hour|honest|heir)", re.IGNORECASE)


def number_words(number: int) -> str:
    """A number up to 999 as English writes it out, else its digits."""
    if not 0 <= number < 1_000:
        return str(number)
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, one = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[one]}" if one else "")
    hundreds, rest = divmod(number, 100)
    return f"{_ONES[hundreds]} hundred" + (f" and {number_words(rest)}" if rest else "")


def with_words(text: str, old: str, new: str, *, named: bool = False) -> str:
    """``text`` with every whole-word ``old`` as ``new``: letter case, possessives and a/an follow.

    A name (``named``) is only taken where it is written as one: Will, WILL, but not will.
    """
    if not old.strip():
        return text
    spaced = r"\s+".join(re.escape(word) for word in old.split())
    pattern = re.compile(rf"(?P<article>\b[Aa]n?\s+)?(?<!\w)(?P<word>{spaced})(?P<own>[{_APOSTROPHES}]s?)?(?!\w)", re.I)

    def put(match: re.Match[str]) -> str:
        if named and old[:1].isupper() and match["word"][:1].islower():
            return match[0]
        word = in_case_of(match["word"], new)
        article = _article(match["article"], word)
        return article + word + _possessive(match["own"] or "", match["word"], word)

    return pattern.sub(put, text)


def with_number(text: str, old: int, new: int, *, age: bool) -> str:
    """``text`` with the number ``old`` as ``new``, in digits or words as it stands there.

    Of an age only numbers that read as one are taken (``Mara, 45,``, ``forty-five years``), not 45 metres or 10:45.
    """
    forms = [(str(old), str(new)), (number_words(old), number_words(new))]
    if "-" in forms[1][0]:
        forms.append((forms[1][0].replace("-", " "), forms[1][1].replace("-", " ")))
    for was, is_ in forms:
        text = _numbers_put(text, was, is_, _reads_as_age if age else None)
    return text


def has_words(text: str, words: str) -> bool:
    """Whether the whole words stand in ``text``, whatever their case."""
    return bool(words.strip()) and with_words(text, words, "\x00") != text


def has_name(text: str, name: str) -> bool:
    """Whether ``name`` stands in ``text`` as a name: Will, WILL or the will, but not a bare will."""
    if not name[:1].isupper():
        return has_words(text, name)
    forms = "|".join(re.escape(form) for form in dict.fromkeys((name, name.upper())))
    lower = re.escape(name.lower())
    return re.search(rf"(?<!\w)(?:{forms}|(?i:the|an?|her|his|their|your)\s+{lower})(?!\w)", text) is not None


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, each with the space behind it; joined they are ``text``."""
    found, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        if _TITLE_END.search(text[: end.end()]):
            continue
        stop = end.end()
        while stop < len(text) and text[stop].isspace():
            stop += 1
        if stop < len(text) and text[stop].islower():
            continue
        found.append(text[start:stop])
        start = stop
    if start < len(text):
        found.append(text[start:])
    return found


def without_sentences(text: str, drop: Callable[[str, bool], bool]) -> str:
    """``text`` without the sentences that ``drop(sentence, whether the one before was dropped)`` names."""
    kept, gone = [], False
    for sentence in sentences(text):
        gone = drop(sentence, gone)
        if not gone:
            kept.append(sentence)
    return "".join(kept).strip() if len(kept) < len(sentences(text)) else text


def quoting(quote: str, old: str, new: str) -> str:
    """``quote`` with the whole sentences it takes from ``old`` as they stand in ``new``, or left out with them."""
    was, is_ = ([sentence.strip() for sentence in sentences(text)] for text in (old, new))
    pairs = (
        zip(was, is_, strict=True) if len(was) == len(is_) else ((each, each if each in is_ else "") for each in was)
    )
    said = quote
    for before, after in pairs:
        if before != after and before in said:
            said = said.replace(before, after)
    return quote if said == quote else " ".join(said.split())


def in_case_of(pattern: str, word: str) -> str:
    """``word`` in capitals, with a capital first or as it is, the way ``pattern`` is written."""
    if pattern.isupper() and len(pattern) > 1:
        return word.upper()
    if pattern.istitle() or pattern[:1].isupper():
        return word[:1].upper() + word[1:]
    return word


def _numbers_put(text: str, was: str, is_: str, reads: Callable[[str, int, int], bool] | None) -> str:
    pattern = re.compile(rf"(?P<article>\b[Aa]n?\s+)?(?<![\w.,:$£€]){re.escape(was)}(?![\w%]|[.,:]\d)", re.I)

    def put(match: re.Match[str]) -> str:
        start = match.start() + len(match["article"] or "")
        if reads is not None and not reads(text, start, match.end()):
            return match[0]
        word = in_case_of(text[start : match.end()], is_)
        return _article(match["article"], word) + word

    return pattern.sub(put, text)


def _reads_as_age(text: str, start: int, end: int) -> bool:
    after = text[end:]
    if re.match(r"^[\s-]+years?\b", after, re.I):
        return True
    return bool(_AFTER_AGE.match(after)) and bool(_BEFORE_AGE.search(text[:start].rstrip(" ")))


def _article(article: str | None, word: str) -> str:
    if not article:
        return ""
    fitting = "an" if _VOWEL_SOUND.match(word) else "a"
    bare = article.strip()
    return article.replace(bare, fitting.capitalize() if bare[0].isupper() else fitting)


def _possessive(own: str, old: str, new: str) -> str:
    """``'s`` as ``new`` takes it; an apostrophe that closes a quotation stays one."""
    if len(own) == 1 and old[-1:].lower() == "s" and new[-1:].lower() != "s":
        return own + ("S" if new.isupper() else "s")
    return own
