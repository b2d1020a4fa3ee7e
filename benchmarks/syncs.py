"""What a two-way sync of many events costs, at vendors on loopback that keep their state."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import thread_time, time
from typing import Any

from benchmarks.clock import timed
from benchmarks.report import Row

# One in so many is a weekly series.
SERIES = 20
CLIENT = ("office-of-the-tests", "secret-of-the-tests")
ADDRESSES = {
    "google": ("GOOGLE_API_BASE_URL", "GOOGLE_TOKEN_BASE_URL", "GOOGLE_OAUTH_BASE_URL"),
    "microsoft": ("MSGRAPH_BASE_URL", "MS_LOGIN_BASE_URL"),
}
ZONE = "Europe/Berlin"


def measure_syncs(number: int) -> list[Row]:
    """Sync so many events that stand there, and so many that stand here, then have nothing new."""
    rows: list[Row] = []
    for name, peer_of in (("google", _google), ("microsoft", _microsoft)):
        for side in ("there", "here"):
            with peer_of() as (peer, connect, remote_id, insert):
                _point_to(peer, name)
                rows += _one(name, side, number, (peer, connect, remote_id, insert))
    return rows


def _point_to(peer: Any, name: str) -> None:
    from django.conf import settings

    for each in ADDRESSES[name]:
        setattr(settings, each, peer.url)
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = CLIENT
    settings.MICROSOFT_CLIENT_ID, settings.MICROSOFT_CLIENT_SECRET = CLIENT


def _one(name: str, side: str, number: int, vendor: Any) -> list[Row]:
    from accounts.services import create_user
    from calendar_app.models import Calendar, CalendarSync, Event
    from calendar_app.sync.engine import sync_calendar
    from tenants.context import tenant_context, tenant_transaction
    from tenants.services import open_tenant

    peer, connect, remote_id, insert = vendor
    rows: list[Row] = []
    office = open_tenant(name=f"Synced {name} {side}")
    with tenant_transaction(office):
        person = create_user(
            email=f"{side}@{name}.example", full_name="Eve", role="manager",
            password="correct horse battery",
        )  # fmt: skip
        calendar = Calendar.objects.create(owner=person, name="Work", timezone=ZONE)
    with tenant_context(office):
        connection = connect(person)
        with tenant_transaction(office):
            if side == "here":
                Event.objects.bulk_create(_events(calendar, number))
            sync = CalendarSync.objects.create(
                calendar=calendar, connection=connection, remote_id=remote_id, state="active"
            )
        if side == "there":
            for each in range(number):
                insert(peer, each)
        for what in (f"first, {number} {side}", "idle"):
            asked, own = len(peer.asked), thread_time()
            seconds = timed(lambda: sync_calendar(sync.pk))
            own = thread_time() - own
            with tenant_transaction(office):
                sync.refresh_from_db()
                assert not sync.trouble, sync.trouble
                assert Event.objects.count() == number
            assert what != "idle" or not sync.last_counts, sync.last_counts
            requests = len(peer.asked) - asked
            row = {"vendor": name, "sync": what, "requests": requests, "s": seconds}
            rows.append({**row, "own CPU s": own})
    return rows


def _events(calendar: Any, number: int) -> Iterator[Any]:
    from calendar_app.models import Event
    from calendar_app.times import set_end

    for each in range(number):
        start, rule = _when(each)
        event = Event(calendar=calendar, organizer=calendar.owner, title=f"Event {each}")
        event.start, event.end = start, start + timedelta(hours=1)
        event.timezone, event.ical_uid = ZONE, f"{each}@synced.example"
        event.recurrence = f"FREQ=WEEKLY;COUNT={rule}" if rule else ""
        set_end(event)
        yield event


def _when(number: int) -> tuple[Any, Any]:
    """Return the beginning, and how often it comes where it recurs."""
    from django.utils import timezone

    today = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
    start = today + timedelta(days=number % 300, minutes=15 * (number % 16))
    return start, 0 if number % SERIES else 10


@contextmanager
def _google() -> Iterator[tuple[Any, Callable[..., Any], str, Callable[..., Any]]]:
    from connections.flows import keep_account
    from connections.providers import Account, Tokens
    from tests.peers.google_calendar import MAIL, google_calendar

    def connect(person: Any) -> Any:
        tokens = Tokens(access_token="old", expires_at=time() - 1, refresh_token="refresh-1")
        account = Account(person.email, MAIL, ["calendar"], tokens)
        return keep_account(provider="google", account=account, person=person)

    def insert(peer: Any, number: int) -> None:
        start, rule = _when(number)
        times = {
            key: {"dateTime": f"{each:%Y-%m-%dT%H:%M:%SZ}", "timeZone": ZONE}
            for key, each in (("start", start), ("end", start + timedelta(hours=1)))
        }
        recurrence = {"recurrence": [f"RRULE:FREQ=WEEKLY;COUNT={rule}"]} if rule else {}
        peer.insert({"summary": f"Event {number}", **times, **recurrence})

    with google_calendar(is_checked=False) as peer:
        yield peer, connect, MAIL, insert


@contextmanager
def _microsoft() -> Iterator[tuple[Any, Callable[..., Any], str, Callable[..., Any]]]:
    from tests.connections.mailbox import mailbox
    from tests.peers.microsoft_calendar import CALENDAR, microsoft_calendar

    with microsoft_calendar(is_checked=False) as peer:
        yield peer, lambda person: mailbox(peer, person), CALENDAR, _into_outlook


def _into_outlook(peer: Any, number: int) -> None:
    start, rule = _when(number)
    body = {
        key: {"dateTime": f"{each:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}
        for key, each in (("start", start), ("end", start + timedelta(hours=1)))
    }
    if rule:
        day = f"{start:%A}".lower()
        pattern = {"type": "weekly", "interval": 1, "daysOfWeek": [day]}
        span = {"type": "numbered", "startDate": f"{start:%Y-%m-%d}", "numberOfOccurrences": rule}
        pattern["firstDayOfWeek"] = "monday"
        body["recurrence"] = {"pattern": pattern, "range": {**span, "recurrenceTimeZone": "UTC"}}
    peer.insert({"subject": f"Event {number}", **body})
