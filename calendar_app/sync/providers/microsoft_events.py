"""Graph's events as documents, and back (learn.microsoft.com/graph/api/resources/event)."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import nh3

from calendar_app.ical.zones import zone_named
from calendar_app.recurrence import key_of, midnight
from calendar_app.sync.documents import (
    Doc,
    days,
    hours,
    is_of_days,
    key_text,
    plain_rule,
    recurring,
    recurs,
    series_of,
    span_of,
    text_of,
    tidied,
    title_of,
)
from calendar_app.sync.graph_rules import Begun, NoCounterpartError, to_graph, to_rule
from calendar_app.sync.providers.base import Guest, Remote
from common.moments import is_zone, to_utc, to_wall

PRIVATE = frozenset({"private", "confidential"})
NO_MORE = "Outlook adds no single dates to a series"
BREAK = re.compile(r"<(?:br|/p|/div)\b[^>]*>\s*", re.IGNORECASE)
ANSWERS = {
    "accepted": "accepted",
    "organizer": "accepted",
    "declined": "declined",
    "tentativelyAccepted": "tentative",
}
Resource = Mapping[str, Any]


def digest_of(name: str) -> str:
    """Return what is kept of the long name of an occurrence."""
    return sha256(name.encode()).hexdigest()[:16]


# --- What the office says, as Graph would


def plain(doc: Doc) -> Doc:
    """Return how Graph would say it. Raises NoCounterpartError."""
    made = {**_plain_fields(doc), "when": _plain_when(doc)}
    parts = {
        key: part and {**_plain_fields(part), "when": part["when"]}
        for key, part in doc.get("parts", {}).items()
    }
    return tidied({**made, "parts": parts})


def _plain_fields(doc: Doc) -> Doc:
    # One word says both: free, tentative or busy.
    return {**doc, "status": "confirmed" if doc["free"] else doc["status"]}


def _plain_when(doc: Doc) -> dict[str, Any]:
    when: dict[str, Any] = doc["when"]
    if not is_of_days(when) and is_zone(when["zone"]):
        zone = ZoneInfo(when["zone"])
        start, end = (to_utc(to_wall(each, zone), zone) for each in span_of(when))
        when = {**when, **hours(start, end, when["zone"])}
    if not recurs(doc):
        return when
    if when["more"] or not when["rule"]:
        raise NoCounterpartError(NO_MORE)
    begun = _begun({**doc, "when": when})
    said = to_rule(to_graph(begun), zone=begun.zone, all_day=begun.all_day)
    return {**when, "rule": plain_rule(said)}


def _begun(doc: Doc) -> Begun:
    series = series_of(doc)
    return Begun(series.rule, series.start, series.zone, series.all_day)


# --- What Graph says


def remote_of(resource: Resource) -> Remote:
    """Return an event, or a series with what was changed of it."""
    problem = ""
    try:
        doc = fields_of(resource)
        if recurs(doc):
            doc["parts"] = _parts(resource, doc)
        doc = tidied(doc)
    except (NoCounterpartError, KeyError, ValueError) as error:
        strange = isinstance(error, NoCounterpartError)
        problem, doc = (f"{error}." if strange else "Its times make no sense."), {}
    guests = _guests(resource)
    meeting = resource.get("onlineMeeting") or {}
    return Remote(
        id=str(resource["id"]),
        etag=str(resource.get("@odata.etag", "")),
        ical_uid=str(resource.get("iCalUId") or ""),
        modified=_instant(resource.get("lastModifiedDateTime") or "1970-01-01T00:00:00Z"),
        doc=doc,
        # Exchange mails guests of whatever is changed, whoever asks for it.
        read_only=bool(guests) or resource.get("isOrganizer") is False,
        guests=guests,
        conference_url=str(meeting.get("joinUrl") or "")[:500],
        problem=problem,
    )


def fields_of(resource: Resource) -> Doc:
    """Return what a resource says itself. Raises NoCounterpartError or ValueError."""
    when = _when(resource)
    if recurrence := resource.get("recurrence"):
        zone = ZoneInfo(when["zone"] or "UTC")
        rule = to_rule(recurrence, zone=zone, all_day=is_of_days(when))
        when = recurring(when, rule, [])
    shown = resource.get("showAs")
    return {
        "title": title_of(resource.get("subject")),
        "description": text_of(_text(resource.get("body") or {}), "description"),
        "location": text_of((resource.get("location") or {}).get("displayName"), "location"),
        "when": when,
        "status": "tentative" if shown == "tentative" else "confirmed",
        "private": resource.get("sensitivity") in PRIVATE,
        "free": shown == "free",
        "parts": {},
    }


def _text(body: Mapping[str, Any]) -> str:
    content = str(body.get("content") or "")
    if body.get("contentType") != "html":
        return content
    return unescape(nh3.clean(BREAK.sub("\n", content), tags=set()))


def _when(resource: Resource) -> dict[str, Any]:
    start, end = resource["start"], resource["end"]
    if resource.get("isAllDay"):
        # Midnight of a zone that nobody can be sure of: the dates alone are meant.
        return days(_date(start), _date(end))
    span = (resource.get("recurrence") or {}).get("range") or {}
    named = span.get("recurrenceTimeZone") or resource.get("originalStartTimeZone") or "UTC"
    zone = zone_named(str(named)) or "UTC"
    return hours(_moment(start), _moment(end), zone)


def _date(told: Mapping[str, str]) -> date:
    return date.fromisoformat(told["dateTime"][:10])


def _moment(told: Mapping[str, str]) -> datetime:
    wall = datetime.fromisoformat(told["dateTime"][:19])
    return to_utc(wall, ZoneInfo(zone_named(told.get("timeZone", "UTC")) or "UTC"))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)


def _parts(resource: Resource, doc: Doc) -> dict[str, Doc | None]:
    parts: dict[str, Doc | None] = {}
    for each in resource.get("exceptionOccurrences") or ():
        part = fields_of(each)
        del part["parts"]
        parts[original_key(each, doc)] = {**part, "when": {**part["when"], "zone": ""}}
    series = series_of(doc)
    for name in resource.get("cancelledOccurrences") or ():
        day = date.fromisoformat(name.rpartition(".")[2])
        parts[key_text(key_of(datetime.combine(day, series.start.time()), series))] = None
    return parts


def original_key(resource: Resource, doc: Doc) -> str:
    """Return the key of the instance that a resource stands for."""
    if "originalStart" in resource:
        original = _instant(resource["originalStart"])
    else:
        original = _moment(resource["start"])
    if is_of_days(doc["when"]):
        # Told as midnight of some zone, in UTC.
        return key_text(midnight((original + timedelta(hours=12)).date()))
    return key_text(original)


def _guests(resource: Resource) -> list[Guest]:
    found = []
    for each in resource.get("attendees") or ():
        address = each.get("emailAddress") or {}
        if address.get("address") and each.get("type") != "resource":
            answer = ANSWERS.get(str((each.get("status") or {}).get("response")), "needs_action")
            name = str(address.get("name") or "")[:120]
            found.append(Guest(str(address["address"]).lower(), name, answer))
    return found


# --- And back


def body_of(doc: Doc, names: Iterable[str]) -> dict[str, Any]:
    """Return the named fields as Graph writes them."""
    body: dict[str, Any] = {}
    for name in names:
        if name == "title":
            body["subject"] = doc["title"]
        elif name == "description":
            body["body"] = {"contentType": "text", "content": doc["description"]}
        elif name == "location":
            body["location"] = {"displayName": doc["location"]}
        elif name == "private":
            body["sensitivity"] = "private" if doc["private"] else "normal"
        elif name == "when":
            body |= _times(doc["when"])
        else:
            busy = "tentative" if doc["status"] == "tentative" else "busy"
            body["showAs"] = "free" if doc["free"] else busy
    return body


def _times(when: Mapping[str, Any]) -> dict[str, Any]:
    of_days = is_of_days(when)
    zone = "UTC" if of_days or not when["zone"] else when["zone"]
    body: dict[str, Any] = {"isAllDay": of_days}
    for name, moment in zip(("start", "end"), span_of(when), strict=True):
        wall = to_wall(moment, ZoneInfo(zone))
        body[name] = {"dateTime": wall.isoformat(timespec="seconds"), "timeZone": zone}
    return body


def recurrence_of(doc: Doc) -> dict[str, Any] | None:
    """Return `recurrence` as Graph writes it; None for what happens once."""
    return to_graph(_begun(doc)) if recurs(doc) else None


def day_around(key: datetime) -> tuple[str, str]:
    """Return a window in which the instance with this key stands, if nobody has moved it."""
    first = datetime.combine(key.date(), time.min) - timedelta(days=1)
    return f"{first.isoformat()}Z", f"{(first + timedelta(days=3)).isoformat()}Z"
