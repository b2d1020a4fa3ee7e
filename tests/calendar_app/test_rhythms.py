"""The plain rhythms happen when dateutil says, from wherever one looks."""

import random
from datetime import datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest

from calendar_app.recurrence import Series, expand
from calendar_app.rhythms import WEEKDAYS, plain_walls
from common.moments import to_utc
from common.recurrence import parse_rule

BERLIN = ZoneInfo("Europe/Berlin")
# What dateutil computes, told by arithmetic or begun later.
SHAPES = (
    "FREQ=DAILY{step}",
    "FREQ=DAILY{step};COUNT=90",
    "FREQ=WEEKLY{step};COUNT=90",
    "FREQ=DAILY{step}{days}",
    "FREQ=WEEKLY{step}",
    "FREQ=WEEKLY{step}{days}",
    "FREQ=WEEKLY{step}{days};WKST=SU",
    "FREQ=WEEKLY{step}{days};WKST=WE",
    "FREQ=MONTHLY{step}",
    "FREQ=MONTHLY{step};BYDAY=2TU",
    "FREQ=MONTHLY{step};BYDAY=-1FR",
    "FREQ=MONTHLY{step};BYMONTHDAY=-1",
    "FREQ=MONTHLY{step};BYMONTHDAY=31",
    "FREQ=MONTHLY{step}{days};BYSETPOS=-1",
    "FREQ=YEARLY{step}",
    "FREQ=YEARLY{step};BYMONTH=3;BYDAY=-1SU",
    "FREQ=YEARLY{step};BYWEEKNO=20",
    "FREQ=YEARLY{step};BYYEARDAY=-1",
)


def wall(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:30")


def some(shape: str, number: int) -> tuple[str, datetime, datetime]:
    """Return a rule of a shape, its first instance, and from when one looks."""
    by_lot = random.Random(f"{shape} {number}")
    days = by_lot.sample(WEEKDAYS, by_lot.randint(1, 4))
    rule = shape.format(
        step=by_lot.choice(["", ";INTERVAL=2", ";INTERVAL=3", ";INTERVAL=7"]),
        days=f";BYDAY={','.join(days)}",
    )
    start = wall("2024-01-01") + timedelta(days=by_lot.randrange(800))
    return rule, start, start + timedelta(days=by_lot.randrange(-40, 2_000))


@pytest.mark.parametrize("shape", SHAPES)
def test_an_occurrence_is_where_dateutil_has_it(shape):
    for number in range(40):
        rule, start, since = some(shape, number)
        until = since + timedelta(days=150)
        found = expand(Series(start, timedelta(hours=1), BERLIN, rule), *bounds(since, until))
        walls = takewhile(until.__gt__, parse_rule(rule, start))
        wanted = sorted({to_utc(each, BERLIN) for each in walls if each >= since})
        if since <= start < until:
            wanted = sorted({*wanted, to_utc(start, BERLIN)})
        assert [each.start for each in found] == wanted, (rule, start, since)


def bounds(*walls: datetime) -> list[datetime]:
    return [to_utc(wall, BERLIN) for wall in walls]


def test_a_rhythm_ends_where_calendars_do():
    walls = plain_walls("FREQ=DAILY;INTERVAL=999", wall("9990-01-01"), wall("9990-01-01"))
    assert len(list(islice(walls, 100))) == 4
    weeks = plain_walls("FREQ=WEEKLY;INTERVAL=99", wall("9995-01-01"), wall("9995-01-01"))
    assert len(list(islice(weeks, 100))) == 3


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY", "FREQ=DAILY;BYHOUR=9", "FREQ=WEEKLY;BYDAY=1MO"])
def test_what_says_more_is_left_to_dateutil(rule):
    assert plain_walls(rule, wall("2024-01-01"), wall("2024-01-01")) is None
