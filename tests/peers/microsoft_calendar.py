"""A mailbox's calendar on loopback, as Graph tells of it; held against Graph's own description.

What people do in Outlook is done by calling `insert`, `patch` and `remove` without HTTP. Dates are
reckoned by `graph_dates`. Pages come in an order that means nothing, the first one may be empty,
and an entry may come twice.
"""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.utils import timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from tests.peers.graph_dates import dates_of
from tests.peers.loopback import Asked, Told, serving
from tests.peers.microsoft import Microsoft, refuses, says

CALENDAR = "AAMkCalendar="
WINDOWS = {olson: windows for windows, olson in reversed(WINDOWS_TO_OLSON.items())}
HORIZON = timedelta(days=800)
Row = dict[str, Any]


class RefusedError(Exception):
    """What Graph refuses: status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class MicrosoftCalendar(Microsoft):
    """One calendar, with a number for each state that it ever had."""

    page_size: int = 50
    is_checked: bool = True
    events: dict[str, Row] = field(default_factory=dict)
    # Of each name when anything of it changed last.
    marks: dict[str, int] = field(default_factory=dict)
    fault: Callable[[Asked], str] = field(default=lambda _asked: "")
    writes: list[Asked] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    subscriptions: dict[str, Row] = field(default_factory=dict)
    notices: list[Row] = field(default_factory=list)
    number: int = 0
    forgotten: int = -1
    dice: random.Random = field(default_factory=lambda: random.Random(5))
    _pages: dict[str, tuple[list[Row], int]] = field(default_factory=dict)

    # --- The door

    def _graph(self, asked: Asked) -> Told | None:
        fault = self.fault(asked)
        if fault and fault != "lost":
            return self._faulty(fault)
        told = super()._graph(asked) if self.is_checked else self._unchecked(asked)
        return None if fault == "lost" else told

    def _unchecked(self, asked: Asked) -> Told:
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.good:
            return refuses(401, "InvalidAuthenticationToken")
        body = json.loads(asked.body) if asked.body else None
        return self.graph_answer(asked.path.removeprefix("/v1.0"), body, asked)

    def _faulty(self, fault: str) -> Told | None:
        if fault == "hang_up":
            return None
        if fault == "410":
            return refuses(410, "SyncStateNotFound")
        status, _, wait = fault.partition(" ")
        return refuses(int(status), "TooManyRequests", Retry_After=wait or "0")

    def graph_answer(self, path: str, body: Any, asked: Asked) -> Told:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if asked.method != "GET" and parts[0] == "me":
            self.writes.append(asked)
        try:
            return self._routed(asked, parts, body)
        except RefusedError as refusal:
            return refuses(refusal.status, refusal.code)

    def _routed(self, asked: Asked, parts: list[str], body: Any) -> Told:  # noqa: C901, PLR0911, PLR0912
        match asked.method, parts:
            case "GET", ["me", "calendars"]:
                shown = {"id": CALENDAR, "name": "Calendar", "canEdit": True}
                return says(200, value=[{**shown, "isDefaultCalendar": True}])
            case "GET", ["me", "calendars", _, "calendarView", "delta"]:
                return self._delta(asked)
            case "POST", ["me", "calendars", _, "events"]:
                return says(201, **self.insert(body))
            case "GET", ["me", "events", name, "instances"]:
                return self._instances(name, asked.query)
            case "GET", ["me", "events", name]:
                return says(200, **self._shown_whole(name))
            case "PATCH", ["me", "events", name]:
                return says(200, **self.patch(name, body, asked.headers.get("if-match", "")))
            case "DELETE", ["me", "events", name]:
                self.remove(name)
                return Told(204)
            case "POST", ["subscriptions"]:
                return self._subscribe(body)
            case "PATCH", ["subscriptions", name] if name in self.subscriptions:
                self.subscriptions[name] |= body
                return says(200, **self.subscriptions[name])
            case "DELETE", ["subscriptions", name] if name in self.subscriptions:
                del self.subscriptions[name]
                return Told(204)
        raise RefusedError(404, "ErrorItemNotFound")

    # --- What programs and people do

    def insert(self, body: Row) -> Row:
        key = body.get("transactionId")
        first = [row for row in self.events.values() if key and row.get("transactionId") == key]
        if first:
            return self._shown(first[0])
        name = f"AAMk{self.number:06d}"
        row = {
            "id": name,
            "iCalUId": f"040000{self.number:06d}",
            "isOrganizer": True,
            "isAllDay": False,
            "isCancelled": False,
            "showAs": "busy",
            "sensitivity": "normal",
            "body": {"contentType": "text", "content": ""},
            "location": {"displayName": ""},
            "attendees": [],
            "parts": {},
            **deepcopy(body),
        }
        self.events[name] = row
        return self._changed(row)

    def patch(self, name: str, body: Row, etag: str = "") -> Row:
        if name.startswith("OCC-"):
            return self._patch_occurrence(name, body)
        row = self._found(name)
        if etag and etag != row["@odata.etag"]:
            raise RefusedError(412, "ErrorIrresolvableConflict")
        before = (row["start"], row.get("recurrence"))
        old = self._names_of(row)
        row |= deepcopy(body)
        if not row.get("recurrence"):
            row.pop("recurrence", None)
        if (row["start"], row.get("recurrence")) != before:
            # learn.microsoft.com: another pattern drops what was changed of the old one.
            row["parts"] = {}
        self._mark(*old)
        return self._changed(row)

    def _patch_occurrence(self, name: str, body: Row) -> Row:
        row, day = self._occurrence(name)
        part = row["parts"].get(day) or self._plain_occurrence(row, day)
        row["parts"][day] = {**part, **deepcopy(body)}
        self._mark(name)
        # The version of the series is another one then.
        row["@odata.etag"] = f'W/"{self.number}"'
        return self._shown_part(row, day)

    def remove(self, name: str) -> None:
        if name.startswith("OCC-"):
            row, day = self._occurrence(name)
            row["parts"][day] = None
            self._mark(name)
            row["@odata.etag"] = f'W/"{self.number}"'
            return
        row = self._found(name)
        if row["attendees"]:
            self.mails.append(name)
        self._mark(*self._names_of(row), name)
        del self.events[name]

    def part(self, name: str, day: date) -> str:
        """Return Graph's name of an occurrence."""
        return f"OCC-{name}-{day.isoformat()}"

    def _changed(self, row: Row) -> Row:
        if row["attendees"]:
            self.mails.append(row["id"])
        self._mark(row["id"], *self._names_of(row))
        row["@odata.etag"] = f'W/"{self.number}"'
        row["lastModifiedDateTime"] = _told(timezone.now())
        return self._shown(row)

    def _mark(self, *names: str) -> None:
        self.number += 1
        self.marks |= dict.fromkeys(names, self.number)
        for key, one in self.subscriptions.items():
            told = {"changeType": "updated", "resource": f"Users/1/Events/{names[0]}"}
            state = {"subscriptionId": key, "clientState": one["clientState"], "tenantId": self.tid}
            self.notices.append({**state, **told})

    def _found(self, name: str) -> Row:
        if name not in self.events:
            raise RefusedError(404, "ErrorItemNotFound")
        return self.events[name]

    # --- Series

    def _days(self, row: Row) -> list[date]:
        if not row.get("recurrence"):
            return []
        first = date.fromisoformat(row["recurrence"]["range"]["startDate"])
        return dates_of(row["recurrence"], until=first + HORIZON)

    def _names_of(self, row: Row) -> list[str]:
        return [self.part(row["id"], day) for day in self._days(row)]

    def _occurrence(self, name: str) -> tuple[Row, date]:
        row, day = self._found(name[4:-11]), date.fromisoformat(name[-10:])
        if day not in self._days(row) or row["parts"].get(day, {}) is None:
            raise RefusedError(404, "ErrorItemNotFound")
        return row, day

    def _span(self, row: Row, day: date) -> tuple[datetime, datetime]:
        zone = ZoneInfo("UTC" if row["isAllDay"] else row["start"]["timeZone"])
        wall = datetime.fromisoformat(row["start"]["dateTime"][:19])
        start = datetime.combine(day, wall.time(), zone).astimezone(UTC)
        return start, start + (_instant(row["end"]) - _instant(row["start"]))

    def _plain_occurrence(self, row: Row, day: date) -> Row:
        start, end = self._span(row, day)
        times = {"start": _in_utc(start), "end": _in_utc(end)}
        names = ("subject", "body", "location", "showAs", "sensitivity", "isAllDay")
        return {**{name: deepcopy(row[name]) for name in names}, **times}

    # --- What Graph shows

    def _shown(self, row: Row) -> Row:
        shown = {k: deepcopy(v) for k, v in row.items() if k != "parts"}
        zone = row["start"]["timeZone"]
        for name in ("start", "end"):
            shown[name] = _in_utc(_instant(row[name]))
        shown["originalStartTimeZone"] = WINDOWS.get(zone, zone)
        shown["type"] = "seriesMaster" if row.get("recurrence") else "singleInstance"
        if row.get("recurrence"):
            shown["recurrence"]["range"]["recurrenceTimeZone"] = WINDOWS.get(zone, zone)
        return shown

    def _shown_part(self, row: Row, day: date) -> Row:
        part = row["parts"].get(day)
        name = self.part(row["id"], day)
        shown = {
            **(part or self._plain_occurrence(row, day)),
            "id": name,
            "seriesMasterId": row["id"],
            "type": "exception" if part else "occurrence",
        }
        for each in ("start", "end"):
            shown[each] = _in_utc(_instant(shown[each]))
        if part:
            shift = timedelta(hours=-2) if row["isAllDay"] else timedelta()
            shown["originalStart"] = _told(self._span(row, day)[0] + shift)
        return deepcopy(shown)

    def _shown_whole(self, name: str) -> Row:
        if name.startswith("OCC-"):
            return self._shown_part(*self._occurrence(name))
        row = self._found(name)
        shown = self._shown(row)
        if row.get("recurrence"):
            parts = sorted(row["parts"].items())
            shown["exceptionOccurrences"] = [self._shown_part(row, d) for d, p in parts if p]
            gone = [f"OID.{name}.{day.isoformat()}" for day, part in parts if part is None]
            shown["cancelledOccurrences"] = gone
        return shown

    def _instances(self, name: str, query: dict[str, list[str]]) -> Told:
        row = self._found(name)
        window = (query["startDateTime"][0], query["endDateTime"][0])
        return says(200, value=[each for each in self._parts(row) if _in(each, window)])

    def _parts(self, row: Row) -> list[Row]:
        days = [day for day in self._days(row) if row["parts"].get(day, {}) is not None]
        return [self._shown_part(row, day) for day in days]

    # --- What changed

    def _delta(self, asked: Asked) -> Told:
        query = asked.query
        if "$skiptoken" in query:
            rows, since = self._pages.pop(query["$skiptoken"][0], ([], -2))
            if since == -2:
                raise RefusedError(410, "SyncStateNotFound")
            return self._page(asked.path, rows, since)
        window: tuple[str, ...] = tuple(
            query.get(name, [""])[0] for name in ("startDateTime", "endDateTime")
        )
        since = -1
        if "$deltatoken" in query:
            number, *window_told = query["$deltatoken"][0].split("|")
            since, window = int(number), tuple(window_told)
            if since <= self.forgotten:
                raise RefusedError(410, "SyncStateNotFound")
        there = self._in_window(window)
        new = [name for name, number in self.marks.items() if number > since]
        if since < 0:
            rows = list(there.values())
        else:
            gone = {"@removed": {"reason": "deleted"}}
            rows = [there.get(name) or {"id": name, **gone} for name in new]
        self.dice.shuffle(rows)
        if len(rows) > self.page_size:
            rows.append(rows[0])
        return self._page(asked.path, rows, self.number, window, first=True)

    def _in_window(self, window: tuple[str, ...]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for name, row in self.events.items():
            parts = [each for each in self._parts(row) if _in(each, window)]
            found |= {each["id"]: _thin(each) for each in parts}
            if parts or (not row.get("recurrence") and _in(self._shown(row), window)):
                found[name] = self._shown(row)
        return found

    def _page(
        self, path: str, rows: list[Row], since: int, window: Any = None, *, first: bool = False
    ) -> Told:
        if window is not None:
            self._window = window
        size = 0 if first and rows and self.dice.random() < 0.3 else self.page_size
        page, rest = rows[:size], rows[size:]
        if rest:
            name = f"{len(self._pages)}-{self.number}-{len(rest)}-{self.dice.randrange(10**6)}"
            self._pages[name] = (rest, since)
            link = f"{self.url}{path}?$skiptoken={name}"
            return says(200, value=page, **{"@odata.nextLink": link})
        token = "|".join([str(since), *self._window])
        return says(
            200, value=page, **{"@odata.deltaLink": f"{self.url}{path}?$deltatoken={token}"}
        )

    # --- Being told

    def _subscribe(self, body: Row) -> Told:
        name = f"subscription-{next(self._numbers)}"
        self.subscriptions[name] = {**body, "id": name}
        shown = {k: v for k, v in self.subscriptions[name].items() if k != "clientState"}
        return says(201, **shown)


def _thin(part: Row) -> Row:
    """Return an occurrence with the few fields that a delta tells of it."""
    names = {"id", "type", "seriesMasterId", "start", "end"}
    return part if part["type"] == "exception" else {k: part[k] for k in names}


def _in(row: Row, window: tuple[str, ...]) -> bool:
    start, end = row["start"]["dateTime"][:19], row["end"]["dateTime"][:19]
    return start < window[1][:19] and end > window[0][:19]


def _instant(told: dict[str, str]) -> datetime:
    zone = ZoneInfo(WINDOWS_TO_OLSON.get(told["timeZone"], told["timeZone"]))
    wall = datetime.fromisoformat(told["dateTime"][:19])
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _in_utc(moment: datetime) -> dict[str, str]:
    wall = moment.replace(tzinfo=None).isoformat(timespec="seconds")
    return {"dateTime": f"{wall}.0000000", "timeZone": "UTC"}


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def midnight_of(day: date) -> dict[str, str]:
    """Return the beginning of a day as programs write it."""
    return {"dateTime": datetime.combine(day, time.min).isoformat(), "timeZone": "UTC"}


@contextmanager
def microsoft_calendar(**values: Any) -> Iterator[MicrosoftCalendar]:
    with serving(MicrosoftCalendar(**values)) as peer:
        yield peer
