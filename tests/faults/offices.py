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
from connections.flows import keep_account
from connections.models import ProviderName
from connections.providers import Account, Tokens
from messaging.channels.office_mail import SEND
from messaging.contacts import link
from tasks.models import Reminder, Task
from tenants.context import tenant_transaction
from tenants.models import Tenant
from tenants.plan_models import Tier
from tenants.services import change_tier, open_tenant

# An office's own mailbox, by Microsoft Graph: e-mail by the ledger, and another way out.
GRAPH = "graph"
# Of a hundred reminders so many go there: what a number or a bot may send in a second is bounded.
SHARES = {Channel.SMS: 1, Channel.TELEGRAM: 14, Channel.SLACK: 10, GRAPH: 6}
YEARS_AHEAD = 4_000_000_000
LEDGER = """
    SELECT %s::text, m.channel, m.status, m.attempts, m.due_at, m.sent_at,
        substring(m.subject from 'F(\\d+)')::bigint,
        (SELECT max(started_at) FROM {schema}.messaging_deliveryattempt WHERE message_id = m.id)
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
    # When it was last tried.
    tried_at: datetime | None


def open_office(number: int) -> Tenant:
    """Open an office with four people: one reads mail, one a chat, one SMS, one Slack."""
    office = change_tier(tenant=open_tenant(name=f"Fault {number}"), tier=Tier.PRO)
    with tenant_transaction(office):
        _add_reader(Channel.EMAIL, number)
        link(person=_add_reader(Channel.TELEGRAM, number), channel=Channel.TELEGRAM,
             address=str(7000 + number))  # fmt: skip
        link(person=_add_reader(Channel.SMS, number), channel=Channel.SMS,
             address=f"+4915{number:05}2")  # fmt: skip
        team = f"TFAULT{number:05}"
        _connect(ProviderName.SLACK, team, ["chat:write"])
        link(person=_add_reader(Channel.SLACK, number), channel=Channel.SLACK,
             address=f"{team}:U0ADA")  # fmt: skip
    return office


def open_mailbox(number: int) -> Tenant:
    """Open an office that sends its mail from a mailbox of its own, with one reader."""
    office = change_tier(tenant=open_tenant(name=f"Fault mailbox {number}"), tier=Tier.PRO)
    with tenant_transaction(office):
        _add_reader(Channel.EMAIL, number)
        _connect(ProviderName.MICROSOFT, f"faults:{number}", [SEND])
    return office


def _add_reader(channel: Channel, number: int) -> User:
    user = create_user(
        email=f"{channel}@fault-{number}.example",
        full_name=f"Ada {channel}",
        role="admin",
        password=uuid4().hex,
    )
    User.objects.filter(pk=user.pk).update(notification_preference=channel)
    return user


def _connect(provider: ProviderName, key: str, scopes: list[str]) -> None:
    tokens = Tokens(access_token=f"of-{key}", expires_at=YEARS_AHEAD)
    account = Account(key, f"office@{key}.example".replace(":", "-"), scopes, tokens)
    keep_account(provider=provider, account=account, person=None)


def add_reminders(office: Tenant, numbers: Iterable[int], due: datetime) -> None:
    """Add a task with a reminder at its due time for each number, not yet due."""
    with tenant_transaction(office):
        people = {user.notification_preference: user for user in User.objects.all()}
        tasks = [
            Task(
                title=f"Pay invoice F{number}",
                creator=people[Channel.EMAIL],
                assignee=people.get(channel_of(number), people[Channel.EMAIL]),
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


def channel_of(number: int) -> str:
    """Return by which way a reminder is to go out."""
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
