"""RRULE to Graph's pattern and back: the same dates, or a reason."""

import random
from calendar import monthrange
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from calendar_app.sync.graph_rules import Begun, NoCounterpartError, to_graph, to_rule
from common.moments import to_utc
from tests.peers.graph_dates import dates_of

ZONES = [ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Pacific/Auckland")]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
RULES = 5_000
FIRST = 100
wall = datetime.fromisoformat
FIRST_OF_ALL = wall("2024-01-01")
# The more seldom, the longer a hundred dates take to reckon.
FREQUENCIES = ["DAILY"] * 6 + ["WEEKLY"] * 8 + ["MONTHLY"] * 5 + ["YEARLY"]


def some_days(dice, most=3):
    return ",".join(sorted(dice.sample(DAYS, dice.randint(1, most)), key=DAYS.index))


def daily(dice):
    return dice.choice(["", "", ";BYDAY=" + some_days(dice, 5), ";BYMONTH=3"])


def weekly(dice):
    days = f";BYDAY={some_days(dice)}" if dice.random() < 0.8 else ""
    return days + dice.choice(["", ";WKST=MO", ";WKST=SU", ";WKST=TH"])


def monthly(dice):
    kind = dice.randrange(6)
    if kind == 0:
        return f";BYMONTHDAY={dice.choice([1, 5, 15, 28, 29, 30, 31, -1, -2])}"
    if kind == 1:
        return f";BYDAY={dice.choice([1, 2, 3, 4, 5, -1, -2])}{dice.choice(DAYS)}"
    if kind == 2:
        return f";BYDAY={some_days(dice, 5)};BYSETPOS={dice.choice([1, 2, 3, 4, -1, -2])}"
    if kind == 3:
        last = dice.choice([29, 30, 31])
        return f";BYMONTHDAY={','.join(map(str, range(28, last + 1)))};BYSETPOS=-1"
    return dice.choice(["", ";BYDAY=MO;BYMONTHDAY=13", ";BYDAY=1MO,3MO", ";BYYEARDAY=40"])


def yearly(dice):
    month = dice.randint(1, 12)
    kind = dice.randrange(6)
    if kind == 0:
        days = [1, 15, 28, monthrange(2024, month)[1]]
        return f";BYMONTH={month};BYMONTHDAY={dice.choice(days)}"
    if kind == 1:
        return f";BYMONTH={month};BYDAY={dice.choice([1, 2, 3, 4, 5, -1])}{dice.choice(DAYS)}"
    if kind == 2:
        return f";BYMONTH={month};BYDAY={some_days(dice)};BYSETPOS={dice.choice([1, 2, -1])}"
    return dice.choice(["", f";BYMONTH={month}", ";BYWEEKNO=20", ";BYMONTH=1,7", ";BYDAY=20MO"])


def ending(dice, start, zone):
    kind = dice.randrange(3)
    if kind == 0:
        return f";COUNT={dice.randint(1, 300)}"
    if kind == 1:
        last = to_utc(
            start + timedelta(days=dice.randint(1, 3000), hours=dice.randint(-9, 9)), zone
        )
        return f";UNTIL={last:%Y%m%dT%H%M%SZ}"
    return ""


def generated(dice):
    """Return a rule that begins at one of its dates, for the most part."""
    zone = dice.choice(ZONES)
    start = FIRST_OF_ALL + timedelta(
        days=dice.randrange(730), hours=dice.randrange(24), minutes=30 * dice.randrange(2)
    )
    freq = dice.choice(FREQUENCIES)
    rest = {"DAILY": daily, "WEEKLY": weekly, "MONTHLY": monthly, "YEARLY": yearly}[freq](dice)
    interval = dice.choice([1, 1, 1, 2, 3, 5])
    rule = f"FREQ={freq}" + (f";INTERVAL={interval}" if interval > 1 else "") + rest
    if dice.random() < 0.9:
        # dateutil would look for a 31st of June until the year 9999.
        soon = rrulestr(rule, dtstart=start).replace(until=start + timedelta(days=4000))
        start = next(iter(soon), start)
    return Begun(rule + ending(dice, start, zone), start, zone)


def first_dates(rule, start, zone):
    """Return the first walls of a rule, by dateutil alone; UNTIL as a wall time."""
    parts = [part for part in rule.split(";") if not part.startswith("UNTIL=")]
    until = next((part[6:] for part in rule.split(";") if part.startswith("UNTIL=")), None)
    walls = islice(rrulestr(";".join(parts), dtstart=start), FIRST)
    if until is None:
        return list(walls)
    ends = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=ZoneInfo("UTC"))
    last = ends.astimezone(zone).replace(tzinfo=None)
    return [wall for wall in walls if wall <= last]


def test_five_thousand_rules_keep_their_first_hundred_dates_or_say_why_not():
    dice, reasons, kept = random.Random(20), Counter(), 0
    for _number in range(RULES):
        begun = generated(dice)
        try:
            said = to_graph(begun)
        except NoCounterpartError as error:
            reasons[str(error)] += 1
            continue
        back = to_rule(said, zone=begun.zone, all_day=False)
        wanted = first_dates(begun.rule, begun.start, begun.zone)
        assert first_dates(back, begun.start, begun.zone) == wanted, (begun, said, back)
        # Saying it once more changes nothing: no sync ever rewrites a rule twice.
        again = to_graph(Begun(back, begun.start, begun.zone))
        assert to_rule(again, zone=begun.zone, all_day=False) == back
        kept += 1
    assert kept > RULES * 0.45
    assert len(reasons) > 6
    assert all(reasons)


def test_a_graph_server_of_its_own_reckoning_finds_the_same_dates():
    """Not our own way back, but the description of Graph's patterns reckoned day by day."""
    dice, compared = random.Random(21), 0
    for _number in range(600):
        begun = generated(dice)
        try:
            said = to_graph(begun)
        except NoCounterpartError:
            continue
        horizon = begun.start.date() + timedelta(days=1500)
        walls = first_dates(begun.rule, begun.start, begun.zone)
        wanted = [wall.date() for wall in walls if wall.date() < horizon]
        found = [day for day in dates_of(said, until=horizon) if day < horizon][:FIRST]
        assert found == wanted, (begun, said)
        compared += 1
    assert compared > 250


@pytest.mark.parametrize(
    ("rule", "start", "reason"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2024-01-31T09:00", "skips no month"),
        ("FREQ=MONTHLY", "2024-01-30T09:00", "skips no month"),
        ("FREQ=YEARLY", "2024-02-29T09:00", "skips no year"),
        ("FREQ=DAILY;BYHOUR=9,15", "2024-02-01T09:00", "no BYHOUR"),
        ("FREQ=WEEKLY;BYDAY=MO", "2024-05-14T09:00", "begins on a day"),
        ("FREQ=MONTHLY;BYDAY=5FR", "2024-03-29T09:00", "first four and the last"),
    ],
)
def test_what_outlook_cannot_say_has_a_reason(rule, start, reason):
    with pytest.raises(NoCounterpartError, match=reason):
        to_graph(Begun(rule, datetime.fromisoformat(start), ZONES[0]))


def test_the_last_day_of_each_month_goes_both_ways():
    said = to_graph(Begun("FREQ=MONTHLY;BYMONTHDAY=-1", wall("2024-01-31T09:00"), ZONES[0]))
    assert said["pattern"] == {"type": "absoluteMonthly", "dayOfMonth": 31, "interval": 1}
    assert dates_of(said, until=date(2024, 4, 1)) == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
    ]


def test_until_is_the_end_of_the_day_in_the_zone_of_the_series():
    begun = Begun("FREQ=DAILY;UNTIL=20240311T033000Z", wall("2024-03-01T23:30"), ZONES[0])
    said = to_graph(begun)
    # 03:30 UTC on the 11th is 23:30 on the 10th in New York, after the clocks went forward.
    assert said["range"]["endDate"] == "2024-03-10"
    assert to_rule(said, zone=ZONES[0], all_day=False).endswith("UNTIL=20240311T035959Z")


def test_until_of_whole_days_is_a_date():
    begun = Begun("FREQ=DAILY;UNTIL=20240310", wall("2024-03-01"), ZONES[0], all_day=True)
    said = to_graph(begun)
    assert said["range"]["endDate"] == "2024-03-10"
    assert to_rule(said, zone=ZONES[0], all_day=True) == "FREQ=DAILY;UNTIL=20240310"
