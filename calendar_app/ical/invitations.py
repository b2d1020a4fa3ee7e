"""Invitations as other programs understand them (iTIP, RFC 5546): asked, called off, answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar, vCalAddress, vText

from calendar_app.ical.reading import ANSWERS, File, calendars_in, clean_text, mail_of
from calendar_app.ical.writing import PRODID, add_zones, component_of
from calendar_app.models import Attendee, Event

REQUEST, CANCEL, REPLY = "REQUEST", "CANCEL", "REPLY"
LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class Reply:
    """What one says to an invitation, in the words of the program that it came from."""

    uid: str
    address: str
    answer: str
    # Which occurrence of a series; None for all.
    occurrence: date | datetime | None = None
    # None where the program says neither.
    sequence: int | None = None
    stamp: datetime | None = None
    comment: str = ""


def invitation_text(
    events: Iterable[Event], *, method: str, organizer: str, people: Sequence[Attendee] | None
) -> str:
    """Return the events as one message; answers go to the address of the organizer.

    `people` are those whom it is about, where these are not all that are asked.
    """
    calendar = Calendar()
    calendar.add("PRODID", PRODID)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    for event in events:
        made = component_of(event, people=people, with_alarms=False)
        if method == CANCEL:
            made["STATUS"] = vText("CANCELLED")
        address = vCalAddress(f"mailto:{organizer}")
        if event.organizer is not None:
            address.params["CN"] = vText(event.organizer.full_name)
        made["ORGANIZER"] = address
        calendar.add_component(made)
    add_zones(calendar)
    text: bytes = calendar.to_ical()
    return text.decode()


def method_of(data: bytes) -> str:
    """Return what a calendar object is for; empty for what is none. Raises nothing."""
    for line in data[:4096].splitlines():
        name, _colon, value = line.strip().partition(b":")
        if name.upper() == b"METHOD":
            return value.decode(errors="replace").strip().upper()
    return ""


def read_replies(data: bytes) -> list[Reply]:
    """Return what is answered. Raises InvalidError for what is no calendar."""
    found = []
    for calendar in calendars_in(clean_text(data, File())):
        if str(calendar.get("METHOD", "")).upper() == REPLY:
            found += [reply for each in calendar.walk("VEVENT") if (reply := _reply(each))]
    return found


def _reply(component: Any) -> Reply | None:
    props = component.get("ATTENDEE", [])
    people = props if isinstance(props, list) else [props]
    # A reply is of one; another's name in it says nothing.
    if len(people) != 1:
        return None
    answer = ANSWERS.get(str(people[0].params.get("PARTSTAT", "")).upper())
    uid, address = str(component.get("UID", "")).strip(), mail_of(people[0])
    if not (answer and uid and address):
        return None
    return Reply(
        uid=uid,
        address=address,
        answer=answer,
        occurrence=_value(component, "RECURRENCE-ID"),
        sequence=_whole(component.get("SEQUENCE")),
        stamp=_instant(_value(component, "DTSTAMP")),
        comment=str(component.get("COMMENT", "")).strip()[:LONGEST_COMMENT],
    )


def _value(component: Any, name: str) -> Any:
    return getattr(component.get(name), "dt", None)


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _whole(value: Any) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        return None
