"""The page that leads to everything that people set for themselves."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import UserRequest, requires
from accounts.permissions import Permission

# The name of a page, what it is called, and what is done there.
Place = tuple[str, str, str]
ABOUT_YOU: list[Place] = [
    ("profile", "Profile", "Name, time zone, address"),
    ("wishes", "Notifications", "How and when you are reached"),
    ("chats", "Chats", "Telegram and Slack"),
    ("accounts", "Connections", "Google and Microsoft accounts"),
]
SAFETY: list[Place] = [
    ("own-password", "Password", "Choose a new one"),
    ("second-factor", "Second factor", "An app or a passkey"),
    ("security", "Where you are signed in", "Browsers, programs, devices"),
    ("own-api-keys", "API keys", "For your own programs"),
]
BEGIN: list[Place] = [("welcome", "First steps", "Five of them, and example data")]
PEOPLE: list[Place] = [("import-people", "Import people", "From a list")]


@require_safe
@requires(None)
def settings_page(request: UserRequest) -> HttpResponse:
    """Show what there is to set."""
    groups = [("You", ABOUT_YOU), ("Safety", SAFETY)]
    if request.user.may(Permission.USER_CREATE):
        groups.append(("The office", PEOPLE))
    if request.user.may(Permission.ADMIN_SETTINGS):
        groups.append(("Begin", BEGIN))
    return render(request, "accounts/settings.html", {"groups": groups})
