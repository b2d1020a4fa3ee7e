"""Background work of the calendar."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from celery import shared_task

from calendar_app import following
from tenants.jobs import TenantJob


@shared_task(name="calendar_app.fetch_subscription", base=TenantJob)
def fetch_subscription(subscription_id: str) -> None:
    """Fetch what is at this address, and take it in."""
    following.fetch(UUID(subscription_id))


def fetch_due(ids: Sequence[UUID], now: datetime) -> None:
    """Queue the fetches that are due; what the sweep calls."""
    for key in following.due_now(ids, now):
        fetch_subscription.delay_on_commit(str(key))
