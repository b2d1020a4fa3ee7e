"""`manage.py reembed_documents`: give documents the vectors of the model in use where they lack."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from documents.reembedding import coverage, reembed
from tenants.context import public_context, tenant_context
from tenants.directory import tenant_named
from tenants.management.tenant_command import OfficeCommand
from tenants.models import Tenant


class Command(OfficeCommand):
    """Workers do it, one document after the other; run it again to see how far they are."""

    help = "Have documents embedded anew whose vectors are missing or of another model."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask which one; without, it is all of them."""
        parser.add_argument("--tenant", help="the slug or the id of one organisation")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand the work on, and tell how much there is."""
        for tenant in self._chosen(options["tenant"]):
            with tenant_context(tenant):
                waiting, how_far = reembed(), coverage()
            self.say(f"{tenant.slug}: {how_far}; {waiting} documents wait for a worker.")

    def _chosen(self, name: str | None) -> list[Tenant]:
        if name is None:
            with public_context():
                return list(Tenant.objects.open().order_by("slug"))
        tenant = tenant_named(name)
        if tenant is None:
            raise CommandError(f"There is no organisation {name!r}.")
        return [tenant]
