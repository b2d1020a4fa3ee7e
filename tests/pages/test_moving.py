"""Bringing events and tasks to another day or time as dragging does, and taking it back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Team
from accounts.staff import delete_team, delete_user
from calendar_app.models import Calendar, CalendarKind, Event, Tombstone
from calendar_app.services import NewEvent, create_event, update_event
from notes.models import Note
from tasks.models import Comment, Reminder, SavedFilter, Task
from tests.pages.conftest import HTMX, text_of
from tests.pages.test_calendar import FORM, asked, plan, shown

WEEK = "/calendar?view=week&date=2030-05-15"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2030-05-15T12:00:00Z", tick=False):
        yield


def move(client, event, **form):
    form = {"version": Event.objects.get(pk=event.pk).version, "next": WEEK, **form}
    return client.post(f"/calendar/events/{event.pk}/move", form)


def undo(client, page=None):
    """Press the last Undo on the page that shows the notice."""
    html = (page or client.get(WEEK)).content.decode()
    token = re.findall(r'name="undo_token" value="([^"]+)"', html)[-1]
    client.post("/quick-add/undo", {"undo_token": token, "next": WEEK})
    return text_of(client.get(WEEK))


def test_an_event_moves_to_another_day_and_keeps_its_time(browser, max_):
    max_.timezone = "Europe/Berlin"
    max_.save()
    event, client = plan(max_), browser(max_)
    assert move(client, event, day="2030-05-17").url == WEEK
    event.refresh_from_db()
    assert f"{event.start:%F %R} {event.end:%R}" == "2030-05-17 12:00 13:00"
    assert move(client, event, day="2030-05-17", begins="09:15", minutes="45").status_code == 302
    event.refresh_from_db()
    assert f"{event.start:%F %R} {event.end:%R}" == "2030-05-17 07:15 08:00"
    assert "is taken back." in undo(client)
    event.refresh_from_db()
    assert f"{event.start:%F %R} {event.end:%R}" == "2030-05-17 12:00 13:00"
    assert client.post("/calendar/events/new", FORM).status_code == 302
    assert "“Jour fixe” is taken back." in undo(client)
    assert Event.objects.count() == 1


def test_whole_days_move_as_days(browser, max_):
    first = timezone.now().date()
    fair = create_event(new=NewEvent(title="Fair", start=first, end=first + timedelta(2)), by=max_)
    move(browser(max_), fair, day="2030-05-18")
    fair.refresh_from_db()
    assert (f"{fair.start_date}", f"{fair.end_date}") == ("2030-05-18", "2030-05-20")


DAYS = ["2030-05-15", "2030-05-16", "2030-05-17"]


@pytest.mark.parametrize(
    ("scope", "days"),
    [
        ("this", ["2030-05-15", "2030-05-17", "2030-05-18"]),
        ("following", ["2030-05-15", "2030-05-18", "2030-05-19"]),
        ("all", ["2030-05-17", "2030-05-18", "2030-05-19"]),
    ],
)
def test_of_a_series_as_much_moves_as_is_asked_for_and_comes_back(browser, max_, eve, scope, days):
    event = plan(max_, recurrence="FREQ=DAILY;COUNT=3", attendees=asked(eve), reminders=[10])
    before = Event.objects.values().get(pk=event.pk)
    client = browser(max_)
    at, to = (timezone.now() + timedelta(days=1)).isoformat(), "2030-05-18"
    answer = move(client, event, day=to, at=at, scope=scope)
    assert answer.status_code == 302
    page = client.get(WEEK)
    assert sorted(shown(page)) == days
    undo(client, page)
    assert sorted(shown(client.get(WEEK))) == DAYS
    assert Event.objects.count() == 1
    after = Event.objects.values().get(pk=event.pk)
    same = set(before) - {"version", "sequence", "updated_at"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["version"] > before["version"]
    assert (event.attendees.count(), event.reminders.count()) == (1, 1)


def test_who_may_only_look_moves_nothing_and_is_offered_nothing(browser, ada, eve):
    event = plan(ada, attendees=asked(eve))
    page = browser(eve).get("/calendar").content.decode()
    assert "Jour fixe" in page
    assert "data-move=" not in page
    assert move(browser(eve), event, day="2030-05-17").status_code == 403
    event.refresh_from_db()
    assert event.version == 1


def test_what_was_changed_meanwhile_is_not_moved(browser, max_):
    event = plan(max_)
    update_event(event=event, changes={"title": "Other"}, by=max_)
    answer = browser(max_).post(
        f"/calendar/events/{event.pk}/move", {"version": 1, "day": "2030-05-17"}, **HTMX
    )
    assert answer.status_code == 412
    assert text_of(answer) == "Somebody has changed this event meanwhile. Look again."


def test_a_room_that_is_taken_keeps_the_event_where_it_is(browser, ada):
    room = Calendar.objects.create(kind=CalendarKind.ROOM, name="Blue room")
    plan(ada, days=1, attendees=[{"room_id": room.pk}])
    event = plan(ada, attendees=[{"room_id": room.pk}])
    answer = move(browser(ada), event, day="2030-05-16")
    assert answer.status_code == 409
    assert "Blue room is taken from" in text_of(answer)
    event.refresh_from_db()
    assert f"{event.start:%F}" == "2030-05-15"


@pytest.mark.parametrize("form", [{}, {"day": "x"}, {"day": "2030-05-17", "minutes": "0"}])
def test_nonsense_moves_nothing(browser, max_, form):
    assert move(browser(max_), plan(max_), **form).status_code == 400


@pytest.mark.parametrize("scope", ["this", "following", "all"])
def test_what_is_called_off_is_called_back(browser, ada, eve, scope):
    event = plan(ada, recurrence="FREQ=DAILY;COUNT=3", attendees=asked(eve), reminders=[10])
    at, client = (timezone.now() + timedelta(days=1)).isoformat(), browser(ada)
    client.post(f"/calendar/events/{event.pk}/delete", {"at": at, "scope": scope})
    page = client.get(WEEK)
    assert sorted(shown(page)) != DAYS
    assert "“Jour fixe” is taken back." in undo(client, page)
    assert sorted(shown(client.get(WEEK))) == DAYS
    assert [row.person for row in event.attendees.all()] == [eve]
    assert [row.minutes_before for row in event.reminders.all()] == [10]
    assert not Tombstone.objects.exists()


def test_a_change_in_the_form_is_taken_back_with_who_is_asked(browser, max_, eve):
    event, client = plan(max_, attendees=asked(max_, eve)), browser(max_)
    form = {"title": "Other", "day": "2030-05-15", "begins": "12:00", "ends": "13:00"}
    form |= {"people": [max_.pk], "visibility": "default"}
    client.post(f"/calendar/events/{event.pk}/edit", form)
    event.refresh_from_db()
    assert (event.title, event.attendees.count()) == ("Other", 1)
    undo(client)
    event.refresh_from_db()
    assert (event.title, event.attendees.count()) == ("Jour fixe", 2)


def test_what_somebody_changed_since_is_not_taken_back(browser, max_):
    event, client = plan(max_), browser(max_)
    move(client, event, day="2030-05-17")
    update_event(event=Event.objects.get(pk=event.pk), changes={"title": "Other"}, by=max_)
    assert "was changed meanwhile" in undo(client)
    event.refresh_from_db()
    assert (event.title, f"{event.start:%F}") == ("Other", "2030-05-17")


def test_a_task_is_put_off_to_another_day_and_taken_back(browser, ada):
    due = timezone.now() + timedelta(days=1)
    task = Task.objects.create(title="Water", creator=ada, assignee=ada, due_date=due)
    client, here = browser(ada), "/tasks?view=month&month=2030-05-01"
    assert f'data-move="/tasks/{task.pk}/due"' in client.get(here).content.decode()
    answer = client.post(f"/tasks/{task.pk}/due", {"day": "2030-05-20", "next": here})
    assert answer.url == here
    task.refresh_from_db()
    assert f"{task.due_date:%F %R}" == "2030-05-20 12:00"
    undo(client)
    task.refresh_from_db()
    assert task.due_date == due
    past = client.post(f"/tasks/{task.pk}/due", {"day": "2030-05-01"}, **HTMX)
    assert (past.status_code, text_of(past)) == (400, "This time is past.")


def test_a_task_that_was_deleted_comes_back_with_all_that_hangs_on_it(browser, ada):
    due = timezone.now() + timedelta(days=1)
    task = Task.objects.create(title="Water", creator=ada, assignee=ada, due_date=due)
    part = Task.objects.create(title="Part", creator=ada, assignee=ada, parent=task)
    Comment.objects.create(task=part, author=ada, body="Yes")
    Reminder.objects.create(task=task, minutes_before=10)
    client = browser(ada)
    client.post(f"/tasks/{task.pk}/delete")
    assert not Task.objects.exists()
    assert "“Water” is taken back." in undo(client)
    assert {each.title: each.parent_id for each in Task.objects.all()} == {
        "Water": None,
        "Part": task.pk,
    }
    assert Comment.objects.get().task_id == part.pk
    again = Reminder.objects.get()
    assert again.next_at == due - timedelta(minutes=10)


def test_what_is_gone_meanwhile_does_not_come_back_with_a_task(browser, ada, eve):
    team = Team.objects.create(name="Garden")
    task = Task.objects.create(title="Water", creator=eve, assignee=eve, team=team)
    Comment.objects.create(task=task, author=eve, body="Yes")
    client = browser(ada)
    client.post(f"/tasks/{task.pk}/delete")
    delete_team(team=team)
    delete_user(user=eve, heir_id=None, by=ada)
    assert "“Water” is taken back." in undo(client)
    task = Task.objects.get()
    assert (task.creator, task.assignee, task.team) == (ada, None, None)
    assert Comment.objects.get().author is None


def test_whoever_is_gone_meanwhile_is_not_asked_again(browser, ada, eve):
    event, client = plan(ada, attendees=asked(eve)), browser(ada)
    client.post(f"/calendar/events/{event.pk}/delete")
    assert not Event.objects.exists()
    delete_user(user=eve, heir_id=None, by=ada)
    undo(client)
    assert eve.pk not in Event.objects.get().attendees.values_list("person", flat=True)


def test_a_filter_is_kept_forgotten_and_both_are_taken_back(browser, ada):
    client = browser(ada)
    client.post("/tasks/filters", {"name": "Urgent", "query": "priority=urgent"})
    undo(client)
    assert not SavedFilter.objects.exists()
    client.post("/tasks/filters", {"name": "Urgent", "query": "priority=urgent"})
    saved = SavedFilter.objects.get()
    client.post(f"/tasks/filters/{saved.pk}/forget")
    assert "“Urgent” is taken back." in undo(client)
    assert SavedFilter.objects.get().query == "priority=urgent"


def test_a_note_says_again_what_it_said(browser, ada):
    client = browser(ada)
    form = {"title": "Plants", "body": "Water them.", "kind": "note", "visibility": "private"}
    client.post("/notes/new", form)
    note, page = Note.objects.get(), client.get("/notes")
    fresh = {"body": "Let them be.", "tags": "x"}
    client.post(f"/notes/{note.pk}/edit", {**form, **fresh, "version": 1})
    note.refresh_from_db()
    assert (note.body, note.tags) == ("Let them be.", ["x"])
    assert "“Plants” is taken back." in undo(client)
    note.refresh_from_db()
    assert (note.body, note.tags, note.version) == ("Water them.", [], 3)
    # What was changed since it was written down is not deleted.
    assert "was changed meanwhile" in undo(client, page)
