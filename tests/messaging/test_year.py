"""A whole year on a clock of our own: what the preview says is what the ledger then shows."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Role, User
from common.moments import to_utc, to_wall
from messaging.models import OutgoingMessage
from messaging.preview import moment_of, preview
from messaging.quiet import quiet_end
from tasks.models import Reminder, Task
from tasks.services import complete_task
from tenants.context import public_context
from tenants.models import DueInstant
from tests.messaging.conftest import sweep

# A year in which São Paulo still changed its clocks, at midnight.
START, WEEKS = datetime(2018, 7, 1, tzinfo=UTC), 53
# The whole year is lived through in one zone. In the others, weeks in which no clock changes tell
# no more than its did: two weeks before each change of theirs, and two from it.
BEFORE, AROUND = timedelta(weeks=2), 4
# Zone, digest, quiet hours: many stand where the clocks change.
PEOPLE = [
    ("Europe/Berlin", time(7), (time(22), time(7))),
    ("America/New_York", time(2, 30), (time(21), time(1, 30))),
    ("Australia/Lord_Howe", time(2), None),
    ("America/Sao_Paulo", time(0), (time(12), time(14))),
    ("UTC", time(12), (time(23), time(5))),
]


def changes(zone):
    """The Sundays, in UTC, after whose beginning the clocks change."""
    sundays = [START + timedelta(weeks=week) for week in range(-1, WEEKS)]
    offsets = [sunday.astimezone(ZoneInfo(zone)).utcoffset() for sunday in sundays]
    pairs = zip(sundays, offsets, offsets[1:], strict=False)
    return [sunday for sunday, offset, following in pairs if offset != following]


def stretches():
    """Each person with a time to live through: its start, and how many weeks."""
    whole, *others = PEOPLE
    yield whole, START, WEEKS
    for person in others:
        for change in changes(person[0]) or [START + BEFORE]:
            yield person, change - BEFORE, AROUND


STRETCHES = list(stretches())


@dataclass
class Stretch:
    """Some weeks of somebody's."""

    person: User
    start: datetime
    weeks: int


@pytest.fixture(params=STRETCHES, ids=[f"{who[0]}-{start:%b}" for who, start, _ in STRETCHES])
def stretch(request, in_acme):
    (zone, digest, quiet), start, weeks = request.param
    return Stretch(somebody(zone, digest, quiet), start, weeks)


def somebody(zone, digest, quiet):
    start, end = quiet or (None, None)
    return User.objects.create(
        email="zoe@acme.example",
        full_name="Zoe",
        role=Role.objects.get(name="employee"),
        timezone=zone,
        digest_at=digest,
        quiet_from=start,
        quiet_until=end,
    )


def give_recurring(person, start):
    """Each week, at hours that fall into quiet hours and where clocks change."""
    zone = ZoneInfo(person.timezone)
    monday = to_wall(start, zone).date() + timedelta(days=1)
    for clock, rule, priority in (
        (time(9), "FREQ=WEEKLY", "medium"),
        (time(2, 15), "FREQ=WEEKLY;BYDAY=SU", "high"),
        (time(23, 30), "FREQ=WEEKLY;BYDAY=WE", "urgent"),
        (time(13), "FREQ=MONTHLY", "low"),
    ):
        task = Task.objects.create(
            title=f"{rule} at {clock}",
            creator=person,
            assignee=person,
            due_date=to_utc(datetime.combine(monday, clock), zone),
            timezone=person.timezone,
            priority=priority,
            recurrence=rule,
        )
        for minutes in (0, 24 * 60):
            Reminder.objects.create(task=task, minutes_before=minutes)


def give_some(person, dice):
    for _each in range(dice.randrange(3)):
        due = timezone.now() + timedelta(minutes=dice.randrange(1, 14 * 24 * 60))
        task = Task.objects.create(
            title=f"Once {dice.random()}",
            creator=person,
            assignee=person,
            due_date=due,
            priority=dice.choice(["low", "urgent"]),
        )
        Reminder.objects.create(task=task, minutes_before=dice.randrange(500))
        Reminder.objects.create(task=task, at=due + timedelta(minutes=dice.randrange(500)))


def run_until(end, clock, capture):
    """Let the sweep come at each instant at which something is due."""
    while (due := next_due()) <= end:
        clock.move_to(max(due, timezone.now()))
        with capture(execute=True):
            sweep()
    clock.move_to(end)


def next_due():
    with public_context():
        return DueInstant.objects.earliest("due_at").due_at


def all_sent():
    return OutgoingMessage.objects.filter(status="sent").select_related("recipient")


def told(rows, moment):
    return sorted((moment(row), row.channel, row.kind, row.subject) for row in rows)


def test_a_year_is_sent_as_it_was_foretold(stretch, django_capture_on_commit_callbacks):
    dice, person = Random(7), stretch.person
    with time_machine.travel(stretch.start, tick=False) as clock:
        give_recurring(person, stretch.start)
        for week in range(stretch.weeks):
            start, end = timezone.now(), stretch.start + timedelta(weeks=week + 1)
            person.refresh_from_db()
            foretold = told(preview([person], start, end), lambda row, s=start: moment_of(row, s))
            before = set(all_sent().values_list("pk", flat=True))
            run_until(end, clock, django_capture_on_commit_callbacks)
            assert told(all_sent().exclude(pk__in=before), lambda row: row.sent_at) == foretold
            assert foretold
            for task in Task.objects.open().filter(due_date__lte=end):
                if dice.random() < 0.9:
                    complete_task(task=task, by=task.creator)
            give_some(person, dice)
    check_the_year(person, stretch)


def test_the_clocks_of_each_zone_change_twice_in_the_year():
    lived = {}
    for (zone, *_), start, weeks in STRETCHES:
        ends = [(start + timedelta(weeks=n)).astimezone(ZoneInfo(zone)) for n in (0, weeks)]
        lived.setdefault(zone, []).append(ends[0].utcoffset() != ends[1].utcoffset())
    assert lived.pop("UTC") == lived.pop("Europe/Berlin") == [False]
    assert set(map(tuple, lived.values())) == {(True, True)}
    assert len(changes("Europe/Berlin")) == 2


def check_the_year(person, stretch):
    rows = list(OutgoingMessage.objects.select_related("recipient"))
    assert {row.status for row in rows} <= {"sent", "cancelled", "queued"}
    sent = [row for row in rows if row.status == "sent"]
    for row in sent:
        assert row.urgent or quiet_end(person, row.sent_at) is None
    if person.quiet_from:
        assert any(row.hold_until for row in sent)
    if stretch.weeks == WEEKS:
        assert any(row.urgent and quiet_end(person, row.sent_at) for row in sent)
    check_the_digests([row for row in sent if row.kind == "digest"], person, stretch.weeks)


def check_the_digests(digests, person, weeks):
    """Once on each local day, at the wall time that was asked for."""
    assert len(digests) > 0.8 * 7 * weeks
    assert not any(row.lateness for row in digests)
    walls = [to_wall(row.due_at, ZoneInfo(person.timezone)) for row in digests]
    assert len({wall.date() for wall in walls}) == len(walls)
    elsewhen = [wall for wall in walls if wall.time() != person.digest_at]
    assert len(elsewhen) <= 1, "the day on which the clocks skip that hour"
