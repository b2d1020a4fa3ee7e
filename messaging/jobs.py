"""Background work of the ledger."""

from uuid import UUID

from celery import shared_task

from messaging.delivery import deliver, deliver_for_offices
from messaging.gathering import gathering
from messaging.sweep import sweep_due
from tenants.jobs import OfficeJob, TenantJob


@shared_task(name="messaging.deliver_messages", base=TenantJob)
def deliver_messages(message_ids: list[str]) -> None:
    """Send these messages, those that are still owed."""
    deliver([UUID(pk) for pk in message_ids])


@shared_task(name="messaging.deliver_shares", base=OfficeJob)
def deliver_shares(shares: list[tuple[str, list[str]]]) -> None:
    """Send these messages of several offices, those that are still owed."""
    deliver_for_offices([(UUID(office), [UUID(pk) for pk in ids]) for office, ids in shares])


@shared_task(name="messaging.sweep", base=OfficeJob)
def sweep() -> None:
    """Act on all that is due; ticked by beat, and harmless when it ticks too often."""
    with gathering(deliver_shares.delay):
        sweep_due()
