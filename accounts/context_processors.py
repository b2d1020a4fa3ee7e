"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.support import support_in


def office(request: HttpRequest) -> dict[str, Any]:
    """Name the office in force, the part of it, who of the support works here, and the mailbox."""
    return {
        "office": getattr(request, "tenant", None),
        "section": request.path.split("/")[1],
        "mailbox_url": settings.MAILBOX_URL,
        "support": support_in(request),
    }
