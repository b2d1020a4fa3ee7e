"""Google's events as documents, and back.

developers.google.com/workspace/calendar/api/v3/reference/events
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from calendar_app.ical.zones import zone_named
from calendar_app.recurrence import midnight
from calendar_app.sync.documents import (
    Doc,
    days,
    hours,
    is_of_days,
    key_of_text,
    key_text,
    recurring,
    text_of,
    title_of,
)
from calendar_app.sync.providers.base import Guest, Remote
from common.moments import to_utc

PRIVATE = frozenset({"private", "confidential"})
LINE = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)(?:;([^:]*))?:(.+)", re.IGNORECASE)
ANSWERS = {
    "needsAction": "needs_action",
    "accepted": "accepted",
    "declined": "declined",
    "tentative": "tentative",
}
Resource = Mapping[str, Any]


class StrangeEventError(ValueError):
    """The office cannot keep this event; the message says why."""


def remote_of(resource: Resource, parts: Mapping[str, Doc | None], zone: str) -> Remote:
    """Return an event or series with what was changed of it."""
    problem = ""
    try:
        doc = fields_of(resource, zone)
        doc["parts"] = {**_left_out(resource, doc), **parts}
    except (StrangeEventError, KeyError, ValueError) as error:
        strange = isinstance(error, StrangeEventError)
        problem, doc = (str(error) if strange else "Its times make no sense."), {}
    organizer = resource.get("organizer")
    foreign = isinstance(organizer, dict) and not organizer.get("self")
    return Remote(
        id=str(resource["id"]),
        etag=str(resource.get("etag", "")),
        ical_uid=str(resource.get("iCalUID", "")),
        modified=_instant(str(resource.get("updated") or "1970-01-01T00:00:00Z")),
        doc=doc,
        read_only=foreign or resource.get("eventType", "default") != "default",
        guests=_guests(resource),
        conference_url=str(resource.get("hangoutLink", ""))[:500],
        problem=problem,
    )


def fields_of(resource: Resource, zone: str) -> Doc:
    """Return what a resource says itself. Raises StrangeEventError or ValueError."""
    when = _when(resource, zone)
    lines = [LINE.fullmatch(str(line)) for line in resource.get("recurrence") or ()]
    if lines and not resource.get("recurringEventId"):
        when = recurring(when, *_rule(lines, when))
    return {
        "title": title_of(resource.get("summary")),
        "description": text_of(resource.get("description"), "description"),
        "location": text_of(resource.get("location"), "location"),
        "when": when,
        "status": "tentative" if resource.get("status") == "tentative" else "confirmed",
        "private": resource.get("visibility") in PRIVATE,
        "free": resource.get("transparency") == "transparent",
    }


def part_of(resource: Resource, zone: str) -> Doc | None:
    """Return what one instance says; None where it does not take place."""
    if resource.get("status") == "cancelled":
        return None
    doc = fields_of(resource, zone)
    return {**doc, "when": {**doc["when"], "zone": ""}}


def original_key(resource: Resource) -> str:
    """Return the key of the instance that a resource stands for."""
    original = resource["originalStartTime"]
    if "date" in original:
        return key_text(midnight(date.fromisoformat(original["date"])))
    return key_text(_instant(original["dateTime"]))


def _when(resource: Resource, zone: str) -> dict[str, Any]:
    start, end = resource["start"], resource["end"]
    if "date" in start:
        return days(date.fromisoformat(start["date"]), date.fromisoformat(end["date"]))
    named = zone_named(str(start.get("timeZone") or zone)) or "UTC"
    return hours(_instant(start["dateTime"]), _instant(end["dateTime"]), named)


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _rule(lines: Iterable[re.Match[str] | None], when: Mapping[str, Any]) -> tuple[str, list[str]]:
    rules: list[str] = []
    more: list[str] = []
    for line in lines:
        kind = line[1].upper() if line else ""
        if line is None or kind == "EXRULE":
            raise StrangeEventError("The office knows no such rule.")
        if kind == "RRULE":
            rules.append(line[3])
        elif kind == "RDATE":
            more += _keys(line, when)
    if len(rules) > 1:
        raise StrangeEventError("The office knows one rule for each series.")
    return (rules[0] if rules else ""), more


def _left_out(resource: Resource, doc: Doc) -> dict[str, None]:
    lines = [LINE.fullmatch(str(line)) for line in resource.get("recurrence") or ()]
    gone = [line for line in lines if line and line[1].upper() == "EXDATE"]
    return {key: None for line in gone for key in _keys(line, doc["when"])}


def _keys(line: re.Match[str], when: Mapping[str, Any]) -> list[str]:
    """Return the keys of the dates of an EXDATE or RDATE line."""
    named = re.search(r"TZID=([^;:]+)", line[2] or "", re.IGNORECASE)
    zone = ZoneInfo((zone_named(named[1]) if named else "") or when["zone"] or "UTC")
    found = []
    for text in line[3].split(","):
        if is_of_days(when):
            key = midnight(datetime.strptime(text[:8], "%Y%m%d").date())  # noqa: DTZ007  a date
        elif text.endswith("Z"):
            key = key_of_text(text)
        else:
            key = to_utc(datetime.strptime(text, "%Y%m%dT%H%M%S"), zone)  # noqa: DTZ007  a wall
        found.append(key_text(key))
    return found


def _guests(resource: Resource) -> list[Guest]:
    return [
        Guest(
            str(each["email"]).lower(),
            str(each.get("displayName", ""))[:120],
            ANSWERS.get(str(each.get("responseStatus")), "needs_action"),
        )
        for each in resource.get("attendees") or ()
        if each.get("email") and not each.get("resource")
    ]


# --- And back


def body_of(doc: Doc, names: Iterable[str], *, is_new: bool = False) -> dict[str, Any]:
    """Return the named fields as Google writes them."""
    body: dict[str, Any] = {}
    for name in names:
        if name in {"description", "location", "status"}:
            body[name] = doc[name]
        elif name == "title":
            body["summary"] = doc["title"]
        elif name == "private":
            body["visibility"] = "private" if doc["private"] else "default"
        elif name == "free":
            body["transparency"] = "transparent" if doc["free"] else "opaque"
        elif name == "when":
            body |= _times(doc["when"], is_new=is_new)
    return body


def _times(when: Mapping[str, Any], *, is_new: bool) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name in ("start", "end"):
        if is_of_days(when):
            told = {"date": when[name], "dateTime": None, "timeZone": None}
        else:
            told = {"dateTime": when[name].replace("+00:00", "Z"), "date": None}
            # Without one an instance keeps that of its series.
            told |= {"timeZone": when["zone"]} if when["zone"] else {}
        body[name] = {key: value for key, value in told.items() if value is not None or not is_new}
    return body


def lines_of(when: Mapping[str, Any]) -> list[str]:
    """Return `recurrence` as Google writes it."""
    lines = [f"RRULE:{when['rule']}"] if when.get("rule") else []
    if when.get("more") and is_of_days(when):
        lines.append(f"RDATE;VALUE=DATE:{','.join(key[:8] for key in when['more'])}")
    elif when.get("more"):
        lines.append(f"RDATE:{','.join(when['more'])}")
    return lines


def original_start(key: str, doc: Doc) -> str:
    """Return how Google names the instance with this key when it is asked for."""
    if is_of_days(doc["when"]):
        return key_of_text(key).date().isoformat()
    return key_of_text(key).isoformat().replace("+00:00", "Z")
