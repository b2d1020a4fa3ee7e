"""`manage.py migrate`: the shared tables, each tenant's schema, and the template for new ones."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DatabaseError

from tenants.models import SchemaTemplate, Tenant
from tenants.schemas import is_current, migrate_schema
from tenants.template import make_template, migration_state


class Command(DjangoMigrate):
    """Bring the whole database to the present state; safe and quick to repeat."""

    help = "Migrate the shared tables, every tenant's schema and the template for new tenants."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the choice to leave the tenants alone."""
        super().add_arguments(parser)
        parser.add_argument("--shared", action="store_true", help="only the shared tables")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate `public` first, since tenants' triggers call its functions."""
        shared_only = options.pop("shared")
        super().handle(*args, **options)
        if shared_only or options["app_label"] or options["plan"] or options["check_unapplied"]:
            return
        failed = [tenant for tenant in Tenant.objects.all() if not self.migrate_tenant(tenant)]
        state = migration_state()
        if not SchemaTemplate.objects.filter(state=state).exists():
            make_template(state)
            SchemaTemplate.objects.exclude(state=state).delete()
        if failed:
            names = ", ".join(tenant.slug for tenant in failed)
            raise CommandError(f"not migrated: {names}")

    def migrate_tenant(self, tenant: Tenant) -> bool:
        """Migrate one tenant; a failure is told and does not stop the others."""
        try:
            if not is_current(tenant.schema_name):
                migrate_schema(tenant.schema_name)
        except DatabaseError as error:
            self.stderr.write(f"{tenant.slug}: {error}")
            return False
        return True
