"""Caption files: read back by another library, every time exact to the frame, both sets, all formats."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
import ttconv.imsc.reader
import ttconv.srt.reader
import ttconv.vtt.reader
from ttconv.isd import ISD
from ttconv.model import Br, ContentDocument, Text
from ttconv.style_properties import FontStyleType, StyleProperties

from narrative_assets.video.caption_files import caption_documents, clock, to_srt, to_ttml, to_vtt
from narrative_assets.video.captions import CaptionSets, Cue, caption_cues
from resources.publishing import files_of
from schemas.render import CaptionFile
from schemas.shots import ShotList, SoundCue
from tests.fakes.artifacts import sample
from tests.fakes.timeline import line, shot, shot_list

TT = "{http://www.w3.org/ns/ttml}"
LONG = (
    "I told you that I would never go back to that house, whatever the weather and whoever asked me to, "
    "because the old keeper of the light went down to the shore with Mr. Henry Brown and did not return."
)


def episode(fps: int = 24) -> ShotList:
    shots = (shot(1, 0, 500), shot(2, 500, 400, figures=("mara", "tom", "ada")))
    lines = (
        line(1, LONG, 10, 400),
        line(2, "Zoë — naïve <b>&</b> 😀?", 430, 60, speaker="tom"),
        line(3, "It began that night.", 560, 60, heard="voice_over"),
        line(4, "Who is there?", 660, 40, speaker="tom", delivery="whisper"),
    )
    sounds = (SoundCue(cue_id="q1", tag="door_slam", shot_id="sc01.sh002", start_frame=760, frames=30),)
    return shot_list(shots, lines, cues=sounds, fps=fps)


def sets(fps: int = 24) -> CaptionSets:
    shots = episode(fps)
    return CaptionSets(caption_cues(shots, "subtitles"), caption_cues(shots, "sdh", scored=None))


def parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314


def read_back(form: str, data: bytes) -> ContentDocument:
    if form == "ttml":
        return ttconv.imsc.reader.to_model(ET.ElementTree(parsed(data)))
    reader = ttconv.srt.reader if form == "srt" else ttconv.vtt.reader
    return reader.to_model(io.StringIO(data.decode()), None)


def paragraphs(document: ContentDocument) -> Iterator[tuple[Fraction, Fraction, str, bool]]:
    body = document.get_body()
    assert body is not None
    for element in body.dfs_iterator():
        if type(element).__name__ == "P":
            inside = list(element.dfs_iterator())
            text = "".join("\n" if isinstance(e, Br) else e.get_text() for e in inside if isinstance(e, Br | Text))
            slanted = any(e.get_style(StyleProperties.FontStyle) is FontStyleType.italic for e in inside)
            yield element.get_begin() or Fraction(0), element.get_end(), text, slanted


@pytest.mark.parametrize("form", ["srt", "vtt", "ttml"])
@pytest.mark.parametrize("purpose", ["subtitles", "sdh"])
@pytest.mark.parametrize("fps", [24, 25, 30, 60])
def test_another_library_reads_every_cue_at_its_frame(form: str, purpose: str, fps: int) -> None:
    both = sets(fps)
    cues: tuple[Cue, ...] = both.sdh if purpose == "sdh" else both.subtitles
    documents = {(d.format, d.purpose): d.data for d in caption_documents(both, fps, "en-US", "The Lamp & the Ship")}
    found = list(paragraphs(read_back(form, documents[form, purpose])))  # type: ignore[index]
    assert [(round(begin * fps), round(end * fps)) for begin, end, _, _ in found] == [
        (cue.start_frame, cue.end_frame) for cue in cues
    ]
    assert [tuple(text.split("\n")) for _, _, text, _ in found] == [
        tuple(c.replace("<b>", "").replace("</b>", "") if form == "srt" else c for c in cue.lines) for cue in cues
    ]
    assert [slanted for *_, slanted in found] == [cue.italic for cue in cues]
    if form == "ttml":
        assert all((begin * fps).denominator == (end * fps).denominator == 1 for begin, end, _, _ in found)


def test_the_ttml_is_a_document_of_the_imsc_text_profile() -> None:
    root = parsed(to_ttml(sets().sdh, 24, "de-CH", "Möwe & Co"))
    parameter = "{http://www.w3.org/ns/ttml#parameter}"
    assert root.tag == f"{TT}tt"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "de-CH"
    assert root.get(f"{parameter}frameRate") == "24"
    assert root.get(f"{parameter}contentProfiles") == "http://www.w3.org/ns/ttml/profile/imsc1.1/text"
    named = {element.get("{http://www.w3.org/XML/1998/namespace}id") for element in root.iter()}
    used = {element.get(attribute) for element in root.iter() for attribute in ("style", "region")} - {None}
    assert used <= named
    assert root.findtext(".//{http://www.w3.org/ns/ttml#metadata}title") == "Möwe & Co"


def test_the_ttml_shows_its_captions_inside_the_safe_area() -> None:
    for vertical, foot in ((False, 94), (True, 65)):
        root = parsed(to_ttml(sets().sdh, 24, "en-US", vertical=vertical))
        region: Any = root.find(f".//{TT}region")
        styling = "{http://www.w3.org/ns/ttml#styling}"
        (left, top), (width, height) = (
            [float(part.rstrip("%")) for part in region.get(f"{styling}{name}").split()]
            for name in ("origin", "extent")
        )
        assert left >= 5
        assert left + width <= 95
        assert top + height <= foot


def test_the_ttml_renders_one_caption_at_a_time() -> None:
    document = ttconv.imsc.reader.to_model(ET.ElementTree(parsed(to_ttml(sets().subtitles, 24, "en-US"))))
    first = sets().subtitles[0]
    shown = ISD.from_model(document, Fraction(first.start_frame, 24))
    assert shown is not None
    texts = [e.get_text() for region in shown.iter_regions() for e in region.dfs_iterator() if isinstance(e, Text)]
    assert tuple(texts) == first.lines


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    data = to_ttml((Cue(0, 48, ("a\x01b\x1b[31m <&>",), "mara", "Mara"),), 24, "en-US")
    assert parsed(data).findtext(f".//{TT}span") == "ab[31m <&>"


def test_times_are_hours_minutes_seconds_and_frames() -> None:
    assert [clock(frame, 24) for frame in (0, 23, 24, 24 * 3600 + 61 * 24 + 5)] == [
        "00:00:00:00", "00:00:00:23", "00:00:01:00", "01:01:01:05",
    ]  # fmt: skip
    assert clock(119, 120) == "00:00:00:119"


def test_an_episode_without_a_word_has_valid_files() -> None:
    for document in caption_documents(CaptionSets((), ()), 24, "en-US", ""):
        if document.format == "ttml":
            assert parsed(document.data).findall(f".//{TT}p") == []
    assert to_srt((), 24) == b""
    assert to_vtt((), 24).startswith(b"WEBVTT")


def test_subtitles_hold_speech_alone() -> None:
    both = sets()
    assert not any("[" in row or "(" in row or "TOM:" in row for cue in both.subtitles for row in cue.lines)
    rows = [row for cue in both.sdh for row in cue.lines]
    assert "[door slam]" in rows
    assert "TOM: (whispering) Who is there?" in rows


def test_every_caption_file_has_a_name_of_its_own_in_the_episode_s_folder() -> None:
    kinds = [(document.format, document.purpose) for document in caption_documents(sets(), 24, "en-US", "")]
    output: Any = sample("RenderOutput")
    captions = tuple(
        CaptionFile(format=form, purpose=purpose, language="en-US", file=output.captions[0].file)
        for form, purpose in kinds
    )
    named = files_of(output.model_copy(update={"captions": captions}))
    assert [name for name in named if name.startswith("captions")] == [
        "captions.srt", "captions.vtt", "captions.ttml", "captions.sdh.srt", "captions.sdh.vtt", "captions.sdh.ttml",
    ]  # fmt: skip
