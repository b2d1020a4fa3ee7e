"""`manage.py migrate`: the shared tables, each tenant's schema, and the template for new ones."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DatabaseError

from tenants.grants import check_roles, grant_rights
from tenants.models import Tenant
from tenants.schemas import is_current, migrate_schema
from tenants.template import keep_template


class Command(DjangoMigrate):
    """Bring one whole database to the present state; safe and quick to repeat."""

    help = "Migrate a database's shared tables, its tenants' schemas and the template for new ones."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the choice to leave the tenants alone."""
        super().add_arguments(parser)
        parser.add_argument("--shared", action="store_true", help="only the shared tables")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate `public` first, since tenants' triggers call its functions."""
        shared_only = options.pop("shared")
        looks_only = options["plan"] or options["check_unapplied"]
        if not looks_only:
            check_roles(options["database"])
        super().handle(*args, **options)
        if looks_only or options["app_label"]:
            return
        grant_rights(options["database"])
        if shared_only:
            return
        failed = self.migrate_tenants(options["database"])
        keep_template(options["database"])
        if failed:
            names = ", ".join(tenant.slug for tenant in failed)
            raise CommandError(f"not migrated: {names}")

    def migrate_tenants(self, alias: str) -> list[Tenant]:
        """Migrate those that live in the database; return those that could not be."""
        here = Tenant.objects.filter(db_alias=alias)
        return [tenant for tenant in here if not self.migrate_tenant(tenant)]

    def migrate_tenant(self, tenant: Tenant) -> bool:
        """Migrate one tenant; a failure is told and does not stop the others."""
        try:
            if not is_current(tenant.schema_name, alias=tenant.db_alias):
                migrate_schema(tenant.schema_name, alias=tenant.db_alias)
        except DatabaseError as error:
            self.stderr.write(f"{tenant.slug}: {error}")
            return False
        return True
