"""Calendar files of others: hostile, broken, and merely unusual ones."""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendar_app.ical.reading import MOST_BYTES, read_file
from calendar_app.ical.zones import zone_named
from common.errors import InvalidError

BERLIN = ZoneInfo("Europe/Berlin")


BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
EXDATES = [f"EXDATE:{BEGINNING + timedelta(hours=n):%Y%m%dT%H%M%SZ}" for n in range(10_000)]


def ics(*lines, head=(), newline="\r\n"):
    """Return a file with one event of these lines."""
    body = ["BEGIN:VEVENT", "UID:1", "SUMMARY:Planning", *lines, "END:VEVENT"]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", *head, *body, "END:VCALENDAR", ""]
    return newline.join(whole).encode()


def one(data, zone="Europe/Berlin"):
    found = read_file(data, zone=zone)
    assert found.problems == []
    [event] = found.events
    return event


def problem(data):
    found = read_file(data, zone="UTC")
    assert found.events == []
    [told] = found.problems
    return told["reason"]


def test_a_file_of_five_megabytes_is_refused_and_a_large_one_is_read_in_time():
    with pytest.raises(InvalidError, match="5 MB"):
        read_file(b"x" * (MOST_BYTES + 1), zone="UTC")
    event = b"BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20240515T090000Z\r\nEND:VEVENT\r\n"
    body = b"".join(event % number for number in range(6000))
    began = perf_counter()
    found = read_file(b"BEGIN:VCALENDAR\r\n" + body + b"END:VCALENDAR\r\n", zone="UTC")
    assert len(found.events) == 5000
    assert "more than 5000" in found.problems[-1]["reason"]
    assert perf_counter() - began < 60


@pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VEVENT\r\nEND:VEVENT", b"\xff\xfe\x00",
                                  b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])  # fmt: skip
def test_what_is_no_calendar_is_refused(data):
    with pytest.raises(InvalidError) as caught:
        read_file(data, zone="UTC")
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["DTSTART:20240515T090000Z", "RRULE:FREQ=SECONDLY"], "more often than daily"),
        (["DTSTART:20240515T090000Z", "RRULE:FREQ=HOURLY;COUNT=9"], "more often than daily"),
        ([], "there is no DTSTART"),
        (["DTSTART:garbage"], "Expected time"),
        (["DTSTART:20240515T090000Z", "DTEND:20240515T080000Z"], "ends before it begins"),
        (["DTSTART:20240515T090000Z", "DURATION:-PT1H"], "ends before it begins"),
        (
            ["DTSTART:20240515T090000Z", "RRULE:FREQ=DAILY", *EXDATES],
            "more than 5000 exceptions",
        ),
    ],
)  # fmt: skip
def test_a_bad_event_is_named_and_left_out(lines, reason):
    assert reason in problem(ics(*lines))


def test_one_bad_event_does_not_spoil_the_file():
    good = ics("DTSTART:20240515T090000Z").decode()
    both = good.replace("END:VCALENDAR", "BEGIN:VEVENT\r\nUID:2\r\nEND:VEVENT\r\nEND:VCALENDAR")
    found = read_file(both.encode(), zone="UTC")
    assert [event.uid for event in found.events] == ["1"]
    assert found.problems == [{"uid": "2", "reason": "there is no DTSTART"}]


def test_floating_times_are_meant_in_the_office_s_zone_or_the_file_s():
    assert one(ics("DTSTART:20240515T090000")).start == datetime(2024, 5, 15, 9, tzinfo=BERLIN)
    head = ["X-WR-TIMEZONE:America/New_York"]
    found = one(ics("DTSTART:20240515T090000", head=head))
    assert found.timezone == "America/New_York"
    assert found.start.astimezone(UTC).hour == 13
    assert one(ics("DTSTART:20240515T090000Z", head=head)).timezone == "America/New_York"
    assert one(ics("DTSTART:20240515T090000Z")).timezone == "UTC"


def test_zones_of_windows_of_paths_and_of_the_file_itself_are_known():
    for name in ("W. Europe Standard Time", "/freeassociation.sourceforge.net/Europe/Berlin"):
        found = one(ics(f"DTSTART;TZID={name}:20240515T090000"), zone="UTC")
        assert (found.timezone, found.start.astimezone(UTC).hour) == ("Europe/Berlin", 7)
    own = [
        "BEGIN:VTIMEZONE", "TZID:Ours",
        "BEGIN:STANDARD", "DTSTART:19701025T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
        "BEGIN:DAYLIGHT", "DTSTART:19700329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT", "END:VTIMEZONE",
    ]  # fmt: skip
    found = read_file(ics("DTSTART;TZID=Ours:20240515T090000", head=own), zone="UTC").events[0]
    assert found.start.astimezone(UTC) == datetime(2024, 5, 15, 7, tzinfo=UTC)


def test_every_zone_of_windows_is_one_of_ours():
    assert [name for name in WINDOWS_TO_OLSON if zone_named(name) is None] == []


def test_a_zone_that_does_not_exist_is_read_as_utc_with_a_word():
    found = read_file(ics("DTSTART;TZID=Mars/Olympus:20240515T090000"), zone="Europe/Berlin")
    assert found.events[0].start == datetime(2024, 5, 15, 9, tzinfo=UTC)
    assert "Mars/Olympus" in found.problems[0]["reason"]


def test_without_an_end_it_is_one_day_or_no_time():
    day, moment = one(ics("DTSTART;VALUE=DATE:20240515")), one(ics("DTSTART:20240515T090000Z"))
    assert (day.end - day.start).days == 1
    assert moment.end == moment.start
    hour = one(ics("DTSTART:20240515T090000Z", "DURATION:PT1H"))
    assert (hour.end - hour.start).total_seconds() == 3600


def test_lists_of_exceptions_and_days_among_times_are_understood():
    found = one(
        ics(
            "DTSTART;TZID=Europe/Berlin:20240515T090000",
            "RRULE:FREQ=DAILY;UNTIL=20240520",
            "EXDATE;TZID=Europe/Berlin:20240516T090000,20240517T090000",
            "EXDATE;VALUE=DATE:20240518",
            "RDATE:20240601T070000Z",
        )
    )
    assert [key.day for key in found.exdates] == [16, 17, 18]
    assert {key.hour for key in found.exdates} == {7}
    assert found.rdates == [datetime(2024, 6, 1, 7, tzinfo=UTC)]


def test_other_newlines_marks_folds_and_charsets_are_read():
    assert one(ics("DTSTART:20240515T090000Z", newline="\n")).title == "Planning"
    assert one(b"\xef\xbb\xbf" + ics("DTSTART:20240515T090000Z")).title == "Planning"
    folded = ics("DTSTART:20240515T090000Z", "DESCRIPTION:Caf\r\n é and\r\n \tmore")
    assert one(folded).description == "Café and\tmore"
    found = read_file(ics("DTSTART:20240515T090000Z", "LOCATION:Café").decode().encode("cp1252"),
                      zone="UTC")  # fmt: skip
    assert found.events[0].location == "Café"
    assert found.problems[0]["reason"] == "not in UTF-8; read as Windows-1252"


def test_without_a_uid_the_same_event_has_the_same_name():
    data = ics("DTSTART:20240515T090000Z").replace(b"UID:1\r\n", b"")
    assert one(data).uid == one(data).uid
    assert one(data).uid != one(data.replace(b"Planning", b"Other")).uid


def test_people_links_and_privacy_are_taken():
    found = one(
        ics(
            "DTSTART:20240515T090000Z",
            "ORGANIZER:MAILTO:Boss@Other.example",
            "ATTENDEE;CN=Eve;PARTSTAT=ACCEPTED:mailto:eve@acme.example",
            "ATTENDEE:not an address",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "STATUS:TENTATIVE",
            "URL:javascript:alert(1)",
            "SEQUENCE:3",
            "BEGIN:VALARM",
            "TRIGGER:-PT15M",
            "ACTION:DISPLAY",
            "END:VALARM",
        )
    )
    assert found.attendees == {"eve@acme.example": ("Eve", "accepted")}
    assert (found.organizer, found.sequence) == ("boss@other.example", 3)
    assert (found.visibility, found.is_free, found.status) == ("busy", True, "tentative")
    assert (found.conference_url, found.reminders) == ("", [15])
