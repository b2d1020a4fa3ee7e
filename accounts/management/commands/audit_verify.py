"""`manage.py audit_verify`: compare audit trails with their seals."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.seal_check import Verdict, verify_trail
from tenants.context import tenant_transaction
from tenants.directory import tenant_named
from tenants.management.tenant_command import OfficeCommand
from tenants.models import Tenant


class Command(OfficeCommand):
    """Compares each trail with its seals; ends with 1 when one is broken."""

    help = "Compare audit trails with their seals, and name the first entry that is not as sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask which office, and for a seal that was written down."""
        parser.add_argument("--tenant", help="the slug or the id of one office; all without it")
        parser.add_argument("--seal", help="a seal of it that must still stand")
        parser.add_argument(
            "--anchors", type=Path, help="a file of AUDIT_ANCHORS, all of whose seals must stand"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at each."""
        broken = 0
        held = _written_down(options["anchors"]) if options["anchors"] else {}
        given = [options["seal"]] if options["seal"] else []
        for tenant in _offices(options["tenant"]):
            with tenant_transaction(tenant):
                verdict = verify_trail(held=[*given, *held.get(str(tenant.pk), ())])
            self.say(f"{tenant.slug}: {_words(verdict)}")
            broken += verdict.broken is not None
        if broken:
            raise CommandError(f"{broken} broken.")


def _offices(name: str | None) -> list[Tenant]:
    if name is None:
        return list(Tenant.objects.filter(ready=True).order_by("slug"))
    tenant = tenant_named(name)
    if tenant is None:
        raise CommandError(f"There is no organisation {name!r}.")
    return [tenant]


def _written_down(file: Path) -> dict[str, list[str]]:
    """Return the seals by the office's id, in the order in which they were written down."""
    held: dict[str, list[str]] = {}
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            facts = json.loads(line)
            held.setdefault(facts["office"], []).append(facts["seal"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CommandError(f"These are no seals: {error}.") from error
    return held


def _words(verdict: Verdict) -> str:
    if verdict.broken:
        return f"BROKEN: {verdict.broken.sentence}"
    seal = f", the last {verdict.last.seal}" if verdict.last else ""
    return f"{verdict.entries:,} entries under {verdict.seals:,} seals as they were{seal}"
