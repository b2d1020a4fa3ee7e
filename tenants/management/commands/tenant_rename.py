"""`manage.py tenant_rename`: another name, another address."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.directory import address_of
from tenants.management.tenant_command import TenantCommand
from tenants.models import Tenant
from tenants.renaming import rename_tenant


class Command(TenantCommand):
    """Both act at once; sessions and tokens go on."""

    help = "Change an organisation's address or name."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what it shall be called."""
        super().add_arguments(parser)
        parser.add_argument("--slug", help="the new first part of its address")
        parser.add_argument("--name", help="the new name")

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Rename it and print the address."""
        if options["slug"] is None and options["name"] is None:
            raise CommandError("Say --slug or --name.")
        renamed = rename_tenant(tenant=tenant, slug=options["slug"], name=options["name"])
        self.say(f"{renamed.slug}: {renamed.name} is at {address_of(renamed)}")
