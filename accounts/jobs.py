"""Background work about people."""

from celery import shared_task

from accounts.anchors import anchor_seals
from accounts.idempotency import forget_old_answers
from accounts.seals import seal_all_offices
from accounts.sessions import forget_ended_families
from tenants.context import tenant_transaction
from tenants.jobs import OfficeJob
from tenants.models import Tenant


@shared_task(name="accounts.forget_sessions", base=OfficeJob)
def forget_sessions() -> None:
    """Delete what expired sessions and answers of yesterday have left in each office."""
    for tenant in Tenant.objects.working():
        with tenant_transaction(tenant):
            forget_ended_families()
            forget_old_answers()


@shared_task(name="accounts.seal_audit", base=OfficeJob)
def seal_audit() -> None:
    """Seal what has settled in the audit trail of each office."""
    seal_all_offices()


@shared_task(name="accounts.anchor_seals", base=OfficeJob)
def anchor() -> None:
    """Write new seals down outside the database."""
    anchor_seals()
