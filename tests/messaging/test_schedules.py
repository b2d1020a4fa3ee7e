"""When the office wants digests to run: the sweep and the preview go by it, for all its people."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import AuditEntry
from common.errors import InvalidError
from messaging.crontabs import parse_crontab
from messaging.models import OutgoingMessage, Round, Schedule
from messaging.preview import coming_for
from messaging.scheduling import rule_of, set_schedule
from tasks.models import Task
from tenants.context import tenant_context
from tests.messaging.conftest import NOW, later, sweep

BERLIN = ZoneInfo("Europe/Berlin")


def days_of(text, *, start=datetime(2024, 1, 1, tzinfo=UTC), days=14):
    rule = parse_crontab(text)
    return [
        f"{moment.astimezone(BERLIN):%a %d %H:%M}"
        for moment in rule.moments(BERLIN, start, start + timedelta(days=days))
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("30 7 * * 1-5", ["Tue 02 07:30", "Wed 03 07:30"]),
        ("30 7 * * mon-fri", ["Tue 02 07:30", "Wed 03 07:30"]),
        ("0 9 * * sun", ["Sun 07 09:00", "Sun 14 09:00"]),
        ("0 9 * * 7", ["Sun 07 09:00", "Sun 14 09:00"]),
        ("5 6 13 * *", ["Sat 13 06:05"]),
        ("0 8 */7 1 *", ["Mon 08 08:00"]),
    ],
)
def test_a_crontab_is_read_on_the_wall_clock(text, first):
    after = datetime(2024, 1, 1, 8, tzinfo=UTC)
    assert days_of(text, start=after)[: len(first)] == first


def test_it_keeps_its_hour_when_the_clocks_change():
    spring = datetime(2024, 3, 30, tzinfo=UTC)
    assert days_of("30 2 * * *", start=spring, days=3) == [
        "Sat 30 02:30",
        "Sun 31 03:30",
        "Mon 01 02:30",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_crontab"),
        ("30 7 * *", "bad_crontab"),
        ("a 7 * * *", "bad_crontab"),
        ("61 7 * * *", "bad_crontab"),
        ("30 7 0 * *", "bad_crontab"),
        ("30 7 * * 1-", "bad_crontab"),
        ("30 7 * * */0", "bad_crontab"),
        ("*/5 7 * * *", "once_a_day"),
        ("0 7,19 * * *", "once_a_day"),
        ("0 7 30 2 *", "never"),
    ],
)
def test_what_is_no_such_crontab_is_refused(text, code):
    with pytest.raises(InvalidError) as refusal:
        parse_crontab(text)
    assert (refusal.value.code, refusal.value.attr) == (code, "crontab")


def test_it_is_told_in_words():
    assert parse_crontab("30 7 * * 1-5").words == "At 07:30, Monday through Friday"


@pytest.fixture
def reader(eve, clock):
    """Eve, who asked for a digest at six, in Berlin, and has something to do."""
    eve.timezone, eve.digest_at = "Europe/Berlin", time(6)
    eve.save()
    Task.objects.create(title="Late", creator=eve, assignee=eve, due_date=later(hours=-1))
    return eve


def sent():
    found = OutgoingMessage.objects.filter(kind="digest").order_by("due_at")
    return [f"{row.due_at.astimezone(BERLIN):%a %H:%M}" for row in found]


def coming(ada, reader, days):
    found = coming_for(by=ada, days=days, person=reader.pk, start=NOW).results
    return [f"{row.due_at.astimezone(BERLIN):%a %H:%M}" for row in found if row.kind == "digest"]


def test_the_offices_days_and_hour_take_the_place_of_ones_own(reader, ada, clock):
    # NOW is a Tuesday at noon.
    set_schedule(kind=Round.DIGEST, crontab="15 8 * * thu,mon", by=ada)
    planned = coming(ada, reader, 8)
    assert planned == ["Thu 08:15", "Mon 08:15"]
    for hours in range(8 * 24 + 1):
        clock.move_to(NOW + timedelta(hours=hours))
        sweep()
    assert sent() == planned


def test_a_change_plans_anew_and_sends_nothing_for_what_lies_behind(reader, ada, clock):
    sweep()
    set_schedule(kind=Round.DIGEST, crontab="0 5 * * *", by=ada)
    clock.move_to(NOW + timedelta(minutes=1))
    sweep()
    assert sent() == []
    set_schedule(kind=Round.DIGEST, crontab=None, by=ada)
    assert coming(ada, reader, 1) == ["Wed 06:00"]
    sweep()
    clock.move_to(NOW + timedelta(days=1))
    sweep()
    assert sent() == ["Wed 06:00"]


def test_a_month_without_a_run_is_waited_for(reader, ada, clock):
    set_schedule(kind=Round.DIGEST, crontab="0 6 1 * *", by=ada)
    sweep()
    reader.refresh_from_db()
    assert reader.digest_next_at.astimezone(BERLIN) == datetime(2024, 6, 1, 6, tzinfo=BERLIN)


def test_who_wants_no_digest_gets_none(eve, ada, clock):
    Task.objects.create(title="Late", creator=eve, assignee=eve, due_date=later(hours=-1))
    set_schedule(kind=Round.DIGEST, crontab="0 6 * * *", by=ada)
    clock.move_to(NOW + timedelta(days=1))
    sweep()
    assert sent() == []


def test_it_is_of_one_office_and_stands_in_its_trail(ada, clock, globex):
    set_schedule(kind=Round.DIGEST, crontab="0 6 * * 1", by=ada)
    set_schedule(kind=Round.DIGEST, crontab="0 7 * * 1", by=ada)
    row = Schedule.objects.get()
    entries = AuditEntry.objects.filter(object_pk=str(row.pk))
    changes = [entry.changes["crontab"] for entry in entries]
    assert [None, "0 6 * * 1"] in changes
    assert ["0 6 * * 1", "0 7 * * 1"] in changes
    with tenant_context(globex):
        assert rule_of(Round.DIGEST) is None
