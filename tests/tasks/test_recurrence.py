"""Rules of RFC 5545 on the wall clock of the task's zone."""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
import time_machine
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from common.moments import to_utc, to_wall
from common.recurrence import BadRuleError, check_rule, next_occurrence
from tasks.models import Task

TASKS = "/api/v1/tasks"
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2024, 5, 14, 10, tzinfo=UTC)


def series(rule, start, *, zone="Europe/Berlin", most=5):
    """Return the wall times of the first occurrences, the start included."""
    tz = ZoneInfo(zone)
    walls = [datetime.fromisoformat(start)]
    due = to_utc(walls[0], tz)
    while len(walls) < most and (found := next_occurrence(rule, due, tz)):
        due, rule = found
        walls.append(to_wall(due, tz))
    return [f"{wall:%Y-%m-%d %H:%M}" for wall in walls]


def days(rule, start, **options):
    return [wall.removesuffix(" 09:00") for wall in series(rule, f"{start} 09:00", **options)]


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=DAILY", "2024-02-28", ["2024-02-28", "2024-02-29", "2024-03-01"]),
        ("FREQ=DAILY;INTERVAL=10", "2024-12-30", ["2024-12-30", "2025-01-09", "2025-01-19"]),
        ("FREQ=WEEKLY", "2024-05-14", ["2024-05-14", "2024-05-21", "2024-05-28"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "2024-05-13", ["2024-05-13", "2024-05-16", "2024-05-20"]),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
            "2024-05-13",
            ["2024-05-13", "2024-05-16", "2024-05-27", "2024-05-30"],
        ),
        ("FREQ=WEEKLY;BYDAY=FR", "2024-05-14", ["2024-05-14", "2024-05-17", "2024-05-24"]),
        ("FREQ=MONTHLY", "2024-01-31", ["2024-01-31", "2024-03-31", "2024-05-31", "2024-07-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2024-01-31", ["2024-01-31", "2024-02-29", "2024-03-31"]),
        ("FREQ=MONTHLY;BYDAY=1MO", "2024-05-06", ["2024-05-06", "2024-06-03", "2024-07-01"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2024-05-31", ["2024-05-31", "2024-06-28", "2024-07-26"]),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "2024-05-31",
            ["2024-05-31", "2024-06-28", "2024-07-31"],
        ),
        ("FREQ=YEARLY", "2024-02-29", ["2024-02-29", "2028-02-29", "2032-02-29"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2024-02-29", ["2024-02-29", "2025-02-28"]),
        ("FREQ=MONTHLY;INTERVAL=12", "2024-02-29", ["2024-02-29", "2028-02-29"]),
        ("FREQ=YEARLY;BYYEARDAY=100", "2024-04-09", ["2024-04-09", "2025-04-10"]),
    ],
)
def test_occurrences_follow_the_rule(rule, start, expected):
    assert days(rule, start, most=len(expected)) == expected


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        ("FREQ=DAILY;COUNT=1", 1),
        ("FREQ=DAILY;COUNT=3", 3),
        ("FREQ=DAILY;UNTIL=20240516", 3),
        ("FREQ=DAILY;UNTIL=20240516T090000", 3),
        ("FREQ=DAILY;UNTIL=20240516T085959", 2),
        ("FREQ=DAILY;UNTIL=20240516T070000Z", 3),
        ("FREQ=DAILY;UNTIL=20240516T065959Z", 2),
        ("FREQ=DAILY;UNTIL=20200101", 1),
        ("FREQ=DAILY;UNTIL=99991231", 9),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", 9),
        ("FREQ=DAILY;UNTIL=00010101T000000Z", 1),
    ],
)
def test_a_series_ends_after_count_or_until(rule, number):
    assert len(days(rule, "2024-05-14", most=9)) == number


def test_until_a_day_does_not_reach_the_midnight_after_it():
    found = series("FREQ=DAILY;UNTIL=20240515", "2024-05-14 00:00")
    assert found == ["2024-05-14 00:00", "2024-05-15 00:00"]


def test_the_wall_clock_stays_through_both_changes_of_the_clocks():
    assert series("FREQ=DAILY", "2024-03-30 09:00", most=3)[1:] == [
        "2024-03-31 09:00",
        "2024-04-01 09:00",
    ]
    tz = BERLIN
    spring, _rule = next_occurrence("FREQ=DAILY", datetime(2024, 3, 30, 8, tzinfo=UTC), tz)
    autumn, _rule = next_occurrence("FREQ=DAILY", datetime(2024, 10, 26, 7, tzinfo=UTC), tz)
    assert spring == datetime(2024, 3, 31, 7, tzinfo=UTC)
    assert autumn == datetime(2024, 10, 27, 8, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_moves_for_that_day_only():
    assert series("FREQ=DAILY", "2024-03-30 02:30", most=4) == [
        "2024-03-30 02:30",
        "2024-03-31 03:30",
        "2024-04-01 02:30",
        "2024-04-02 02:30",
    ]


def test_after_a_skipped_time_the_rule_is_the_old_one_again():
    due, rule = next_occurrence("FREQ=DAILY", datetime(2024, 3, 30, 1, 30, tzinfo=UTC), BERLIN)
    assert rule == "FREQ=DAILY;BYHOUR=2;BYMINUTE=30"
    assert check_rule(rule, start=due, zone=BERLIN) == rule
    assert next_occurrence(rule, due, BERLIN)[1] == "FREQ=DAILY"


def test_of_a_time_that_comes_twice_the_first_is_meant():
    due, _rule = next_occurrence("FREQ=DAILY", datetime(2024, 10, 26, 0, 30, tzinfo=UTC), BERLIN)
    assert due == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


IMPOSSIBLE = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4",
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=7",
    "FREQ=YEARLY;BYYEARDAY=400",
    "FREQ=YEARLY;BYWEEKNO=60",
    "FREQ=YEARLY;INTERVAL=999",
    "FREQ=DAILY;BYMONTH=13",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3",
]
HOSTILE = [
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=" + "9" * 400,
    "FREQ=SECONDLY",
    "FREQ=HOURLY",
    "FREQ=DAILY;BYSECOND=1",
    "FREQ=DAILY;BYEASTER=0",
    "FREQ=DAILY;BYHOUR=25",
    "FREQ=DAILY;BYMINUTE=60",
    "FREQ=DAILY;BYMONTHDAY=0",
    "FREQ=MONTHLY;BYDAY=0MO",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=-3",
    "FREQ=DAILY;COUNT=x",
    "FREQ=DAILY;COUNT=" + "9" * 400,
    "FREQ=DAILY;COUNT=3;UNTIL=20300101",
    "FREQ=DAILY;UNTIL=tomorrow",
    "FREQ=DAILY;UNTIL=20240230",
    "FREQ=DAILY;UNTIL=00000000",
    "FREQ=DAILY;FREQ=YEARLY",
    "FREQ=DAILY;;",
    "FREQ=DAILY;X-OURS=1",
    "FREQ=DAILY\nRRULE:FREQ=WEEKLY",
    "FREQ=DAILY;INTERVAL=1\nDTSTART:20000101T000000",
    "FREQ=DAILY\nEXDATE:20240515T100000",
    "FREQ=DAILY;INTERVAL=٣",
    "BYDAY=MO",
    "every day",
    "=",
    ";",
    "RRULE:",
    "FREQ",
]


@pytest.mark.parametrize("rule", [*IMPOSSIBLE, *HOSTILE])
def test_a_rule_that_nobody_can_follow_is_refused_at_once(rule):
    start = perf_counter()
    with pytest.raises(BadRuleError):
        check_rule(rule, start=FIRST, zone=BERLIN)
    assert perf_counter() - start < 1


@time_machine.travel("2024-05-14T09:00:00Z", tick=False)
@pytest.mark.parametrize("rule", ["FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "x", " ", 7, []])
def test_a_bad_rule_is_refused_by_name_and_stores_nothing(rule, api, ada, task):
    client, body = api(ada), {"due_date": "2024-05-20T10:00:00Z", "recurrence": rule}
    for answer in (
        client.post(TASKS, {"title": "x", **body}),
        client.patch(f"{TASKS}/{task.pk}", body),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == "recurrence"
    task.refresh_from_db()
    assert (Task.objects.count(), task.recurrence, task.due_date) == (1, "", None)


@time_machine.travel("2024-05-14T09:00:00Z", tick=False)
def test_a_rule_is_possible_or_not_as_seen_from_its_own_first_day(api, ada):
    body = {"title": "x", "recurrence": "FREQ=MONTHLY;INTERVAL=2;BYMONTH=8,12"}
    client = api(ada)
    assert client.post(TASKS, {**body, "due_date": "2024-06-01T00:00:00Z"}).status_code == 201
    assert client.post(TASKS, {**body, "due_date": "2024-07-01T00:00:00Z"}).status_code == 400


@time_machine.travel("2024-05-14T09:00:00Z", tick=False)
def test_a_recurring_task_needs_a_due_date(api, ada):
    client = api(ada)
    answer = client.post(TASKS, {"title": "x", "recurrence": "FREQ=DAILY"})
    assert [e["attr"] for e in answer.json()["errors"]] == ["due_date"]
    body = {"title": "x", "recurrence": "FREQ=DAILY", "due_date": "2024-05-20T10:00:00Z"}
    made = client.post(TASKS, body).json()
    address = f"{TASKS}/{made['id']}"
    assert client.patch(address, {"due_date": None}).status_code == 400
    both = client.patch(address, {"due_date": None, "recurrence": None})
    assert (both.status_code, both.json()["recurrence"]) == (200, None)


def test_a_rule_is_stored_in_its_plain_form():
    plain = check_rule(" rrule:freq=weekly;byday=mo ", start=FIRST, zone=BERLIN)
    assert plain == "FREQ=WEEKLY;BYDAY=MO"


MAX_START = datetime.fromisoformat("2120-01-01")
PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 3),
        "BYMONTH": st.integers(1, 12),
        "BYMONTHDAY": st.one_of(st.integers(1, 28), st.integers(-28, -1)),
        "BYDAY": st.sampled_from(["MO", "TU,FR", "SA,SU", "MO,TU,WE,TH,FR"]),
        "WKST": st.sampled_from(["MO", "SU"]),
    },
)


@settings(max_examples=60, deadline=None)
@given(PARTS, st.datetimes(datetime.fromisoformat("1999-01-01"), MAX_START))
def test_near_the_end_of_the_calendar_rules_fall_on_the_same_days(parts, start):
    """The search runs in a later cycle of 400 years: dateutil's plain answer is the judge."""
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    after = start.replace(microsecond=0)
    plain = rrulestr(rule, dtstart=after).replace(until=after + timedelta(days=5 * 366))
    try:
        found = next_occurrence(rule, after.replace(tzinfo=UTC), ZoneInfo("UTC"))
    except BadRuleError:
        found = None
    assert (found and found[0].replace(tzinfo=None)) == plain.after(after)
