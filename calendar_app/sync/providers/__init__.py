"""One file for each vendor's calendar, behind one Protocol."""

from collections.abc import Callable
from time import sleep

from calendar_app.sync.providers.base import CalendarProvider, Watch, Window
from calendar_app.sync.providers.google import GoogleCalendar
from calendar_app.sync.providers.microsoft import MicrosoftCalendar
from connections.client import Client
from connections.models import Connection, ProviderName

KINDS: dict[str, Callable[[Client, str, Window], CalendarProvider]] = {
    ProviderName.GOOGLE: GoogleCalendar,
    ProviderName.MICROSOFT: MicrosoftCalendar,
}


def provider_of(
    connection: Connection,
    remote_id: str,
    window: Window,
    pause: Callable[[float], None] = sleep,
) -> CalendarProvider:
    """Return what asks the vendor about one of its calendars."""
    return KINDS[connection.provider](Client(connection, pause=pause), remote_id, window)


__all__ = ["KINDS", "CalendarProvider", "Watch", "Window", "provider_of"]
