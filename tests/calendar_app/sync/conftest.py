"""Calendars at vendors on loopback, and calendars of Eve's that are kept equal with them."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from calendar_app.models import Calendar, CalendarSync, Event
from calendar_app.sync.engine import sync_calendar
from calendar_app.sync.reading import bundles_of
from calendar_app.sync.running import run_of
from connections.models import Connection
from tests.calendar_app.conftest import NOW
from tests.connections.conftest import connected
from tests.connections.mailbox import mailbox
from tests.peers.google_calendar import MAIL, GoogleCalendar, google_calendar
from tests.peers.microsoft_calendar import CALENDAR, MicrosoftCalendar, microsoft_calendar


@pytest.fixture
def noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def clock(noon):
    """Move on with `clock.shift(seconds)`; an edit after another is a later one."""
    return noon


@pytest.fixture
def google(settings) -> Iterator[GoogleCalendar]:
    with google_calendar(page_size=3) as peer:
        settings.GOOGLE_OAUTH_BASE_URL = settings.GOOGLE_TOKEN_BASE_URL = peer.url
        settings.GOOGLE_API_BASE_URL = peer.url
        yield peer
    assert peer.wrong == []
    assert peer.mails == []


@pytest.fixture
def outlook(settings) -> Iterator[MicrosoftCalendar]:
    with microsoft_calendar(page_size=3) as peer:
        settings.MS_LOGIN_BASE_URL = settings.MSGRAPH_BASE_URL = peer.url
        yield peer
    assert peer.wrong == []


@pytest.fixture
def outlook_sync(outlook, eve) -> CalendarSync:
    """A calendar of Eve's beside hers in Microsoft 365."""
    return linked(mailbox(outlook, eve), CALENDAR)


def no_pause(_seconds: float) -> None:
    """Wait for nothing: what a vendor asks for is looked at in tests of its own."""


def linked(connection: Connection, remote_id: str = MAIL, **values) -> CalendarSync:
    calendar = Calendar.objects.create(
        owner=connection.person, name="Work", timezone="Europe/Berlin"
    )
    plain = {"state": "active", "remote_name": "Eve"}
    return CalendarSync.objects.create(
        calendar=calendar, connection=connection, remote_id=remote_id, **{**plain, **values}
    )


@pytest.fixture
def sync(google, eve) -> CalendarSync:
    """A calendar of Eve's beside hers at Google."""
    return linked(connected(eve))


def run(sync: CalendarSync) -> CalendarSync:
    sync_calendar(sync.pk, pause=no_pause)
    sync.refresh_from_db()
    return sync


def office_of(sync: CalendarSync) -> dict:
    """Return what the office says of each event, as the vendor would, by the vendor's name."""
    one = run_of(sync, None)
    links = {link.event_id: link.external_id for link in sync.links.exclude(event=None)}
    bundles = bundles_of(Event.objects.filter(calendar=sync.calendar, series=None))
    return {links[pk]: one.said(bundle.doc) for pk, bundle in bundles.items() if bundle.doc}


def vendor_of(sync: CalendarSync) -> dict:
    """Return what the vendor says of each event, asked anew and all of it."""
    from calendar_app.sync.providers.base import Known

    one = run_of(sync, None)
    items = one.provider.changes("", Known({}, {})).items
    read = {name: one.provider.read(name) for name, each in items.items() if each is not None}
    return {name: one.provider.plain(each.doc) for name, each in read.items() if each is not None}


def at(**values):
    """Return times as Google writes them: `at(day="2024-05-15", hour=9)`, an hour long."""
    start = NOW.replace(hour=values.get("hour", 9), minute=0) + timedelta(
        days=values.get("days", 1)
    )
    named = {"timeZone": values.get("zone", "Europe/Berlin")}
    end = start + timedelta(hours=1)
    told = [each.isoformat().replace("+00:00", "Z") for each in (start, end)]
    return {"start": {"dateTime": told[0], **named}, "end": {"dateTime": told[1], **named}}


def pytest_addoption(parser):
    group = parser.getgroup("sync-proof")
    group.addoption("--histories", type=int, default=20, help="how many random histories")
    group.addoption("--sync-seed", type=int, default=1, help="which dice")
    group.addoption("--history", type=int, help="the number of one history to repeat")


def pytest_terminal_summary(terminalreporter, config):
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    found = [dict(report.user_properties).get("sync_proof") for report in reports]
    tally = sum((Counter(each) for each in found if each), Counter())
    if not tally:
        return
    write = terminalreporter.write_line
    terminalreporter.section("two-way sync")
    write(f"seed {config.getoption('sync_seed')}: {tally['sequences']:,} sequences", bold=True)
    write(f"{tally['operations']:,} operations, {tally['syncs']:,} syncs")
    faults = {name[6:]: number for name, number in tally.items() if name.startswith("fault ")}
    write(f"{sum(faults.values()):,} faults injected")
    write(", ".join(f"{name} {number:,}" for name, number in sorted(faults.items())))
    write(f"held back until a person accepted {tally['held back']:,}")
    write(f"left out with a reason {tally['left out with a reason']:,}")
    write(f"duplicates {tally['duplicates']}, differences {tally['differences']}", bold=True)
