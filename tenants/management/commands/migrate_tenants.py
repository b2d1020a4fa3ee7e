"""`manage.py migrate_tenants`: every tenant's schema, several at a time."""

import os
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.migrating import migrate_tenants, tenants_behind
from tenants.models import Tenant


class Command(BaseCommand):
    """Safe to repeat and to run twice at once; a killed run is continued by the next one."""

    help = "Bring the schemas of all tenants, in all databases, to the present migrations."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add how many at a time, which, and whether only to look."""
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at a time")
        parser.add_argument("--tenant", action="append", default=[], metavar="SLUG")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail when one is behind"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate what is behind, and name what failed."""
        start = perf_counter()
        tenants = self.chosen(options["tenant"])
        if options["check"]:
            self.check_all(tenants)
            return
        outcome = migrate_tenants(tenants, jobs=max(1, options["jobs"]))
        for slug, error in sorted(outcome.failed.items()):
            self.stderr.write(f"{slug}: {error}")
        self.stdout.write(
            f"{len(tenants)} tenants: {outcome.current} current, {len(outcome.migrated)} migrated,"
            f" {len(outcome.failed)} failed, {perf_counter() - start:.1f} s"
        )
        if outcome.failed:
            raise CommandError(f"not migrated: {', '.join(sorted(outcome.failed))}")

    def chosen(self, slugs: list[str]) -> list[Tenant]:
        """Return those named, or all. Raises CommandError for a name that nobody has."""
        tenants = list(Tenant.objects.filter(slug__in=slugs) if slugs else Tenant.objects.all())
        if unknown := set(slugs) - {tenant.slug for tenant in tenants}:
            raise CommandError(f"there is no tenant {', '.join(sorted(unknown))}")
        return tenants

    def check_all(self, tenants: list[Tenant]) -> None:
        """Raise CommandError naming those that are behind."""
        if late := tenants_behind(tenants):
            raise CommandError(f"behind: {', '.join(sorted(tenant.slug for tenant in late))}")
        self.stdout.write(f"{len(tenants)} tenants: all current")
