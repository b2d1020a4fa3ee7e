"""A recurring task's rule as a crontab and back: on the same days, at the same hour."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from common.moments import to_wall
from common.recurrence import check_rule, next_occurrence
from messaging.crontabs import parse_crontab
from tasks.crontabs import crontab_of, next_due, rule_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 2, 17, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("30 7 * * 1-5", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("0 9 * * *", "FREQ=DAILY"),
        ("0 9 * * 7", "FREQ=WEEKLY;BYDAY=SU"),
        ("15 18 1,15 * *", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("0 0 31 * *", "FREQ=MONTHLY;BYMONTHDAY=31"),
        ("0 9 * 1-3 1", "FREQ=DAILY;BYMONTH=1,2,3;BYDAY=MO"),
        ("0 9 13 * 5", "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR"),
        ("30 2 */7 */2 *", "FREQ=DAILY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=1,8,15,22,29"),
    ],
)
def test_a_crontab_and_its_rule_run_at_the_same_times(text, rule):
    crontab = parse_crontab(text)
    assert rule_of(crontab) == rule
    wanted = list(islice(crontab.moments(BERLIN, NOW, NOW + timedelta(days=5 * 366)), 60))
    runs, carried = [wanted[0]], check_rule(rule, start=wanted[0], zone=BERLIN)
    for _ in wanted[1:]:
        due, carried = next_occurrence(carried, runs[-1], BERLIN)
        runs.append(due)
    assert runs == wanted
    # What was asked for, hour included, though the clocks may have skipped it on the way.
    again = parse_crontab(crontab_of(carried, to_wall(runs[-1], BERLIN)))
    assert (again.at, again.days, again.months, again.weekdays) == (
        *(crontab.at, crontab.days, crontab.months, crontab.weekdays),
    )


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("FREQ=WEEKLY", "30 9 * * 2"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,FR", "30 9 * * 1-3,5"),
        ("FREQ=MONTHLY", "30 9 17 * *"),
        ("FREQ=YEARLY", "30 9 17 2 *"),
        ("FREQ=MONTHLY;BYDAY=FR", "30 9 * * 5"),
        ("FREQ=DAILY;COUNT=3", "30 9 * * *"),
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "30 2 * * *"),
        ("FREQ=WEEKLY;INTERVAL=2", None),
        ("FREQ=MONTHLY;BYDAY=1MO", None),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", None),
        ("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", None),
        ("FREQ=YEARLY;BYMONTHDAY=15", None),
        ("FREQ=DAILY;BYHOUR=9,17", None),
    ],
)
def test_a_rule_has_the_crontab_that_says_the_same_or_none(rule, text):
    assert crontab_of(rule, datetime(2026, 2, 17, 9, 30, tzinfo=UTC)) == text


def test_a_due_time_that_fits_stays_and_another_one_moves_to_the_next_run(time_machine):
    time_machine.move_to(NOW, tick=False)
    crontab = parse_crontab("30 7 * * 1-5")
    friday = datetime(2026, 2, 20, 7, 30, tzinfo=BERLIN)
    wednesday = datetime(2026, 2, 18, 7, 30, tzinfo=BERLIN)
    for due, found in (
        (friday, friday),
        (friday + timedelta(hours=1), wednesday),
        (friday + timedelta(days=1), wednesday),
        (NOW - timedelta(days=4), wednesday),
        (None, wednesday),
    ):
        assert next_due(crontab, zone=BERLIN, due=due) == found
