"""`manage.py tenant_erase`: a suspended organisation goes for good."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.directory import tenant_named
from tenants.erasing import certificate_path
from tenants.management.tenant_command import OfficeCommand, operator
from tenants.operation_models import Operation
from tenants.operations import request_erasure, unfinished_erasure


class Command(OfficeCommand):
    """Erase, look for what is left, and write a certificate; begun again it goes on."""

    help = "Erase a suspended organisation for good and write a certificate."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add which one, the yes, and what to look for afterwards."""
        parser.add_argument("tenant", help="the slug or the id of the organisation")
        parser.add_argument("--yes", action="store_true", help="do not ask to type the slug")
        parser.add_argument(
            "--canary",
            action="append",
            default=[],
            metavar="TEXT",
            help="a text of the organisation that must not be found afterwards; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase here and now, and print where the certificate is."""
        operation = self._operation(options)
        tenant_id = operation.tenant_id
        assert tenant_id is not None  # noqa: S101  it is not done yet
        self.work_on(operation)
        self.say(f"Erased. The certificate is {certificate_path(tenant_id)}")

    def _operation(self, options: dict[str, Any]) -> Operation:
        name = options["tenant"]
        begun = unfinished_erasure(name)
        if begun is not None:
            return begun
        tenant = tenant_named(name)
        if tenant is None:
            raise CommandError(f"There is no organisation {name!r}.")
        typed = tenant.slug if options["yes"] else self._ask(tenant.slug)
        return request_erasure(
            tenant=tenant,
            typed_slug=typed,
            requested_by=operator(),
            canaries=options["canary"],
            background=False,
        )

    def _ask(self, slug: str) -> str:
        self.say(f"Everything of {slug} will be gone for good. Type its slug to go on:")
        return input().strip()
