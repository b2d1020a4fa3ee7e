"""Google's calendar on loopback: it keeps events, tells what changed, and watches for who asks.

Each request and reply is held against Google's own description unless `is_checked` is off. What
people do at Google's own pages is done by calling `insert`, `patch` and `remove` without HTTP.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from django.utils import timezone

from tests.peers.description import problems_of_reply, problems_of_request
from tests.peers.google import GoogleLogin, says
from tests.peers.google_instances import day_of, keys_of, moment_of, suffix_of, times_of
from tests.peers.loopback import Asked, Told, serving

API = "/calendar/v3"
MAIL = "eve@acme.example"
FAR = date(2200, 1, 1)
NOT_WITH_TOKEN = {
    *("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty"),
    *("timeMin", "timeMax", "updatedMin"),
}


class RefusedError(Exception):
    """What Google refuses: status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def tells(row: dict[str, Any]) -> Told:
    return Told(200, json.dumps(row).encode())


def without_nulls(body: Any) -> Any:
    """Return a body without what it clears: the description knows no null, PATCH does."""
    if not isinstance(body, dict):
        return body
    return {name: without_nulls(value) for name, value in body.items() if value is not None}


def refuses(status: int, reason: str, **headers: str) -> Told:
    error = {"code": status, "message": reason, "errors": [{"domain": "global", "reason": reason}]}
    told = says(status, error=error)
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Told(told.status, told.body, headers=named)


@dataclass
class GoogleCalendar(GoogleLogin):
    """One calendar, with a number for each state that it ever had."""

    page_size: int = 250
    is_checked: bool = True
    zone: str = "Europe/Berlin"
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    # What goes wrong: for each request a word, or nothing.
    fault: Callable[[Asked], str] = field(default=lambda _asked: "")
    writes: list[Asked] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    channels: dict[str, dict[str, str]] = field(default_factory=dict)
    notices: list[dict[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    number: int = 0
    # Tokens of earlier states are known no more.
    forgotten: int = -1
    _pages: dict[str, tuple[list[dict[str, Any]], str]] = field(default_factory=dict)

    # --- The door

    def _api(self, asked: Asked) -> Told | None:
        path = asked.path.removeprefix(API)
        body = json.loads(asked.body) if asked.body else None
        if self.is_checked:
            plain = without_nulls(body)
            self.wrong += problems_of_request("google-calendar", asked.method, path, plain)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.good:
            return refuses(401, "authError")
        fault = self.fault(asked)
        if fault and fault != "lost":
            return self._faulty(fault)
        try:
            told = self._answer(asked, path, body)
        except RefusedError as refusal:
            told = refuses(refusal.status, refusal.reason)
        if self.is_checked:
            shown = json.loads(told.body) if told.body else None
            reply = (told.status, shown)
            if told.status < 400:
                self.wrong += problems_of_reply("google-calendar", asked.method, path, reply)
        return None if fault == "lost" else told

    def _faulty(self, fault: str) -> Told | None:
        if fault == "hang_up":
            return None
        if fault == "410":
            return refuses(410, "fullSyncRequired")
        if fault == "403":
            return refuses(403, "rateLimitExceeded")
        status, _, wait = fault.partition(" ")
        return refuses(int(status), "rateLimitExceeded", Retry_After=wait or "0")

    def _answer(self, asked: Asked, path: str, body: Any) -> Told:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if asked.method != "GET" and "watch" not in parts and "stop" not in parts:
            self.writes.append(asked)
            if asked.query.get("sendUpdates") != ["none"]:
                self.mails.append(asked.path)
        return self._routed(asked, parts, body)

    def _routed(self, asked: Asked, parts: list[str], body: Any) -> Told:  # noqa: C901, PLR0911, PLR0912
        match asked.method, parts:
            case "GET", ["users", "me", "calendarList"]:
                return says(200, kind="calendar#calendarList", items=[self._shown_calendar()])
            case "GET", ["calendars", _, "events"]:
                return self._list(asked.query)
            case "POST", ["calendars", _, "events"]:
                return tells(self.insert(body))
            case "POST", ["calendars", _, "events", "watch"]:
                return self._watch(body)
            case "POST", ["channels", "stop"]:
                if self.channels.pop(body["id"], None) is None:
                    raise RefusedError(404, "notFound")
                return Told(204)
            case "GET", ["calendars", _, "events", name, "instances"]:
                return self._instances(name, asked.query)
            case "GET", ["calendars", _, "events", name]:
                return tells(self._found(name))
            case "PATCH", ["calendars", _, "events", name]:
                return tells(self.patch(name, body, asked.headers.get("if-match", "")))
            case "DELETE", ["calendars", _, "events", name]:
                self.remove(name)
                return Told(204)
        raise RefusedError(404, "notFound")

    def _shown_calendar(self) -> dict[str, Any]:
        return {
            "kind": "calendar#calendarListEntry",
            "id": MAIL,
            "summary": "Eve",
            "primary": True,
            "accessRole": "owner",
            "timeZone": self.zone,
        }

    # --- What changed

    def _list(self, query: dict[str, list[str]]) -> Told:
        if "syncToken" in query and NOT_WITH_TOKEN & set(query):
            raise RefusedError(400, "badRequest")
        size = min(self.page_size, int(query.get("maxResults", ["250"])[0]))
        if "pageToken" in query:
            rows, token = self._pages.pop(query["pageToken"][0], ([], ""))
            if not token:
                raise RefusedError(410, "fullSyncRequired")
            return self._page(rows, token, size)
        if "syncToken" in query:
            since = int(query["syncToken"][0].removeprefix("state-"))
            if since <= self.forgotten:
                raise RefusedError(410, "fullSyncRequired")
            rows = [row for row in self.events.values() if row["sequence_of_peer"] > since]
        else:
            since_day = query.get("timeMin", [""])[0][:10]
            rows = [row for row in self.events.values() if _last_day(row) >= since_day]
            if query.get("showDeleted") != ["true"]:
                rows = [row for row in rows if row["status"] != "cancelled"]
        return self._page([_shown(row) for row in rows], f"state-{self.number}", size)

    def _page(self, rows: list[dict[str, Any]], token: str, size: int) -> Told:
        page, rest = rows[:size], rows[size:]
        told = {"kind": "calendar#events", "timeZone": self.zone, "items": page}
        if not rest:
            return says(200, **told, nextSyncToken=token)
        name = f"page-{len(self._pages)}-{self.number}-{len(rest)}"
        self._pages[name] = (rest, token)
        return says(200, **told, nextPageToken=name)

    def _note(self, row: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        row["sequence_of_peer"] = self.number
        row["etag"] = f'"{self.number}"'
        row["updated"] = timezone.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
        self.events[row["id"]] = row
        for name, channel in self.channels.items():
            self.notices.append(
                {
                    "X-Goog-Channel-ID": name,
                    "X-Goog-Channel-Token": channel["token"],
                    "X-Goog-Resource-ID": channel["resourceId"],
                    "X-Goog-Resource-State": "exists",
                    "X-Goog-Message-Number": str(self.number),
                }
            )
        return _shown(row)

    # --- What programs and people do

    def insert(self, body: dict[str, Any]) -> dict[str, Any]:
        name = body.get("id") or f"theirs{self.number:08d}"
        if name in self.events:
            raise RefusedError(409, "duplicate")
        if (
            "timeZone" not in body["start"]
            and body.get("recurrence")
            and "date" not in body["start"]
        ):
            raise RefusedError(400, "required")
        row = {
            "kind": "calendar#event",
            "status": "confirmed",
            "iCalUID": f"{name}@google.com",
            "eventType": "default",
            "organizer": {"email": MAIL, "self": True},
            **deepcopy(body),
            "id": name,
        }
        return self._note(row)

    def patch(self, name: str, body: dict[str, Any], etag: str = "") -> dict[str, Any]:
        if name not in self.events:
            row = self._instance_named(name)
        else:
            row = deepcopy(self.events[name])
            if etag and etag != row["etag"]:
                raise RefusedError(412, "conditionNotMet")
            if row["status"] == "cancelled" and "recurringEventId" not in row:
                raise RefusedError(404, "notFound")
        before = (row["start"], row.get("recurrence"))
        for key, value in body.items():
            is_time = key in {"start", "end"}
            row[key] = without_nulls({**row[key], **value}) if is_time else value
        if not row.get("recurrence"):
            row.pop("recurrence", None)
        if (row["start"], row.get("recurrence")) != before and "recurringEventId" not in row:
            self._drop_strays(row)
        return self._note(row)

    def remove(self, name: str) -> None:
        row = self.events.get(name)
        if row is None:
            row = self._instance_named(name)
        if row["status"] == "cancelled":
            raise RefusedError(410, "deleted")
        self._note({**row, "status": "cancelled"})
        for other in self._parts_of(name):
            del self.events[other["id"]]

    def part(self, master: str, key: datetime | date) -> str:
        """Return Google's name of an instance."""
        return f"{master}_{suffix_of(key)}"

    def _parts_of(self, master: str) -> list[dict[str, Any]]:
        return [row for row in self.events.values() if row.get("recurringEventId") == master]

    def _drop_strays(self, row: dict[str, Any]) -> None:
        there = {self.part(row["id"], key) for key in keys_of(row)}
        for part in self._parts_of(row["id"]):
            if part["id"] not in there:
                del self.events[part["id"]]

    def _found(self, name: str) -> dict[str, Any]:
        row = self.events.get(name)
        return _shown(row) if row else _shown(self._instance_named(name))

    # --- Instances

    def _instance_named(self, name: str) -> dict[str, Any]:
        master, _, suffix = name.rpartition("_")
        row = self.events.get(master)
        if row is None or row["status"] == "cancelled" or not row.get("recurrence"):
            raise RefusedError(404, "notFound")
        for key in keys_of(row):
            if suffix_of(key) == suffix:
                return self._instance(row, key)
        raise RefusedError(404, "notFound")

    def _instance(self, row: dict[str, Any], key: datetime | date) -> dict[str, Any]:
        name = self.part(row["id"], key)
        if name in self.events:
            return deepcopy(self.events[name])
        made = {k: deepcopy(v) for k, v in row.items() if k != "recurrence"}
        made["start"], made["end"] = times_of(row, key)
        original = {k: v for k, v in made["start"].items() if k != "timeZone"}
        return {**made, "id": name, "recurringEventId": row["id"], "originalStartTime": original}

    def _instances(self, name: str, query: dict[str, list[str]]) -> Told:
        row = self.events.get(name)
        if row is None or row["status"] == "cancelled":
            raise RefusedError(404, "notFound")
        rows = [self._instance(row, key) for key in keys_of(row)]
        if "originalStart" in query:
            wanted = query["originalStart"][0].replace("Z", "+00:00")
            rows = [r for r in rows if wanted in moment_of(r["originalStartTime"])]
        if "timeMin" in query:
            low, high = query["timeMin"][0][:10], query["timeMax"][0][:10]
            rows = [r for r in rows if low <= day_of(r["start"]) <= high]
        if query.get("showDeleted") != ["true"]:
            rows = [r for r in rows if r["status"] != "cancelled"]
        told = {"kind": "calendar#events", "timeZone": self.zone}
        return says(200, **told, items=[_shown(r, whole=True) for r in rows])

    # --- Being told

    def _watch(self, body: dict[str, Any]) -> Told:
        ends = timezone.now() + timedelta(seconds=int(body["params"]["ttl"]))
        resource = f"resource-{len(self.channels)}-{self.number}"
        self.channels[body["id"]] = {"token": body["token"], "resourceId": resource}
        return says(
            200,
            kind="api#channel",
            id=body["id"],
            resourceId=resource,
            expiration=str(int(ends.timestamp() * 1000)),
        )


def _shown(row: dict[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """Return what Google tells: of what is gone, hardly more than its name."""
    names = set(row) - {"sequence_of_peer"}
    if row["status"] == "cancelled" and not whole:
        names &= {"kind", "etag", "id", "status", "recurringEventId", "originalStartTime"}
    return {name: deepcopy(row[name]) for name in sorted(names)}


def _last_day(row: dict[str, Any]) -> str:
    return (
        FAR.isoformat()
        if row.get("recurrence") or row["status"] == "cancelled"
        else day_of(row["end"])
    )


@contextmanager
def google_calendar(**values: Any) -> Iterator[GoogleCalendar]:
    with serving(GoogleCalendar(**values)) as peer:
        yield peer
