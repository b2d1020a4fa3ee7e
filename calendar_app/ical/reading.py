"""Calendar files of others: what can be understood is taken, the rest is named and left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

from calendar_app.ical.zones import zone_named, zone_of
from calendar_app.models import Answer, EventStatus, Visibility
from calendar_app.recurrence import midnight
from common.errors import InvalidError
from common.moments import to_utc

MOST_BYTES = 5 * 1024 * 1024
MOST_EVENTS = 5_000
MOST_KEYS = 5_000
MOST_PEOPLE = 300
LONGEST_UID, LONGEST_LINK, LONGEST_ADDRESS = 500, 500, 254
LONG_REMINDER = 28 * 24 * 60
# Zones that some programs write with where their rules came from: `/mozilla.org/2005/Europe/Rome`.
ORIGIN = re.compile(r"(TZID[=:])/[^:;\r\n]*?/(?=[A-Z][A-Za-z]+/[A-Za-z_])")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "DECLINED": Answer.DECLINED,
    "TENTATIVE": Answer.TENTATIVE,
}
STATES = {"TENTATIVE": EventStatus.TENTATIVE, "CANCELLED": EventStatus.CANCELLED}


class UnreadableError(ValueError):
    """One event cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Zones:
    """In which zone times of a file are meant that have none, and that are written in UTC."""

    floating: str
    utc: str = "UTC"


@dataclass(slots=True)
class Read:
    """One event of a file, in our words."""

    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    timezone: str
    key: datetime | None = None
    description: str = ""
    location: str = ""
    rule: str = ""
    exdates: list[datetime] = field(default_factory=list)
    rdates: list[datetime] = field(default_factory=list)
    status: str = EventStatus.CONFIRMED
    visibility: str = Visibility.DEFAULT
    is_free: bool = False
    conference_url: str = ""
    sequence: int = 0
    attendees: dict[str, tuple[str, str]] = field(default_factory=dict)
    organizer: str = ""
    reminders: list[int] = field(default_factory=list)

    @property
    def all_day(self) -> bool:
        """Whether whole days are meant."""
        return not isinstance(self.start, datetime)


@dataclass(slots=True)
class File:
    """What stands in a file: events, and what could not be understood or was read with doubt."""

    method: str = ""
    events: list[Read] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)


def read_file(data: bytes, *, zone: str) -> File:
    """Return the events of a calendar file; times without a zone are meant in `zone`.

    Raises InvalidError for what is no calendar at all, or too large.
    """
    if len(data) > MOST_BYTES:
        raise InvalidError("A calendar has at most 5 MB.", code="too_large", attr="file")
    found = File()
    calendars = calendars_in(clean_text(data, found))
    for calendar in calendars:
        named = zone_named(str(calendar.get("X-WR-TIMEZONE", "")))
        meant = Zones(named or zone, named or "UTC")
        found.method = found.method or str(calendar.get("METHOD", "")).upper()
        for component in calendar.walk("VEVENT"):
            if len(found.events) >= MOST_EVENTS:
                found.problems.append({"uid": "", "reason": f"more than {MOST_EVENTS} events"})
                return found
            _take(component, meant, found)
    return found


def clean_text(data: bytes, found: File) -> str:
    """Return what the bytes say, with the newlines and zones that the parser knows."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        found.problems.append({"uid": "", "reason": "not in UTF-8; read as Windows-1252"})
    plain = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return ORIGIN.sub(r"\1", plain).replace("\n", "\r\n")


def calendars_in(text: str) -> list[Any]:
    """Return the calendars of a cleaned text. Raises InvalidError where there are none."""
    try:
        calendars = list(Calendar.from_ical(text, multiple=True))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidError("This is not a calendar.", code="unreadable", attr="file") from error
    if not all(calendar.name == "VCALENDAR" for calendar in calendars) or not calendars:
        raise InvalidError("This is not a calendar.", code="unreadable", attr="file")
    return calendars


def _take(component: Any, zone: Zones, found: File) -> None:
    uid = str(component.get("UID", ""))[:500]
    try:
        found.events.append(_event(component, zone, found))
    except UnreadableError as error:
        found.problems.append({"uid": uid, "reason": str(error)})
    except (BrokenCalendarProperty, ValueError, TypeError, AttributeError, KeyError,
            OverflowError) as error:  # fmt: skip
        words = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        found.problems.append({"uid": uid, "reason": words})


def _event(component: Any, zone: Zones, found: File) -> Read:
    start = component.get("DTSTART")
    if start is None:
        raise UnreadableError("there is no DTSTART")
    value, meant = _moment(start, zone, component, found)
    end = _end(component, value, zone, found)
    if end < value:
        raise UnreadableError("it ends before it begins")
    title = str(component.get("SUMMARY", "")).strip()[:300] or "(no title)"
    made = Read(uid=_uid(component, value, end, title), title=title, start=value, end=end,
                timezone=meant)  # fmt: skip
    made.description = str(component.get("DESCRIPTION", ""))[:50_000]
    made.location = str(component.get("LOCATION", ""))[:500]
    made.status = STATES.get(str(component.get("STATUS", "")).upper(), EventStatus.CONFIRMED)
    if str(component.get("CLASS", "")).upper() in {"PRIVATE", "CONFIDENTIAL"}:
        made.visibility = Visibility.BUSY
    made.is_free = str(component.get("TRANSP", "")).upper() == "TRANSPARENT"
    made.conference_url = _link(component)
    made.sequence = _number(component.get("SEQUENCE", 0))
    _add_rule(made, component)
    _add_people(made, component)
    made.reminders = sorted({*_reminders(component)})
    return made


def _moment(prop: Any, zone: Zones, component: Any, found: File) -> tuple[Any, str]:
    """Return a date, or a time with its offset, and the zone in which it was meant."""
    value = prop.dt
    if not isinstance(value, datetime):
        if not isinstance(value, date):
            raise UnreadableError("DTSTART is no time")
        return value, zone.floating
    if value.tzinfo is UTC or str(value.tzinfo) == "UTC":
        return value.astimezone(UTC), zone.utc
    named = zone_of(value, prop.params)
    if named is None and "TZID" in prop.params:
        uid = str(component.get("UID", ""))[:500]
        reason = f"the time zone “{str(prop.params['TZID'])[:80]}” is not known; read as UTC"
        found.problems.append({"uid": uid, "reason": reason})
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC), "UTC"
    meant = ZoneInfo(named or zone.floating)
    return to_utc(value.replace(tzinfo=None), meant).astimezone(meant), named or zone.floating


def _end(component: Any, start: Any, zone: Zones, found: File) -> Any:
    is_day = not isinstance(start, datetime)
    if (end := component.get("DTEND")) is not None:
        value, _meant = _moment(end, zone, component, found)
        if is_day and isinstance(value, datetime):
            return value.date()
        if not is_day and not isinstance(value, datetime):
            return datetime.combine(value, time.min, start.tzinfo)
        return value + timedelta(days=1) if is_day and value == start else value
    if (duration := component.get("DURATION")) is not None:
        return start + duration.dt
    return start + timedelta(days=1) if is_day else start


def _uid(component: Any, start: Any, end: Any, title: str) -> str:
    given = str(component.get("UID", "")).strip()
    if given and len(given) <= LONGEST_UID:
        return given
    told = f"{start.isoformat()}|{end.isoformat()}|{title}|{given}"
    return f"{sha256(told.encode()).hexdigest()}@no-uid"


def _link(component: Any) -> str:
    for name in ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "URL"):
        link = component.get(name)
        link = str(link[0] if isinstance(link, list) else link or "")
        if link.startswith(("https://", "http://")) and len(link) <= LONGEST_LINK:
            return link
    return ""


def _number(value: Any) -> int:
    try:
        return min(max(int(value), 0), 2**31 - 1)
    except (TypeError, ValueError):
        return 0


def _add_rule(made: Read, component: Any) -> None:
    rule = component.get("RRULE")
    if isinstance(rule, list):
        raise UnreadableError("more than one RRULE")
    if rule is not None:
        made.rule = rule.to_ical().decode()
        if re.search("FREQ=(SECONDLY|MINUTELY|HOURLY)", made.rule):
            raise UnreadableError("it recurs more often than daily")
    made.exdates = list(_keys(component.get("EXDATE"), made))
    made.rdates = list(_keys(component.get("RDATE"), made))
    if (key := component.get("RECURRENCE-ID")) is not None:
        made.key = _key(key.dt, made, key.params)


def _keys(props: Any, made: Read) -> Iterator[datetime]:
    lists = props if isinstance(props, list) else [props] if props is not None else []
    values = [each for one in lists for each in one.dts]
    if len(values) > MOST_KEYS:
        raise UnreadableError(f"more than {MOST_KEYS} exceptions")
    keys = {_key(each.dt, made, each.params) for each in values}
    yield from sorted(keys)


def _key(value: Any, made: Read, params: Any) -> datetime:
    """Return the key of an instance, whatever the type in which it was written."""
    if isinstance(value, tuple):
        value = value[0]
    if made.all_day:
        return midnight(value.date() if isinstance(value, datetime) else value)
    if not isinstance(value, datetime):
        # A day names the instance on it.
        meant = ZoneInfo(made.timezone)
        start: Any = made.start
        wall = datetime.combine(value, start.astimezone(meant).time())
        return to_utc(wall, meant)
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    named = zone_of(value, params) or made.timezone
    return to_utc(value, ZoneInfo(named))


def _add_people(made: Read, component: Any) -> None:
    made.organizer = mail_of(component.get("ORGANIZER"))
    props = component.get("ATTENDEE", [])
    for prop in props if isinstance(props, list) else [props]:
        mail = mail_of(prop)
        if not mail or len(made.attendees) >= MOST_PEOPLE:
            continue
        said = str(prop.params.get("PARTSTAT", "")).upper()
        name = str(prop.params.get("CN", ""))[:120]
        made.attendees[mail] = name, ANSWERS.get(said, Answer.NEEDS_ACTION)


def mail_of(prop: Any) -> str:
    """Return the mail address of somebody; empty where there is none."""
    text = str(prop or "")
    mail = text[7:] if text.lower().startswith("mailto:") else text
    mail = mail.strip().lower()
    return (
        mail
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", mail) and len(mail) <= LONGEST_ADDRESS
        else ""
    )


def _reminders(component: Any) -> Iterator[int]:
    for alarm in component.walk("VALARM"):
        trigger = alarm.get("TRIGGER")
        ahead = getattr(trigger, "dt", None)
        if isinstance(ahead, timedelta) and timedelta() <= -ahead <= timedelta(
            minutes=LONG_REMINDER
        ):
            yield int(-ahead.total_seconds() // 60)
