"""Fountain screenplays read through the library ``fountain-py`` into a ``Screenplay`` with source lines.

The library classifies; this module aligns what it finds with the author's lines and keeps every word.
What the parts mean (people, places, feelings) is the business of ``imported``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from fountain import ElementType, FountainElement, FountainParser

from narrative_assets.writing.screenplay_model import (
    AuthorNote,
    Heading,
    Passage,
    PassageKind,
    Screenplay,
    ScreenplayScene,
    Speech,
    SpeechPart,
    WrittenLine,
)
from narrative_assets.writing.screenplay_source import SHIELD, Cut, PreparedLine, decode, find_cuts, prepare
from schemas.errors import InputError

__all__ = ["Passage", "Screenplay", "ScreenplayScene", "Speech", "parse_screenplay"]

# Emphasis that a hard wrap broke over lines, which the library leaves standing.
_STARS = re.compile(r"(?<!\\)(\*{1,3})(?=\S)([^*]*?\n[^*]*?)(?<=\S)\1")
_UNDERLINE = re.compile(r"(?<![\w\\])_(?=\S)([^_]*?\n[^_]*?)(?<=\S)_(?!\w)")
_NOTE = re.compile(r"^\W*(?:author['’]s\s+)?note\s*:", re.IGNORECASE)
_READS = re.compile(r"\b(?:reads?|says?|displays?|shows?|spells?)\s*(?:,\s*)?:\s*$", re.IGNORECASE)
_READS_QUOTED = re.compile(
    r"\b(?:reads?|says?|displays?|shows?|spells?)\s*:\s*(?P<sign>[\"“][^\"“”]+[\"”])\s*$", re.IGNORECASE
)
_WHOLLY_QUOTED = re.compile(r"^[\"“][^\"“”]+[\"”]\.?$")
_CARRIER = re.compile(
    r"\b((?:(?:wooden|neon|road|street|small|large|old|new)\s+)?(?:sign|screen|phone|app icon|app|poster|banner|note"
    r"|letter|book|label|plaque|door|board|newspaper|headline|card|display|monitor|clock|map|message|t-shirt|shirt))s?\b",
    re.IGNORECASE,
)
_VOICE_OF = re.compile(r"^(.+?)['’]S VOICE$")
_SPOKEN = (ElementType.DIALOGUE, ElementType.PARENTHETICAL, ElementType.LYRICS)
_UNSEEN = (ElementType.SECTION, ElementType.SYNOPSIS, ElementType.NOTE)
_PASSAGES: dict[ElementType, PassageKind] = {
    ElementType.ACTION: "action",
    ElementType.CENTERED: "centred",
    ElementType.LYRICS: "lyrics",
    ElementType.TRANSITION: "transition",
}


def parse_screenplay(data: bytes, document: str) -> Screenplay:
    """The screenplay in ``data`` (Fountain, UTF-8 or Windows-1252), ``document`` being its name in messages.

    Linear in the file's length. Raises InputError for a file that is no text, is empty, is too large, or has
    neither a scene heading nor a line of dialogue.
    """
    document = " ".join(document.split())[:300] or "the screenplay"
    text, encoding = decode(data, document)
    cuts = find_cuts(text)
    prepared = prepare(text, cuts)
    parsed = FountainParser().parse("\n".join(line.text for line in prepared))
    builder = _Builder(prepared, text.split("\n"))
    builder.take(list(_flat(parsed.elements)))
    if not any(scene.heading or _has_speech(scene) for scene in builder.scenes):
        raise InputError(
            f"{document} has neither a scene heading nor a line of dialogue.",
            remedy="A heading looks like INT. KITCHEN - DAY; a speech is a name in capitals with the words under it.",
        )
    page = ((key, _page_lines(str(value))) for key, value in parsed.metadata.items())
    return Screenplay(
        document=document,
        encoding=encoding,
        line_count=len(builder.source),
        title_page=tuple((key, lines) for key, lines in page if lines),
        notes=tuple(sorted([*builder.notes, *_cut_notes(text, cuts)], key=lambda note: note.first_line)),
        scenes=tuple(_with_signs(scene) for scene in _merged(builder.scenes)),
    )


def _flat(elements: Sequence[FountainElement]) -> Iterator[FountainElement]:
    """Elements with simultaneous speeches taken apart again; the caret of the second tells them."""
    for element in elements:
        if element.type is ElementType.DUAL_DIALOGUE:
            left, right = element.dual_dialogue_columns()
            yield from (*left, *right)
        else:
            yield element


@dataclass
class _Builder:
    """Collects scenes while walking the library's elements."""

    prepared: list[PreparedLine]
    source: list[str]
    scenes: list[ScreenplayScene] = field(default_factory=list)
    notes: list[AuthorNote] = field(default_factory=list)

    def take(self, elements: list[FountainElement]) -> None:
        heading: Heading | None = None
        found: list[Passage | Speech] = []
        index = 0
        while index < len(elements):
            element = elements[index]
            stop = index + 1
            if element.type is ElementType.SCENE_HEADING:
                self.scenes.append(ScreenplayScene(heading, tuple(found)))
                line = self.prepared[element.line_number - 1]
                heading, found = Heading(_clean(element.text), self.raw([self.line(element)]), line.first_line), []
            elif element.type is ElementType.CHARACTER:
                while stop < len(elements) and self._continues(elements[stop - 1], elements[stop]):
                    stop += 1
                follows_speech = bool(found) and isinstance(found[-1], Speech)
                found.append(self._speech(element, elements[index + 1 : stop], follows_speech))
            elif element.type in _UNSEEN:
                lines = self.lines(element)
                self.notes.append(AuthorNote(element.text, lines[0].first_line, lines[-1].last_line))
            elif element.type in _PASSAGES:
                self._passage(_PASSAGES[element.type], element, found)
            index = stop
        self.scenes.append(ScreenplayScene(heading, tuple(found)))

    def line(self, element: FountainElement) -> WrittenLine:
        prepared = self.prepared[element.line_number - 1]
        return WrittenLine(_clean(element.text).strip(), prepared.first_line, prepared.last_line)

    def lines(self, element: FountainElement) -> list[WrittenLine]:
        """The lines of an element that may run over several, without emphasis that runs over them."""
        texts = _unwrapped_emphasis(_clean(element.text)).split("\n")
        prepared = self.prepared[element.line_number - 1 : element.line_number - 1 + len(texts)]
        return [
            WrittenLine(text.strip(), line.first_line, line.last_line)
            for text, line in zip(texts, prepared, strict=True)
        ]

    def raw(self, lines: Sequence[WrittenLine]) -> str:
        return "\n".join(self.source[lines[0].first_line - 1 : lines[-1].last_line])

    def _continues(self, previous: FountainElement, element: FountainElement) -> bool:
        return element.type in _SPOKEN and element.line_number == previous.line_number + 1

    def _passage(self, kind: PassageKind, element: FountainElement, found: list[Passage | Speech]) -> None:
        lines = tuple(self.lines(element))
        if not any(line.text for line in lines):
            return
        passage = Passage(kind, lines, self.raw(lines))
        if kind == "action" and _NOTE.match(passage.text):
            self.notes.append(AuthorNote(passage.text, passage.first_line, passage.last_line))
        else:
            found.append(passage)

    def _speech(self, cue: FountainElement, spoken: Sequence[FountainElement], follows_speech: bool) -> Speech:
        at = self.line(cue)
        extension = str(cue.metadata.get("extension", ""))
        name = " ".join(_clean(cue.text).split())
        voice = _VOICE_OF.match(name)
        if voice:
            name, extension = voice.group(1), extension or "O.S."
        parts = tuple(self._parts(spoken))
        return Speech(
            cue=self.raw([at]).strip(),
            name=name,
            extension=_clean(extension),
            parts=parts,
            first_line=at.first_line,
            last_line=parts[-1].lines[-1].last_line if parts else at.last_line,
            simultaneous=follows_speech and self.raw([at]).rstrip().endswith("^"),
        )

    def _parts(self, spoken: Sequence[FountainElement]) -> Iterator[SpeechPart]:
        """Stretches of one kind; a parenthetical may run over lines until its bracket closes."""
        index = 0
        while index < len(spoken):
            bracket = _bracket_end(spoken, index)
            if bracket:
                stop, kind = bracket, "parenthetical"
            else:
                kind = "sung" if spoken[index].type is ElementType.LYRICS else "words"
                stop = index + 1
                while stop < len(spoken) and _same_kind(spoken, index, stop):
                    stop += 1
            lines = self._spoken_lines(spoken[index:stop])
            if any(line.text for line in lines):
                yield SpeechPart(kind, lines, self.raw(lines))  # type: ignore[arg-type]
            index = stop

    def _spoken_lines(self, spoken: Sequence[FountainElement]) -> tuple[WrittenLine, ...]:
        lines = [self.line(element) for element in spoken]
        texts = _unwrapped_emphasis("\n".join(line.text for line in lines)).split("\n")
        return tuple(replace(line, text=text) for line, text in zip(lines, texts, strict=True))


def _same_kind(spoken: Sequence[FountainElement], first: int, at: int) -> bool:
    sung = spoken[first].type is ElementType.LYRICS
    return sung == (spoken[at].type is ElementType.LYRICS) and not _bracket_end(spoken, at)


def _bracket_end(spoken: Sequence[FountainElement], index: int) -> int | None:
    """Index after the parenthetical that starts at ``index``, or None where none does. Five lines at most."""
    if not spoken[index].text.lstrip().startswith("("):
        return None
    depth = 0
    for at in range(index, min(index + 5, len(spoken))):
        text = spoken[at].text.strip()
        for position, sign in enumerate(text):
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return at + 1 if position == len(text) - 1 else None
    return None


def _merged(scenes: list[ScreenplayScene]) -> list[ScreenplayScene]:
    """Scenes without the empty one before the first heading; a mere fade or title before it joins its scene."""
    opening, *rest = scenes
    if not opening.elements:
        return rest
    story = any(isinstance(e, Speech) or e.kind in ("action", "lyrics") for e in opening.elements)
    if story or not rest:
        return scenes
    return [replace(rest[0], elements=(*opening.elements, *rest[0].elements)), *rest[1:]]


def _with_signs(scene: ScreenplayScene) -> ScreenplayScene:
    """The scene with words that are seen told apart from action and from speech."""
    found: list[Passage | Speech] = []
    for element in scene.elements:
        before = found[-1] if found else None
        announced = isinstance(before, Passage) and before.kind == "action" and bool(_READS.search(before.text))
        carrier = _carrier(before.text) if announced and isinstance(before, Passage) else ""
        if isinstance(element, Speech):
            is_sign = announced and _is_lettering(element)
            found.append(_lettering(element, carrier) if is_sign else element)
        elif element.kind == "action" and (_WHOLLY_QUOTED.match(element.text) or (announced and _capitals(element))):
            found.append(replace(element, kind="sign", carrier=carrier))
        else:
            found += _split_sign(element)
    return replace(scene, elements=tuple(found))


def _capitals(passage: Passage) -> bool:
    return passage.text == passage.text.upper() != passage.text.lower()


def _is_lettering(speech: Speech) -> bool:
    """A cue and words all in capitals under "reads:" are a sign of two lines, no speech."""
    words = " ".join(part.text for part in speech.parts)
    return words == words.upper() and not speech.extension and not speech.cue.startswith("@")


def _lettering(speech: Speech, carrier: str) -> Passage:
    first = WrittenLine(speech.cue, speech.first_line, speech.first_line)
    lines = (first, *(line for part in speech.parts for line in part.lines))
    return Passage("sign", lines, "\n".join((speech.cue, *(part.raw for part in speech.parts))), carrier)


def _split_sign(passage: Passage) -> list[Passage]:
    """An action that ends by quoting a sign in capitals becomes the action and the sign."""
    match = _READS_QUOTED.search(passage.text) if passage.kind == "action" else None
    if not match or match["sign"] != match["sign"].upper():
        return [passage]
    cut, offset, action, sign = match.start("sign"), 0, [], []
    for line in passage.lines:
        head, tail = line.text[: max(0, cut - offset)].strip(), line.text[max(0, cut - offset) :].strip()
        action += [replace(line, text=head)] if head else []
        sign += [replace(line, text=tail)] if tail else []
        offset += len(line.text) + (1 if line.text else 0)
    carrier = _carrier(passage.text[:cut])
    return [
        replace(passage, lines=tuple(action)),
        Passage("sign", tuple(sign), "\n".join(line.text for line in sign), carrier),
    ]


def _carrier(text: str) -> str:
    """What carries the words: the last thing named that can."""
    found = _CARRIER.findall(text)
    return found[-1].lower() if found else ""


def _unwrapped_emphasis(text: str) -> str:
    if "\n" not in text or ("*" not in text and "_" not in text):
        return text
    return _UNDERLINE.sub(r"\1", _STARS.sub(r"\2", text))


def _clean(text: str) -> str:
    return text.replace(SHIELD, "")


def _page_lines(value: str) -> tuple[str, ...]:
    """Lines of a title page value without emphasis marks."""
    lines = (re.sub(r"^[*_]+|[*_]+$", "", _clean(line).strip()).strip() for line in value.split("\n"))
    return tuple(line for line in lines if line)


def _cut_notes(text: str, cuts: Sequence[Cut]) -> Iterator[AuthorNote]:
    number, position = 1, 0
    for cut in cuts:
        number += text.count("\n", position, cut.start)
        last = number + text.count("\n", cut.start, cut.end)
        if cut.is_note:
            yield AuthorNote(text[cut.start + 2 : cut.end - 2].strip(), number, last)
        number, position = last, cut.end


def _has_speech(scene: ScreenplayScene) -> bool:
    return any(isinstance(element, Speech) and element.parts for element in scene.elements)
