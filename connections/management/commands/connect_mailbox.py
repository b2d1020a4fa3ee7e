"""`manage.py connect_mailbox`: a mailbox that the application itself sends from, for one office."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from connections.errors import IntegrationError
from connections.flows import keep_account
from connections.models import Mode, ProviderName
from connections.providers import Account
from connections.providers.microsoft import FOR_ALL, token_for_all
from tenants.context import tenant_transaction
from tenants.management.tenant_command import TenantCommand
from tenants.models import Tenant


class Command(TenantCommand):
    """The operator vouches for it: no answer of a browser proves whose organisation it is."""

    help = "Let an organisation's e-mail go out from a Microsoft 365 mailbox, as the application."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what names the mailbox."""
        super().add_arguments(parser)
        parser.add_argument("--organisation", required=True, type=UUID, help="its id at Microsoft")
        parser.add_argument("--mailbox", required=True, help="the address that mail goes out from")

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Get a first token, which shows that its administrator has agreed, and keep it."""
        tid = str(options["organisation"])
        try:
            tokens = token_for_all(tid)
        except IntegrationError as error:
            raise CommandError(str(error)) from error
        account = Account(tid, options["mailbox"], list(FOR_ALL), tokens)
        with tenant_transaction(tenant):
            connection = keep_account(provider=ProviderName.MICROSOFT, account=account, person=None)
            connection.change(mode=Mode.APPLICATION)
        self.say(f"{connection} is connected.")
