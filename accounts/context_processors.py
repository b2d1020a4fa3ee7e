"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.page_sessions import is_refresh
from accounts.support import support_in
from common.middleware import live_url
from tenants.features import has_feature
from tenants.plan_models import Feature


def office(request: HttpRequest) -> dict[str, Any]:
    """Name the office in force, the part of it, who of the support works here, and the mailbox."""
    tenant = getattr(request, "tenant", None)
    match = request.resolver_match
    return {
        "live_url": live_url(request) if has_feature(Feature.LIVE_UPDATES, tenant) else "",
        "grows_old_by": getattr(match.func, "grows_old_by", ()) if match else (),
        "is_refresh": is_refresh(request),
        "office": tenant,
        "section": request.path.split("/")[1],
        "mailbox_url": settings.MAILBOX_URL,
        "support": support_in(request),
    }
