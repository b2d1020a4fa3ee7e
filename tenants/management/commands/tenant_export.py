"""`manage.py tenant_export`: one organisation as one file."""

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.management.tenant_command import TenantCommand, operator
from tenants.models import Tenant
from tenants.operations import hand_over, request_export


class Command(TenantCommand):
    """Write the archive that docs/archive.md describes, while people go on working."""

    help = "Write an organisation's rows and files into one archive."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where to."""
        super().add_arguments(parser)
        parser.add_argument("-o", "--output", type=Path, help="a new file; default: <slug>.zip")

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Export here and now, and print where the archive is."""
        output: Path = options["output"] or Path(f"{tenant.slug}.zip")
        if output.exists():
            raise CommandError(f"{output} is there already.")
        if not output.absolute().parent.is_dir():
            raise CommandError(f"There is no folder {output.absolute().parent}.")
        export = request_export(tenant=tenant, requested_by=operator(), background=False)
        done = self.work_on(export)
        shutil.move(hand_over(export=done), output)
        self.say(f"{tenant.slug}: {output}, {done.bytes} bytes, sha256 {done.sha256}")
