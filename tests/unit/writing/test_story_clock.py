"""Story time and travel."""

from __future__ import annotations

import pytest
from template_stories import lighthouse, night_mail

from narrative_assets.writing.clock import DAY, time_of_day, travel_minutes, wait_for


@pytest.mark.parametrize(
    ("minute", "name"),
    [
        (0, "night"),
        (299, "night"),
        (300, "dawn"),
        (420, "morning"),
        (660, "day"),
        (840, "afternoon"),
        (1020, "dusk"),
        (1140, "evening"),
        (1260, "night"),
        (DAY + 480, "morning"),
        (-60, "night"),
    ],
)
def test_each_minute_has_its_time_of_day(minute: int, name: str):
    assert time_of_day(minute) == name


@pytest.mark.parametrize("start", [0, 500, 1100, 1439, 3 * DAY + 700])
@pytest.mark.parametrize("wanted", ["dawn", "morning", "day", "afternoon", "dusk", "evening", "night"])
def test_waiting_reaches_the_wanted_time_within_a_day(start: int, wanted: str):
    reached = wait_for(start, wanted)
    assert time_of_day(reached) == wanted
    assert start <= reached <= start + DAY


def test_nobody_waits_for_no_time_or_for_the_time_it_is():
    assert wait_for(777, None) == 777
    assert wait_for(500, "morning") == 500


def test_ways_are_as_long_as_given_either_way_and_over_other_places_where_not():
    project = lighthouse()
    assert travel_minutes(project, "lamproom", "kitchen") == travel_minutes(project, "kitchen", "lamproom") == 3
    assert travel_minutes(project, "jetty", "jetty") == 0
    assert travel_minutes(project, "kitchen", "rocks") == 17
    assert travel_minutes(night_mail(), "hall", "ice") == 34
    assert travel_minutes(night_mail(), "hall", "moon") == 10
