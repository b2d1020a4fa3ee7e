"""Background work about people."""

from celery import shared_task

from accounts.idempotency import forget_old_answers
from accounts.sessions import forget_ended_families
from tenants.context import tenant_transaction
from tenants.jobs import OfficeJob
from tenants.models import Tenant


@shared_task(name="accounts.forget_sessions", base=OfficeJob)
def forget_sessions() -> None:
    """Delete what expired sessions and answers of yesterday have left in each office."""
    for tenant in Tenant.objects.open():
        with tenant_transaction(tenant):
            forget_ended_families()
            forget_old_answers()
