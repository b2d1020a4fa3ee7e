"""Offices full of reminders that fall due, and what their ledgers say afterwards."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from accounts.models import Channel, User
from accounts.services import create_user
from benchmarks.http.seed import copy_in
from messaging.contacts import link
from tasks.models import Reminder, Task
from tenants.context import tenant_transaction
from tenants.models import Tenant
from tenants.plan_models import Tier
from tenants.services import change_tier, open_tenant

# Of a hundred reminders so many go there: what a number or a bot may send in a second is bounded.
SHARES = {Channel.SMS: 1, Channel.TELEGRAM: 14}
LEDGER = """
    SELECT %s::text, m.channel, m.status, m.attempts, m.due_at, m.sent_at,
        substring(m.subject from 'F(\\d+)')::bigint
    FROM {schema}.messaging_outgoingmessage m WHERE m.kind = 'task_reminder'
"""


class Row(NamedTuple):
    """One message of one ledger."""

    office: str
    channel: str
    status: str
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    number: int


def open_office(number: int) -> Tenant:
    """Open an office with three people: one reads mail, one a chat, one SMS."""
    office = change_tier(tenant=open_tenant(name=f"Fault {number}"), tier=Tier.PRO)
    with tenant_transaction(office):
        for place, channel in enumerate((Channel.EMAIL, Channel.TELEGRAM, Channel.SMS)):
            user = create_user(
                email=f"{channel}@fault-{number}.example",
                full_name=f"Ada {channel}",
                role="admin",
                password=uuid4().hex,
            )
            User.objects.filter(pk=user.pk).update(notification_preference=channel)
            address = f"+4915{number:05}{place}" if channel == Channel.SMS else str(7000 + number)
            if channel != Channel.EMAIL:
                link(person=user, channel=channel, address=address)
    return office


def add_reminders(office: Tenant, numbers: Iterable[int], due: datetime) -> None:
    """Add a task with a reminder at its due time for each number, not yet due."""
    with tenant_transaction(office):
        people = {user.notification_preference: user for user in User.objects.all()}
        tasks = [
            Task(
                title=f"Pay invoice F{number}",
                creator=people[Channel.EMAIL],
                assignee=people[_channel_of(number)],
                due_date=due,
                created_at=due,
                updated_at=due,
            )
            for number in numbers
        ]
        if tasks:
            copy_in(tasks)
            copy_in(
                Reminder(task=task, minutes_before=0, created_at=due, updated_at=due)
                for task in tasks
            )


def _channel_of(number: int) -> str:
    place = number % 100
    for channel, share in SHARES.items():
        place -= share
        if place < 0:
            return channel
    return Channel.EMAIL


def fall_due(offices: Sequence[Tenant], start: datetime, spread: float) -> None:
    """Move the due times of all to where they fall due one after another."""
    move = """UPDATE tasks_task SET due_date = %s + interval '1 second' * %s
              * (row_number - 1) / greatest(total, 1) FROM (
                  SELECT id, row_number() OVER (ORDER BY id), count(*) OVER () AS total
                  FROM tasks_task) n WHERE n.id = tasks_task.id"""
    for office in offices:
        with tenant_transaction(office), connection.cursor() as cursor:
            cursor.execute(move, [start, spread])


def forget_all(offices: Sequence[Tenant]) -> None:
    """Empty the offices of tasks and messages."""
    for office in offices:
        with tenant_transaction(office), connection.cursor() as cursor:
            for table in ("messaging_deliveryattempt", "messaging_outgoingmessage",
                          "tasks_reminder", "tasks_task"):  # fmt: skip
                cursor.execute(f"DELETE FROM {table}")


def ledger(offices: Sequence[Tenant]) -> list[Row]:
    """Return every message about a reminder, of all offices, by one statement."""
    parts = [LEDGER.replace("{schema}", f'"{office.schema_name}"') for office in offices]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [office.slug for office in offices])
        return [Row(*row) for row in cursor.fetchall()]


def later(seconds: float) -> datetime:
    """Return the instant so many seconds from now."""
    return timezone.now() + timedelta(seconds=seconds)


def counted(rows: Iterable[Row]) -> dict[str, Any]:
    """Return how many messages are in which state."""
    return dict(Counter(row.status for row in rows))
