"""How late reminders leave when many fall due, what the sweep costs, and what batches bring.

    python -m benchmarks.reminders [--reminders 10000] [--tenants 1000] [--sweep 10 1000 5000]

First the sweep alone is timed beside more and more tenants that have nothing due, and the queue
with one job for each message and with one for a hundred; then where the time of a reminder goes,
from the sweep to the note that it was sent. Then the product's own worker (two processes) and beat
send to a mail server that takes everything: reminders that fall due spread over a minute, and the
same all at one instant. All of it in a database of its own.
"""

import argparse
import os
import sys
from datetime import datetime, timedelta
from statistics import median, quantiles
from time import sleep
from typing import Any
from uuid import uuid4

from benchmarks.clock import timed
from benchmarks.database import own_database
from benchmarks.http.load import memory_below
from benchmarks.reminder_offices import (
    add_tasks,
    execute,
    fall_due,
    forget_messages,
    open_busy_office,
)
from benchmarks.reminder_steps import on_the_way
from benchmarks.report import Report, Row, arguments
from benchmarks.servers import Stage, servers, set_up
from config.embedded import services
from config.embedded.paths import ROOT
from config.embedded.process import Service

QUICK = ["--reminders", "60", "--tenants", "3", "--sweep", "10", "12", "--spread", "3"]
# The offices among which what is due is shared while the others have nothing.
BUSY = 10
DUE_AT_ONCE = 200
JOBS = 2000
# How long the last one is waited for, after all have fallen due.
PATIENCE_SECONDS = 900
BATCH = 100


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--spread", type=int, default=60, help="seconds over which they fall due")
    parser.add_argument("--sweep", type=int, nargs="+", default=[10, 1000, 5000], help="tenants")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sink", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.sink:
        take_all(chosen.sink)
        return
    with servers() as stage, own_database("reminders"):
        report = Report(chosen)
        set_up()
        busy = [open_busy_office(f"busy-{n}") for n in range(BUSY)]
        sweeping(report, busy, chosen)
        queueing(report, busy[0])
        forget_all(busy)
        lateness(report, stage, chosen)
        report.finish()


# --- The sweep and the queue


def sweeping(report: Report, busy: list[Any], chosen: argparse.Namespace) -> None:
    """Print what one sweep costs beside more and more tenants that have nothing due."""
    from messaging.sweep import sweep_due
    from tenants.models import Tenant
    from tenants.services import open_tenant

    rows: list[dict[str, Any]] = []
    for wanted in chosen.sweep:
        for number in range(Tenant.objects.count(), wanted):
            open_tenant(name=f"Idle {number}")
        seconds = []
        for _round in range(chosen.rounds):
            arm(busy)
            seconds.append(timed(sweep_due))
        first = rows[0]["ms"] if rows else median(seconds) * 1000
        milliseconds = median(seconds) * 1000
        count = Tenant.objects.count()
        rows.append({"tenants": count, "ms": milliseconds, "x": milliseconds / first})
    report.table(f"One sweep of {DUE_AT_ONCE} due reminders", rows)


def arm(busy: list[Any]) -> None:
    """Leave DUE_AT_ONCE reminders due, shared among the offices, and nothing else."""
    from tenants.context import public_context, tenant_transaction

    each = DUE_AT_ONCE // len(busy)
    for office in busy:
        with tenant_transaction(office):
            forget_messages()
            execute("DELETE FROM tasks_reminder")
            execute("DELETE FROM tasks_task")
        add_tasks(office, each)
        with tenant_transaction(office):
            execute("UPDATE tasks_task SET due_date = now()")
    with public_context():
        execute("ANALYZE tenants_dueinstant")


def queueing(report: Report, office: Any) -> None:
    """Print how many messages a second come into the queue, one by one and by the hundred."""
    from messaging.jobs import deliver_messages
    from tenants.context import tenant_context

    keys = [str(uuid4()) for _each in range(JOBS)]
    with tenant_context(office):
        alone = timed(lambda: [deliver_messages.delay([key]) for key in keys])
        batched = timed(
            lambda: [deliver_messages.delay(keys[n : n + BATCH]) for n in range(0, JOBS, BATCH)]
        )
    rows = [
        {"jobs": "one for each message", "messages/s": JOBS / alone, "x": 1.0},
        {"jobs": f"one for {BATCH}", "messages/s": JOBS / batched, "x": alone / batched},
    ]
    report.table("Into the queue", rows)


# --- How late they leave


def lateness(report: Report, stage: Stage, chosen: argparse.Namespace) -> None:
    """Let the reminders fall due twice, with beat and a worker, and print how late they left."""
    offices = [open_busy_office(f"office-{n}") for n in range(chosen.tenants)]
    for number, office in enumerate(offices):
        add_tasks(office, len(range(number, chosen.reminders, len(offices))))
    from celery import current_app

    where_to = start_sink(stage)
    on_the_way(report, offices, int(where_to["EMAIL_PORT"]))
    forget_all(offices)
    current_app.control.purge()
    worker = start_worker(stage, where_to)
    rows = []
    for spread in (chosen.spread, 0):
        # Each row alone: no job and no message is left of what was measured before.
        current_app.control.purge()
        start = fall_due(offices, spread)
        wait_until_settled(start, spread + PATIENCE_SECONDS)
        rows.append(
            {"due within s": spread, **times_of(offices, start)}
            | {"MB per worker": " ".join(f"{mb:.0f}" for mb in memory_below(worker))}
        )
    report.table(f"{chosen.reminders} reminders of {chosen.tenants} tenants, 2 workers", rows)


def start_sink(stage: Stage) -> dict[str, str]:
    """Start a mail server; return the settings by which it is found."""
    port = stage.ports.choose_any()
    command = (sys.executable, "-m", "benchmarks.reminders", "--sink", str(port))
    stage.start(
        Service(
            name="sink",
            command=command,
            cwd=ROOT,
            env={**os.environ},
            ready=lambda: services.greets(port),
        )
    )
    return {"EMAIL_PORT": str(port), "EMAIL_HOST": "127.0.0.1"}


def start_worker(stage: Stage, where_to: dict[str, str]) -> int:
    """Start the worker and beat; return the worker's pid."""
    env = {**os.environ, **where_to, "LOG_LEVEL": "ERROR", "RATE_LIMITS": "false"}
    pid = stage.start(services.worker(ROOT, env))
    stage.start(services.beat(ROOT, env))
    return pid


def take_all(port: int) -> None:
    """Be a mail server that takes everything and keeps nothing."""
    import asyncio
    from threading import Event

    from aiosmtpd.controller import Controller

    class Nothing:
        async def handle_DATA(self, *_: Any) -> str:  # noqa: N802 - the name that aiosmtpd calls
            await asyncio.sleep(0)
            return "250 OK"

    Controller(Nothing(), hostname="127.0.0.1", port=port).start()
    Event().wait()


def forget_all(offices: list[Any]) -> None:
    """Leave nothing owed, and no reminder due."""
    from tenants.context import tenant_transaction

    for office in offices:
        with tenant_transaction(office):
            execute("UPDATE tasks_task SET due_date = now() + interval '1 year'")
            forget_messages()


def wait_until_settled(start: datetime, patience: float) -> None:
    """Wait until the directory says that nothing is due or on its way any more, or it is no use.

    One statement asks it: to look into each ledger would cost what is to be measured.
    """
    from django.utils import timezone

    from tenants.models import DueInstant

    year = start + timedelta(days=180)
    while DueInstant.objects.filter(due_at__lt=year).exists():
        if (timezone.now() - start).total_seconds() > patience:
            sys.stderr.write("not all were sent in time; what was sent is shown\n")
            return
        sleep(1)


def sent_of(office: Any) -> list[tuple[datetime, datetime, datetime]]:
    """Return when each message of an office was due, claimed and sent."""
    from messaging.models import OutgoingMessage
    from tenants.context import tenant_transaction

    with tenant_transaction(office):
        rows: Any = OutgoingMessage.objects.filter(status="sent")
        return list(rows.values_list("due_at", "created_at", "sent_at"))


def times_of(offices: list[Any], start: datetime) -> Row:
    """Return how long all took, and how late each was."""
    rows = [row for office in offices for row in sent_of(office)]
    late = [(sent - due).total_seconds() for due, _claimed, sent in rows]
    cuts = quantiles(late, n=100) if len(late) > 1 else late * 99
    return {
        "sent": len(rows),
        "all claimed after s": max((row[1] - start).total_seconds() for row in rows),
        "all sent after s": max((row[2] - start).total_seconds() for row in rows),
        "late p50 s": cuts[49],
        "late p99 s": cuts[98],
        "latest s": max(late),
    }


if __name__ == "__main__":
    main()
