"""Two-way sync with Google, over HTTP against a calendar that keeps its state."""

from datetime import UTC, date, datetime, timedelta

from calendar_app.models import Attendee, Event, EventLink, SyncConflict
from calendar_app.occurrences import cancel_occurrence, change_occurrence, delete_event
from calendar_app.services import NewEvent, create_event, update_event
from calendar_app.sync.engine import sync_calendar
from connections.models import Connection
from messaging.models import OutgoingMessage
from tests.calendar_app.conftest import NOW
from tests.calendar_app.sync.conftest import at, office_of, run, vendor_of
from tests.connections.conftest import connected


def mine(sync, eve, title="Planning", **values):
    values = {"start": NOW + timedelta(days=1), "calendar_id": sync.calendar_id, **values}
    return create_event(new=NewEvent(title=title, **values), by=eve)


def titles(sync):
    return sorted(Event.objects.filter(calendar=sync.calendar).values_list("title", flat=True))


def assert_equal_and_idle(sync, peer):
    """Both sides say the same, and two more syncs write nothing on either."""
    assert office_of(sync) == vendor_of(sync)
    before = (len(peer.writes), Event.objects.count(), versions(sync))
    run(run(sync))
    assert (len(peer.writes), Event.objects.count(), versions(sync)) == before
    assert sync.last_counts == {}
    assert not OutgoingMessage.objects.exists()


def versions(sync):
    return sorted(Event.objects.filter(calendar=sync.calendar).values_list("pk", "version"))


def test_both_sides_have_what_either_had(sync, google, eve):
    mine(sync, eve, "Ours", description="With cake")
    google.insert({"summary": "Theirs", "location": "Kiel", **at()})
    run(sync)
    assert titles(sync) == ["Ours", "Theirs"]
    assert sorted(row["summary"] for row in google.events.values()) == ["Ours", "Theirs"]
    assert sync.last_counts == {"created_here": 1, "created_there": 1}
    assert_equal_and_idle(sync, google)


def test_changes_go_both_ways_field_by_field(sync, google, eve, clock):
    event = mine(sync, eve)
    run(sync)
    [name] = google.events
    clock.shift(60)
    google.patch(name, {"location": "Kiel"})
    update_event(event=event, changes={"title": "Plans"}, by=eve)
    run(sync)
    event.refresh_from_db()
    assert (event.title, event.location) == ("Plans", "Kiel")
    assert (google.events[name]["summary"], google.events[name]["location"]) == ("Plans", "Kiel")
    assert not SyncConflict.objects.exists()
    assert_equal_and_idle(sync, google)


def test_what_is_deleted_on_one_side_goes_on_the_other(sync, google, eve):
    first, second = mine(sync, eve, "First"), mine(sync, eve, "Second")
    run(sync)
    names = {row["summary"]: name for name, row in google.events.items()}
    google.remove(names["First"])
    delete_event(event=second, by=eve)
    run(sync)
    assert titles(sync) == []
    assert not Event.objects.filter(pk=first.pk).exists()
    assert {row["status"] for row in google.events.values()} == {"cancelled"}
    run(sync)
    assert not EventLink.objects.exists()
    assert_equal_and_idle(sync, google)


def test_a_deletion_wins_over_a_change_and_says_so(sync, google, eve, clock):
    event = mine(sync, eve)
    run(sync)
    [name] = google.events
    google.remove(name)
    clock.shift(60)
    update_event(event=event, changes={"title": "Late"}, by=eve)
    run(sync)
    assert titles(sync) == []
    lost = SyncConflict.objects.get()
    assert (lost.field, lost.lost, lost.lost_side) == ("deletion", "Late", "here")
    assert_equal_and_idle(sync, google)


def test_a_lost_answer_makes_no_second_event(sync, google, eve, clock):
    event = mine(sync, eve)
    google.fault = lambda asked: "lost" if asked.method == "POST" else ""
    assert "did not answer" in run(sync).trouble
    assert len(google.events) == 1
    google.fault = lambda _asked: ""
    # What does not answer is left alone for a minute.
    clock.shift(61)
    update_event(event=event, changes={"title": "Plans"}, by=eve)
    assert run(sync).trouble == ""
    assert [row["summary"] for row in google.events.values()] == ["Plans"]
    assert titles(sync) == ["Plans"]
    assert_equal_and_idle(sync, google)


def test_a_series_goes_there_and_back_with_what_was_changed_of_it(sync, google, eve, clock):
    series = mine(sync, eve, "Standup", recurrence="FREQ=WEEKLY;COUNT=6")
    second, third = (series.start + timedelta(weeks=n) for n in (1, 2))
    change_occurrence(
        event=series, at=second, scope="this",
        changes={"start": second + timedelta(hours=2)}, by=eve,
    )  # fmt: skip
    cancel_occurrence(event=series, at=third, scope="this", by=eve)
    run(sync)
    master = next(row for row in google.events.values() if row.get("recurrence"))
    assert master["recurrence"] == ["RRULE:FREQ=WEEKLY;COUNT=6"]
    parts = google._parts_of(master["id"])
    assert sorted(row["status"] for row in parts) == ["cancelled", "confirmed"]
    assert_equal_and_idle(sync, google)
    clock.shift(60)
    fourth = series.start + timedelta(weeks=3)
    google.remove(google.part(master["id"], fourth))
    google.patch(google.part(master["id"], second), {"summary": "Late standup"})
    run(sync)
    series.refresh_from_db()
    assert series.exdates == [third, fourth]
    assert series.overrides.get().title == "Late standup"
    assert_equal_and_idle(sync, google)


def test_a_new_title_of_the_series_leaves_what_was_changed_of_it(sync, google, eve, clock):
    series = google.insert({"summary": "Standup", "recurrence": ["RRULE:FREQ=WEEKLY"], **at()})
    first = NOW.replace(hour=9, minute=0) + timedelta(days=1)
    google.patch(
        google.part(series["id"], first + timedelta(weeks=1)),
        {
            "start": {"dateTime": "2024-05-22T12:00:00Z"},
            "end": {"dateTime": "2024-05-22T13:00:00Z"},
        },
    )
    google.remove(google.part(series["id"], first + timedelta(weeks=2)))
    run(sync)
    clock.shift(60)
    google.patch(series["id"], {"summary": "Daily"})
    run(sync)
    event = Event.objects.get(series=None)
    assert (event.title, len(event.exdates)) == ("Daily", 1)
    moved = event.overrides.get()
    assert (moved.title, moved.start.hour) == ("Standup", 12)
    assert_equal_and_idle(sync, google)


def test_the_series_moves_there_and_here(sync, google, eve, clock):
    series = mine(sync, eve, "Standup", recurrence="FREQ=DAILY;COUNT=9")
    second = series.start + timedelta(days=1)
    cancel_occurrence(event=series, at=second, scope="this", by=eve)
    third = series.start + timedelta(days=2)
    change_occurrence(event=series, at=third, scope="this", changes={"title": "Long"}, by=eve)
    run(sync)
    clock.shift(60)
    series.refresh_from_db()
    update_event(event=series, changes={"start": series.start + timedelta(hours=3)}, by=eve)
    run(sync)
    assert_equal_and_idle(sync, google)
    master = next(row for row in google.events.values() if row.get("recurrence"))
    assert len(google._parts_of(master["id"])) >= 2
    series.refresh_from_db()
    assert len(series.exdates) == 1
    assert series.overrides.get().title == "Long"


def test_days_stay_days_in_every_zone(sync, google, eve):
    google.zone = "Pacific/Auckland"
    eve.timezone = "Pacific/Tongatapu"
    eve.save()
    body = {"start": {"date": "2024-05-20"}, "end": {"date": "2024-05-23"}}
    google.insert({"summary": "Fair", **body})
    for zone in ("America/Los_Angeles", "Pacific/Tongatapu"):
        mine(sync, eve, zone, start=date(2024, 6, 1), end=date(2024, 6, 4), timezone=zone)
    for _round in range(10):
        run(sync)
    rows = Event.objects.order_by("title")
    assert {(row.start_date, row.end_date) for row in rows.exclude(title="Fair")} == {
        (date(2024, 6, 1), date(2024, 6, 4))
    }
    fair = rows.get(title="Fair")
    assert (fair.start_date, fair.end_date) == (date(2024, 5, 20), date(2024, 5, 23))
    assert {row["start"]["date"] for row in google.events.values()} == {"2024-05-20", "2024-06-01"}
    assert_equal_and_idle(sync, google)


def test_the_hour_of_new_york_stays_over_both_changes_of_the_clocks(sync, google, eve, api):
    wall = {"timeZone": "America/New_York"}
    google.insert(
        {
            "summary": "Late call",
            "start": {"dateTime": "2024-05-20T23:30:00-04:00", **wall},
            "end": {"dateTime": "2024-05-21T00:30:00-04:00", **wall},
            "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=MO"],
        }
    )
    run(sync)
    windows = (("2024-10-20", "2024-11-19"), ("2025-03-02", "2025-03-20"))
    for (since, until), hours in zip(windows, ([3, 3, 4, 4], [4, 3, 3]), strict=True):
        window = {"start": f"{since}T00:00:00Z", "end": f"{until}T00:00:00Z"}
        rows = api(eve).get("/api/v1/calendar/events", window).json()["results"]
        starts = [datetime.fromisoformat(row["start"]).astimezone(UTC) for row in rows]
        assert [each.hour for each in starts] == hours
        # A Monday there is a Tuesday here.
        assert {each.weekday() for each in starts} == {1}
    assert {row.timezone for row in Event.objects.all()} == {"America/New_York"}
    assert_equal_and_idle(sync, google)


def test_pages_come_in_pieces_and_nothing_is_lost_or_doubled(sync, google, eve, clock):
    for number in range(10):
        google.insert({"summary": f"Theirs {number}", **at(days=number)})
    asked = []

    def fault(one):
        asked.append(one.query)
        return "503" if "pageToken" in one.query and len(asked) < 20 else ""

    google.fault = fault
    assert run(sync).cursor == ""
    assert not Event.objects.exists()
    google.fault = lambda _asked: ""
    clock.shift(61)
    run(sync)
    assert len(titles(sync)) == 10
    assert_equal_and_idle(sync, google)


def test_google_forgets_what_it_told_and_nothing_of_ours_goes(sync, google, eve, clock):
    kept, gone, old = mine(sync, eve, "Kept"), mine(sync, eve, "Gone"), mine(sync, eve, "Old")
    run(sync)
    names = {row["summary"]: name for name, row in google.events.items()}
    clock.shift(60)
    # Long ago: Google does not tell of it any more.
    past = NOW - timedelta(days=90)
    update_event(event=old, changes={"start": past, "end": past + timedelta(hours=1)}, by=eve)
    run(sync)
    clock.shift(60)
    update_event(event=kept, changes={"title": "Kept and changed"}, by=eve)
    delete_event(event=gone, by=eve)
    google.insert({"summary": "New", **at()})
    google.forgotten = google.number
    run(sync)
    assert titles(sync) == ["Kept and changed", "New", "Old"]
    assert google.events[names["Gone"]]["status"] == "cancelled"
    assert google.events[names["Kept"]]["summary"] == "Kept and changed"
    assert google.events[names["Old"]]["status"] == "confirmed"
    run(sync)
    assert sync.last_counts == {}


def test_much_is_not_deleted_before_a_person_says_so(sync, google, eve):
    for number in range(12):
        google.insert({"summary": f"Theirs {number}", **at(days=number)})
    run(sync)
    for name in list(google.events)[:7]:
        google.remove(name)
    run(sync)
    assert (sync.state, sync.held_deletions) == ("held", 7)
    assert "7 of 12 events" in sync.trouble
    assert len(titles(sync)) == 12


def test_nobody_is_asked_or_mailed_and_answers_come_from_google(sync, google, eve, max_):
    guests = [
        {"email": "eve@acme.example", "self": True, "responseStatus": "accepted"},
        {"email": "max@acme.example", "responseStatus": "needsAction"},
        {"email": "Guest@else.example", "displayName": "G", "responseStatus": "tentative"},
    ]
    made = google.insert({"summary": "Talk", "attendees": guests, **at()})
    run(sync)
    event = Event.objects.get()
    answers = {str(row): row.answer for row in Attendee.objects.filter(event=event)}
    assert answers == {str(eve): "accepted", str(max_): "needs_action", "G": "tentative"}
    guests[1]["responseStatus"] = "declined"
    google.patch(made["id"], {"attendees": guests})
    run(sync)
    assert event.attendees.get(person=max_).answer == "declined"
    assert_equal_and_idle(sync, google)


def test_what_is_somebody_elses_says_here_what_it_says_there(sync, google, eve):
    google.insert({"summary": "Invited", "organizer": {"email": "boss@else.example"}, **at()})
    run(sync)
    event = Event.objects.get()
    update_event(event=event, changes={"title": "Mine now"}, by=eve)
    run(sync)
    event.refresh_from_db()
    assert event.title == "Invited"
    assert SyncConflict.objects.get().lost == "Mine now"
    assert google.writes == []


def test_what_the_office_cannot_keep_is_left_alone_with_the_reason(sync, google, eve):
    rules = ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=MONTHLY"]
    google.insert({"summary": "Two rules", "recurrence": rules, **at()})
    google.insert({"summary": "Each second", "recurrence": ["RRULE:FREQ=SECONDLY"], **at()})
    google.insert({"summary": "Plain", **at()})
    run(sync)
    assert titles(sync) == ["Plain"]
    reasons = set(EventLink.objects.exclude(trouble="").values_list("trouble", flat=True))
    rule = "“FREQ=SECONDLY” is not possible."
    assert reasons == {"The office knows one rule for each series.", rule}
    assert google.writes == []


def test_an_event_that_came_by_a_file_is_not_doubled(sync, google, eve):
    made = google.insert({"summary": "Talk", **at()})
    mine(sync, eve, "Talk", ical_uid=made["iCalUID"])
    run(sync)
    assert titles(sync) == ["Talk"]
    assert len(google.events) == 1
    run(sync)
    assert_equal_and_idle(sync, google)


def test_a_permission_that_ended_stops_the_sync_and_a_new_one_goes_on_from_the_cursor(
    sync, google, eve, clock
):
    run(sync)
    clock.shift(4000)
    google.is_revoked = True
    assert "ended the permission" in run(sync).trouble
    assert Connection.objects.get().state == "reauth_required"
    asked = len(google.asked)
    run(run(sync))
    assert len(google.asked) == asked
    google.is_revoked = False
    connected(eve)
    google.insert({"summary": "Meanwhile", **at()})
    run(sync)
    assert titles(sync) == ["Meanwhile"]
    lists = [each for each in google.asked if each.path.endswith("/events")]
    assert "syncToken" in lists[-1].query


def test_what_google_asks_us_to_wait_is_waited(sync, google, eve):
    """A 403 that only says "slower" is no refusal."""
    waits, left = [], ["403", "429", "403"]
    google.fault = lambda _asked: left.pop() if left else ""
    google.insert({"summary": "Theirs", **at()})
    sync_calendar(sync.pk, pause=waits.append)
    assert titles(sync) == ["Theirs"]
    assert len(waits) == 3
