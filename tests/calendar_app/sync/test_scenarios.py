"""What every two-way sync must survive, at both vendors alike; `docs/calendar.md` lists it all.

The numbers are those of the list there.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from calendar_app.models import CalendarSync, Event, SyncConflict
from calendar_app.occurrences import change_occurrence, delete_event
from calendar_app.services import update_event
from calendar_app.sync.engine import sync_calendar
from tests.calendar_app.conftest import NOW
from tests.calendar_app.sync.conftest import at, office_of, run
from tests.calendar_app.sync.driving import KilledError
from tests.calendar_app.sync.test_google import assert_equal_and_idle, mine, titles
from tests.calendar_app.sync.test_microsoft import theirs, weekly
from tests.peers.microsoft_calendar import midnight_of

GONE = "cancelled"


@dataclass
class AtGoogle:
    """A calendar at Google, and what somebody does at Google's own page."""

    sync: CalendarSync
    peer: Any
    pages = "pageToken"

    def insert(self, title: str) -> str:
        return self.peer.insert({"summary": title, **at()})["id"]

    def write(self, name: str, title: str) -> None:
        self.peer.patch(name, {"summary": title})

    def place(self, name: str, where: str) -> None:
        self.peer.patch(name, {"location": where})

    def days(self, name: str, first: date, after: date) -> None:
        times = {"start": {"date": first.isoformat()}, "end": {"date": after.isoformat()}}
        self.peer.patch(name, times)

    def there(self) -> dict[str, str]:
        rows = self.peer.events.values()
        return {row["summary"]: row["id"] for row in rows if row["status"] != GONE}


@dataclass
class AtMicrosoft:
    """A calendar in Microsoft 365, and what somebody does in Outlook."""

    sync: CalendarSync
    peer: Any
    pages = "$skiptoken"

    def insert(self, title: str) -> str:
        return self.peer.insert(theirs(title))["id"]

    def write(self, name: str, title: str) -> None:
        self.peer.patch(name, {"subject": title})

    def place(self, name: str, where: str) -> None:
        self.peer.patch(name, {"location": {"displayName": where}})

    def days(self, name: str, first: date, after: date) -> None:
        self.peer.patch(name, {"start": midnight_of(first), "end": midnight_of(after)})

    def there(self) -> dict[str, str]:
        return {row["subject"]: row["id"] for row in self.peer.events.values()}


@pytest.fixture(params=["google", "microsoft"])
def vendor(request, eve):
    fixture = request.getfixturevalue
    if request.param == "google":
        return AtGoogle(fixture("sync"), fixture("google"))
    return AtMicrosoft(fixture("outlook_sync"), fixture("outlook"))


def killed(_seconds=0.0):
    raise KilledError


def once(vendor, word, when):
    """Have this go wrong the first time that such a request comes."""

    def fault(asked):
        if not when(asked):
            return ""
        vendor.peer.fault = lambda _asked: ""
        return word() or "" if callable(word) else word

    vendor.peer.fault = fault


# --- 1


def test_a_worker_that_dies_after_the_vendors_yes_makes_no_second_event(
    vendor, eve, clock, monkeypatch
):
    mine(vendor.sync, eve)
    with monkeypatch.context() as patched:
        patched.setattr("calendar_app.sync.sending._adopt", lambda *_args: killed())
        with pytest.raises(KilledError):
            run(vendor.sync)
    assert list(vendor.there()) == ["Planning"]
    # Nobody else is let in before its lease is over.
    writes = len(vendor.peer.writes)
    assert run(vendor.sync).running_until is not None
    assert len(vendor.peer.writes) == writes
    clock.shift(301)
    run(vendor.sync)
    assert list(vendor.there()) == titles(vendor.sync) == ["Planning"]
    assert_equal_and_idle(vendor.sync, vendor.peer)


# --- 3


class Unkind:
    """Dice that have Graph tell exceptions before their series, and nothing on the first page."""

    def __init__(self):
        self.number = 0

    def shuffle(self, rows):
        rows.sort(key=lambda row: {"singleInstance": 0, "exception": 1}.get(row.get("type"), 2))

    def random(self):
        return 0.0

    def randrange(self, _most):
        self.number += 1
        return self.number


def test_graphs_pages_are_empty_doubled_out_of_order_and_cut_off(outlook_sync, outlook, clock):
    outlook.dice = Unkind()
    name = outlook.insert(theirs("Old title"))["id"]
    series = outlook.insert(theirs("Standup", recurrence=weekly(type="numbered",
                            numberOfOccurrences=5)))["id"]  # fmt: skip
    outlook.patch(outlook.part(series, date(2024, 5, 23)), {"subject": "Long standup"})
    outlook.remove(outlook.part(series, date(2024, 5, 30)))
    told = []

    def fault(asked):
        if not asked.path.endswith("/delta"):
            return ""
        told.append(asked.query)
        if len(told) == 3:
            # The worker is killed while it waits to ask for the third page once more.
            return "503"
        if len(told) == 5:
            # It is told on the second page and, changed meanwhile, on the last one.
            outlook.patch(name, {"subject": "New title"})
            for rows, _since in outlook._pages.values():
                rows[:] = [outlook._shown(outlook.events[name]) if row["id"] == name else row
                           for row in rows]  # fmt: skip
        return ""

    outlook.fault = fault
    with pytest.raises(KilledError):
        sync_calendar(outlook_sync.pk, pause=killed)
    outlook_sync.refresh_from_db()
    assert (outlook_sync.cursor, Event.objects.exists()) == ("", False)
    clock.shift(301)
    run(outlook_sync)
    assert len(told) > 6
    assert titles(outlook_sync) == ["Long standup", "New title", "Standup"]
    assert_equal_and_idle(outlook_sync, outlook)


def test_googles_pages_are_out_of_order_and_cut_off(sync, google, eve, clock):
    series = google.insert({"summary": "Standup", "recurrence": ["RRULE:FREQ=DAILY"], **at()})
    first = NOW.replace(hour=9, minute=0) + timedelta(days=1)
    google.patch(google.part(series["id"], first + timedelta(days=1)), {"summary": "Long"})
    google.remove(google.part(series["id"], first + timedelta(days=2)))
    for number in range(6):
        google.insert({"summary": f"Theirs {number}", **at(days=number)})
    # What was changed of a series comes pages before the series.
    google.events = dict(sorted(google.events.items(), key=lambda item: item[0] == series["id"]))
    once(AtGoogle(sync, google), "503", lambda asked: "pageToken" in asked.query)
    with pytest.raises(KilledError):
        sync_calendar(sync.pk, pause=killed)
    assert not Event.objects.exists()
    clock.shift(301)
    run(sync)
    assert titles(sync) == ["Long", "Standup", *(f"Theirs {number}" for number in range(6))]
    assert len(Event.objects.get(title="Standup").exdates) == 1
    assert_equal_and_idle(sync, google)


# --- 4


def test_the_vendor_forgets_in_the_middle_of_its_story(vendor, eve, clock):
    sync = vendor.sync
    kept, gone, old = (mine(sync, eve, title) for title in ("Kept", "Gone", "Old"))
    run(sync)
    clock.shift(60)
    past = NOW - timedelta(days=90)
    update_event(event=old, changes={"start": past, "end": past + timedelta(hours=1)}, by=eve)
    run(sync)
    clock.shift(60)
    update_event(event=kept, changes={"title": "Kept and changed"}, by=eve)
    delete_event(event=gone, by=eve)
    new = [f"New {number}" for number in range(8)]
    for title in new:
        vendor.insert(title)
    lists = []

    def fault(asked):
        if vendor.pages in asked.query:
            lists.append(asked)
            # Once among what is new, and once more in what is then told from the beginning.
            return "410" if len(lists) in {2, 4} else ""
        return ""

    vendor.peer.fault = fault
    assert "410" in run(sync).trouble
    assert titles(sync) == ["Kept and changed", "Old"]
    clock.shift(61)
    run(sync)
    assert (sync.trouble, len(lists) > 4) == ("", True)
    assert titles(sync) == sorted(["Kept and changed", "Old", *new])
    assert sorted(vendor.there()) == titles(sync)
    vendor.peer.fault = lambda _asked: ""
    run(run(sync))
    assert sync.last_counts == {}
    assert not SyncConflict.objects.exists()


# --- 6


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Tongatapu"])
def test_three_days_go_there_and_back_ten_times(vendor, eve, api, clock, zone):
    eve.timezone = zone
    eve.save()
    first, after = date(2024, 6, 1), date(2024, 6, 4)
    event = mine(vendor.sync, eve, "Fair", start=first, end=after, timezone=zone)
    run(vendor.sync)
    [name] = vendor.there().values()
    day = timedelta(days=1)
    for _round in range(10):
        clock.shift(60)
        event.refresh_from_db()
        moved = {"start": first + day, "end": after + day, "all_day": True}
        update_event(event=event, changes=moved, by=eve)
        run(vendor.sync)
        [shown] = office_of(vendor.sync).values()
        assert (shown["when"]["start"], shown["when"]["end"]) == ("2024-06-02", "2024-06-05")
        assert_equal_and_idle(vendor.sync, vendor.peer)
        clock.shift(60)
        vendor.days(name, first, after)
        run(vendor.sync)
    assert not SyncConflict.objects.exists()
    assert_equal_and_idle(vendor.sync, vendor.peer)
    event.refresh_from_db()
    assert (event.start_date, event.end_date) == (first, after)
    window = {"start": "2024-05-20T00:00:00Z", "end": "2024-06-20T00:00:00Z"}
    [row] = api(eve).get("/api/v1/calendar/events", window).json()["results"]
    assert (row["start_date"], row["end_date"]) == ("2024-06-01", "2024-06-04")
    url = api(eve).post("/api/v1/calendar/feeds", {"name": "Mine"}).json()["url"]
    file = APIClient(HTTP_HOST="acme.localhost").get(url[url.index("/", 8) :]).content
    assert b"DTSTART;VALUE=DATE:20240601" in file
    assert b"DTEND;VALUE=DATE:20240604" in file


# --- 7


def test_the_first_part_of_a_series_goes_while_the_second_is_changed(vendor, eve, clock):
    series = mine(vendor.sync, eve, "First", recurrence="FREQ=WEEKLY;COUNT=6")
    fourth = series.start + timedelta(weeks=3)
    change_occurrence(
        event=series, at=fourth, scope="following", changes={"title": "Second"}, by=eve
    )
    run(vendor.sync)
    clock.shift(60)
    vendor.peer.remove(vendor.there()["First"])
    vendor.write(vendor.there()["Second"], "Alone")
    run(vendor.sync)
    connection.check_constraints()
    event = Event.objects.get()
    assert (event.title, event.split_from_id) == ("Alone", None)
    assert_equal_and_idle(vendor.sync, vendor.peer)


# --- 8


@pytest.mark.parametrize(("first", "kept"), [("vendor", "Ours"), ("office", "Theirs")])
def test_of_two_changes_of_one_field_the_later_counts_and_the_other_is_kept(
    vendor, eve, clock, first, kept
):
    event = mine(vendor.sync, eve)
    run(vendor.sync)
    [name] = vendor.there().values()

    def ours():
        update_event(event=event, changes={"title": "Ours"}, by=eve)

    edits = [lambda: vendor.write(name, "Theirs"), ours]
    for edit in edits if first == "vendor" else reversed(edits):
        clock.shift(60)
        edit()
    run(vendor.sync)
    assert titles(vendor.sync) == list(vendor.there()) == [kept]
    lost = SyncConflict.objects.get()
    assert {lost.lost, kept} == {"Ours", "Theirs"}
    assert (lost.field, lost.lost_side) == ("title", "here" if kept == "Theirs" else "there")
    assert_equal_and_idle(vendor.sync, vendor.peer)


def is_change(asked):
    return asked.method == "PATCH"


def test_it_is_deleted_there_while_we_write(vendor, eve):
    event = mine(vendor.sync, eve)
    run(vendor.sync)
    [name] = vendor.there().values()
    update_event(event=event, changes={"title": "Late"}, by=eve)
    once(vendor, lambda: vendor.peer.remove(name), is_change)
    run(vendor.sync)
    assert titles(vendor.sync) == list(vendor.there()) == []
    assert SyncConflict.objects.get().lost == "Late"
    assert_equal_and_idle(vendor.sync, vendor.peer)


def test_it_is_changed_there_while_we_write(vendor, eve, clock):
    event = mine(vendor.sync, eve)
    run(vendor.sync)
    [name] = vendor.there().values()
    clock.shift(60)
    update_event(event=event, changes={"title": "Plans"}, by=eve)
    once(vendor, lambda: vendor.place(name, "Kiel"), is_change)
    run(vendor.sync)
    event.refresh_from_db()
    assert (event.title, event.location) == ("Plans", "Kiel")
    assert not SyncConflict.objects.exists()
    assert_equal_and_idle(vendor.sync, vendor.peer)


# --- 12


def test_slower_is_obeyed_in_seconds_and_by_a_date(vendor, clock):
    vendor.insert("Theirs")
    waits: list[float] = []
    until = format_datetime(timezone.now() + timedelta(seconds=16), usegmt=True)
    left = [f"429 {until}", "429 7"]
    vendor.peer.fault = lambda _asked: left.pop() if left else ""

    def pause(seconds):
        waits.append(seconds)
        clock.shift(seconds)

    sync_calendar(vendor.sync.pk, pause=pause)
    assert waits == [7, 9]
    assert titles(vendor.sync) == ["Theirs"]
