"""Background work of what comes in."""

from uuid import UUID

from celery import shared_task

from inbound import answering
from tenants.jobs import TenantJob


@shared_task(name="inbound.answer_delivery", base=TenantJob)
def answer_delivery(delivery_id: str) -> None:
    """Answer this message, if nobody has."""
    answering.answer_delivery(UUID(delivery_id))
