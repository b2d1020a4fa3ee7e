"""`manage.py rotate_jwt_key`: sign tokens with a new key; the old ones verify until theirs end."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rest_framework_simplejwt.settings import api_settings

from accounts.keys import rotate_key


class Command(BaseCommand):
    """Safe to repeat; running servers take the new key by themselves."""

    help = "Sign tokens with a new key from now on; both are published until the old tokens end."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add a key, and take those out that no token can need any more."""
        if settings.JWT_ALGORITHM != "RS256":
            raise CommandError("Tokens are signed with JWT_SECRET_KEY; change it there.")
        kid, over = rotate_key(tokens_last=api_settings.REFRESH_TOKEN_LIFETIME)
        self.stdout.write(f"Tokens are signed with {kid} from now on.")
        for name in over:
            self.stdout.write(f"{name} is taken out: no token of its is left.")
