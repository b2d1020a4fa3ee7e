"""What the judge of `make faults` says, and that even a small run meets every kind of fault."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from tests.faults.chaos import FLUSHED, WEIGHTS, Chaos
from tests.faults.judging import CHANNELS, Trial, judge_the_late
from tests.faults.offices import Row
from tests.faults.vendors import BAD_DAYS, FIRST_DAYS, Record

DUE = datetime(2024, 5, 14, 10, tzinfo=UTC)
LATE, SOON = DUE + timedelta(minutes=5), DUE + timedelta(seconds=5)


def row(number, status, *, sent_at=None, tried_at=None):
    return Row("fault", "telegram", status, 1, DUE, sent_at, number, tried_at)


def verdict(*rows, arrived, faults=()):
    record = Record(faults=Counter(faults))
    record.arrived["telegram"] = Counter(arrived)
    trial = Trial(None, None, record, accepted=dict.fromkeys((1, 2), "telegram"))
    trial.rows = lambda: list(rows)
    tables = []
    report = SimpleNamespace(table=lambda _title, lines: tables.extend(lines))
    return judge_the_late(report, trial, 1.0), tables[0]


SENT = row(1, "sent", sent_at=LATE, tried_at=LATE)
CUT = ["telegram: cut after"]


def test_all_that_arrived_late_and_says_so_is_good():
    good, table = verdict(SENT, row(2, "sent", sent_at=LATE), arrived=[1, 2])
    assert good
    assert (table["marked late"], table["arrived, not marked"]) == (2, 0)


def test_what_is_told_as_unknown_is_marked_by_its_last_try():
    unknown = row(2, "unknown", tried_at=LATE)
    assert verdict(SENT, unknown, arrived=[1, 2], faults=CUT)[0]


@pytest.mark.parametrize(
    ("second", "arrived"),
    [
        (row(2, "unknown", tried_at=SOON), [1, 2]),
        (row(2, "unknown"), [1, 2]),
        (row(2, "sent", sent_at=SOON), [1, 2]),
        (row(2, "failed"), [1, 2]),
        (row(2, "failed"), [1]),
        (row(2, "queued"), [1]),
    ],
)
def test_what_arrived_and_is_not_marked_late_is_found(second, arrived):
    assert not verdict(SENT, second, arrived=arrived, faults=CUT)[0]


def test_no_more_may_be_unknown_than_lines_were_cut():
    unknown = row(2, "unknown", tried_at=LATE)
    assert not verdict(SENT, unknown, arrived=[1, 2])[0]


def test_every_channel_meets_every_fault_first():
    assert sorted(FIRST_DAYS) == sorted(BAD_DAYS)
    record = Record()
    for channel in CHANNELS:
        assert [record.mood(channel, Random(1)) for _each in FIRST_DAYS] == FIRST_DAYS
    assert record.never_met(CHANNELS) == set()
    assert Record().never_met(["sms"]) == {f"sms: {name}" for name in FIRST_DAYS}


def test_ten_kills_meet_every_program_and_every_other_kind(monkeypatch):
    pids = {name: 10_000 + place for place, name in enumerate(WEIGHTS)}
    monkeypatch.setattr("tests.faults.chaos._signal", lambda _pid, _number: True)
    monkeypatch.setattr("tests.faults.chaos._children", lambda _pid: [])
    monkeypatch.setattr("tests.faults.chaos.time", SimpleNamespace(monotonic=lambda: 0.0))
    chaos = Chaos(SimpleNamespace(pids=pids, kept=[]), "redis://127.0.0.1:1", Random(3))
    monkeypatch.setattr(chaos, "flush", lambda: bool(chaos.done.update([FLUSHED])) or True)
    chaos.plan(10, is_long=False)
    assert chaos.never_met()
    for _round in range(100):
        chaos.go_on()
        chaos._waking.clear()
        if chaos.is_over:
            break
    assert chaos.is_over
    assert chaos.never_met() == set()
