"""Expanding a rule agrees with dateutil and with recurring-ical-events, and is bounded."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_app.recurrence import (
    MOST,
    Series,
    end_of,
    ended_before,
    expand,
    happens_at,
    midnight,
    number_before,
    rotated,
)

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu"]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HOUR = timedelta(hours=1)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def wall(*parts):
    return datetime(*parts)  # noqa: DTZ001  a wall time


def series(start, rule, zone=BERLIN, **more):
    return Series(start=start, duration=more.pop("duration", HOUR), zone=zone, rule=rule, **more)


def starts(found, zone=BERLIN):
    return [instance.start.astimezone(zone).strftime("%Y-%m-%d %H:%M") for instance in found]


@st.composite
def rules(draw):
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 5))}"]
    if freq == "WEEKLY" or draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True))
        nth = draw(st.sampled_from(["", "1", "-1", "2"])) if freq == "MONTHLY" else ""
        parts.append("BYDAY=" + ",".join(nth + day for day in days))
    elif freq in {"MONTHLY", "YEARLY"}:
        parts.append(f"BYMONTHDAY={draw(st.sampled_from([1, 15, 28, 29, 30, 31, -1, -3]))}")
    if freq == "YEARLY" or draw(st.integers(0, 5)) == 0:
        parts.append(f"BYMONTH={draw(st.sampled_from([1, 2, 3, 10, 11, '3,10']))}")
    parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(2, 60))}")
    if end == "UNTIL":
        parts.append(f"UNTIL={draw(st.dates(date(2024, 1, 1), date(2029, 1, 1))):%Y%m%d}T120000Z")
    return ";".join(parts)


def first_of(rule, start):
    endless = ";".join(part for part in rule.split(";") if not part.startswith("COUNT"))
    return next(iter(rrulestr(endless, dtstart=start).replace(until=wall(2034, 1, 1))), None)


BEGINNINGS = st.datetimes(wall(2022, 1, 1), wall(2024, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@settings(max_examples=150, deadline=None)
@given(BEGINNINGS, rules(), st.sampled_from(ZONES), st.integers(0, 1500))
def test_instances_are_those_of_dateutil_on_the_wall_clock(start, rule, zone_name, days_later):
    """Whatever the window: rules begin at an instance of theirs, as calendars write them."""
    zone = ZoneInfo(zone_name)
    plain = ";".join(part for part in rule.split(";") if not part.startswith("UNTIL"))
    first = first_of(plain, start)
    if first is None:
        return
    start = first
    since = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=days_later)
    until = since + timedelta(days=400)
    endless = rrulestr(plain, dtstart=start)
    walls = (
        [each for each in endless.xafter(start, inc=True) if each.year < 2032]
        if ("COUNT" in plain)
        else endless.between(start, wall(2032, 1, 1), inc=True)
    )
    if "UNTIL" in rule:
        ends = datetime.strptime(rule.split("UNTIL=")[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        walls = [each for each in walls if each == start or each.replace(tzinfo=zone) <= ends]
    expected = sorted({each.replace(tzinfo=zone).astimezone(UTC) for each in walls})
    expected = [each for each in expected if each < until and each + HOUR > since]
    found = expand(series(start, rule, zone), since, until)
    assert [instance.start for instance in found] == expected[:MOST]
    assert all(instance.end - instance.start == HOUR for instance in found)


@settings(max_examples=60, deadline=None)
@given(BEGINNINGS, rules(), st.sampled_from(ZONES), st.booleans(), st.data())
def test_instances_are_those_of_recurring_ical_events(start, rule, zone_name, all_day, data):
    """With some left out, and some added."""
    zone = ZoneInfo(zone_name)
    plain = ";".join(part for part in rule.split(";") if not part.startswith("UNTIL"))
    start = start.replace(hour=0, minute=0) if all_day else start.replace(hour=12)
    first = first_of(plain, start)
    if first is None:
        return
    start = first
    length = timedelta(days=1) if all_day else HOUR
    plain_series = series(start, plain, zone, all_day=all_day, duration=length)
    since, until = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    keys = [instance.key for instance in expand(plain_series, since, until)]
    gone = data.draw(st.lists(st.sampled_from(keys), max_size=4, unique=True)) if keys else []
    more = [datetime(2024, 6, 1, tzinfo=UTC) if all_day else datetime(2024, 6, 1, 3, tzinfo=UTC)]
    ours = expand(
        series(start, plain, zone, all_day=all_day, duration=length, extra=more,
               left_out=frozenset(gone)),
        since,
        until,
    )  # fmt: skip
    event = icalendar.Event()
    event.add("UID", "1")
    event.add("DTSTART", start.date() if all_day else start.replace(tzinfo=zone))
    event.add(
        "DTEND", (start + length).date() if all_day else (start + length).replace(tzinfo=zone)
    )
    event.add("RRULE", icalendar.vRecur.from_ical(plain))
    for key in gone:
        event.add("EXDATE", key.date() if all_day else key.astimezone(zone))
    for key in more:
        event.add("RDATE", [key.date() if all_day else key.astimezone(zone)])
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    theirs = recurring_ical_events.of(calendar).between((2024, 1, 1), (2025, 1, 1))
    found = [each["DTSTART"].dt for each in theirs]
    if all_day:
        assert {instance.key.date() for instance in ours if instance.key.year == 2024} == set(found)
    else:
        instants = {each.astimezone(UTC) for each in found}
        assert {instance.start for instance in ours} == instants


def test_wall_time_stays_over_both_changes_of_the_clocks():
    found = expand(
        series(wall(2024, 3, 25, 9), "FREQ=WEEKLY;BYDAY=MO"),
        datetime(2024, 3, 25, tzinfo=UTC),
        datetime(2024, 11, 30, tzinfo=UTC),
    )
    assert {instance.start.astimezone(BERLIN).hour for instance in found} == {9}
    assert {instance.start.hour for instance in found} == {7, 8}


def test_a_monday_evening_in_new_york_is_a_tuesday_in_utc():
    found = expand(
        series(wall(2024, 3, 4, 23, 30), "FREQ=WEEKLY;BYDAY=MO", NEW_YORK),
        datetime(2024, 3, 1, tzinfo=UTC),
        datetime(2024, 3, 20, tzinfo=UTC),
    )
    assert [f"{instance.start:%a %H:%M}" for instance in found] == [
        "Tue 04:30",
        "Tue 03:30",
        "Tue 03:30",
    ]


def test_a_time_that_the_clocks_skip_moves_forward_and_one_that_comes_twice_is_the_first():
    daily = series(wall(2024, 3, 30, 2, 30), "FREQ=DAILY")
    spring = expand(daily, datetime(2024, 3, 30, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC))
    assert starts(spring) == ["2024-03-30 02:30", "2024-03-31 03:30"]
    [autumn] = expand(daily, datetime(2024, 10, 27, tzinfo=UTC), datetime(2024, 10, 28, tzinfo=UTC))
    assert autumn.start == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


def test_day_31_and_leap_days_come_where_there_are_any():
    window = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 12, 31, 23, tzinfo=UTC)
    monthly = expand(series(wall(2024, 1, 31, 9), "FREQ=MONTHLY;BYMONTHDAY=31"), *window)
    assert [instance.start.month for instance in monthly] == [1, 3, 5, 7, 8, 10, 12]
    years = datetime(2024, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)
    yearly = expand(series(wall(2024, 2, 29, 9), "FREQ=YEARLY"), *years)
    assert [instance.start.year for instance in yearly] == [2024, 2028, 2032]


def test_the_week_begins_where_the_rule_says():
    """RFC 5545, section 3.8.5.3: the example with WKST."""
    window = datetime(1997, 8, 1, tzinfo=UTC), datetime(1997, 10, 1, tzinfo=UTC)
    rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST="
    days = {
        wkst: [i.start.day for i in expand(series(wall(1997, 8, 5, 9), rule + wkst), *window)]
        for wkst in ("MO", "SU")
    }
    assert days == {"MO": [5, 10, 19, 24], "SU": [5, 17, 19, 31]}


def test_whole_days_are_the_same_dates_in_every_zone():
    for name in ("America/Los_Angeles", "UTC", "Pacific/Tongatapu", "Pacific/Apia"):
        trip = series(
            wall(2024, 3, 8), "FREQ=WEEKLY;COUNT=6", ZoneInfo(name), all_day=True,
            duration=timedelta(days=3),
        )  # fmt: skip
        found = expand(trip, datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC))
        assert [instance.key for instance in found] == [
            midnight(date(2024, 3, 8) + timedelta(weeks=week)) for week in range(6)
        ]
        for instance in found:
            local = instance.start.astimezone(ZoneInfo(name))
            assert (local.date(), local.hour) == (instance.key.date(), 0)


def test_a_window_shows_at_most_two_thousand_and_ends_in_time_for_old_series():
    old = series(wall(1970, 1, 1, 9), "FREQ=DAILY;BYHOUR=8,9,10,11,12,13,14,15;BYMINUTE=0,20,40")
    began = perf_counter()
    found = expand(old, datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
    assert len(found) == MOST
    assert perf_counter() - began < 2


def test_what_begins_outside_its_rule_happens_first_and_counts():
    """RFC 5545, section 3.8.5.3: the start is the first instance, and COUNT counts it."""
    found = expand(
        series(wall(2024, 5, 14, 9), "FREQ=WEEKLY;BYDAY=MO;COUNT=3"),
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
    )
    assert starts(found) == ["2024-05-14 09:00", "2024-05-20 09:00", "2024-05-27 09:00"]


def test_a_series_can_be_ended_before_an_instance():
    weekly = series(wall(2024, 5, 13, 9), "FREQ=WEEKLY;COUNT=10")
    key = datetime(2024, 5, 27, 7, tzinfo=UTC)
    assert happens_at(weekly, key)
    assert not happens_at(weekly, key + HOUR)
    assert number_before(weekly, key) == 2
    rule = ended_before(weekly, key)
    assert rule == "FREQ=WEEKLY;UNTIL=20240527T065959Z"
    assert end_of(series(weekly.start, rule)) == datetime(2024, 5, 20, 8, tzinfo=UTC)
    assert end_of(series(weekly.start, "FREQ=WEEKLY")) is None


@pytest.mark.parametrize(
    ("rule", "days", "wanted"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,FR", 1, "FREQ=WEEKLY;BYDAY=TU,SA"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=MO", -1, "FREQ=WEEKLY;BYDAY=SU;WKST=MO"),
        ("FREQ=MONTHLY;BYDAY=1MO", 1, "FREQ=MONTHLY;BYDAY=1MO"),
    ],
)
def test_weekdays_move_along(rule, days, wanted):
    assert rotated(rule, days) == wanted
