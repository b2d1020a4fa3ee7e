"""Signing in to pages and consoles with e-mail and password."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.devices import knows
from accounts.models import User
from accounts.throttle import Guess


class RoleBackend(BaseBackend):
    """People of the office in force; what they may do stands in their role."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the person whose e-mail and password fit, after the same work in either case.

        Raises TooManyError after too many wrong ones.
        """
        account = username or ""
        guess = Guess(account, device=knows(request, account))
        people = User.objects.active().with_rights()
        user: User | None = people.filter(email=account.lower()).first()
        if user is None:
            make_password(password)
            return None
        if not user.check_password(password or ""):
            return None
        guess.was_right()
        return user if user.may_use_password else None

    def get_user(self, user_id: UUID) -> User | None:
        """Return the person of a session, if still active; asked on every request."""
        user: User | None = User.objects.active().with_rights().filter(pk=user_id).first()
        return user
