"""Background work of the ledger."""

from uuid import UUID

from celery import shared_task

from messaging.delivery import deliver
from messaging.sweep import sweep_due
from tenants.jobs import OfficeJob, TenantJob


@shared_task(name="messaging.deliver_messages", base=TenantJob)
def deliver_messages(message_ids: list[str]) -> None:
    """Send these messages, those that are still owed."""
    deliver([UUID(pk) for pk in message_ids])


@shared_task(name="messaging.sweep", base=OfficeJob)
def sweep() -> None:
    """Act on all that is due; ticked by beat, and harmless when it ticks too often."""
    sweep_due()
