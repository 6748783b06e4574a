"""The list of gates: everything that is measured on a finished video, in words, and what to do where it does not hold.

A finding is only made of a gate that stands here; what reports gates reads this list.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VideoGate:
    """A gate by name: what it asks and what mends it, a sentence each.

    ``advises``: a video that misses it is worse, and usable. ``spoken``: judged only where somebody speaks.
    ``of_plan``: judged on the render plan alone, so that it is known before anything is rendered.
    """

    name: str
    asks: str
    remedy: str
    advises: bool = False
    spoken: bool = False
    of_plan: bool = False


_MEND_CAPTIONS = "Change the line or the cut it stands at, then run the episode again."

GATES = (
    VideoGate(
        "frame_count",
        "The file has exactly the frames of the timing lock, shot by shot.",
        "Run the episode again with --force: no stored clip is used then.",
    ),
    VideoGate(
        "av_offset",
        "Sound and picture start and end together.",
        "Run the episode again with --force: picture and sound are joined anew.",
    ),
    VideoGate("caption_words", "Every spoken word stands in the captions, unchanged.", _MEND_CAPTIONS),
    VideoGate("caption_sync", "Captions come with the voice they belong to.", _MEND_CAPTIONS),
    VideoGate("caption_limits", "Captions are short enough and stand long enough to be read.", _MEND_CAPTIONS),
    VideoGate("subtitle_words", "Every spoken word stands in the subtitles, unchanged.", _MEND_CAPTIONS, spoken=True),
    VideoGate("subtitle_sync", "Subtitles come with the voice they belong to.", _MEND_CAPTIONS, spoken=True),
    VideoGate(
        "subtitle_limits",
        "Subtitles are short enough and stand long enough to be read.",
        _MEND_CAPTIONS,
        spoken=True,
    ),
    VideoGate("loudness", "The mix is as loud as the profile asks.", "Set the profile's loudness to what it is to be."),
    VideoGate(
        "true_peak",
        "No peak is higher than the profile allows.",
        "Set the profile's true_peak higher, or its loudness lower.",
    ),
    VideoGate(
        "ducking",
        "Music goes down under speech and leaves the voices clear.",
        "Lower the profile's duck, or take softer music.",
    ),
    VideoGate(
        "clipped_speech",
        "Every line is heard whole, to its last word, without clipping.",
        "Bring another recording of the line, or let it be spoken again.",
    ),
    VideoGate(
        "black_frames", "No picture is black but in a fade.", "Replace the pictures of the shots that are named."
    ),
    VideoGate(
        "frozen_pictures",
        "What should move does, and nothing stands too long.",
        "Shorten the shots that are named, or choose a take in which the camera moves.",
    ),
    VideoGate(
        "flashes",
        "The picture does not flash more than three times a second.",
        "Lengthen the shots that are named, or bring their light and dark closer together.",
    ),
    VideoGate(
        "missing_assets",
        "Whatever is missing has something that stands in for it.",
        "Bring what is named into the library.",
        of_plan=True,
    ),
    VideoGate(
        "rights",
        "Every picture and sound has a licence that allows its use.",
        "State the licence in the file beside it, or let a named person let it in there, with a reason.",
        of_plan=True,
    ),
    VideoGate(
        "pacing",
        "Shots have lengths that can be watched.",
        "Split what is long and join what is short in the screenplay.",
        advises=True,
    ),
    VideoGate(
        "glyphs",
        "Every letter in the picture is in the typefaces.",
        "Write the names that are shown in Latin, Greek or Cyrillic letters.",
        advises=True,
    ),
    VideoGate("credits", "Every line of the credits is shown.", "Render again; if it stays so, shorten the credits."),
    VideoGate(
        "runtime",
        "The episode is as long as the project asks.",
        "Change the script, or the project's target_duration.",
        advises=True,
    ),
)

ADVISORY_GATES = tuple(gate.name for gate in GATES if gate.advises)
KNOWN = frozenset(gate.name for gate in GATES)
