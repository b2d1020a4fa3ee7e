"""Events as a calendar file that every program reads."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from icalendar import Alarm, Calendar, Timezone, vCalAddress, vRecur, vText
from icalendar import Event as Component

from calendar_app.ical.described import described
from calendar_app.models import Answer, Attendee, Event, Tombstone, Visibility
from common.moments import to_utc
from common.recurrence import without_end

PRODID = "-//AI Office Manager//Calendar//EN"
PARTSTAT = {
    Answer.NEEDS_ACTION: "NEEDS-ACTION",
    Answer.ACCEPTED: "ACCEPTED",
    Answer.DECLINED: "DECLINED",
    Answer.TENTATIVE: "TENTATIVE",
}
# Before this year zones were of other rules; and nobody plans meetings there.
MIN_YEAR = 1970


def calendar_text(
    events: Iterable[Event],
    *,
    name: str = "",
    busy_only: bool = False,
    gone: Iterable[Tombstone] = (),
) -> bytes:
    """Return the events of `for_reading` as one calendar, with the zones that they use.

    With `busy_only` it says when somebody is busy, and nothing of what. What is `gone` is told as
    cancelled.
    """
    calendar = Calendar()
    calendar.add("PRODID", PRODID)
    calendar.add("VERSION", "2.0")
    if name:
        calendar.add("X-WR-CALNAME", name)
        calendar.add("REFRESH-INTERVAL", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", "PT1H")
    for event in events:
        calendar.add_component(component_of(event, busy_only=busy_only))
    for row in gone:
        calendar.add_component(_cancelled(row))
    add_zones(calendar)
    text: bytes = calendar.to_ical()
    return text


def add_zones(calendar: Calendar) -> None:
    """Describe the zones that the events of a calendar name, in front of them."""
    starts: list[Any] = [getattr(each["DTSTART"], "dt", None) for each in calendar.walk("VEVENT")]
    # Overrides may name an earlier instance.
    since = min((start.year for start in starts), default=MIN_YEAR) - 1
    names = sorted(calendar.get_missing_tzids())
    zones = [Timezone.from_ical(described(name, max(since, MIN_YEAR))) for name in names]
    calendar.subcomponents[:0] = zones


def _cancelled(row: Tombstone) -> Component:
    made = Component()
    made.add("UID", row.ical_uid)
    made.add("DTSTAMP", row.deleted_at.replace(microsecond=0))
    made.add("LAST-MODIFIED", row.deleted_at.replace(microsecond=0))
    made.add("SEQUENCE", row.sequence)
    made.add("DTSTART", row.start_date or row.start.astimezone(row.zone))
    made.add("DTEND", row.end_date or row.end.astimezone(row.zone))
    made.add("STATUS", "CANCELLED")
    made.add("TRANSP", "TRANSPARENT")
    made.add("SUMMARY", pgettext("event", "Cancelled"))
    return made


def component_of(
    event: Event,
    *,
    busy_only: bool = False,
    people: Iterable[Attendee] | None = None,
    with_alarms: bool = True,
) -> Component:
    """Return one event, or one changed occurrence, as a VEVENT; with these people, or all."""
    made = Component()
    made.add("UID", event.ical_uid)
    # Not the present: a file about the same is to be the same.
    made.add("DTSTAMP", event.updated_at.replace(microsecond=0))
    made.add("CREATED", event.created_at.replace(microsecond=0))
    made.add("LAST-MODIFIED", event.updated_at.replace(microsecond=0))
    made.add("SEQUENCE", event.sequence)
    _add_times(made, event)
    made.add("STATUS", event.status.upper())
    made.add("TRANSP", "TRANSPARENT" if event.is_free else "OPAQUE")
    if busy_only or event.visibility == Visibility.BUSY:
        made.add("CLASS", "PRIVATE")
    if busy_only:
        made.add("SUMMARY", _("Busy"))
    else:
        _add_words(made, event)
        _add_people(made, event, event.attendees.all() if people is None else people)
        if with_alarms:
            _add_alarms(made, event)
    return made


def _add_times(made: Component, event: Event) -> None:
    start, end = _time(event.start, event), _time(event.end, event)
    if event.start_date is not None and event.end_date is not None:
        start, end = event.start_date, event.end_date
    made.add("DTSTART", start)
    made.add("DTEND", end)
    if event.recurrence:
        made.add("RRULE", _rule(event))
    for name, keys in (("EXDATE", event.exdates), ("RDATE", event.rdates)):
        if keys:
            made.add(name, [_key(key, event) for key in keys])
    if event.series is not None and event.original_start is not None:
        made.add("RECURRENCE-ID", _key(event.original_start, event.series))


def _time(instant: datetime, event: Event) -> Any:
    return instant.astimezone(event.zone)


def _key(key: datetime, series: Event) -> date | datetime:
    return key.date() if series.all_day else key.astimezone(series.zone)


def _rule(event: Event) -> Any:
    """Return the rule with its end of the type that the start has (RFC 5545, 3.3.10)."""
    _endless, ends = without_end(event.recurrence, event.zone)
    rule = vRecur.from_ical(event.recurrence)
    if ends is not None:
        rule["UNTIL"] = [ends.date() if event.all_day else to_utc(ends, event.zone)]
    return rule


def _add_words(made: Component, event: Event) -> None:
    made.add("SUMMARY", event.title)
    for name, text in (
        ("DESCRIPTION", event.description),
        ("LOCATION", event.location),
        ("URL", event.conference_url),
    ):
        if text:
            made.add(name, text)


def _add_people(made: Component, event: Event, people: Iterable[Attendee]) -> None:
    if event.organizer is not None:
        organizer = vCalAddress(f"mailto:{event.organizer.email}")
        organizer.params["CN"] = vText(event.organizer.full_name)
        made["ORGANIZER"] = organizer
    for row in people:
        mail = row.person.email if row.person is not None else row.email
        if not mail:
            continue
        address = vCalAddress(f"mailto:{mail}")
        address.params["CN"] = vText(row.person.full_name if row.person else row.name or mail)
        address.params["PARTSTAT"] = PARTSTAT[Answer(row.answer)]
        address.params["RSVP"] = "TRUE"
        made.add("ATTENDEE", address)


def _add_alarms(made: Component, event: Event) -> None:
    for reminder in event.reminders.all():
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", event.title)
        alarm.add("TRIGGER", -timedelta(minutes=reminder.minutes_before))
        made.add_component(alarm)
