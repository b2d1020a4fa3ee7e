"""Background work of the assistant."""

from celery import shared_task

from assistant.actions import forget_states
from tenants.context import tenant_transaction
from tenants.jobs import OfficeJob
from tenants.models import Tenant


@shared_task(name="assistant.forget_states", base=OfficeJob)
def forget_old_states() -> None:
    """Empty what can be taken back and said yes to no more, in each office."""
    for tenant in Tenant.objects.working():
        with tenant_transaction(tenant):
            forget_states()
