"""The bytes of a screenplay made ready for the Fountain parser: decoding, comments, messy headings and cues.

Every prepared line remembers the source lines it comes from. Nothing here parses Fountain.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.errors import InputError

MAX_BYTES = 32 * 1024 * 1024
MAX_LINE = 20_000
SHIELD = "\ufdd0"
"""A noncharacter that keeps the parser from reading a line's first sign as markup; taken out again afterwards."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_HEADING = re.compile(r"^(?:INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT|EST)\s*\.")
_ANY_HEADING = re.compile(r"^(?:INT\.?/EXT|EXT\.?/INT|I/E|INT|EXT|EST)[\s.]", re.IGNORECASE)
_BRACKETED = re.compile(r"\([^()]*\)")
_CUE = re.compile(r"^[^\W_](?:[\w .'’#&/-]*[\w.'’)])?$")
_SCOTTISH = re.compile(r"\bMa?c(?=[A-Z])")
_STRUCTURE = re.compile(r"^(?:[>!#]|=(?!=)|={3,}$|\.(?!\.)\w)")
_MARKUP = re.compile(r"^(?:[#=@]|\.(?![.A-Z]))")


@dataclass(frozen=True, slots=True)
class PreparedLine:
    """A line for the parser and the source lines it was made from (0 for a line that was put in)."""

    text: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of the source that is not for the parser: a comment or a note."""

    start: int
    end: int
    is_note: bool


def decode(data: bytes, document: str) -> tuple[str, str]:
    """Text with plain line ends, and the encoding it was read with. Raises InputError."""
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{document} has {len(data) / 1e6:.0f} MB; a screenplay may have {MAX_BYTES / 1e6:.0f} MB.",
            remedy="Split it into episodes.",
        )
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InputError(f"{document} is not text in a known encoding.", remedy="Save it as UTF-8 and try again.")
    strange = len(_CONTROL.findall(text))
    if "\x00" in text or strange > max(2, len(text) // 200):
        raise InputError(f"{document} is a binary file, not a screenplay.", remedy="Give the Fountain text itself.")
    text = _CONTROL.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n").replace(SHIELD, "")
    if not text.strip():
        raise InputError(f"{document} is empty.", remedy="Give a screenplay with a scene heading or dialogue.")
    _check_lines(text, document)
    has_mark = data.startswith(codecs.BOM_UTF8)
    return text, ("utf-8-sig" if has_mark else "utf-8") if encoding == "utf-8-sig" else encoding


def _check_lines(text: str, document: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise InputError(
                f"{document}: line {number} has {len(line)} characters; {MAX_LINE} are allowed.",
                remedy="Break the line.",
            )


def find_cuts(text: str) -> list[Cut]:
    """Comments and notes in order. One that is never closed is ordinary text; a blank line ends a note."""
    cuts: list[Cut] = []
    position, comments_open, hopeless_until, blank = 0, True, -1, -1
    for match in re.finditer(r"/\*|\[\[", text):
        start = match.start()
        if start < position:
            continue
        if match.group() == "/*":
            end = text.find("*/", start + 2) if comments_open else -1
            comments_open = end >= 0
        elif start < hopeless_until:
            continue
        else:
            if blank < start:
                blank = text.find("\n\n", start)
                blank = blank if blank >= 0 else len(text)
            end = text.find("]]", start + 2, blank)
            hopeless_until = blank if end < 0 else -1
        if end >= 0:
            cuts.append(Cut(start, end + 2, match.group() == "[["))
            position = end + 2
    return cuts


def prepare(text: str, cuts: list[Cut]) -> list[PreparedLine]:
    """Lines for the parser, without comments and notes, with headings and cues it would miss marked as such."""
    lines = list(_without(text, cuts))
    prepared: list[PreparedLine] = []
    in_speech = False
    for index, line in enumerate(lines):
        before = prepared[-1].text if prepared else ""
        after = lines[index + 1].text.strip() if index + 1 < len(lines) else ""
        stripped = line.text.strip()
        marked = line.text
        if not stripped:
            # Exactly two spaces keep a speech open; other white space alone is a blank line.
            in_speech = in_speech and line.text == "  "
            marked = line.text if in_speech else ""
        elif _is_crowded_heading(stripped, before, after):
            in_speech = False
            marked = f".{stripped}"
            prepared += [PreparedLine("", 0, 0)] if before else []
        elif not before and after and not _STRUCTURE.match(after) and is_cue(stripped):
            in_speech = True
            # The caret goes too: the library pairs simultaneous speeches in quadratic time.
            marked = f"@{stripped.removeprefix('@').rstrip('^ ')}"
        else:
            shield = SHIELD if in_speech and _MARKUP.match(stripped) else ""
            marked = shield + _shielded(line.text)
        prepared.append(PreparedLine(marked, line.first_line, line.last_line))
        if marked.startswith(".") and after and marked == f".{stripped}":
            prepared.append(PreparedLine("", 0, 0))
    return prepared


def is_cue(line: str) -> bool:
    """Whether ``line`` looks like a character's cue: capitals, with extensions in brackets and a caret allowed."""
    if line.startswith("@"):
        return any(sign.isalpha() for sign in line)
    name = _SCOTTISH.sub("MC", _BRACKETED.sub("", line.rstrip("^ "))).strip()
    cased = name != name.lower() and name == name.upper()
    return cased and len(name) <= 60 and bool(_CUE.match(name)) and not _ANY_HEADING.match(name)


def _is_crowded_heading(line: str, before: str, after: str) -> bool:
    """A heading in capitals that lacks the blank lines which Fountain asks for, or is inside-out for the parser."""
    if line != line.upper() or not _HEADING.match(line):
        return False
    return bool(before or after or line.startswith(("EXT./INT", "EXT/INT")))


def _shielded(text: str) -> str:
    """Unclosed comment and note marks made harmless, so that the parser drops nothing after them."""
    if "/*" not in text and "[[" not in text:
        return text
    return text.replace("/*", f"/{SHIELD}*").replace("[[", f"[{SHIELD}[")


def _without(text: str, cuts: list[Cut]) -> Iterator[PreparedLine]:
    """Source lines without the cuts; lines that a cut spans become one, and one that was all cut is left out."""
    pieces: list[str] = []
    first = number = 1
    position, is_cut = 0, False
    for cut in (*cuts, Cut(len(text), len(text), False)):
        *whole, rest = text[position : cut.start].split("\n")
        for piece in whole:
            pieces.append(piece)
            yield from _line(pieces, first, number, is_cut)
            number += 1
            first, pieces, is_cut = number, [], False
        pieces.append(rest)
        number += text.count("\n", cut.start, cut.end)
        position, is_cut = cut.end, is_cut or cut.end > cut.start
    yield from _line(pieces, first, number, is_cut)


def _line(pieces: list[str], first: int, last: int, is_cut: bool) -> Iterator[PreparedLine]:
    text = "".join(pieces)
    if not is_cut:
        yield PreparedLine(text, first, last)
    elif text.strip():
        yield PreparedLine(re.sub(r"(?<=\S)[ \t]{2,}", " ", text).rstrip(), first, last)
