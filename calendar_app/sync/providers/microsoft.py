"""The calendar of Microsoft 365, by Graph (learn.microsoft.com/graph/delta-query-events)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.utils import timezone

from calendar_app.sync.documents import FIELDS, Doc, differences, key_of_text, plain_part
from calendar_app.sync.providers.base import (
    Delta,
    Known,
    Remote,
    RemoteCalendar,
    Target,
    Watch,
    Window,
    untouched,
)
from calendar_app.sync.providers.microsoft_events import (
    body_of,
    day_around,
    digest_of,
    original_key,
    plain,
    recurrence_of,
    remote_of,
)
from connections.asking import Ask
from connections.client import Client
from connections.errors import CursorExpiredError, Facts, NotFoundError, PermanentError

PREFER = 'outlook.timezone="UTC", IdType="ImmutableId", outlook.body-content-type="text"'
PAGE = "50"
SELECTED = (
    "id,iCalUId,transactionId,subject,body,start,end,isAllDay,location,attendees,isOrganizer,"
    "isCancelled,showAs,sensitivity,recurrence,type,originalStartTimeZone,onlineMeeting,"
    "lastModifiedDateTime,cancelledOccurrences"
)
WATCHED_FOR = timedelta(days=3)
OF_SERIES = frozenset({"occurrence", "exception"})
BAD = 400
Resource = dict[str, Any]


class MicrosoftCalendar:
    """One calendar of a mailbox."""

    def __init__(self, client: Client, remote_id: str, window: Window) -> None:
        self._client, self._window = client, window
        self._place = f"/me/calendars/{quote(remote_id, safe='')}"

    def plain(self, doc: Doc) -> Doc:
        """Return how Outlook would say it. Raises NoCounterpartError."""
        return plain(doc)

    def calendars(self) -> list[RemoteCalendar]:
        """Return the calendars of the mailbox."""
        return [
            RemoteCalendar(
                id=each["id"],
                name=str(each.get("name") or ""),
                is_default=bool(each.get("isDefaultCalendar")),
                read_only=not each.get("canEdit", True),
            )
            for page in self._pages("calendars", "/me/calendars", {})
            for each in page.get("value", ())
        ]

    # --- What is new

    def changes(self, cursor: str, known: Known) -> Delta:
        """Follow all pages; a series of which anything changed is read as a whole."""
        told: dict[str, Resource] = {}
        cursor_after = ""
        query = {
            "startDateTime": _told(self._window.since),
            "endDateTime": _told(self._window.until),
        }
        place = cursor or f"{self._place}/calendarView/delta"
        try:
            for page in self._pages("changes", place, {} if cursor else query, with_cursor=True):
                told |= {each["id"]: each for each in page.get("value", ())}
                cursor_after = str(page.get("@odata.deltaLink", ""))
        except PermanentError as error:
            if error.facts.status == BAD and cursor:
                # Graph also says so of a token that it cannot read any more.
                raise CursorExpiredError(str(error), error.facts) from None
            raise
        return Delta(self._items(told, known), cursor_after, is_full=not cursor)

    def _items(self, told: Mapping[str, Resource], known: Known) -> dict[str, Remote | None]:
        items: dict[str, Remote | None] = {}
        masters: dict[str, set[str]] = defaultdict(set)
        for name, each in told.items():
            digest = digest_of(name)
            if master := _series_of(name, each, known.owners.get(digest, "")):
                masters[master] |= {digest} - {digest_of(master)}
            elif "@removed" in each:
                if name in known.etags:
                    # Gone, or only moved out of the window.
                    items[name] = self.read(name)
            elif known.etags.get(name, ...) != each.get("@odata.etag"):
                items[name] = None if each.get("isCancelled") else remote_of(each)
        for name, digests in masters.items():
            made = self.read(name)
            if made is not None:
                made.parts = sorted(digests)
            items[name] = made
        return items

    def read(self, remote_id: str) -> Remote | None:
        """Return an event as it is now, a series with all that was changed of it."""
        try:
            resource = self._read(remote_id)
        except NotFoundError:
            return None
        return None if resource.get("isCancelled") else remote_of(resource)

    def _read(self, remote_id: str) -> Resource:
        query = {"$select": SELECTED, "$expand": "exceptionOccurrences"}
        return self._ask("read", "GET", _event(remote_id), query=query)

    # --- What we change

    def create(self, key: UUID, doc: Doc) -> Remote | None:
        """Make an event; the key has Graph answer a second time with the first one."""
        body = body_of(doc, FIELDS) | {"transactionId": str(key)}
        if recurrence := recurrence_of(doc):
            body["recurrence"] = recurrence
        made = self._ask("create", "POST", f"{self._place}/events", body=body, repeatable=True)
        there = remote_of(made)
        return self._with_parts(there, doc) if doc["parts"] else there

    def change(self, target: Target, before: Doc, after: Doc) -> Remote:
        """Change the fields that differ, then the instances that do."""
        changed = list(differences(before, after))
        there = untouched(target, before)
        if changed:
            body = body_of(after, changed)
            if "when" in changed and (recurrence_of(before) or recurrence_of(after)):
                body["recurrence"] = recurrence_of(after)
            headers = {"If-Match": target.etag} if target.etag else {}
            made = self._ask(
                "change", "PATCH", _event(target.id), body=body, headers=headers,
                repeatable=not target.etag,
            )  # fmt: skip
            there = remote_of(made)
        if "when" not in changed and before["parts"] == after["parts"] and changed:
            there.doc = {**there.doc, "parts": before["parts"]}
            return there
        return self._with_parts(there, after) if recurrence_of(after) else there

    def _with_parts(self, there: Remote, after: Doc) -> Remote:
        """Make the instances say what they are to say, and return what came of it."""
        resource = self._read(there.id)
        now = remote_of(resource)
        if not now.doc:
            return now
        names = {
            original_key(each, now.doc): str(each["id"])
            for each in resource.get("exceptionOccurrences") or ()
        }
        was, wanted = now.doc["parts"], after["parts"]
        different = [key for key in sorted({*was, *wanted})
                     if was.get(key, ...) != wanted.get(key, ...)]  # fmt: skip
        for key in different:
            self._change_part(now, key, after, names.get(key) or self._instance(now, key))
        return (self.read(there.id) or _gone(there.id)) if different else now

    def _instance(self, there: Remote, key: str) -> str:
        """Return Graph's name of an instance of which nothing was changed; empty for none."""
        since, until = day_around(key_of_text(key))
        query = {"startDateTime": since, "endDateTime": until}
        for page in self._pages("instances", f"{_event(there.id)}/instances", query):
            for each in page.get("value", ()):
                if original_key(each, there.doc) == key:
                    return str(each["id"])
        return ""

    def _change_part(self, there: Remote, key: str, after: Doc, name: str) -> None:
        if not name:
            return
        wanted = after["parts"].get(key, plain_part(after, key))
        if wanted is None:
            self.delete(name)
            return
        self._ask("change_instance", "PATCH", _event(name), body=body_of(wanted, FIELDS))

    def delete(self, remote_id: str) -> None:
        """Delete it."""
        with suppress(NotFoundError):
            self._ask("delete", "DELETE", _event(remote_id))

    # --- Being told

    def watch(self, *, token: str, url: str) -> Watch:
        """Subscribe to what happens in the mailbox."""
        body = {
            "changeType": "created,updated,deleted",
            "notificationUrl": url,
            "lifecycleNotificationUrl": url,
            "resource": "/me/events",
            "expirationDateTime": _told(timezone.now() + WATCHED_FOR),
            "clientState": token,
        }
        made = self._ask("watch", "POST", "/subscriptions", body=body, repeatable=False)
        return _watch_of(made)

    def renew(self, watch: Watch) -> Watch | None:
        """Let the subscription last longer."""
        body = {"expirationDateTime": _told(timezone.now() + WATCHED_FOR)}
        place = f"/subscriptions/{quote(watch.id, safe='')}"
        return _watch_of(self._ask("renew", "PATCH", place, body=body))

    def stop(self, watch: Watch) -> None:
        """End the subscription."""
        with suppress(NotFoundError):
            self._ask("stop", "DELETE", f"/subscriptions/{quote(watch.id, safe='')}")

    # --- Asking

    def _pages(
        self, operation: str, place: str, query: Mapping[str, str], *, with_cursor: bool = False
    ) -> Iterator[Resource]:
        headers = {"Prefer": f"{PREFER}, odata.maxpagesize={PAGE}"}
        ask = Ask(operation, "GET", place, query=query, headers=headers, with_cursor=with_cursor)
        while True:
            page = self._client.ask(ask).json()
            yield page
            if not (following := page.get("@odata.nextLink")):
                return
            ask = Ask(operation, "GET", following, headers=headers, with_cursor=with_cursor)

    def _ask(
        self, operation: str, method: str, place: str, *, body: Any = None, **more: Any
    ) -> Resource:
        headers = {"Prefer": PREFER, **more.pop("headers", {})}
        plain_ask = {"repeatable": True, **more}
        reply = self._client.ask(
            Ask(operation, method, place, json=body, headers=headers, **plain_ask)
        )
        return reply.json()


def _series_of(name: str, told: Resource, owner: str) -> str:
    """Return the series that an entry tells something of; empty for a single event."""
    if "@removed" in told:
        return owner
    if told.get("type") in OF_SERIES:
        return str(told["seriesMasterId"])
    return name if told.get("type") == "seriesMaster" else ""


def _gone(name: str) -> Remote:
    raise NotFoundError(f"{name} is gone.", Facts("microsoft", "change", status=404))


def _event(name: str) -> str:
    return f"/me/events/{quote(name, safe='')}"


def _watch_of(made: Resource) -> Watch:
    ends = datetime.fromisoformat(str(made["expirationDateTime"])[:19]).replace(tzinfo=UTC)
    return Watch(str(made["id"]), "", ends)


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
