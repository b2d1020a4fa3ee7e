"""`manage.py move_tenant`: an organisation to another database, while its people read on."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.management.tenant_command import TenantCommand, operator
from tenants.models import Tenant
from tenants.moving import drop_what_was_left
from tenants.operations import request_move


class Command(TenantCommand):
    """Move it, look at it, and drop what was left behind."""

    help = (
        "Move an organisation to another database. What it leaves there is kept until"
        " --drop-old is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where to."""
        super().add_arguments(parser)
        parser.add_argument("--to", default="", help="a name of DATABASE_SHARDS, or default")
        parser.add_argument(
            "--drop-old", action="store_true", help="drop what an earlier move left behind"
        )

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Move it here and now."""
        if bool(options["to"]) == options["drop_old"]:
            raise CommandError("Say --to or --drop-old.")
        if options["drop_old"]:
            left = tenant.left_alias
            drop_what_was_left(tenant=tenant)
            self.say(f"{tenant.slug}: what it had left in {left} is dropped.")
            return
        move = request_move(
            tenant=tenant, to=options["to"], requested_by=operator(), background=False
        )
        self.work_on(move)
        self.say(
            f"{tenant.slug} lives in {options['to']} now. What it left in {tenant.db_alias} is"
            f" kept: look at the office, then run move_tenant {tenant.slug} --drop-old."
        )
