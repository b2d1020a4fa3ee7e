"""Offices with reminders that fall due when a measurement wants."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4


def open_busy_office(name: str) -> Any:
    """Open an office with one person."""
    from accounts.services import create_user
    from tenants.context import tenant_transaction
    from tenants.plan_models import Tier
    from tenants.services import change_tier, open_tenant

    office = change_tier(tenant=open_tenant(name=name), tier=Tier.PRO)
    with tenant_transaction(office):
        create_user(
            email=f"{name}@bench.example", full_name="Ada", role="admin", password=uuid4().hex
        )
    return office


def add_tasks(office: Any, number: int) -> None:
    """Add so many tasks, each with a reminder at the minute it is due, in a year."""
    from django.utils import timezone

    from accounts.models import User
    from benchmarks.http.seed import copy_in
    from tasks.models import Reminder, Task
    from tenants.context import tenant_transaction

    due = timezone.now() + timedelta(days=365)
    with tenant_transaction(office):
        ada = User.objects.get()
        tasks = [Task(title=f"Task {n}", creator=ada, assignee=ada, due_date=due, created_at=due,
                      updated_at=due) for n in range(number)]  # fmt: skip
        if tasks:
            copy_in(tasks)
            copy_in(Reminder(task=task, minutes_before=0, created_at=due, updated_at=due)
                    for task in tasks)  # fmt: skip


def fall_due(offices: list[Any], spread: float) -> datetime:
    """Move the tasks to where they are due in a while, spread; return when the first is."""
    from django.utils import timezone

    from tenants.context import tenant_transaction

    start = timezone.now() + timedelta(seconds=5 + len(offices) / 50)
    move = """UPDATE tasks_task SET due_date = %s + interval '1 second' * %s
              * (row_number - 1) / greatest(total, 1) FROM (
                  SELECT id, row_number() OVER (ORDER BY id), count(*) OVER () AS total
                  FROM tasks_task) n WHERE n.id = tasks_task.id"""
    for office in offices:
        with tenant_transaction(office):
            forget_messages()
            execute(move, [start, spread])
    return start


def forget_messages() -> None:
    """Empty the ledger of the office in force."""
    execute("DELETE FROM messaging_deliveryattempt")
    execute("DELETE FROM messaging_outgoingmessage")


def execute(statement: str, values: list[Any] | None = None) -> None:
    """Run one statement in the office in force."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
