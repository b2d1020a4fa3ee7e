"""`manage.py tenant_suspend`: close an organisation's doors."""

from typing import Any

from tenants.management.tenant_command import TenantCommand
from tenants.models import Tenant
from tenants.services import suspend_tenant


class Command(TenantCommand):
    """Nothing of it runs from now on; its data stay."""

    help = "Close an organisation: no request, sign-in, job or reminder of it runs."

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Suspend it."""
        suspend_tenant(tenant=tenant)
        self.say(f"{tenant.slug} is suspended.")
