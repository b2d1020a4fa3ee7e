"""`manage.py tenant_resume`: open an organisation's doors again."""

from typing import Any

from tenants.management.tenant_command import TenantCommand
from tenants.models import Tenant
from tenants.services import resume_tenant


class Command(TenantCommand):
    """What fell due meanwhile is done now."""

    help = "Open a suspended organisation again."

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Resume it."""
        resume_tenant(tenant=tenant)
        self.say(f"{tenant.slug} is open again.")
