"""Captions as files: SubRip, WebVTT and TTML (IMSC 1.1 text profile), for speech alone and for the hard of hearing.

What the captions say and when is settled in ``captions``; nothing here changes a word or a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from narrative_assets.video.captions import CaptionSets, Cue

_BACKSLASH = "\ue05c"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TTML_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
    ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media"
    ttp:frameRate="{fps}" ttp:frameRateMultiplier="1 1" ttp:cellResolution="32 15" xml:lang={language}>
  <head>
    <metadata>
      <ttm:title>{title}</ttm:title>
    </metadata>
    <styling>
      <style xml:id="plain" tts:fontFamily="proportionalSansSerif" tts:fontSize="80%" tts:lineHeight="125%"
             tts:color="#ffffff" tts:textAlign="center"/>
      <style xml:id="boxed" tts:backgroundColor="#000000b4"/>
      <style xml:id="slanted" tts:backgroundColor="#000000b4" tts:fontStyle="italic"/>
    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="{left}% {top}%" tts:extent="{width}% {height}%" tts:displayAlign="after"/>
    </layout>
  </head>
  <body style="plain">
    <div>
"""
_TTML_FOOT = """    </div>
  </body>
</tt>
"""


@dataclass(frozen=True)
class CaptionDocument:
    """A caption file: its format, whom it is for, its media type and its bytes."""

    format: Literal["srt", "vtt", "ttml"]
    purpose: Literal["subtitles", "sdh"]
    media_type: str
    data: bytes


def caption_documents(
    sets: CaptionSets, fps: int, language: str, title: str, *, vertical: bool = False
) -> tuple[CaptionDocument, ...]:
    """All caption files of an episode, three formats for each set; ``vertical`` frames keep clear of buttons."""
    documents: list[CaptionDocument] = []
    for purpose, cues in (("subtitles", sets.subtitles), ("sdh", sets.sdh)):
        ttml = to_ttml(cues, fps, language, title, vertical=vertical)
        for form, media_type, data in (
            ("srt", "application/x-subrip", to_srt(cues, fps)),
            ("vtt", "text/vtt", to_vtt(cues, fps)),
            ("ttml", "application/ttml+xml", ttml),
        ):
            documents.append(CaptionDocument(form, purpose, media_type, data))  # type: ignore[arg-type]
    return tuple(documents)


def to_srt(cues: Sequence[Cue], fps: int) -> bytes:
    """The cues as a SubRip file: UTF-8, line feeds, whole milliseconds."""
    return _written(cues, fps, "srt", lambda line: line.replace("-->", "-- >"))


def to_vtt(cues: Sequence[Cue], fps: int) -> bytes:
    """The cues as a WebVTT file: UTF-8, line feeds, whole milliseconds, markup characters escaped."""
    return _written(cues, fps, "vtt", lambda line: line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def to_ttml(cues: Sequence[Cue], fps: int, language: str, title: str = "", *, vertical: bool = False) -> bytes:
    """The cues as TTML in the IMSC 1.1 text profile: UTF-8, times as hours, minutes, seconds and frames."""
    area = {"left": 5, "top": 14, "width": 90, "height": 51} if vertical else \
           {"left": 10, "top": 10, "width": 80, "height": 84}  # fmt: skip
    head = _TTML_HEAD.format(fps=fps, language=quoteattr(language), title=_text(title), **area)
    return (head + "".join(_paragraphs(cues, fps)) + _TTML_FOOT).encode("utf-8")


def milliseconds(frame: int, fps: int) -> int:
    """The time of a frame in whole milliseconds, halves rounded up."""
    return (2_000 * frame + fps) // (2 * fps)


def clock(frame: int, fps: int) -> str:
    """The time of a frame as hours, minutes, seconds and frames."""
    seconds, frames = divmod(frame, fps)
    digits = max(2, len(str(fps - 1)))
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:0{digits}d}"


def _paragraphs(cues: Sequence[Cue], fps: int) -> Iterator[str]:
    for number, cue in enumerate(cues, start=1):
        style = "slanted" if cue.italic else "boxed"
        lines = "<br/>".join(_text(line) for line in cue.lines)
        times = f'begin="{clock(cue.start_frame, fps)}" end="{clock(cue.end_frame, fps)}"'
        yield f'      <p xml:id="c{number}" region="bottom" {times}><span style="{style}">{lines}</span></p>\n'


def _text(line: str) -> str:
    """``line`` as XML text: escaped, without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("", line))


def _written(cues: Sequence[Cue], fps: int, form: str, escaped: Callable[[str], str]) -> bytes:
    from pysubs2 import SSAEvent, SSAFile

    subtitles = SSAFile()
    for cue in cues:
        # pysubs2 takes a backslash for the start of its own markup, so it travels under another name.
        text = "\n".join(escaped(line) for line in cue.lines).replace("\\", _BACKSLASH)
        text = f"<i>{text}</i>" if cue.italic else text
        subtitles.append(
            SSAEvent(start=milliseconds(cue.start_frame, fps), end=milliseconds(cue.end_frame, fps), text=text)
        )
    written: str = subtitles.to_string(form, keep_ssa_tags=True)
    return written.replace(_BACKSLASH, "\\").encode("utf-8")
