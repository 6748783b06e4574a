"""Story time of imported scenes: a clock that only moves forward, set by the times of day in the headings."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.project import Place
from schemas.story import NarrativeFrame, StoryInterval, TimeOfDay

_DAY = 24 * 60
# Minutes of the day at which a time of day begins and ends; a night ends on the next morning.
_WINDOWS: dict[TimeOfDay, tuple[int, int]] = {
    "dawn": (300, 420),
    "morning": (480, 690),
    "day": (600, 1050),
    "afternoon": (780, 1080),
    "dusk": (1080, 1200),
    "evening": (1140, 1320),
    "night": (1290, 1740),
}
_PAUSE = 5
_LATER = 60
_LIFETIME = 50 * 365 * _DAY


@dataclass
class StoryClock:
    """Where story time stands while scenes are read in order. Minutes since the epoch."""

    minute: int
    time_of_day: TimeOfDay
    place: str = ""

    def scene(
        self,
        time: TimeOfDay | None,
        later: bool,
        place_id: str,
        place: Place | None,
        minutes: int,
        frame: NarrativeFrame,
    ) -> StoryInterval:
        """When a scene of ``minutes`` happens; the clock then stands at its end.

        A flashback lies somewhere before now, a glimpse of the future after; neither moves the clock.
        """
        if frame.kind == "flashback":
            return StoryInterval(earliest=self.minute - _LIFETIME, latest=self.minute - _DAY)
        if frame.kind == "flash_forward":
            return StoryInterval(earliest=self.minute + _DAY, latest=self.minute + _LIFETIME)
        if self.place:
            self.minute += _LATER if later else self._way(place_id, place)
        self.time_of_day = time or self.time_of_day
        start = _next(self.minute, self.time_of_day)
        self.minute, self.place = start + minutes, place_id
        return StoryInterval(earliest=start, latest=self.minute)

    def _way(self, place_id: str, place: Place | None) -> int:
        if place_id == self.place:
            return 1
        return max(_PAUSE, place.minutes_to.get(self.place, 0) if place else 0)


def _next(minute: int, time: TimeOfDay) -> int:
    """The first minute from ``minute`` on that is at ``time`` of day."""
    start, end = _WINDOWS[time]
    of_day = minute % _DAY
    if start <= of_day < end or of_day < end - _DAY:
        return minute
    return minute + (start - of_day) % _DAY
