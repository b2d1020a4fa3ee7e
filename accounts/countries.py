"""In which country telephone numbers are meant that are written without one."""

from common.origin import current_origin
from tenants.context import tenant_or_none


def country_in_force() -> str:
    """Return that of who asks, as their "de-AT" tells it, or else the office's; empty for none."""
    _language, _dash, country = str(getattr(current_origin().actor, "locale", "")).partition("-")
    tenant = tenant_or_none()
    return country or (tenant.settings.country if tenant else "")
