"""A cell in its busiest minutes, played: who waits for whom, and how long.

Requests come by chance, at the rate of the arithmetic; at once with the first come the reminders of
nine. Each takes a free core of the programs, or the one that is free first, then one of PostgreSQL,
whom both share, in the order in which they come. How long each takes is drawn from an
exponential distribution with the mean that was measured, which is wider than what we have seen.
"""

from bisect import bisect_left
from dataclasses import dataclass
from heapq import heapify, heapreplace
from itertools import chain
from random import Random

from benchmarks.capacity.plan import MS, Plan
from benchmarks.report import Row


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do: since when, and how many seconds of whom it needs."""

    since: float
    ours: float
    theirs: float
    is_reminder: bool = False


def play(plan: Plan, minutes: float, seed: int) -> Row:
    """Play one cell for some minutes; return how long its queues grew, and how late it was."""
    dice = Random(seed)
    cells = max(plan.cells().values())
    web = _requests(plan, cells, minutes * 60, dice)
    sends = _reminders(plan, cells, dice)
    cores = [max(round(each / cells), 1) for each in (plan.web_cores, plan.database_cores)]
    done_web = served([(job.since, job.ours, job) for job in web], cores[0])
    done_sends = served(
        [(job.since, job.ours, job) for job in sends], round(plan.worker_cores / cells)
    )
    both = sorted(chain(done_web, done_sends), key=lambda each: each[0])
    done = served([(at, job.theirs, job) for at, job in both], cores[1])
    waits = sorted(
        round(at - job.since - job.ours - job.theirs, 6) for at, job in done if not job.is_reminder
    )
    late = sorted(at - job.since for at, job in done if job.is_reminder)
    ends = sorted(at for at, job in done if not job.is_reminder)
    return {
        "cell": seed,
        "of": cells,
        "requests": f"{len(web):,}",
        "programs busy": sum(job.ours for job in web) / (minutes * 60 * cores[0]),
        "PostgreSQL busy": sum(job.theirs for job in [*web, *sends]) / (minutes * 60 * cores[1]),
        "waits p50 ms": _at(waits, 0.5) * MS,
        "p99 ms": _at(waits, 0.99) * MS,
        "most ms": waits[-1] * MS,
        "longest queue": longest(sorted(job.since for job in web), ends),
        "reminders": f"{len(sends):,}",
        "late p50 s": _at(late, 0.5),
        "late p99 s": _at(late, 0.99),
        "last s": late[-1],
    }


def served(waiting: list[tuple[float, float, Job]], cores: int) -> list[tuple[float, Job]]:
    """Return when each is done, by so many cores: the first that comes takes the first free."""
    free = [0.0] * max(cores, 1)
    heapify(free)
    done = []
    for since, takes, job in waiting:
        end = max(since, free[0]) + takes
        heapreplace(free, end)
        done.append((end, job))
    return done


def longest(came: list[float], ended: list[float]) -> int:
    """Return how many were inside at the same time, at most."""
    return max(number + 1 - bisect_left(ended, at) for number, at in enumerate(came))


def _requests(plan: Plan, cells: int, seconds: float, dice: Random) -> list[Job]:
    kinds = list(plan.habits.calls)
    weights = list(plan.habits.calls.values())
    now, jobs = 0.0, list[Job]()
    while (now := now + dice.expovariate(plan.rate() / cells)) < seconds or not jobs:
        ours, theirs = plan.costs.calls[dice.choices(kinds, weights)[0]]
        jobs.append(Job(now, dice.expovariate(MS / ours), dice.expovariate(MS / theirs)))
    return jobs


def _reminders(plan: Plan, cells: int, dice: Random) -> list[Job]:
    ours, theirs = plan.costs.together
    number = max(round(plan.at_nine / cells), 1)
    return [
        Job(0.0, dice.expovariate(MS / ours), dice.expovariate(MS / theirs), is_reminder=True)
        for _n in range(number)
    ]


def _at(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]
