"""Background work of what comes in."""

from uuid import UUID

from celery import shared_task

from inbound import answering, linking
from tenants.jobs import TenantJob


@shared_task(name="inbound.answer_delivery", base=TenantJob)
def answer_delivery(delivery_id: str) -> None:
    """Answer this message, if nobody has."""
    answering.answer_delivery(UUID(delivery_id))


@shared_task(name="inbound.offer_link_in_slack", base=TenantJob)
def offer_link_in_slack(address: str) -> None:
    """Send somebody of a workspace the address at which they say who they are."""
    linking.offer_in_slack(address)
