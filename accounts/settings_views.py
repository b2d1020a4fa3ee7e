"""The page that leads to everything that people set for themselves."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from accounts.http import UserRequest, requires
from accounts.permissions import Permission

# The name of a page, what it is called, and what is done there.
Place = tuple[str, StrOrPromise, StrOrPromise]
ABOUT_YOU: list[Place] = [
    ("profile", _lazy("Profile"), _lazy("Name, time zone, address")),
    ("wishes", _lazy("Notifications"), _lazy("How and when you are reached")),
    ("chats", _lazy("Chats"), _lazy("Telegram and Slack")),
    ("accounts", _lazy("Connections"), _lazy("Google and Microsoft accounts")),
]
SAFETY: list[Place] = [
    ("own-password", _lazy("Password"), _lazy("Choose a new one")),
    ("second-factor", _lazy("Second factor"), _lazy("An app or a passkey")),
    ("security", _lazy("Where you are signed in"), _lazy("Browsers, programs, devices")),
    ("own-api-keys", _lazy("API keys"), _lazy("For your own programs")),
]
BEGIN: list[Place] = [("welcome", _lazy("First steps"), _lazy("Five of them, and example data"))]
PEOPLE: list[Place] = [("import-people", _lazy("Import people"), _lazy("From a list"))]


@require_safe
@requires(None)
def settings_page(request: UserRequest) -> HttpResponse:
    """Show what there is to set."""
    groups = [(_("You"), ABOUT_YOU), (_("Safety"), SAFETY)]
    if request.user.may(Permission.USER_CREATE):
        groups.append((_("The office"), PEOPLE))
    if request.user.may(Permission.ADMIN_SETTINGS):
        groups.append((_("Begin"), BEGIN))
    return render(request, "accounts/settings.html", {"groups": groups})
