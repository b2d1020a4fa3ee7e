"""Background work of the calendar."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from celery import shared_task

from calendar_app import following
from calendar_app.sync import channels
from calendar_app.sync import services as syncs
from calendar_app.sync.engine import sync_calendar
from connections.models import Connection
from tenants.context import atomic
from tenants.jobs import TenantJob


@shared_task(name="calendar_app.fetch_subscription", base=TenantJob)
def fetch_subscription(subscription_id: str) -> None:
    """Fetch what is at this address, and take it in."""
    following.fetch(UUID(subscription_id))


@shared_task(name="calendar_app.run_sync", base=TenantJob)
def run_sync(sync_id: str) -> None:
    """Bring both sides of a calendar together, or look what that would do."""
    key = UUID(sync_id)
    syncs.look(key)
    sync_calendar(key)
    channels.keep_watched(key)


@shared_task(name="calendar_app.renew_channel", base=TenantJob)
def renew_channel(channel_id: str) -> None:
    """Have a vendor go on telling of changes."""
    channels.renew(UUID(channel_id))


@shared_task(name="calendar_app.stop_channels", base=TenantJob)
def stop_channels(connection_id: str, watches: list[list[str]]) -> None:
    """Have a vendor tell no more of a calendar that is synced no longer."""
    with atomic():
        connection = Connection.objects.usable().filter(pk=connection_id).first()
    if connection is not None:
        channels.stop(connection, watches)


def tell_no_more(connection_id: str, watches: Sequence[tuple[str, str]]) -> None:
    """Queue that the vendor tells no more of these, if there are any."""
    if watches:
        stop_channels.delay_on_commit(connection_id, [[*each] for each in watches])


def sync_due(ids: Sequence[UUID], now: datetime) -> None:
    """Queue the syncs that are due; what the sweep calls."""
    for key in syncs.due_now(ids, now):
        run_sync.delay_on_commit(str(key))


def renew_due(ids: Sequence[UUID], now: datetime) -> None:
    """Queue the renewals that are due; what the sweep calls."""
    for key in channels.renew_due(ids, now):
        renew_channel.delay_on_commit(str(key))


def fetch_due(ids: Sequence[UUID], now: datetime) -> None:
    """Queue the fetches that are due; what the sweep calls."""
    for key in following.due_now(ids, now):
        fetch_subscription.delay_on_commit(str(key))
