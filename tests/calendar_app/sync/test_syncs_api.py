"""Linking a calendar, looking at what that would do, starting it, and what people see of it."""

import pytest

from calendar_app.models import CalendarSync, Event, SyncConflict
from calendar_app.services import NewEvent, create_event, update_event
from calendar_app.sync.services import look
from messaging.models import OutgoingMessage
from tests.calendar_app.conftest import NOW
from tests.calendar_app.sync.conftest import at, no_pause, run
from tests.connections.conftest import connected
from tests.peers.google_calendar import MAIL

URL = "/api/v1/calendar/syncs"


@pytest.fixture
def client(api, max_):
    return api(max_)


@pytest.fixture
def account(google, max_):
    return connected(max_)


def linked_by(client, account, **body):
    answer = client.post(URL, {"connection_id": str(account.pk), **body})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    look(CalendarSync.objects.get(pk=made["id"]).pk, pause=no_pause)
    return client.get(f"{URL}/{made['id']}").json()


def test_a_dry_run_says_what_would_happen_on_both_sides_and_writes_nothing(
    client, account, google, max_
):
    own = client.post("/api/v1/calendar/calendars", {"name": "Mine"}).json()["id"]
    new = NewEvent(title="Ours", start=NOW, calendar_id=own)
    create_event(new=new, by=max_)
    google.insert({"summary": "Theirs", **at()})
    rules = ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY"]
    google.insert({"summary": "Odd", "recurrence": rules, **at()})
    shown = linked_by(client, account, calendar_id=own)
    assert (shown["state"], shown["remote_id"], shown["trouble"]) == ("draft", MAIL, "")
    preview = shown["preview"]
    assert preview["counts"] == {"created_here": 1, "created_there": 1}
    assert preview["titles"] == {"created_here": ["Theirs"], "created_there": ["Ours"]}
    assert preview["left_out"][0]["reason"] == "The office knows one rule for each series."
    assert [each["id"] for each in preview["calendars"]] == [MAIL]
    assert google.writes == []
    assert list(Event.objects.values_list("title", flat=True)) == ["Ours"]
    # Whatever wakes it, it writes nothing before somebody has said so.
    run(CalendarSync.objects.get(pk=shown["id"]))
    assert google.writes == []


def test_it_is_started_and_tells_how_it_went(client, account, google, max_):
    google.insert({"summary": "Theirs", **at()})
    shown = linked_by(client, account)
    assert client.post(f"{URL}/{shown['id']}/start").json()["state"] == "active"
    run(CalendarSync.objects.get(pk=shown["id"]))
    [told] = client.get("/api/v1/calendar/sync-status").json()
    assert told["last_counts"] == told["total_counts"] == {"created_here": 1}
    assert (told["account"], told["provider"]) == ("eve@acme.example", "google")
    assert told["synced_at"] is not None
    assert told["next_at"] is not None
    again = client.post(f"{URL}/{shown['id']}/start")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "started")


def test_it_is_not_started_before_anybody_could_look(client, account):
    made = client.post(URL, {"connection_id": str(account.pk)}).json()
    answer = client.post(f"{URL}/{made['id']}/start")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_looked_at")


def test_what_goes_wrong_is_told_in_words(client, account, google):
    shown = linked_by(client, account, remote_id="of nobody")
    assert shown["trouble"] == "The account has no such calendar."
    assert shown["preview"] is None


def test_conflicts_are_listed_with_what_was_given_up(client, account, google, max_, clock):
    google.insert({"summary": "Theirs", **at()})
    shown = linked_by(client, account)
    client.post(f"{URL}/{shown['id']}/start")
    sync = run(CalendarSync.objects.get(pk=shown["id"]))
    event = Event.objects.get()
    update_event(event=event, changes={"title": "Ours"}, by=max_)
    clock.shift(60)
    google.patch(event.external_id, {"summary": "Later"})
    run(sync)
    answer = client.get(f"{URL}/{shown['id']}/conflicts").json()
    [told] = answer["results"]
    names = ("event_id", "title", "field", "lost", "lost_side")
    assert [told[name] for name in names] == [str(event.pk), "Later", "title", "Ours", "here"]


def test_much_that_would_go_waits_for_a_yes_and_the_owner_is_asked(client, account, google):
    for number in range(12):
        google.insert({"summary": f"Theirs {number}", **at(days=number)})
    shown = linked_by(client, account)
    client.post(f"{URL}/{shown['id']}/start")
    sync = run(CalendarSync.objects.get(pk=shown["id"]))
    for name in list(google.events)[:8]:
        google.remove(name)
    run(sync)
    assert client.get(f"{URL}/{shown['id']}").json()["held_deletions"] == 8
    assert "would lose 8 events" in OutgoingMessage.objects.get().subject
    run(sync)
    assert Event.objects.count() == 12
    assert client.post(f"{URL}/{shown['id']}/accept").status_code == 200
    run(sync)
    assert Event.objects.count() == 4
    assert client.post(f"{URL}/{shown['id']}/accept").status_code == 409


def test_it_ends_and_what_came_stays_unless_it_is_not_wanted(client, account, google):
    google.insert({"summary": "Theirs", **at()})
    for purge in ("", "?purge=true"):
        shown = linked_by(client, account)
        client.post(f"{URL}/{shown['id']}/start")
        run(CalendarSync.objects.get(pk=shown["id"]))
        assert client.delete(f"{URL}/{shown['id']}{purge}").status_code == 204
        theirs = Event.objects.filter(calendar_id=shown["calendar_id"])
        assert theirs.count() == (0 if purge else 1)
    assert google.writes == []
    assert not SyncConflict.objects.exists()


def test_it_is_set_off_by_hand(client, account, google):
    answer = client.post("/api/v1/calendar/sync", {"provider": "google"})
    assert answer.status_code == 404
    shown = linked_by(client, account)
    client.post(f"{URL}/{shown['id']}/start")
    answer = client.post("/api/v1/calendar/sync", {"provider": "google"})
    assert (answer.status_code, answer.json()["syncs"]) == (202, [shown["id"]])


def test_somebody_elses_account_calendar_and_sync_do_not_exist(client, account, api, ada, google):
    theirs = connected(ada)
    answer = client.post(URL, {"connection_id": str(theirs.pk)})
    assert answer.json()["errors"][0]["attr"] == "connection_id"
    adas = api(ada).post("/api/v1/calendar/calendars", {"name": "Hers"}).json()["id"]
    body = {"connection_id": str(account.pk), "calendar_id": adas}
    assert client.post(URL, body).json()["errors"][0]["attr"] == "calendar_id"
    shown = linked_by(client, account)
    # Not even for an admin: what stands in it comes from somebody's own account.
    for method, path in (("get", ""), ("delete", ""), ("post", "/start"), ("get", "/conflicts")):
        assert getattr(api(ada), method)(f"{URL}/{shown['id']}{path}").status_code == 404
