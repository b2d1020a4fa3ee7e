"""`manage.py tenant_leave`: an organisation to another region, while its people read on."""

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.files import export_path
from tenants.leaving import arrive, stay
from tenants.management.tenant_command import TenantCommand, operator
from tenants.models import Tenant
from tenants.operations import request_leave
from tenants.regions import address_in


class Command(TenantCommand):
    """Still it and write it down, then say how it went on."""

    help = (
        "Let an organisation leave for another region: --to REGION lets nobody write to it and"
        " writes its archive, which tenant_import takes in there; then say --arrived, or --stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the three things that can be said."""
        super().add_arguments(parser)
        said = parser.add_mutually_exclusive_group(required=True)
        said.add_argument("--to", default="", help="a region of REGIONS")
        said.add_argument("--arrived", action="store_true", help="it is open there: lead there")
        said.add_argument("--stay", action="store_true", help="let people write here again")
        parser.add_argument("-o", "--output", type=Path, help="a new file; default: <slug>.zip")

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Do one of them."""
        if options["arrived"]:
            home = address_in(arrive(tenant=tenant), tenant.slug)
            self.say(
                f"{tenant.slug} is at home at {home} now, where its address here leads."
                f" What it left is kept: look at the office, then run tenant_erase {tenant.slug}."
            )
        elif options["stay"]:
            stay(tenant=tenant)
            self.say(f"{tenant.slug} stays; people write again.")
        else:
            self.leave(tenant, options)

    def leave(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Write the archive."""
        output: Path = options["output"] or Path(f"{tenant.slug}.zip")
        if output.exists() or not output.absolute().parent.is_dir():
            raise CommandError(f"{output} is there already, or its folder is not.")
        done = self.work_on(request_leave(tenant=tenant, to=options["to"], requested_by=operator()))
        shutil.move(export_path(done.pk), output)
        self.say(
            f"{tenant.slug}: {output}, {done.bytes} bytes, sha256 {done.sha256}. Nobody writes to"
            " it until you say --arrived or --stay."
        )
