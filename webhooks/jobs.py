"""Background work of webhooks."""

from uuid import UUID

from celery import shared_task

from tenants.context import tenant_transaction
from tenants.jobs import OfficeJob, TenantJob
from tenants.models import Tenant
from webhooks.delivery import deliver, forget_old


@shared_task(name="webhooks.deliver_webhooks", base=TenantJob)
def deliver_webhooks(delivery_ids: list[str]) -> None:
    """Tell these, those that are still to be told."""
    deliver([UUID(pk) for pk in delivery_ids])


@shared_task(name="webhooks.forget_deliveries", base=OfficeJob)
def forget_deliveries() -> None:
    """Delete what was told long ago in each office."""
    for tenant in Tenant.objects.working():
        with tenant_transaction(tenant):
            forget_old()
