"""The page of syncs and the console: what people read of a sync, and do with it."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from accounts.permissions import Permission
from calendar_app.models import CalendarSync, EventLink, SyncChannel, SyncConflict
from calendar_app.services import NewEvent, create_event, update_event
from calendar_app.sync import sending
from calendar_app.sync.channels import keep_watched
from calendar_app.sync.engine import sync_calendar
from calendar_app.sync.services import look, start_sync, stop_sync
from calendar_app.sync.words import counts_in_words, loss_in_words
from tests.calendar_app.conftest import NOW
from tests.calendar_app.sync.conftest import at, linked, no_pause, run
from tests.connections.conftest import connected

PAGE, CONSOLE = "/calendar/syncs", "/admin/calendar_app/calendarsync/"


@pytest.fixture
def page(browser, max_):
    return browser(max_)


@pytest.fixture
def jobs(django_capture_on_commit_callbacks):
    """Inside, what is queued is done at the end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def do(page, sync, deed):
    return text_of(page.post(f"{PAGE}/{sync.pk}", {"do": deed}, follow=True))


@pytest.fixture
def mine(google, max_):
    """A sync of Max's that runs."""
    return linked(connected(max_))


def test_from_the_first_look_to_the_end(page, google, max_, jobs):
    account = connected(max_)
    google.insert({"summary": "Theirs", **at()})
    rules = ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY"]
    google.insert({"summary": "Odd", "recurrence": rules, **at()})
    assert "Look what a sync with Google (eve@acme.example) would do" in text_of(page.get(PAGE))
    form = {"connection_id": str(account.pk)}
    shown = text_of(page.post(f"{PAGE}/link", form, follow=True))
    assert "is being found out" in shown
    assert "Start it" not in shown
    sync = CalendarSync.objects.get()
    assert "Wait until it is known" in do(page, sync, "start")
    look(sync.pk, pause=no_pause)
    shown = text_of(page.get(PAGE))
    assert "The first sync would do this: in: 1 created; out: nothing." in shown
    assert "<li>Theirs</li>" in shown
    assert "The office knows one rule for each series." in shown
    assert google.writes == []
    with jobs():
        assert "Both sides are being made equal." in do(page, sync, "start")
    shown = text_of(page.get(PAGE))
    assert "14 May 2024" in shown
    assert "in: 1 created; out: nothing" in shown
    create_event(new=NewEvent(title="Ours", start=NOW, calendar_id=sync.calendar_id), by=max_)
    with jobs():
        assert "It runs now." in do(page, sync, "now")
    assert "in: nothing; out: 1 created" in text_of(page.get(PAGE))
    assert "in: 1 created; out: 1 created" in text_of(page.get(PAGE))
    assert "Ended." in do(page, sync, "end")
    assert not CalendarSync.objects.exists()
    assert len(google.events) == 3


def test_without_an_account_the_page_says_what_to_do(page):
    assert "Connect an account at Google or Microsoft 365 first." in text_of(page.get(PAGE))


def test_what_is_stopped_writes_nothing_and_goes_on_where_it_was(
    page, mine, google, max_, settings, jobs
):
    settings.PUBLIC_URL = "https://office.example"
    run(mine)
    keep_watched(mine.pk, pause=no_pause)
    assert "renewed on 20 May 2024" in text_of(page.get(PAGE))
    with jobs():
        assert "Stopped." in do(page, mine, "stop")
    assert (google.channels, SyncChannel.objects.count()) == ({}, 0)
    create_event(new=NewEvent(title="Ours", start=NOW, calendar_id=mine.calendar_id), by=max_)
    google.insert({"summary": "Theirs", **at()})
    assert run(mine).state == "paused"
    assert google.writes == []
    for deed in ("now", "stop"):
        assert "It is not running." in do(page, mine, deed)
    settings.PUBLIC_URL = ""
    with jobs():
        assert "Started." in do(page, mine, "start")
    assert "It is running already." in do(page, mine, "start")
    assert len(google.writes) == 1
    mine.refresh_from_db()
    assert mine.last_counts == {"created_here": 1, "created_there": 1}
    lists = [each for each in google.asked if each.path.endswith("/events")]
    assert "syncToken" in [each for each in lists if each.method == "GET"][-1].query


def test_a_run_that_is_under_way_ends_when_somebody_stops_it(mine, google, max_, monkeypatch):
    """What it has asked for and not noted is asked for again under the same key, once started."""
    create_event(new=NewEvent(title="Ours", start=NOW, calendar_id=mine.calendar_id), by=max_)
    note = sending.locked

    def stop_first(run_):
        if google.writes:
            stop_sync(sync=CalendarSync.objects.get())
        return note(run_)

    monkeypatch.setattr(sending, "locked", stop_first)
    sync_calendar(mine.pk, pause=no_pause)
    monkeypatch.undo()
    mine.refresh_from_db()
    assert (mine.state, mine.run, mine.last_counts) == ("paused", None, {})
    assert EventLink.objects.get().is_pending
    start_sync(sync=mine)
    run(mine)
    assert len(google.events) == 1
    assert not EventLink.objects.get().is_pending


def test_a_run_that_is_stopped_at_its_very_end_notes_nothing(mine, google, monkeypatch):
    stop = lambda _run, _works: stop_sync(sync=CalendarSync.objects.get())  # noqa: E731
    monkeypatch.setattr("calendar_app.sync.engine.send", stop)
    assert run(mine).state == "paused"
    assert mine.synced_at is None


def test_what_went_wrong_and_what_was_given_up_is_told_in_words(page, mine, google, max_, clock):
    google.insert({"summary": "Theirs", **at()})
    run(mine)
    [name] = google.events
    event = mine.calendar.events.get()
    update_event(event=event, changes={"title": "Ours <b>"}, by=max_)
    clock.shift(60)
    google.patch(name, {"summary": "Later"})
    run(mine)
    shown = text_of(page.get(PAGE))
    words = "Both sides changed the title; the office&#x27;s version is gone: “Ours &lt;b&gt;”."
    assert words in shown
    google.fault = lambda _asked: "503"
    run(mine)
    assert "Google said 503" in text_of(page.get(PAGE))
    mine.connection.change(state="reauth_required", last_error="Google has ended it.")
    assert "The account has to be connected again. Google has ended it." in text_of(page.get(PAGE))


def test_much_that_would_go_waits_for_a_yes(page, mine, google, jobs):
    for number in range(12):
        google.insert({"summary": f"Theirs {number}", **at(days=number)})
    run(mine)
    for name in list(google.events)[:8]:
        google.remove(name)
    run(mine)
    assert "Delete 8 events here and go on" in text_of(page.get(PAGE))
    with jobs():
        do(page, mine, "accept")
    assert mine.calendar.events.count() == 4
    assert "Nothing is held back here." in do(page, mine, "accept")


def test_nobody_sees_or_steers_the_sync_of_somebody_else(mine, browser, ada, eve, google):
    shown = [text_of(browser(person).get(PAGE)) for person in (mine.connection.person, ada, eve)]
    assert ["Work and Eve" in text for text in shown] == [True, False, False]
    answer = browser(ada).post(f"{PAGE}/{mine.pk}", {"do": "end"})
    assert answer.status_code == 404
    form = {"connection_id": str(mine.connection_id)}
    told = text_of(browser(ada).post(f"{PAGE}/link", form, follow=True))
    assert "Connect an account at Google or Microsoft 365 first." in told
    assert CalendarSync.objects.count() == 1


def test_who_may_not_write_events_looks_at_the_page_and_steers_nothing(mine, browser, max_):
    max_.role = Role.objects.create(name="reader", permissions=[Permission.EVENT_READ.value])
    max_.save()
    page = browser(max_)
    assert 'name="do"' not in text_of(page.get(PAGE))
    assert page.post(f"{PAGE}/{mine.pk}", {"do": "stop"}).status_code == 403
    assert page.post(f"{PAGE}/link", {}).status_code == 403


@pytest.mark.parametrize("form", [{}, {"connection_id": "7"}, {"do": "dance"}])
def test_strange_forms_do_nothing(form, page, mine):
    for place in ("link", str(mine.pk)):
        assert page.post(f"{PAGE}/{place}", form, follow=True).status_code == 200
    assert CalendarSync.objects.get().state == "active"
    assert page.get(f"{PAGE}/link").status_code == 405


def test_the_page_asks_as_often_for_many_syncs_as_for_one(page, mine, google, max_):
    def queries():
        with CaptureQueriesContext(database) as caught:
            text_of(page.get(PAGE))
        return len(caught)

    def fill(sync):
        for number in range(9):
            EventLink.objects.create(sync=sync, external_id=f"{number}", trouble=f"No {number}.")
            SyncConflict.objects.create(
                sync=sync, title="x", field="title", lost="y", lost_side="here"
            )
        SyncChannel.objects.create(
            sync=sync, external_id=str(sync.pk), ends_at=NOW + timedelta(days=1), renew_at=NOW
        )

    fill(mine)
    text_of(page.get(PAGE))
    few = queries()
    for number in range(8):
        fill(linked(mine.connection, f"calendar {number}"))
    assert queries() == few
    assert text_of(page.get(PAGE)).count("version is gone") == 9 * 5


def test_the_console_shows_and_steers_all_syncs_and_no_title(
    mine, google, browser, ada, max_, jobs
):
    google.insert({"summary": "Theirs", **at()})
    run(mine)
    update_event(event=mine.calendar.events.get(), changes={"title": "Secret"}, by=max_)
    google.patch(next(iter(google.events)), {"summary": "Later"})
    run(mine)
    assert SyncConflict.objects.get().lost == "Secret"
    console = browser(ada)
    listed = text_of(console.get(CONSOLE))
    one = text_of(console.get(f"{CONSOLE}{mine.pk}/change/"))
    assert "in: 1 changed; out: nothing" in listed
    assert "none: it is looked for" in listed
    assert not [word for word in ("Secret", "Theirs", "Later") if word in listed + one]
    deeds = {"stop": "Stopped: 1.", "start_again": "Started: 1.", "sync_now": "Being synced: 1."}
    for action, words in deeds.items():
        form = {"action": action, "_selected_action": [str(mine.pk)], "post": "yes"}
        with jobs():
            assert words in text_of(console.post(CONSOLE, form, follow=True))
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("active", "")
    assert browser(max_).get(CONSOLE).status_code == 302


@pytest.mark.parametrize(
    ("field", "lost", "words"),
    [
        ("title", None, "the title; the office's version is gone: nothing."),
        ("private", True, "the privacy; the office's version is gone: yes."),
        ("title", "x" * 300, f"the title; the office's version is gone: “{'x' * 200}…”."),
        (
            "when",
            {"start": "2024-06-01", "end": "2024-06-04", "zone": ""},
            "the time; the office's version is gone: 01 Jun 2024 to 04 Jun 2024.",
        ),
        (
            "20240522T090000Z title",
            "Long",
            "the title of the occurrence of 22 May 2024; the office's version is gone: “Long”.",
        ),
        (
            "20240522T090000Z",
            {
                "title": "Long",
                "when": {
                    "start": "2024-05-22T09:00:00+00:00",
                    "end": "2024-05-22T10:00:00+00:00",
                },
            },
            "the occurrence of 22 May 2024; the office's version is gone:"
            " “Long”, 22 May 2024, 09:00 to 22 May 2024, 10:00.",
        ),
    ],
)
def test_every_kind_of_loss_has_words(field, lost, words):
    conflict = SyncConflict(field=field, lost=lost, lost_side="here")
    assert loss_in_words(conflict) == f"Both sides changed {words}"


def test_a_deletion_that_won_has_words():
    conflict = SyncConflict(field="deletion", lost="Late", lost_side="there")
    told = loss_in_words(conflict)
    assert told == "It was deleted; the vendor's change of it is gone: “Late”."
    assert counts_in_words({}) == "in: nothing; out: nothing"
