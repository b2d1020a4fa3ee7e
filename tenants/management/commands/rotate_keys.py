"""`manage.py rotate_keys`: encrypt all secrets at rest with the first of ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.crypto import LostKeyError
from tenants.models import Tenant
from tenants.rotating import rotate_keys_of


class Command(BaseCommand):
    """Safe to repeat; when it has passed, the other keys may be taken out."""

    help = "Encrypt the secrets of all organisations with the first of ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one organisation after the other, and name those whose key is lost."""
        count, lost = 0, []
        for tenant in Tenant.objects.filter(ready=True):
            try:
                count += rotate_keys_of(tenant)
            except LostKeyError:
                lost.append(tenant.slug)
        self.stdout.write(f"{count} secrets are encrypted with the first key.")
        if lost:
            raise CommandError(f"no key fits the secrets of: {', '.join(sorted(lost))}")
