"""Feeds and imports over HTTP: what goes out comes in again, and nothing too much."""

from datetime import UTC, date, datetime

import icalendar
import pytest
import recurring_ical_events
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from rest_framework.test import APIClient

from calendar_app.models import Attendee, Event, Feed
from messaging.models import OutgoingMessage
from tests.calendar_app.conftest import EVENTS, errors
from tests.calendar_app.test_ical_reading import ics

FEEDS, IMPORT = "/api/v1/calendar/feeds", "/api/v1/calendar/import"


@pytest.fixture
def feed(api, ada):
    """Open a feed, and return what is at its address."""

    def opened(host="acme.localhost", by=None, **body):
        answer = api(by or ada).post(FEEDS, {"name": "Mine", **body})
        assert answer.status_code == 201, answer.content
        path = answer.json()["url"].split("localhost", 1)[1]
        path = path[path.index("/") :]
        return lambda **headers: APIClient(HTTP_HOST=host).get(path, headers=headers)

    return opened


def take(client, data, **fields):
    file = SimpleUploadedFile("calendar.ics", data)
    body = encode_multipart(BOUNDARY, {"file": file, **fields})
    return client.post(IMPORT, body, content_type=MULTIPART_CONTENT)


def test_a_feed_expands_to_what_the_office_shows(book, api, ada, feed, shown):
    """Zones, whole days, exceptions, a moved occurrence: read by another's library."""
    series = book("Weekly", "2024-05-15T23:30:00-04:00", timezone="America/New_York",
                  recurrence="FREQ=WEEKLY;BYDAY=WE;UNTIL=20240801T000000Z")  # fmt: skip
    at = f"{EVENTS}/{series['id']}?occurrence="
    assert api(ada).delete(f"{at}2024-05-23T03:30:00Z").status_code == 204
    moved = {"start": "2024-05-31T12:00:00Z", "title": "Moved"}
    assert api(ada).patch(f"{at}2024-05-30T03:30:00Z", moved).status_code == 200
    book("Days", "2024-06-03", end="2024-06-06", all_day=True, timezone="Europe/Berlin",
         recurrence="FREQ=MONTHLY;COUNT=3")  # fmt: skip
    book("Once", "2024-06-01T08:00:00Z")
    answer = feed()()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"].startswith("private")
    text = answer.content
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    for word in (b"BEGIN:VTIMEZONE", b"TZID:America/New_York", b"REFRESH-INTERVAL"):
        assert word in text
    calendar = icalendar.Calendar.from_ical(text)
    theirs = recurring_ical_events.of(calendar).between((2024, 5, 1), (2024, 9, 30))
    found = sorted((str(each["SUMMARY"]), _instant(each["DTSTART"].dt)) for each in theirs)
    ours = sorted(
        (row["title"], row["start_date"] or row["start"])
        for row in api(ada).get(EVENTS, {"start": "2024-05-01T00:00:00Z",
                                         "end": "2024-09-30T00:00:00Z"}).json()["results"]
    )  # fmt: skip
    assert found == ours
    assert len(found) > 12


def _instant(value):
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat()


def test_what_a_feed_says_is_imported_as_it_was(book, api, ada, max_, feed):
    book(
        "Weekly",
        recurrence="FREQ=WEEKLY;COUNT=5",
        timezone="Europe/Berlin",
        reminders=[10],
        location="Berlin",
        attendees=[{"email": "guest@other.example", "name": "Guest"}],
    )
    text = feed()().content
    first = take(api(max_), text)
    assert first.status_code == 200, first.content
    assert (first.json()["created"], first.json()["problems"]) == (1, [])
    again = take(api(max_), text).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)
    copy = Event.objects.get(calendar__owner=max_)
    original = Event.objects.get(calendar__owner=ada)
    same = ("title", "start", "end", "timezone", "recurrence", "location", "ical_uid")
    assert [getattr(copy, name) for name in same] == [getattr(original, name) for name in same]
    assert copy.reminders.get().minutes_before == 10
    assert Attendee.objects.filter(event=copy, email="guest@other.example").exists()
    # Nobody is told of what is imported.
    assert not OutgoingMessage.objects.exists()


def test_a_changed_file_changes_the_event_and_a_bad_one_is_told(api, max_):
    assert take(api(max_), ics("DTSTART:20240515T090000Z")).json()["created"] == 1
    changed = take(api(max_), ics("DTSTART:20240515T100000Z")).json()
    assert changed["updated"] == 1
    assert Event.objects.get().start == datetime(2024, 5, 15, 10, tzinfo=UTC)
    bad = take(api(max_), ics("DTSTART:20240515T100000Z", "RRULE:FREQ=SECONDLY")).json()
    assert bad["problems"][0]["uid"] == "1"
    assert Event.objects.get().start == datetime(2024, 5, 15, 10, tzinfo=UTC)
    answer = take(api(max_), b"no calendar")
    assert (answer.status_code, errors(answer)) == (400, [("file", "unreadable")])


def test_whole_days_come_in_as_dates(api, max_):
    take(api(max_), ics("DTSTART;VALUE=DATE:20240515", "DTEND;VALUE=DATE:20240518"))
    event = Event.objects.get()
    assert (event.start_date, event.end_date) == (date(2024, 5, 15), date(2024, 5, 18))


def test_a_busy_feed_says_nothing_of_what(book, feed):
    book("Salaries", description="secret", location="Berlin", conference_url="https://x.example",
         attendees=[{"email": "guest@other.example"}])  # fmt: skip
    text = feed(detail="busy")().content
    for word in (b"alaries", b"secret", b"Berlin", b"x.example", b"guest", b"ada@"):
        assert word not in text
    assert b"SUMMARY:Busy" in text


def test_a_feed_of_somebody_else_s_calendar_hides_what_is_private(book, feed, eve):
    event = book("Salaries", visibility="busy")
    book("Open")
    text = feed(by=eve, calendar_id=event["calendar_id"])().content
    assert b"alaries" not in text
    assert b"SUMMARY:Open" in text


def test_whoever_has_it_already_gets_no_copy(book, feed):
    book()
    read = feed()
    tag = read()["ETag"]
    same = read(**{"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    book("More")
    assert read(**{"If-None-Match": tag}).status_code == 200


def test_an_address_leads_nowhere_once_it_is_closed_guessed_or_elsewhere(book, api, ada, feed):
    book()
    read = feed()
    assert read().status_code == 200
    assert feed(host="globex.localhost")().status_code == 404
    assert feed(host="localhost")().status_code == 200
    assert APIClient(HTTP_HOST="acme.localhost").get(f"{FEEDS}/guess.ics").status_code == 404
    for row in Feed.objects.all():
        assert api(ada).delete(f"{FEEDS}/{row.pk}").status_code == 204
    assert read().status_code == 404


def test_an_address_leads_nowhere_once_its_owner_has_left(book, feed, ada, eve):
    read = feed(by=eve)
    assert read().status_code == 200
    eve.is_active = False
    eve.save()
    assert read().status_code == 404


def test_only_the_hash_of_a_secret_is_kept(feed, api, ada):
    answer = api(ada).post(FEEDS, {"name": "Mine"}).json()
    secret = answer["url"].rsplit("/", 1)[1].removesuffix(".ics")
    assert len(secret) >= 76
    assert secret not in str(list(Feed.objects.values()))
    assert "url" not in api(ada).get(FEEDS).json()["results"][0]
