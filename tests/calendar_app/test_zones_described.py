"""Zones as files describe them, read by programs of others."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from dateutil.tz import tzical

from calendar_app.ical.described import described

ZONES = [
    *("America/New_York", "Europe/Berlin", "Europe/Dublin", "Australia/Sydney", "Asia/Kolkata"),
    *("America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "Australia/Lord_Howe", "UTC"),
    *("America/St_Johns", "Pacific/Apia", "Europe/Istanbul", "Pacific/Chatham", "Asia/Gaza"),
]


@pytest.mark.parametrize("name", ZONES)
def test_a_zone_is_read_by_others_as_it_is(name):
    theirs = tzical(StringIO(described(name, 2009).decode())).get()
    ours, at = ZoneInfo(name), datetime(2009, 1, 2, 1, 30, tzinfo=UTC)
    wrong = []
    while at.year < 2037:
        wall = at.astimezone(ours).replace(tzinfo=None)
        # Times that come twice or not at all are a matter of taste.
        if (
            all(
                (wall + step).replace(tzinfo=ours).utcoffset()
                == wall.replace(tzinfo=ours).utcoffset()
                for step in (timedelta(hours=-3), timedelta(hours=3))
            )
            and theirs.utcoffset(wall) != wall.replace(tzinfo=ours).utcoffset()
        ):
            wrong.append(wall)
        at += timedelta(hours=37)
    assert wrong == []


def test_a_moved_occurrence_is_in_its_zone_for_vobject_as_well(book, api, ada):
    from calendar_app.feeds import open_feed, text_of_feed
    from tests.calendar_app.conftest import EVENTS

    series = book("Weekly", "2024-05-15T23:30:00-04:00", timezone="America/New_York",
                  recurrence="FREQ=WEEKLY;BYDAY=WE;COUNT=30")  # fmt: skip
    at = f"{EVENTS}/{series['id']}?occurrence=2024-05-30T03:30:00Z"
    assert api(ada).patch(at, {"start": "2024-05-31T12:00:00Z"}).status_code == 200
    feed, _url = open_feed(name="Mine", calendar_id=None, detail="full", by=ada)
    text = text_of_feed(feed)
    [moved] = [each for each in vobject.readOne(text.decode()).vevent_list
               if hasattr(each, "recurrence_id")]  # fmt: skip
    assert moved.dtstart.value.astimezone(UTC) == datetime(2024, 5, 31, 12, tzinfo=UTC)
    assert moved.recurrence_id.value.astimezone(UTC) == datetime(2024, 5, 30, 3, 30, tzinfo=UTC)
    zone = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")[0]
    assert zone["TZID"] == "America/New_York"
