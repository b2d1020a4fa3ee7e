"""Two-way sync with Microsoft 365, over HTTP against a calendar that keeps its state."""

from datetime import UTC, date, datetime, timedelta

import pytest

from calendar_app.models import Event, EventLink, SyncConflict
from calendar_app.occurrences import cancel_occurrence, change_occurrence, delete_event
from calendar_app.services import NewEvent, create_event, update_event
from messaging.models import OutgoingMessage
from tests.calendar_app.conftest import NOW
from tests.calendar_app.sync.conftest import office_of, run, vendor_of
from tests.peers.microsoft_calendar import midnight_of


@pytest.fixture
def sync(outlook_sync):
    return outlook_sync


def mine(sync, eve, title="Planning", **values):
    values = {"start": NOW + timedelta(days=1), "calendar_id": sync.calendar_id, **values}
    return create_event(new=NewEvent(title=title, **values), by=eve)


def theirs(subject="Theirs", day="2024-05-16", hour=9, zone="Europe/Berlin", **more):
    times = {
        name: {"dateTime": f"{day}T{each:02}:00:00", "timeZone": zone}
        for name, each in (("start", hour), ("end", hour + 1))
    }
    return {"subject": subject, **times, **more}


def weekly(day="2024-05-16", weekday="thursday", zone="Europe/Berlin", **span):
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": [weekday], "firstDayOfWeek": "monday"}
    ends = {"type": "noEnd", "startDate": day, "recurrenceTimeZone": zone, **span}
    return {"pattern": pattern, "range": ends}


def titles(sync):
    return sorted(Event.objects.filter(calendar=sync.calendar).values_list("title", flat=True))


def versions(sync):
    return sorted(Event.objects.filter(calendar=sync.calendar).values_list("pk", "version"))


def assert_equal_and_idle(sync, peer):
    assert office_of(sync) == vendor_of(sync)
    before = (len(peer.writes), Event.objects.count(), versions(sync))
    run(run(sync))
    assert (len(peer.writes), Event.objects.count(), versions(sync)) == before
    assert sync.last_counts == {}
    assert peer.mails == []
    assert not OutgoingMessage.objects.exists()


def test_both_sides_have_what_either_had(sync, outlook, eve):
    for number in range(7):
        mine(sync, eve, f"Ours {number}", description="With cake\n\nand tea")
        outlook.insert(theirs(f"Theirs {number}", location={"displayName": "Kiel"}))
    run(sync)
    assert sync.trouble == ""
    assert len(titles(sync)) == len(outlook.events) == 14
    assert_equal_and_idle(sync, outlook)


def test_changes_and_deletions_go_both_ways(sync, outlook, eve, clock):
    events = {title: mine(sync, eve, title) for title in ("Kept", "Gone here", "Gone there")}
    run(sync)
    names = {row["subject"]: name for name, row in outlook.events.items()}
    clock.shift(60)
    outlook.patch(names["Kept"], {"location": {"displayName": "Kiel"}})
    update_event(event=events["Kept"], changes={"title": "Plans"}, by=eve)
    delete_event(event=events["Gone here"], by=eve)
    outlook.remove(names["Gone there"])
    run(sync)
    event = Event.objects.get()
    assert (event.title, event.location) == ("Plans", "Kiel")
    [row] = outlook.events.values()
    assert (row["subject"], row["location"]["displayName"]) == ("Plans", "Kiel")
    assert not SyncConflict.objects.exists()
    assert_equal_and_idle(sync, outlook)


def test_a_lost_answer_makes_no_second_event(sync, outlook, eve, clock):
    mine(sync, eve)
    outlook.fault = lambda asked: "lost" if asked.method == "POST" else ""
    assert "did not answer" in run(sync).trouble
    outlook.fault = lambda _asked: ""
    clock.shift(61)
    run(sync)
    assert len(outlook.events) == 1
    assert titles(sync) == ["Planning"]
    assert_equal_and_idle(sync, outlook)


def test_a_series_goes_there_and_back_with_what_was_changed_of_it(sync, outlook, eve, clock):
    series = mine(sync, eve, "Standup", recurrence="FREQ=WEEKLY;COUNT=6", timezone="Europe/Berlin")
    second, third, fourth = (series.start + timedelta(weeks=n) for n in (1, 2, 3))
    change_occurrence(
        event=series, at=second, scope="this",
        changes={"start": second + timedelta(hours=2)}, by=eve,
    )  # fmt: skip
    cancel_occurrence(event=series, at=third, scope="this", by=eve)
    run(sync)
    [row] = outlook.events.values()
    assert row["parts"][third.date()] is None
    assert row["parts"][second.date()]["start"]["dateTime"].endswith("12:00:00")
    assert_equal_and_idle(sync, outlook)
    clock.shift(60)
    outlook.remove(outlook.part(row["id"], fourth.date()))
    outlook.patch(outlook.part(row["id"], second.date()), {"subject": "Late standup"})
    run(sync)
    series.refresh_from_db()
    assert series.exdates == [third, fourth]
    assert series.overrides.get().title == "Late standup"
    assert_equal_and_idle(sync, outlook)
    clock.shift(60)
    series.refresh_from_db()
    update_event(event=series, changes={"title": "Daily"}, by=eve)
    run(sync)
    assert series.overrides.get().title == "Late standup"
    assert_equal_and_idle(sync, outlook)


def test_another_pattern_keeps_what_was_changed(sync, outlook, eve, clock):
    series = mine(sync, eve, "Standup", recurrence="FREQ=DAILY;COUNT=9", timezone="Europe/Berlin")
    second, third = (series.start + timedelta(days=n) for n in (1, 2))
    cancel_occurrence(event=series, at=second, scope="this", by=eve)
    change_occurrence(event=series, at=third, scope="this", changes={"title": "Long"}, by=eve)
    run(sync)
    clock.shift(60)
    series.refresh_from_db()
    update_event(event=series, changes={"start": series.start + timedelta(hours=3)}, by=eve)
    run(sync)
    [row] = outlook.events.values()
    assert sorted(part is None for part in row["parts"].values()) == [False, True]
    assert_equal_and_idle(sync, outlook)


def test_a_rule_that_outlook_cannot_say_stays_here_with_the_reason(sync, outlook, eve):
    start = datetime(2024, 5, 31, 9, tzinfo=UTC)
    mine(sync, eve, "Last", start=start, recurrence="FREQ=MONTHLY;BYMONTHDAY=31")
    mine(sync, eve, "Plain")
    run(sync)
    assert [row["subject"] for row in outlook.events.values()] == ["Plain"]
    assert "skips no month" in EventLink.objects.exclude(trouble="").get().trouble
    run(sync)
    assert len(outlook.writes) == 1


def test_the_hour_of_new_york_in_the_words_of_windows(sync, outlook, eve, api):
    # 23:30 on Mondays is a Tuesday in UTC.
    zone = "America/New_York"
    times = {
        "start": {"dateTime": "2024-05-20T23:30:00", "timeZone": zone},
        "end": {"dateTime": "2024-05-21T00:30:00", "timeZone": zone},
    }
    outlook.insert({"subject": "Call", **times, "recurrence": weekly("2024-05-20", "monday", zone)})
    run(sync)
    event = Event.objects.get()
    assert (event.timezone, event.recurrence) == (zone, "FREQ=WEEKLY;BYDAY=MO;WKST=MO")
    windows = (("2024-10-20", "2024-11-19"), ("2025-03-02", "2025-03-20"))
    for (since, until), hours in zip(windows, ([3, 3, 4, 4], [4, 3, 3]), strict=True):
        window = {"start": f"{since}T00:00:00Z", "end": f"{until}T00:00:00Z"}
        rows = api(eve).get("/api/v1/calendar/events", window).json()["results"]
        starts = [datetime.fromisoformat(row["start"]).astimezone(UTC) for row in rows]
        assert [each.hour for each in starts] == hours
        # A Monday there is a Tuesday here.
        assert {each.weekday() for each in starts} == {1}
    assert_equal_and_idle(sync, outlook)


def test_an_organiser_in_sydney(sync, outlook, eve):
    zone = "Australia/Sydney"
    body = theirs("Sydney", "2024-09-20", 8, zone, isOrganizer=False)
    outlook.insert({**body, "recurrence": weekly("2024-09-20", "friday", zone)})
    run(sync)
    event = Event.objects.get()
    assert event.timezone == zone
    assert event.wall_start.hour == 8
    assert_equal_and_idle(sync, outlook)


def test_days_stay_days(sync, outlook, eve):
    eve.timezone = "Pacific/Tongatapu"
    eve.save()
    for zone in ("America/Los_Angeles", "Pacific/Tongatapu"):
        mine(sync, eve, zone, start=date(2024, 6, 1), end=date(2024, 6, 4), timezone=zone)
    days = {"start": midnight_of(date(2024, 5, 20)), "end": midnight_of(date(2024, 5, 23))}
    outlook.insert({"subject": "Fair", "isAllDay": True, **days})
    for _round in range(10):
        run(sync)
    fair = Event.objects.get(title="Fair")
    assert (fair.start_date, fair.end_date) == (date(2024, 5, 20), date(2024, 5, 23))
    assert {row["start"]["dateTime"][:10] for row in outlook.events.values()} == {
        "2024-05-20",
        "2024-06-01",
    }
    assert_equal_and_idle(sync, outlook)


def test_days_that_recur_keep_what_was_changed_of_them(sync, outlook, eve):
    days = {"start": midnight_of(date(2024, 5, 16)), "end": midnight_of(date(2024, 5, 17))}
    row = outlook.insert(
        {"subject": "Cleaning", "isAllDay": True, **days, "recurrence": weekly(zone="UTC")}
    )
    outlook.patch(outlook.part(row["id"], date(2024, 5, 23)), {"subject": "Big cleaning"})
    outlook.remove(outlook.part(row["id"], date(2024, 5, 30)))
    run(sync)
    event = Event.objects.get(series=None)
    assert [each.date() for each in event.exdates] == [date(2024, 5, 30)]
    changed = event.overrides.get()
    assert (changed.title, changed.start_date) == ("Big cleaning", date(2024, 5, 23))
    assert_equal_and_idle(sync, outlook)


def test_graph_forgets_what_it_told(sync, outlook, eve, clock):
    kept, gone = mine(sync, eve, "Kept"), mine(sync, eve, "Gone")
    run(sync)
    names = {row["subject"]: name for name, row in outlook.events.items()}
    clock.shift(60)
    update_event(event=kept, changes={"title": "Kept and changed"}, by=eve)
    delete_event(event=gone, by=eve)
    outlook.insert(theirs("New"))
    outlook.forgotten = outlook.number
    run(sync)
    assert titles(sync) == ["Kept and changed", "New"]
    assert names["Gone"] not in outlook.events
    assert_equal_and_idle(sync, outlook)


def test_a_moved_out_of_the_window_event_is_not_gone(sync, outlook, eve, clock):
    row = outlook.insert(theirs())
    run(sync)
    clock.shift(60)
    outlook.patch(row["id"], {k: v for k, v in theirs(day="2023-01-10").items() if k != "subject"})
    run(sync)
    assert Event.objects.get().start.date() == date(2023, 1, 10)
    run(sync)
    assert titles(sync) == ["Theirs"]


def test_a_meeting_with_guests_is_changed_in_outlook_alone_and_mails_nobody(sync, outlook, eve):
    guest = {"type": "required", "emailAddress": {"address": "max@acme.example", "name": "Max"}}
    row = outlook.insert(theirs("Meeting", attendees=[{**guest, "status": {"response": "none"}}]))
    outlook.mails.clear()
    run(sync)
    event = Event.objects.get()
    update_event(event=event, changes={"title": "Mine now"}, by=eve)
    run(sync)
    event.refresh_from_db()
    assert event.title == "Meeting"
    assert SyncConflict.objects.get().lost == "Mine now"
    assert event.attendees.get().person.email == "max@acme.example"
    delete_event(event=event, by=eve)
    run(sync)
    assert titles(sync) == ["Meeting"]
    assert row["id"] in outlook.events
    assert_equal_and_idle(sync, outlook)


def test_html_becomes_text_and_stays_so(sync, outlook, eve):
    html = "<html><body><div>One &amp; two</div><p>Three<br>four</p></body></html>"
    outlook.insert(theirs(body={"contentType": "html", "content": html}))
    run(sync)
    assert Event.objects.get().description == "One & two\nThree\nfour"
    assert_equal_and_idle(sync, outlook)
