"""`manage.py migrate`: the shared tables, the template for new tenants, each tenant's schema."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate

from tenants.grants import check_roles, grant_rights
from tenants.migrating import migrate_tenants
from tenants.models import Tenant
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
        # First, so that offices opened from now on are not behind.
        keep_template(options["database"])
        here = Tenant.objects.filter(db_alias=options["database"])
        # Once more for those that were being opened by the template of before.
        failed = migrate_tenants(here, jobs=1).failed | migrate_tenants(here.all(), jobs=1).failed
        for slug, error in failed.items():
            self.stderr.write(f"{slug}: {error}")
        if failed:
            raise CommandError(f"not migrated: {', '.join(sorted(failed))}")
