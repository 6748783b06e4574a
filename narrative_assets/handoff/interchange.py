"""A timeline in the formats that editors read, by OpenTimelineIO's own adapters, with the same bytes every time.

What a format cannot hold is said, not dropped in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

import opentimelineio as otio

FCPX_RATES = (24, 25, 30, 50, 60)
FCP7_RATES = (24, 25, 30, 48, 50, 60)
EDL_RATES = (24, 25, 30)
EDL_EVENTS = 999
EDL_TITLE = 70
REEL_LENGTH = 8

LOST = {
    "fcpxml": "No transitions: dissolves are cuts in it (they are in the picture already). No metadata, no takes.",
    "xml": "No takes and no metadata but names and markers.",
    "edl": "Picture only: no sound tracks, no takes, no metadata. Reel names have 8 characters, so every event has the "
    "episode's; titles have 70. Markers are points in capitals.",
}
"""What each format does not carry that the OpenTimelineIO file does."""


@dataclass(frozen=True)
class Interchange:
    """The timeline's files by their ending, and why others were not written."""

    files: Mapping[str, bytes]
    left_out: Mapping[str, str]


def interchange(timeline: otio.schema.Timeline, width: int, height: int) -> Interchange:
    """The timeline as ``otio``, ``fcpxml``, ``xml`` (Final Cut 7) and ``edl``; width and height in pixels.

    A format that cannot hold the frame rate or the number of shots is left out, with the reason.
    """
    fps = round(timeline.duration().rate)
    shots = len(timeline.find_clips()) if len(timeline.tracks) else 0
    files = {"otio": _text(timeline.to_json_string(indent=2))}
    left_out = {}
    if fps in FCP7_RATES:
        files["xml"] = _final_cut_7(timeline, width, height)
    else:
        left_out["xml"] = _refused("Final Cut 7 XML", fps, FCP7_RATES)
    if fps in FCPX_RATES:
        files["fcpxml"] = _final_cut_x(timeline, width, height)
    else:
        left_out["fcpxml"] = _refused("FCPXML", fps, FCPX_RATES)
    if fps not in EDL_RATES:
        left_out["edl"] = _refused("EDL", fps, EDL_RATES)
    elif shots > EDL_EVENTS:
        left_out["edl"] = f"An EDL numbers {EDL_EVENTS} events; the episode has more shots."
    else:
        files["edl"] = _cmx3600(timeline, fps)
    return Interchange(files, left_out)


def _refused(name: str, fps: int, rates: tuple[int, ...]) -> str:
    return f"{name} is written at {', '.join(map(str, rates))} frames a second; the episode has {fps}."


def _final_cut_x(timeline: otio.schema.Timeline, width: int, height: int) -> bytes:
    """FCPXML by its adapter, without what the adapter adds that depends on the disk or repeats itself."""
    text = otio.adapters.write_to_string(timeline.deepcopy(), "fcpx_xml")
    root = ElementTree.fromstring(text)  # noqa: S314 - the adapter's own text
    for element in root.iter("format"):
        # The adapter asks ffprobe for a name where the media happens to lie in the current folder.
        element.attrib.pop("name", None)
        element.set("width", str(width))
        element.set("height", str(height))
    for asset in root.iter("asset"):
        asset.set("name", asset.get("src", "").rpartition("/")[2])
    for clip in root.findall("asset-clip"):
        root.remove(clip)  # one whole-file clip in the browser for every shot of the same file
    for project in root.iter("project"):
        project.attrib.pop("uid", None)
    return _xml(root, "fcpxml")


def _final_cut_7(timeline: otio.schema.Timeline, width: int, height: int) -> bytes:
    """Final Cut 7 XML by its adapter, with the frame size that it leaves open."""
    root = ElementTree.fromstring(otio.adapters.write_to_string(timeline.deepcopy(), "fcp_xml"))  # noqa: S314
    for pixels in root.iterfind(".//sequence/media/video/format"):
        sample = ElementTree.SubElement(pixels, "samplecharacteristics")
        ElementTree.SubElement(sample, "width").text = str(width)
        ElementTree.SubElement(sample, "height").text = str(height)
        ElementTree.SubElement(sample, "pixelaspectratio").text = "square"
    return _xml(root, "xmeml")


def _cmx3600(timeline: otio.schema.Timeline, fps: int) -> bytes:
    """The picture track as a CMX 3600 edit list."""
    cut = timeline.deepcopy()
    cut.name = cut.name[:EDL_TITLE]
    for track in [each for each in cut.tracks if each.kind != otio.schema.TrackKind.Video]:
        cut.tracks.remove(track)
    reel = "".join(c for c in timeline.name.rpartition(" ")[2].upper() if c.isalnum())[:REEL_LENGTH]
    for clip in cut.find_clips():
        clip.metadata["cmx_3600"] = {"reel": reel}
    text = otio.adapters.write_to_string(cut, "cmx_3600", rate=fps, reelname_len=REEL_LENGTH)
    head, _, events = text.partition("\n")
    return _text(f"{head}\nFCM: NON-DROP FRAME\n{events}")


def _xml(root: ElementTree.Element, kind: str) -> bytes:
    for element in root.iter():
        element.text = element.text if (element.text or "").strip() else None
        element.tail = None
    ElementTree.indent(root, "  ")
    body = ElementTree.tostring(root, encoding="unicode")
    return _text(f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE {kind}>\n{body}')


def _text(text: str) -> bytes:
    return (text.rstrip("\n") + "\n").encode()
