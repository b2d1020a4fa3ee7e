"""What the commands about one organisation share."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import AppError
from tenants.directory import tenant_named
from tenants.models import Tenant
from tenants.operation_models import Operation, OperationStatus
from tenants.running import run_operation


class OfficeCommand(BaseCommand):
    """A command that ends with status 1 and one sentence when the office refuses."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run; what a service refuses is told without a traceback."""
        try:
            return super().execute(*args, **options)
        except AppError as refusal:
            raise CommandError(refusal.sentence) from None

    def say(self, sentence: str) -> None:
        """Tell the operator."""
        self.stdout.write(sentence)

    def work_on(self, operation: Operation) -> Operation:
        """Do here and now what was asked for. Raises CommandError when it comes to nothing."""
        run_operation(operation.pk, in_line=False)
        operation.refresh_from_db()
        if operation.status == OperationStatus.DONE:
            return operation
        why = operation.error or f"another worker has it ({operation.status})."
        raise CommandError(f"Not done: {why}")


class TenantCommand(OfficeCommand):
    """A command about an organisation that is named by its slug or its id."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask which one."""
        parser.add_argument("tenant", help="the slug or the id of the organisation")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find it."""
        tenant = tenant_named(options["tenant"])
        if tenant is None:
            raise CommandError(f"There is no organisation {options['tenant']!r}.")
        self.handle_tenant(tenant, options)

    def handle_tenant(self, tenant: Tenant, options: dict[str, Any]) -> None:
        """Do it."""
        raise NotImplementedError


def operator() -> str:
    """Return who works at this terminal, as far as the machine knows."""
    return f"shell: {os.environ.get('SUDO_USER') or os.environ.get('USER') or os.getuid()}"
