"""What each step of a reminder's way costs, from the sweep to the note that it was sent."""

from typing import Any

from benchmarks.reminder_offices import execute, forget_messages
from benchmarks.report import Report, Row
from benchmarks.stages import Stages

# How many offices share what is watched: with one due row each, and with many.
APART, TOGETHER, WATCHED = 200, 10, 200


def on_the_way(report: Report, offices: list[Any], port: int) -> None:
    """Print what each step of a reminder's way costs, here and in PostgreSQL, in one process."""
    from django.conf import settings

    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.RATE_LIMITS = "127.0.0.1", port, False
    rows: list[Row] = []
    for some in (offices[:APART], offices[:TOGETHER]):
        each = max(min(WATCHED, len(offices)) // len(some), 1)
        # The first time is for connections and caches.
        send_all(some, each)
        spent, number = send_all(some, each)
        total = [sum(column) for column in zip(*spent.values(), strict=True)]
        for step, took in [*spent.items(), ("all", total)]:
            wall, ours, theirs = (1000 * seconds / number for seconds in took)
            rows.append(
                {"due in each office": each, "step": step, "ms": wall}
                | {"app CPU ms": ours, "db CPU ms": theirs}
            )
    report.table("Where the time of a reminder goes", rows)


def send_all(offices: list[Any], each: int) -> tuple[dict[str, list[float]], int]:
    """Sweep and deliver so many reminders of each office; return what the steps took."""
    from accounts.models import User
    from benchmarks.processor import backend
    from messaging import delivery, sweep
    from messaging.channels.email import EmailGateway
    from messaging.gathering import MANY, gathering
    from messaging.jobs import deliver_shares
    from messaging.models import OutgoingMessage
    from tenants.context import tenant_transaction
    from tenants.jobs import OfficeJob

    for office in offices:
        make_due(office, each)
    with tenant_transaction(offices[0]):
        User.objects.exists()
        stages = Stages(backend())
    steps = (
        ("find what is due", sweep, "_due_objects"),
        ("claim and render", sweep, "_handle"),
        ("queue", OfficeJob, "apply_async"),
        ("claim to send", delivery, "claim_messages"),
        ("open the channel", delivery, "Line"),
        ("hand over", EmailGateway, "send"),
        ("note", delivery.Run, "_write"),
    )
    with stages.watching(*steps), gathering(deliver_shares.delay):
        sweep.sweep_due()
    shares = []
    for office in offices:
        with tenant_transaction(office):
            queued = OutgoingMessage.objects.filter(status="queued")
            shares.append((office.pk, list(queued.values_list("pk", flat=True))))
    some = max(MANY // each, 1)
    with stages.watching(*steps):
        for start in range(0, len(shares), some):
            delivery.deliver_for_offices(shares[start : start + some])
    return stages.spent, sum(len(ids) for _office, ids in shares)


def make_due(office: Any, number: int) -> None:
    """Leave so many reminders of an office due, and nothing else."""
    from tenants.context import tenant_transaction

    with tenant_transaction(office):
        forget_messages()
        execute("UPDATE tasks_task SET due_date = now() + interval '1 year'")
        some = "SELECT id FROM tasks_task LIMIT %s"
        execute(f"UPDATE tasks_task SET due_date = now() WHERE id IN ({some})", [number])
