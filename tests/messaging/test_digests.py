"""The daily digest: once on each local day, with what is overdue, due today and coming."""

from datetime import UTC, datetime, time, timedelta

import pytest

from messaging.delivery import deliver
from messaging.digests import owe_due_digests
from messaging.models import OutgoingMessage
from tasks.models import Task
from tenants.context import public_context
from tenants.models import DueInstant
from tests.messaging.conftest import NOW, later, sweep

pytestmark = pytest.mark.usefixtures("clock")
SIX_IN_BERLIN = datetime(2024, 5, 15, 4, tzinfo=UTC)


@pytest.fixture
def reader(eve, clock):
    """Eve, who asked for a digest at six, and lives in Berlin; it is Tuesday noon there."""
    eve.timezone, eve.digest_at = "Europe/Berlin", time(6)
    eve.save()
    return eve


def digests():
    return list(OutgoingMessage.objects.filter(kind="digest").order_by("due_at"))


def next_look():
    with public_context():
        return DueInstant.objects.get(kind="digest").due_at


def give(reader, title, due, **values):
    return Task.objects.create(title=title, creator=reader, assignee=reader, due_date=due, **values)


def test_the_first_one_comes_at_the_next_such_hour(reader, clock):
    give(reader, "Water the plants", later(hours=-1))
    assert sweep() == 1
    assert digests() == []
    assert next_look() == SIX_IN_BERLIN
    clock.move_to(SIX_IN_BERLIN - timedelta(seconds=1))
    assert sweep() == 0
    clock.move_to(SIX_IN_BERLIN)
    assert sweep() == 1
    [digest] = digests()
    assert (digest.due_at, digest.recipient) == (SIX_IN_BERLIN, reader)
    assert next_look() == SIX_IN_BERLIN + timedelta(days=1)
    assert sweep() == 0


def test_it_tells_what_is_overdue_due_today_and_coming(reader, ada, clock, server, settings):
    give(reader, "Late", SIX_IN_BERLIN - timedelta(hours=1))
    give(reader, "Tonight", SIX_IN_BERLIN + timedelta(hours=17, minutes=59))
    give(reader, "Tomorrow", SIX_IN_BERLIN + timedelta(hours=18))
    give(reader, "In a week", SIX_IN_BERLIN + timedelta(days=7, hours=17))
    give(reader, "Far away", SIX_IN_BERLIN + timedelta(days=8))
    give(reader, "Somewhen", None)
    give(reader, "Given up", SIX_IN_BERLIN, status="cancelled")
    give(ada, "Ada's own", SIX_IN_BERLIN)
    sweep()
    clock.move_to(SIX_IN_BERLIN)
    sweep()
    [digest] = digests()
    assert digest.subject == "Your day: overdue: 1, due today: 1, coming week: 2"
    deliver([digest.pk])
    letter = server.received[0].letter
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for body in (plain, html):
        order = [body.index(word) for word in ("Overdue", "Late", "Due today", "Tonight")]
        order += [body.index(word) for word in ("Coming week", "Tomorrow", "In a week")]
        assert order == sorted(order)
        assert "Wed 15 May, 23:59" in body
        for word in ("Far away", "Somewhen", "Given up", "Ada's own"):
            assert word not in body


def test_only_a_digest_can_be_unsubscribed_from_by_one_click(reader, owe, clock, server):
    give(reader, "Late", NOW)
    sweep()
    clock.move_to(SIX_IN_BERLIN)
    sweep()
    reminder = owe()
    [digest] = digests()
    deliver([digest.pk, reminder.pk])
    with_way_out, without = (received.letter for received in server.received)
    url = with_way_out["List-Unsubscribe"].strip(" <>")
    assert url.startswith("http://acme.localhost:8000/unsubscribe/")
    assert with_way_out["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert without["List-Unsubscribe"] is None
    assert url in with_way_out.get_body(("plain",)).get_content()


def test_an_empty_one_is_not_sent(reader, clock):
    sweep()
    clock.move_to(SIX_IN_BERLIN)
    assert sweep() == 1
    assert digests() == []
    assert next_look() == SIX_IN_BERLIN + timedelta(days=1)


def test_after_days_of_silence_only_the_latest_comes(reader, clock):
    give(reader, "Late", NOW)
    sweep()
    clock.move_to(SIX_IN_BERLIN + timedelta(days=3, hours=2))
    sweep()
    assert [digest.due_at for digest in digests()] == [SIX_IN_BERLIN + timedelta(days=3)]


def test_who_travels_west_in_the_morning_gets_no_second_one_that_day(reader, clock):
    give(reader, "Late", NOW)
    sweep()
    clock.move_to(SIX_IN_BERLIN)
    sweep()
    reader.refresh_from_db()
    reader.timezone = "America/New_York"
    reader.save()
    for hour in range(1, 31):
        clock.move_to(SIX_IN_BERLIN + timedelta(hours=hour))
        sweep()
    assert [digest.due_at for digest in digests()] == [
        SIX_IN_BERLIN,
        SIX_IN_BERLIN + timedelta(days=1, hours=6),
    ]


@pytest.mark.parametrize("change", [{"digest_at": None}, {"is_active": False}])
def test_who_wants_none_any_more_gets_none(reader, clock, change):
    give(reader, "Late", NOW)
    sweep()
    reader.refresh_from_db()
    for name, value in change.items():
        setattr(reader, name, value)
    reader.save()
    clock.move_to(SIX_IN_BERLIN)
    assert sweep() == 0
    assert digests() == []


def test_many_people_cost_no_more_statements_than_one(
    reader, ada, max_, sarah, clock, django_assert_max_num_queries
):
    people = [reader, ada, max_, sarah]
    for person in people:
        person.digest_at = time(6)
        person.save()
        give(person, "Late", later(hours=-1))
    sweep()
    clock.move_to(later(days=2))
    with django_assert_max_num_queries(14):
        owe_due_digests([person.pk for person in people], later(days=2))
    assert len(digests()) == 4
