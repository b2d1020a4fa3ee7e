"""Showing once more who one is, for what must not be done at a screen that was left unlocked."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mfa import use_code
from accounts.models import RefreshFamily, User
from accounts.throttle import Guess
from common.errors import InvalidError, RefusedError
from tenants.context import atomic


def show_again(*, user: User, password: str = "", code: str = "") -> str:
    """Check the password, or a code where there is a second factor; return what was shown.

    Raises InvalidError naming the field, and TooManyError.
    """
    if user.mfa_enabled:
        return use_code(user=user, code=code)
    guess = Guess(user.email)
    if not user.check_password(password):
        sentence = _("This is not your password.")
        raise InvalidError(sentence, code="wrong_password", attr="password")
    guess.was_right()
    return "password"


def step_up(*, user: User, password: str = "", code: str = "") -> None:
    """Note in the session of the person's token that they have shown who they are just now."""
    if user.session_id is None:
        raise RefusedError(_("Sign in again first."), code="no_session")
    method = show_again(user=user, password=password, code=code)
    with atomic():
        rows = RefreshFamily.objects.filter(pk=user.session_id, ended_at=None)
        rows.update(authenticated_at=timezone.now(), method=method)
