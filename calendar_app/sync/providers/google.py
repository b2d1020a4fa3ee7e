"""Google Calendar (developers.google.com/workspace/calendar/api/guides/sync)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from calendar_app.sync.documents import (
    FIELDS,
    Doc,
    differences,
    plain_part,
    recurs,
    settled_rule,
    tidied,
)
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
from calendar_app.sync.providers.google_events import (
    body_of,
    lines_of,
    original_key,
    original_start,
    part_of,
    remote_of,
)
from connections.asking import Ask
from connections.client import Client
from connections.errors import ConflictError, Facts, NotFoundError

API = "/calendar/v3"
PAGE, INSTANCES = "250", "2500"
CANCELLED = "cancelled"
WRITERS = frozenset({"owner", "writer"})
# No change of a sync ever mails a guest.
NOBODY_TOLD = {"sendUpdates": "none"}
WATCH_SECONDS = 7 * 24 * 3600
Resource = dict[str, Any]


class GoogleCalendar:
    """One calendar at Google."""

    def __init__(self, client: Client, remote_id: str, window: Window) -> None:
        self._client, self._window = client, window
        self._place = f"{API}/calendars/{quote(remote_id, safe='')}"
        self._zone = "UTC"

    def plain(self, doc: Doc) -> Doc:
        """Return how Google would say it; Google knows all the rules that the office knows."""
        return tidied(settled_rule(doc))

    def calendars(self) -> list[RemoteCalendar]:
        """Return the calendars that the account shows."""
        place = f"{API}/users/me/calendarList"
        found: list[RemoteCalendar] = []
        for page in self._pages("calendars", place, {"maxResults": PAGE}):
            found += [
                RemoteCalendar(
                    id=each["id"],
                    name=str(each.get("summaryOverride") or each.get("summary") or each["id"]),
                    is_default=bool(each.get("primary")),
                    read_only=each.get("accessRole") not in WRITERS,
                    timezone=str(each.get("timeZone", "")),
                )
                for each in page.get("items", ())
            ]
        return found

    # --- What is new

    def changes(self, cursor: str, known: Known) -> Delta:
        """Follow all pages; a series of which anything changed is read as a whole."""
        query = {"maxResults": PAGE, "singleEvents": "false", "showDeleted": "true"}
        query |= {"syncToken": cursor} if cursor else {"timeMin": _told(self._window.since)}
        alone: dict[str, Resource] = {}
        parts: dict[str, dict[str, Resource]] = defaultdict(dict)
        token = ""
        for page in self._pages("changes", f"{self._place}/events", query, with_cursor=True):
            self._zone = str(page.get("timeZone") or self._zone)
            token = str(page.get("nextSyncToken", ""))
            for each in page.get("items", ()):
                if master := each.get("recurringEventId"):
                    parts[master][each["id"]] = each
                else:
                    alone[each["id"]] = each
        items = {
            name: self._item(name, alone.get(name), parts.get(name, {}), known, full=not cursor)
            for name in dict.fromkeys([*alone, *parts])
            if not _is_known(alone.get(name), parts.get(name), known)
        }
        return Delta(items, token, is_full=not cursor)

    def _item(
        self,
        name: str,
        resource: Resource | None,
        parts: Mapping[str, Resource],
        known: Known,
        *,
        full: bool,
    ) -> Remote | None:
        if resource is not None and resource.get("status") == CANCELLED:
            return None
        if resource is not None and not resource.get("recurrence"):
            return remote_of(resource, {}, self._zone)
        if resource is None or not full:
            # Google tells of changed instances alone, and of a changed series without them.
            return self.read(name)
        return self._series(resource, parts.values())

    def _series(self, resource: Resource, parts: Any) -> Remote:
        told = {original_key(each): part_of(each, self._zone) for each in parts}
        made = remote_of(resource, told, self._zone)
        made.is_windowed = True
        if made.doc:
            made.doc = tidied(made.doc)
        return made

    def read(self, remote_id: str) -> Remote | None:
        """Return an event as it is now, a series with what was changed of it in the window."""
        try:
            resource = self._ask("read", "GET", remote_id).json()
        except NotFoundError:
            return None
        if resource.get("status") == CANCELLED:
            return None
        if not resource.get("recurrence"):
            return remote_of(resource, {}, self._zone)
        query = {
            "maxResults": INSTANCES,
            "showDeleted": "true",
            "timeMin": _told(self._window.since),
            "timeMax": _told(self._window.until),
        }
        place = f"{self._place}/events/{quote(remote_id, safe='')}/instances"
        pages = self._pages("instances", place, query)
        return self._series(resource, [each for page in pages for each in page.get("items", ())])

    # --- What we change

    def create(self, key: UUID, doc: Doc) -> Remote | None:
        """Make an event under a name of ours: a second time Google refuses."""
        body = body_of(doc, FIELDS, is_new=True)
        ours = {"officeEventId": str(key)}
        body |= {"id": key.hex, "extendedProperties": {"private": ours}}
        if lines := lines_of(doc["when"]):
            body["recurrence"] = lines
        try:
            ask = Ask(
                "create", "POST", f"{self._place}/events", query=NOBODY_TOLD, json=body,
                repeatable=True,
            )  # fmt: skip
            resource = self._client.ask(ask).json()
        except ConflictError:
            there = self.read(key.hex)
            return there and self.change(Target(there.id, there.etag), there.doc, doc)
        return self._with_parts(remote_of(resource, {}, self._zone), doc)

    def change(self, target: Target, before: Doc, after: Doc) -> Remote:
        """Change the fields that differ, then the instances that do."""
        changed = list(differences(before, after))
        if not changed:
            there: Remote | None = untouched(target, before)
        else:
            body = body_of(after, changed)
            if "when" in changed:
                body["recurrence"] = lines_of(after["when"])
            told = self._ask("change", "PATCH", target.id, body=body, etag=target.etag).json()
            there = remote_of(told, before["parts"], self._zone)
        if "when" in changed and recurs(after):
            # Other times, other instances: what Google has kept of them is looked at.
            there = self.read(target.id)
        if there is None or not there.doc:
            facts = Facts("google", "change", status=404)
            raise NotFoundError("The event is gone at Google.", facts)
        return self._with_parts(there, after)

    def _with_parts(self, there: Remote, after: Doc) -> Remote:
        """Make the instances say what they are to say."""
        was = there.doc["parts"]
        for key in sorted({*was, *after["parts"]}):
            if was.get(key, ...) != after["parts"].get(key, ...):
                self._change_part(there, key, after)
        there.doc = tidied({**there.doc, "parts": after["parts"]})
        return there

    def _change_part(self, there: Remote, key: str, after: Doc) -> None:
        place = f"{self._place}/events/{quote(there.id, safe='')}/instances"
        query = {"originalStart": original_start(key, there.doc), "showDeleted": "true"}
        found = self._client.ask(Ask("instance", "GET", place, query=query)).json()
        if not (items := found.get("items")):
            return
        wanted = after["parts"].get(key, plain_part(after, key))
        name = str(items[0]["id"])
        if wanted is None:
            with suppress(NotFoundError):
                self._ask("cancel", "DELETE", name)
            return
        body = body_of(wanted, FIELDS)
        self._ask("change_instance", "PATCH", name, body=body)

    def delete(self, remote_id: str) -> None:
        """Delete it."""
        with suppress(NotFoundError):
            self._ask("delete", "DELETE", remote_id)

    # --- Being told

    def watch(self, *, token: str, url: str) -> Watch:
        """Open a channel for a week."""
        body = {
            "id": str(uuid4()),
            "type": "web_hook",
            "address": url,
            "token": token,
            "params": {"ttl": str(WATCH_SECONDS)},
        }
        place = f"{self._place}/events/watch"
        told = self._client.ask(Ask("watch", "POST", place, json=body, repeatable=False)).json()
        ends = datetime.fromtimestamp(int(told["expiration"]) / 1000, UTC)
        return Watch(body["id"], str(told["resourceId"]), ends)  # type: ignore[arg-type]

    def renew(self, watch: Watch) -> Watch | None:
        """Channels are not renewed: a new one is opened before the old one ends."""
        return None

    def stop(self, watch: Watch) -> None:
        """Close the channel."""
        body = {"id": watch.id, "resourceId": watch.resource_id}
        with suppress(NotFoundError):
            self._client.ask(Ask("stop", "POST", f"{API}/channels/stop", json=body))

    # --- Asking

    def _pages(
        self, operation: str, place: str, query: Mapping[str, str], *, with_cursor: bool = False
    ) -> Iterator[Resource]:
        more: dict[str, str] = {}
        while True:
            asked = {**query, **more}
            ask = Ask(operation, "GET", place, query=asked, with_cursor=with_cursor)
            page = self._client.ask(ask).json()
            yield page
            if not (token := page.get("nextPageToken")):
                return
            more = {"pageToken": str(token)}

    def _ask(
        self, operation: str, method: str, name: str, *, body: Any = None, etag: str = ""
    ) -> Any:
        place = f"{self._place}/events/{quote(name, safe='')}"
        query = {} if method == "GET" else NOBODY_TOLD
        headers = {"If-Match": etag} if etag else {}
        ask = Ask(
            operation, method, place, query=query, json=body, headers=headers, repeatable=not etag
        )
        return self._client.ask(ask)


def _is_known(
    resource: Resource | None, parts: Mapping[str, Resource] | None, known: Known
) -> bool:
    """Tell whether it is our own change that comes back."""
    if resource is None or parts:
        return False
    return bool(resource.get("etag")) and known.etags.get(resource["id"]) == resource["etag"]


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
