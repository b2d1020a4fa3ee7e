"""`manage.py doctor`: what is wrong with this set-up, and what to do."""

from typing import Any

from django.core.management.base import CommandError

from common.doctor import examine
from tenants.management.tenant_command import OfficeCommand


class Command(OfficeCommand):
    """Looks at everything that the platform needs; ends with 1 when something is wrong."""

    help = "Tell what is wrong with this set-up, line by line, and what to do about it."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Say each finding as it is made."""
        findings = []
        for found in examine():
            findings.append(found)
            self.say(f"{'ok     ' if found.is_good else 'TROUBLE'} {found.about}: {found.sentence}")
            if found.remedy:
                self.say(f"        → {found.remedy}")
        wrong = sum(not found.is_good for found in findings)
        if wrong:
            raise CommandError(f"{wrong} of {len(findings)} need a hand.")
        self.say("All is well.")
