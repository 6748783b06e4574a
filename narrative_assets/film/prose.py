"""What the words of an action tell the camera: sentences, coming and going, how bodies stand.

Word lists are English; in another language every function falls back to its neutral answer. Who is meant is
found in ``names``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from schemas.shots import Pose

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"”’')])\s+")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|Prof|No|[A-Z])|\b[a-z]\.[a-z](?:\.[a-z])*)\.$")
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MOST_WORDS = 36


def _verbs(stems: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{stems})\b", re.IGNORECASE)


_ENTERING = _verbs(
    r"enters?|arrives?|comes? (?:in|into|out|through|up|running)|walks? in(?:to)?|steps? in(?:to|side)?|joins?"
    r"|appears?|descends?|emerges?|materiali[sz]es?|bursts? in(?:to)?|returns?|approach(?:es)?|runs? in(?:to)?"
)
_LEAVING = _verbs(
    r"exits?|leaves?|vanish(?:es)?|disappears?|departs?|flees?|scuttles? (?:off|away)|goes (?:out|off|away)"
    r"|(?:walks?|runs?|hurries|rides?|drives?|storms?|slips?|steps?|strides?) (?:out|off|away)"
)
_POSES: tuple[tuple[Pose, re.Pattern[str]], ...] = (
    ("embrace", _verbs(r"hugs?|embraces?|cuddles?|holds? (?:her|him|them|each other) (?:close|tight)")),
    ("recoil", _verbs(r"recoils?|flinch(?:es)?|jolts?|startles?|staggers?|freaks?|shrinks? back|jumps? back|winces?")),
    ("slump", _verbs(r"slumps?|collapses?|sags?|weeps?|cr(?:y|ies)|sobs?|exhausted|shuffles?|droops?|bows|faints?")),
    ("run", _verbs(r"runs?|races|dash(?:es)?|chases?|rush(?:es)?|hurr(?:y|ies)|scuttles?|flees?|sprints?")),
    (
        "walk",
        _verbs(
            r"walks?|strolls?|hikes?|strides?|steps|cross(?:es)?|enters?|climbs?|paces|wanders?|leaves?|follows?"
            r"|approach(?:es)?|arrives?|comes?|goes (?!silent|quiet|still)|marches|crawls?|descends?|exits?|turns? back"
            r"|heads? (?:up|down|out|off|back|home|for|to|towards?|into)|takes? (?:\w+ ){0,3}steps?"
        ),
    ),
    ("sit", _verbs(r"sits?|sitting|seated|crouch(?:es)?|kneels?|kneeling|lotus|squats?")),
    ("point", _verbs(r"points?|pointing|gestures?|indicates?|aims?")),
    (
        "raise_hand",
        _verbs(r"waves|raises?|salutes?|greets?|beckons?|throws? up|reach(?:es)? up|lifts? (?:a|her|his|their) hand"),
    ),
    (
        "hold_prop",
        _verbs(
            r"holds?|holding|carr(?:y|ies)|picks? up|grips?|takes?|grabs?|unlocks?|opens?|lifts?|clutch(?:es)?|writes?"
            r"|hands? (?:it|him|her|them|over)|turns? (?:over|a|the|his|her|it)|pours?|toss(?:es)?|throws?|types?"
        ),
    ),
    ("stand", _verbs(r"stands?|rises?|gets up|stops?|waits?|stares?")),
)
_IN_HAND = _verbs(
    r"holds?|holding|carr(?:y|ies)|carrying|picks? up|grips?|grabs?|lifts?|clutch(?:es)?|clutching|writes?"
    r"|takes? (?!(?:an?|the|his|her|their) (?:look|breath|seat|step|turn|bow|moment|place|time|hand)|off|place)"
    r"|unlocks?|hands? (?:\w+ ){1,4}|turns? over|pours?|toss(?:es)?|throws?|types?|reads?|shows?|gives?|pulls? out"
)
_OF_FACE = _verbs(
    r"smiles?|laughs?|frowns?|cr(?:y|ies)|stares?|looks?|glances?|blinks?|nods?|grins?|sighs?|gazes?|watch(?:es)?"
    r"|listens?|blush(?:es)?|weeps?|squints?|hesitates?|considers?|afraid|confused|affronted|silent"
)
_TO_AUDIENCE = _verbs(r"at us|the camera|the audience|the viewers?")


def word_count(text: str) -> int:
    """Number of words a reader would count."""
    return len(_TOKEN.findall(text))


def sentences(text: str) -> list[str]:
    """``text`` unwrapped and cut into sentences; none for empty text. Quoted words stay in their sentence."""
    whole: list[str] = []
    for part in _SENTENCE_END.split(" ".join(text.split())):
        if whole and (_ABBREVIATION.search(whole[-1]) or whole[-1].count('"') % 2 or part[:1].islower()):
            whole[-1] = f"{whole[-1]} {part}"
        elif part:
            whole.append(part)
    return whole


def pieces(sentence: str) -> list[str]:
    """``sentence`` whole, or cut at clauses where it is too long for a shot (over 36 words); no word is lost."""
    if word_count(sentence) <= _MOST_WORDS:
        return [sentence]
    found: list[str] = []
    for clause in _CLAUSE_END.split(sentence):
        if found and word_count(found[-1]) + word_count(clause) <= _MOST_WORDS // 2:
            found[-1] = f"{found[-1]} {clause}"
        else:
            words = clause.split(" ")
            found += [" ".join(words[at : at + _MOST_WORDS]) for at in range(0, len(words), _MOST_WORDS)]
    return found


def entering_at(text: str) -> int | None:
    """Offset of the first verb of coming on, or None."""
    match = _ENTERING.search(text)
    return match.start() if match else None


def leaving_at(text: str) -> int | None:
    """Offset of the first verb of going off, or None."""
    match = _LEAVING.search(text)
    return match.start() if match else None


def pose_at(text: str) -> tuple[int, Pose] | None:
    """Offset of the first telling verb of ``text`` and the pose that it asks for, or None."""
    hits = [(match.start(), pose) for pose, pattern in _POSES if (match := pattern.search(text))]
    return min(hits, key=lambda hit: hit[0]) if hits else None


def pose_of(text: str) -> Pose | None:
    """The pose that the first telling verb of ``text`` asks for, or None."""
    hit = pose_at(text)
    return hit[1] if hit else None


def takes_in_hand(text: str) -> bool:
    """True where something is in a hand, or comes into one; a door that is opened is not."""
    return _IN_HAND.search(text) is not None


def is_of_face(text: str) -> bool:
    """True for an action that only a face shows, such as a smile or a look."""
    return _OF_FACE.search(text) is not None


def is_to_audience(text: str) -> bool:
    """True where someone looks into the camera."""
    return _TO_AUDIENCE.search(text) is not None


def named_in(slug: str, text: str) -> bool:
    """True where a word of ``slug`` stands in ``text``, longer ones also with an ending."""
    tokens = [token.casefold() for token in _TOKEN.findall(text)]
    stems = [stem for stem in re.split(r"[-_]", slug) if len(stem) >= 3] or [slug]
    return any(token == stem or (len(stem) > 3 and token.startswith(stem)) for stem in stems for token in tokens)


def dealt(slugs: Iterable[str], texts: Sequence[str]) -> list[list[str]]:
    """Each of ``slugs`` given to the first of ``texts`` that names it, else to the first text."""
    hands: list[list[str]] = [[] for _ in texts]
    for slug in slugs:
        home = next((index for index, text in enumerate(texts) if named_in(slug, text)), 0)
        hands[home].append(slug)
    return hands
