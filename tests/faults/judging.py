"""What came of each reminder, and whether that is as promised."""

import argparse
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.report import Report
from benchmarks.servers import Stage
from tests.faults.chaos import Chaos
from tests.faults.vendors import Record

CHANNELS = ("email", "graph", "sms", "telegram", "slack")
# Where we look whether a message arrived before it is sent again: nothing may come twice.
LOOKED_UP = {"graph", "sms"}
# Of what fell due while all was down, the last was due so many seconds before.
LEAST_LATE = 60


@dataclass
class Trial:
    """One run: the offices, what was accepted for which channel, and what arrived."""

    stage: Stage
    chosen: argparse.Namespace
    record: Record
    offices: list[Any] = field(default_factory=list)
    # Those that send from a mailbox of their own.
    mailboxes: list[Any] = field(default_factory=list)
    accepted: dict[int, str] = field(default_factory=dict)
    # A database that an interrupted run has left may still owe reminders of its own.
    first: int = field(default_factory=lambda: int(time.time()) * 1_000_000)

    @property
    def everywhere(self) -> list[Any]:
        """All offices."""
        return self.offices + self.mailboxes

    @property
    def came(self) -> set[int]:
        """What arrived, by whatever way."""
        return set().union(*self.record.arrived.values())

    def rows(self) -> list[Any]:
        """Return all ledgers; mail of an office with a mailbox is a channel of its own here."""
        from tests.faults.offices import GRAPH, ledger

        theirs = {office.slug for office in self.mailboxes}
        return [
            row._replace(channel=GRAPH) if row.office in theirs else row
            for row in ledger(self.everywhere)
        ]

    def lost(self, rows: Iterable[Any]) -> set[int]:
        """Return what came nowhere and is not told as unknown.

        A message that failed is no excuse: every vendor works again, so it could have been sent.
        """
        told = {row.number for row in rows if row.status == "unknown"}
        return self.accepted.keys() - self.came - told


def print_storm(report: Report, trial: Trial, chaos: Chaos) -> None:
    """Print what went wrong."""
    rows = [{"what": what, "times": times} for what, times in sorted(chaos.done.items())]
    rows += [{"what": what, "times": times} for what, times in sorted(trial.record.faults.items())]
    report.table("What went wrong", rows)


def judge(report: Report, trial: Trial, chaos: Chaos) -> bool:
    """Print what came of each reminder, and tell whether the promises hold."""
    rows = trial.rows()
    by_channel = [_of_channel(channel, rows, trial, chaos) for channel in CHANNELS]
    report.table("By channel", [line for line, _good in by_channel])
    came, lost = trial.came, trial.lost(rows)
    told = {row.number for row in rows if row.status == "unknown"}
    open_still = _open(rows)
    never = chaos.never_met() | trial.record.never_met(CHANNELS)
    total = {
        "accepted": len(trial.accepted),
        "sent": len(came & trial.accepted.keys()),
        "lost": len(lost),
        "doubled": sum(line["doubled"] for line, _good in by_channel),
        "told as unknown": len((told - came) & trial.accepted.keys()),
        "still open": open_still,
        "worst lateness s": max(_lateness(rows), default=0.0),
        "kills": chaos.kills,
        "kinds of fault not met": ", ".join(sorted(never)) or "none",
    }
    report.table("In all", [total])
    return all(good for _line, good in by_channel) and not (lost or open_still or never)


def _open(rows: Iterable[Any]) -> int:
    return sum(row.status in {"queued", "sending"} for row in rows)


def _lateness(rows: Iterable[Any]) -> list[float]:
    return [(row.sent_at - row.due_at).total_seconds() for row in rows if row.sent_at]


def _marked(rows: Iterable[Any]) -> dict[int, float]:
    """Return how late the ledger says each reminder went out.

    Of one that is told as unknown that is when it was last tried: it may have gone out then.
    """
    at = {row.number: (row.sent_at or row.tried_at, row.due_at) for row in rows
          if row.sent_at or (row.status == "unknown" and row.tried_at)}  # fmt: skip
    return {number: (went - due).total_seconds() for number, (went, due) in at.items()}


def _of_channel(
    channel: str, rows: list[Any], trial: Trial, chaos: Chaos
) -> tuple[dict[str, Any], bool]:
    """Return what came of the reminders of a channel, and whether it is as promised."""
    arrived, faults = trial.record.arrived[channel], trial.record.faults
    mine = {row.number: row for row in rows if row.channel == channel}
    accepted = {number for number, way in trial.accepted.items() if way == channel}
    twice = [number for number, times in arrived.items() if times > 1]
    unseen = [number for number in twice if number not in mine or mine[number].attempts < 2]
    states = Counter(row.status for row in mine.values())
    # Each of these leaves one message of which the sender does not know whether it was taken.
    breaks = (
        chaos.kills
        + chaos.stops
        + sum(faults[f"{channel}: {what}"] for what in ("cut before", "cut after", "hang for long"))
    )
    line = {
        "channel": channel,
        "accepted": len(accepted),
        "sent": len(arrived),
        "lost": len(accepted & trial.lost(rows)),
        "doubled": len(twice),
        "doubled, not told": len(unseen),
        **{state: states.get(state, 0) for state in ("failed", "unknown")},
        "worst lateness s": max(_lateness(mine.values()), default=0.0),
    }
    # Who has no key and cannot look sends again what was cut off after it was taken, or leaves it
    # to a person.
    allowed = 0 if channel in LOOKED_UP else breaks
    good = not unseen and len(twice) <= allowed and states["unknown"] <= breaks
    return line, good and not states["failed"]


def judge_the_late(report: Report, trial: Trial, took: float) -> bool:
    """Print what came of an hour's reminders, and tell whether all arrived, marked as late.

    What arrived and is told as unknown is marked by its tries; no more of those than lines were
    cut.
    """
    rows = trial.rows()
    marked, lost = _marked(rows), trial.lost(rows)
    on_time = [number for number, seconds in marked.items() if seconds < LEAST_LATE]
    unmarked = (trial.came & trial.accepted.keys()) - marked.keys()
    unknown = [row for row in rows if row.status == "unknown"]
    breaks = ("cut before", "cut after", "hang for long")
    cut = sum(times for what, times in trial.record.faults.items() if what.endswith(breaks))
    total = {
        "due while down": len(trial.accepted),
        "sent": len(trial.came & trial.accepted.keys()),
        "lost": len(lost),
        "still open": _open(rows),
        "marked late": len(marked) - len(on_time),
        "arrived, not marked": len(unmarked),
        "told as unknown": len(unknown),
        "lines cut": cut,
        "caught up after s": took,
        "least late s": min(marked.values(), default=0.0),
        "most late s": max(marked.values(), default=0.0),
    }
    report.table("After an hour's downtime", [total])
    return not (lost or on_time or unmarked or _open(rows)) and len(unknown) <= cut
