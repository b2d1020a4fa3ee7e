"""Feeds and imports over HTTP: what goes out comes in again, and nothing too much."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from rest_framework.test import APIClient

from calendar_app.models import Attendee, Event, Feed, Tombstone
from calendar_app.tombstones import forget
from messaging.models import OutgoingMessage
from tenants.context import public_context
from tenants.models import DueInstant
from tests.calendar_app.conftest import EVENTS, NOW, errors
from tests.calendar_app.test_ical_reading import ics
from tests.conftest import person

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


def test_a_busy_feed_speaks_the_language_of_whoever_opened_it(book, feed, ada):
    book("Salaries")
    read = feed(detail="busy")
    ada.locale = "de-AT"
    ada.save()
    assert "SUMMARY:Beschäftigt".encode() in read().content


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


def _states(answer):
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(each["UID"]): str(each["STATUS"]) for each in calendar.walk("VEVENT")}


@pytest.mark.parametrize("detail", ["full", "busy"])
@pytest.mark.parametrize("whose", ["ada", "eve"])
def test_a_deleted_event_is_told_as_cancelled_for_thirty_days(
    whose, detail, book, api, feed, time_machine
):
    ada, eve = person("ada@acme.example"), person("eve@acme.example")
    people = [{"user_id": str(eve.pk)}]
    gone = book("Secret plan", attendees=people, recurrence="FREQ=DAILY;COUNT=3")
    days = book("Days", "2024-06-03", end="2024-06-06", all_day=True, attendees=people)
    read = feed(by={"ada": ada, "eve": eve}[whose], detail=detail)
    assert set(_states(read()).values()) == {"CONFIRMED"}
    for each in (gone, days):
        assert api(ada).delete(f"{EVENTS}/{each['id']}").status_code == 204
    answer = read()
    assert list(_states(answer).values()) == ["CANCELLED", "CANCELLED"]
    assert b"Secret plan" not in answer.content
    numbers = {int(each["SEQUENCE"]) for each in icalendar.Calendar.from_ical(answer.content).walk(
        "VEVENT")}  # fmt: skip
    assert numbers == {1}
    time_machine.move_to(NOW + timedelta(days=29))
    assert len(_states(read())) == 2
    time_machine.move_to(NOW + timedelta(days=31))
    assert _states(read()) == {}


def test_others_are_not_told_of_what_was_deleted(book, api, ada, max_, feed):
    api(ada).delete(f"{EVENTS}/{book()['id']}")
    assert _states(feed(by=max_)()) == {}


def test_what_comes_back_is_not_told_as_cancelled(api, ada, feed):
    data = ics("DTSTART:20240601T080000Z")
    for _time in range(2):
        assert take(api(ada), data).status_code == 200
        assert _states(feed()()) == {"1": "CONFIRMED"}
        api(ada).delete(f"{EVENTS}/{Event.objects.get().pk}")
        assert _states(feed()()) == {"1": "CANCELLED"}
    assert Tombstone.objects.count() == 1


def test_the_sweep_forgets_what_was_remembered_long_enough(book, api, ada):
    api(ada).delete(f"{EVENTS}/{book()['id']}")
    row = Tombstone.objects.get()
    with public_context():
        assert DueInstant.objects.get(kind="tombstone", object_id=row.pk).due_at == row.forget_at
    forget([row.pk], row.forget_at - timedelta(seconds=1))
    assert Tombstone.objects.exists()
    forget([row.pk], row.forget_at)
    assert not Tombstone.objects.exists()
    with public_context():
        assert not DueInstant.objects.filter(kind="tombstone").exists()
