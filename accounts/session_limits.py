"""How long sessions last: what the office says, within what the platform allows."""

from dataclasses import dataclass
from datetime import timedelta

from rest_framework_simplejwt.settings import api_settings

from tenants.context import tenant_or_none
from tenants.settings import TenantSettings


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """After how long of nothing a session ends, and after how long in any case."""

    idle: timedelta
    absolute: timedelta


def session_limits() -> SessionLimits:
    """Return the limits of the office in force; operators have the usual ones."""
    office = tenant_or_none()
    wanted = office.settings if office else TenantSettings()
    longest: timedelta = api_settings.REFRESH_TOKEN_LIFETIME
    absolute = min(timedelta(hours=wanted.session_hours), longest)
    return SessionLimits(min(timedelta(minutes=wanted.session_idle_minutes), absolute), absolute)
