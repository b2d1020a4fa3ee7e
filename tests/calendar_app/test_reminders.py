"""Reminders of events: each instance once, to those who come, whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from calendar_app.models import EventReminder
from calendar_app.reminders import objections, planned_reminders
from messaging.models import OutgoingMessage
from messaging.sweep import sweep_due
from tenants.context import public_context
from tenants.models import DueInstant
from tests.calendar_app.conftest import EVENTS, NOW

MINUTE = timedelta(minutes=1)


def at(day, hour, minute=0):
    return datetime(2024, 5, day, hour, minute, tzinfo=UTC)


def told():
    """Return when which address was to be told."""
    rows = OutgoingMessage.objects.order_by("due_at", "address")
    return [(f"{row.due_at:%d %H:%M}", row.address.split("@")[0]) for row in rows]


@pytest.fixture
def sweep(time_machine):
    def until(moment):
        time_machine.move_to(moment, tick=False)
        with public_context():
            sweep_due()

    return until


@pytest.fixture
def daily(book, eve):
    """Every day at nine, with Eve, ten minutes before."""
    return book(
        "Standup",
        "2024-05-15T09:00:00Z",
        recurrence="FREQ=DAILY",
        attendees=[{"user_id": str(eve.pk)}],
        reminders=[10],
    )


def due():
    with public_context():
        return DueInstant.objects.get(kind="event_reminder").due_at


def test_each_instance_is_told_of_once_to_all_who_come(daily, sweep):
    sweep(NOW)
    assert told() == []
    assert due() == at(15, 8, 50)
    for day in (15, 16):
        sweep(at(day, 8, 50))
        sweep(at(day, 8, 51))
    both = ("ada", "eve")
    assert told() == [(f"{day} 08:50", name) for day in (15, 16) for name in both]
    assert due() == at(17, 8, 50)


def test_whoever_said_no_is_not_told(daily, sweep, api, eve):
    api(eve).post(f"{EVENTS}/{daily['id']}/respond", {"answer": "declined"})
    sweep(at(15, 8, 50))
    assert told() == [("15 08:50", "ada")]


def test_a_moved_occurrence_is_told_of_when_it_is(daily, sweep, api, ada):
    sweep(NOW)
    url = f"{EVENTS}/{daily['id']}?occurrence=2024-05-15T09:00:00Z"
    api(ada).patch(url, {"start": "2024-05-15T12:00:00Z"})
    sweep(NOW + MINUTE)
    assert due() == at(15, 11, 50)
    sweep(at(15, 8, 50))
    assert told() == []
    sweep(at(15, 11, 50))
    assert [when for when, _name in told()] == ["15 11:50"] * 2


def test_a_cancelled_occurrence_is_not_told_of(daily, sweep, api, ada):
    api(ada).delete(f"{EVENTS}/{daily['id']}?occurrence=2024-05-15T09:00:00Z")
    sweep(at(15, 8, 55))
    assert told() == []
    assert due() == at(16, 8, 50)


def test_what_fell_due_while_everything_was_down_is_told_late(daily, sweep):
    sweep(NOW)
    sweep(at(16, 12))
    assert [when for when, _name in told()] == ["15 08:50"] * 2 + ["16 08:50"] * 2


def test_what_begins_sooner_than_its_reminder_is_told_at_once(book, sweep):
    book("Soon", (NOW + 5 * MINUTE).isoformat(), reminders=[30])
    sweep(NOW + MINUTE)
    sweep(NOW + 2 * MINUTE)
    assert told() == [("14 09:35", "ada")]


def test_what_is_over_when_it_is_written_down_is_not_told_of(book, sweep):
    book("Past", (NOW - timedelta(hours=3)).isoformat(), reminders=[30])
    sweep(NOW + MINUTE)
    assert told() == []
    assert EventReminder.objects.get().next_at is None


def test_the_preview_says_what_the_sweep_will_owe(daily, sweep, ada, eve):
    planned = planned_reminders([ada, eve], NOW, at(18, 12))
    sweep(NOW)
    for day in (15, 16, 17, 18):
        sweep(at(day, 8, 50))
    found = sorted((item.due_at, item.recipient.email) for item in planned)
    rows = OutgoingMessage.objects.values_list("due_at", "address")
    assert found == sorted(rows)
    assert len(found) == 8


def test_a_message_about_what_was_cancelled_is_not_wanted(daily, api, ada):
    reminder = EventReminder.objects.get()
    assert objections([reminder.pk]) == {}
    api(ada).patch(f"{EVENTS}/{daily['id']}", {"status": "cancelled"})
    assert set(objections([reminder.pk])) == {reminder.pk}
    api(ada).delete(f"{EVENTS}/{daily['id']}")
    assert set(objections([reminder.pk])) == {reminder.pk}


def test_the_wall_clock_of_the_event_is_kept_over_a_change_of_the_clocks(book, sweep):
    book(
        "Early",
        "2024-10-26T09:00:00+02:00",
        timezone="Europe/Berlin",
        recurrence="FREQ=DAILY;COUNT=3",
        reminders=[0],
    )
    sweep(NOW)
    for day in (26, 27, 28):
        sweep(datetime(2024, 10, day, 9, tzinfo=UTC))
    assert [when for when, _name in told()] == ["26 07:00", "27 08:00", "28 08:00"]
