"""Quiet hours: a message waits for their end on the person's own clock, unless it is urgent."""

from datetime import UTC, datetime, time, timedelta

import pytest

from accounts.models import User
from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from messaging.quiet import quiet_end
from tasks.models import Reminder
from tests.messaging.conftest import NOW, later, sweep

NIGHT, NOON = (time(22), time(7)), (time(12), time(14))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hours", "instant", "end"),
    [
        ("UTC", NIGHT, "2024-05-14 21:59:59", None),
        ("UTC", NIGHT, "2024-05-14 22:00", "2024-05-15 07:00"),
        ("UTC", NIGHT, "2024-05-14 00:00", "2024-05-14 07:00"),
        ("UTC", NIGHT, "2024-05-14 07:00", None),
        ("UTC", NOON, "2024-05-14 12:00", "2024-05-14 14:00"),
        ("UTC", NOON, "2024-05-14 14:00", None),
        ("Asia/Kolkata", NIGHT, "2024-05-14 17:00", "2024-05-15 01:30"),
        # The night in which clocks go forward is an hour shorter, the other one longer.
        ("Europe/Berlin", NIGHT, "2024-03-30 22:00", "2024-03-31 05:00"),
        ("Europe/Berlin", NIGHT, "2024-10-26 22:00", "2024-10-27 06:00"),
        ("Australia/Lord_Howe", NIGHT, "2024-10-05 14:00", "2024-10-05 20:00"),
        # They end at an hour that does not exist, and at one that comes twice.
        ("America/New_York", (time(22), time(2, 30)), "2024-03-10 06:00", "2024-03-10 07:30"),
        ("America/New_York", (time(22), time(1, 30)), "2024-11-03 05:00", "2024-11-03 05:30"),
        ("America/New_York", (time(22), time(1, 30)), "2024-11-03 06:10", None),
        ("UTC", (None, None), "2024-05-14 00:00", None),
    ],
)
def test_when_they_end(zone, hours, instant, end):
    person = User(timezone=zone, quiet_from=hours[0], quiet_until=hours[1])
    assert quiet_end(person, at(instant)) == (end and at(end))


@pytest.fixture
def resting(eve, clock):
    """Eve, who rests now, until two o'clock of her zone, which is noon of ours."""
    eve.timezone, eve.quiet_from, eve.quiet_until = "Europe/Berlin", time(11), time(14)
    eve.save()
    return eve


END = later(hours=2)


def message():
    return OutgoingMessage.objects.get()


def test_what_falls_due_in_them_waits_for_their_end_and_is_not_late(resting, owe, server, clock):
    owed = owe()
    assert (owed.hold_until, owed.wake_at, owed.due_at) == (END, END, NOW)
    deliver([owed.pk])
    assert (message().status, server.received) == ("queued", [])
    assert sweep() == 0
    clock.move_to(END)
    sweep()
    deliver([owed.pk])
    assert (message().status, message().lateness) == ("sent", timedelta(0))


def test_what_is_urgent_comes_at_once(resting, owe, server):
    owed = owe(priority="urgent")
    deliver([owed.pk])
    assert (message().status, message().hold_until) == ("sent", None)


def test_a_retry_waits_as_well(resting, owe, server, clock):
    clock.move_to(later(hours=-1, seconds=-3))
    owed = owe()
    server.data = lambda _letter: "451 later"
    deliver([owed.pk])
    server.data = lambda _letter: "250 OK"
    clock.move_to(message().wake_at)
    deliver([owed.pk])
    assert (message().status, message().attempts, message().wake_at) == ("queued", 1, END)
    clock.move_to(END)
    deliver([owed.pk])
    assert message().status == "sent"


def test_what_was_due_before_and_comes_late_waits_too(resting, remind, clock):
    reminder = remind()
    Reminder.objects.filter(pk=reminder.pk).update(at=later(hours=-2))
    sweep()
    assert (message().hold_until, message().due_at) == (END, later(hours=-2))


def test_a_task_that_is_done_in_them_is_not_spoken_of_afterwards(resting, owe, server, clock):
    from tasks.models import Task

    owed = owe()
    Task.objects.update(status="cancelled")
    clock.move_to(END)
    sweep()
    deliver([owed.pk])
    assert (message().status, server.received) == ("cancelled", [])
