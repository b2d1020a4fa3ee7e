"""The arithmetic of machines, and the game of queues, against what is known of both."""

from dataclasses import replace
from random import Random
from statistics import fmean

import pytest

from benchmarks.capacity.costs import Costs
from benchmarks.capacity.habits import Habits, Machines
from benchmarks.capacity.plan import Plan, limits
from benchmarks.capacity.simulation import Job, longest, play, served

COSTS = Costs(
    calls=dict.fromkeys(Habits.calls, (10.0, 2.0)),
    alone=(9.0, 6.0),
    together=(4.0, 2.0),
    wall=13.0,
    row={"task": 500.0, "audit": 700.0, "message": 2000.0},
    office=3e6,
    relations=300,
    chunk=1500,
    web_memory=150.0,
)


def plan_of(people, **machines):
    return Plan(people, Habits(), replace(Machines(), **machines), COSTS)


def test_ten_times_the_people_need_ten_times_the_cores():
    few, many = plan_of(100_000), plan_of(1_000_000)
    for need in ("web_cores", "worker_cores", "database_cores", "disk", "at_nine"):
        assert getattr(many, need) == pytest.approx(10 * getattr(few, need)), need


def test_cores_are_what_a_busy_second_costs():
    plan = plan_of(360_000)
    asked = sum(Habits.calls.values())
    assert plan.rate() == pytest.approx(360_000 * 0.5 * asked * 0.2 / 3600)
    assert plan.web_cores == pytest.approx(plan.rate() * 0.010 / Machines().busy)


def test_the_smallest_limit_says_how_many_databases_there_are():
    assert plan_of(10_000_000).row()["databases"] == "40 (by offices in a catalogue)"
    assert "(by disk)" in plan_of(10_000_000, database_disk=100).row()["databases"]
    assert plan_of(1_000).row()["databases"] == "1"


def test_each_limit_says_what_is_added_there():
    for row in limits([plan_of(1_000), plan_of(10_000_000)]):
        assert all(row.values()), row


def test_the_first_that_comes_takes_the_core_that_is_free_first():
    job = Job(0, 0, 0)
    done = served([(0.0, 5.0, job), (1.0, 1.0, job), (1.5, 1.0, job), (9.0, 1.0, job)], 2)
    assert [end for end, _job in done] == [5.0, 2.0, 3.0, 10.0]


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_one_core_keeps_people_waiting_as_theory_has_it(load):
    """In a queue M/M/1 the mean wait is load / (1 - load) services long."""
    dice, now, came = Random(7), 0.0, []
    for _n in range(60_000):
        now += dice.expovariate(load)
        came.append((now, dice.expovariate(1), Job(now, 0, 0)))
    waits = [end - since - takes for (end, _job), (since, takes, _) in
             zip(served(came, 1), came, strict=True)]  # fmt: skip
    assert fmean(waits) == pytest.approx(load / (1 - load), rel=0.12)


def test_the_longest_queue_counts_who_has_come_and_not_gone():
    assert longest([0, 1, 2, 9], [5, 6, 7, 10]) == 3


def test_a_cell_that_lacks_cores_falls_behind():
    enough = play(plan_of(1_000_000), 0.1, seed=1)
    late = play(plan_of(1_000_000, busy=1.1, sent_within=120), 0.1, seed=1)
    assert enough["last s"] < 90 < late["last s"]
    assert enough["p99 ms"] < late["p99 ms"]
