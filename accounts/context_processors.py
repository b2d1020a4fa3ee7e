"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def office(request: HttpRequest) -> dict[str, Any]:
    """Name the office in force and, in the embedded run, where its mail is shown."""
    return {"office": getattr(request, "tenant", None), "mailbox_url": settings.MAILBOX_URL}
