"""A rendered episode as an editor's timeline: OpenTimelineIO, Final Cut Pro XML, Final Cut 7 XML and EDL.

Pure functions from contracts to timelines and bytes; which folder they land in is decided elsewhere.
"""

from __future__ import annotations

from narrative_assets.handoff.interchange import LOST, Interchange, interchange
from narrative_assets.handoff.media import VIDEO, Media, media_of
from narrative_assets.handoff.timeline import NAMESPACE, timeline

__all__ = ["LOST", "NAMESPACE", "VIDEO", "Interchange", "Media", "interchange", "media_of", "timeline"]
