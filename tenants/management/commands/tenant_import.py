"""`manage.py tenant_import`: an organisation out of an archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from tenants.archive.importing import Wish
from tenants.directory import address_of, any_tenant
from tenants.management.tenant_command import OfficeCommand, operator
from tenants.operations import request_import


class Command(OfficeCommand):
    """Check the archive, open an organisation and load it; all of it or nothing."""

    help = "Open an organisation out of an archive that tenant_export wrote."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the archive, and what differs from it."""
        parser.add_argument("archive", type=Path)
        parser.add_argument("--slug", default="", help="its address; default: that of the archive")
        parser.add_argument("--name", default="", help="its name; default: that of the archive")
        parser.add_argument(
            "--suspended",
            action="store_true",
            help="keep it closed, so that nothing is sent before you have looked at it",
        )
        parser.add_argument(
            "--database", default="default", help="where it shall live (DATABASE_SHARDS)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import here and now, and print the address."""
        wish = Wish(**{key: options[key] for key in ("slug", "name", "suspended", "database")})
        operation = request_import(path=options["archive"], wish=wish, requested_by=operator())
        tenant = any_tenant(self.work_on(operation).tenant_id)
        assert tenant is not None  # noqa: S101  the operation is done
        self.say(f"{tenant.slug}: {tenant.name} is at {address_of(tenant)}, id {tenant.pk}")
