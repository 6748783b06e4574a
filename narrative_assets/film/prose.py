"""What the words of an action tell the camera: sentences, who is meant, who comes and goes, how bodies stand.

Word lists are English; in another language every function falls back to its neutral answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from schemas.script import ScriptCharacter
from schemas.shots import Pose

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"”’')])\s+")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|Prof|No|[A-Z])|\b[a-z]\.[a-z](?:\.[a-z])*)\.$")
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+")
_PRONOUNS = re.compile(
    r"\b(?:(he|him|his)|(she|her|hers)|(they|them|their|both|everyone|all))\b|^(it|its)\b", re.IGNORECASE
)
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MOST_WORDS = 28
_COMMON = frozenset(
    {"the", "and", "old", "young", "man", "woman", "boy", "girl", "little", "big", "first", "second", "third", "voice"}
)


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
    (
        "slump",
        _verbs(r"slumps?|collapses?|sags?|weeps?|cr(?:y|ies)|sobs?|exhausted|shuffles?|droops?|bows?|faints?|falls?"),
    ),
    ("run", _verbs(r"runs?|races?|dash(?:es)?|chases?|rush(?:es)?|hurr(?:y|ies)|scuttles?|flees?|sprints?|bolts?")),
    (
        "walk",
        _verbs(
            r"walks?|strolls?|hikes?|strides?|steps?|cross(?:es)?|enters?|climbs?|paces?|wanders?|leaves?|follows?"
            r"|approach(?:es)?|arrives?|comes?|goes|heads?|marches|crawls?|descends?|exits?|turns? back"
        ),
    ),
    ("sit", _verbs(r"sits?|sitting|seated|seats?|crouch(?:es)?|kneels?|kneeling|lotus|squats?")),
    ("point", _verbs(r"points?|pointing|gestures?|indicates?|aims?")),
    (
        "raise_hand",
        _verbs(r"waves?|raises?|salutes?|greets?|beckons?|throws? up|reach(?:es)? up|lifts? (?:a|her|his|their) hand"),
    ),
    (
        "hold_prop",
        _verbs(
            r"holds?|holding|carr(?:y|ies)|picks? up|grips?|takes?|grabs?|unlocks?|opens?|lifts?|clutch(?:es)?|reads?"
            r"|hands?|turns? over|writes?|pours?|tosses|throws?"
        ),
    ),
    ("stand", _verbs(r"stands?|rises?|gets up|stops?|waits?|stares?")),
)
_OF_FACE = _verbs(
    r"smiles?|laughs?|frowns?|cr(?:y|ies)|stares?|looks?|glances?|blinks?|nods?|grins?|sighs?|gazes?|watch(?:es)?"
    r"|listens?|blush(?:es)?|weeps?|squints?|hesitates?|considers?|afraid|confused|affronted|silent"
)
_TO_AUDIENCE = _verbs(r"at us|the camera|the audience|the viewers?")


class Names:
    """Finds the characters of an episode in prose, by name, alias or unmistakable part of a name."""

    def __init__(self, cast: Sequence[ScriptCharacter]) -> None:
        self._owner: dict[str, str] = {}
        self._pronouns = {member.character_id: member.pronouns for member in cast}
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

    def meant(self, text: str, candidates: Sequence[str]) -> tuple[str, ...]:
        """Those of ``candidates`` whom the pronouns of ``text`` can mean; nobody where it has none.

        A pronoun in the plural, and a character without a gender, fit everybody.
        """
        groups = {match.lastindex for match in _PRONOUNS.finditer(text)}
        if not groups or 3 in groups:
            return tuple(candidates) if groups else ()
        fitting = {("he", "she", "they", "it")[group - 1] for group in groups if group is not None}
        fitting |= {"they"} if fitting != {"it"} else set()
        return tuple(who for who in candidates if self._pronouns.get(who) in fitting)


def word_count(text: str) -> int:
    """Number of words a reader would count."""
    return len(_TOKEN.findall(text))


def sentences(text: str) -> list[str]:
    """``text`` unwrapped and cut into sentences of at most 28 words or so; no sentence for empty text."""
    whole: list[str] = []
    for part in _SENTENCE_END.split(" ".join(text.split())):
        if whole and _ABBREVIATION.search(whole[-1]):
            whole[-1] = f"{whole[-1]} {part}"
        elif part:
            whole.append(part)
    return [piece for sentence in whole for piece in _shortened(sentence)]


def _shortened(sentence: str) -> list[str]:
    if word_count(sentence) <= _MOST_WORDS:
        return [sentence]
    pieces: list[str] = []
    for clause in _CLAUSE_END.split(sentence):
        if pieces and word_count(pieces[-1]) + word_count(clause) <= _MOST_WORDS // 2:
            pieces[-1] = f"{pieces[-1]} {clause}"
        else:
            words = clause.split(" ")
            pieces += [" ".join(words[at : at + _MOST_WORDS]) for at in range(0, len(words), _MOST_WORDS)]
    return pieces


def entering_at(text: str) -> int | None:
    """Offset of the first verb of coming on, or None."""
    match = _ENTERING.search(text)
    return match.start() if match else None


def leaving_at(text: str) -> int | None:
    """Offset of the first verb of going off, or None."""
    match = _LEAVING.search(text)
    return match.start() if match else None


def pose_of(text: str) -> Pose | None:
    """The pose that the first telling verb of ``text`` asks for, or None."""
    hits = [(match.start(), pose) for pose, pattern in _POSES if (match := pattern.search(text))]
    return min(hits, key=lambda hit: hit[0])[1] if hits else None


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
