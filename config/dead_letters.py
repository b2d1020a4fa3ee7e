"""What could not be delivered, by organisation and way: numbers for operators, never contents."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db import DatabaseError, InterfaceError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from common.console_site import ConsolePage
from messaging.models import MessageStatus, OutgoingMessage
from tenants.context import tenant_transaction
from tenants.models import Tenant
from webhooks.models import DeliveryStatus, WebhookDelivery

# Each organisation is asked by itself: so many on a page.
ON_A_PAGE = 25
LATELY = timedelta(days=30)
WEBHOOKS = "webhook"


def show_dead_letters(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show what failed lately, and of what nobody knows whether it arrived."""
    offices = Tenant.objects.filter(ready=True).order_by("name", "id")
    page = Paginator(offices, ON_A_PAGE).get_page(request.GET.get("p"))
    facts = {
        "title": "Dead letters",
        "page": page,
        "days": LATELY.days,
        "lines": [line for office in page for line in _lines_of(office)],
    }
    return TemplateResponse(request, "admin/dead_letters.html", {**context, **facts})


def _lines_of(office: Tenant) -> Iterator[dict[str, Any]]:
    """Yield a line for each way that failed; one without figures where the database is away."""
    try:
        found = dead_letters_of(office)
    except (DatabaseError, InterfaceError):
        yield {"office": office, "away": True}
        return
    for way, (failed, unknown) in sorted(found.items()):
        yield {"office": office, "way": way, "failed": failed, "unknown": unknown}


def dead_letters_of(office: Tenant) -> dict[str, tuple[int, int]]:
    """Return by way how many failed lately, and of how many the outcome is not known."""
    since = timezone.now() - LATELY
    found: dict[str, tuple[int, int]] = {}
    with tenant_transaction(office):
        letters = OutgoingMessage.objects.order_by().filter(
            created_at__gte=since, status__in=(MessageStatus.FAILED, MessageStatus.UNKNOWN)
        )
        for row in letters.values("channel", "status").annotate(number=Count("pk")):
            failed, unknown = found.get(row["channel"], (0, 0))
            if row["status"] == MessageStatus.FAILED:
                failed += row["number"]
            else:
                unknown += row["number"]
            found[row["channel"]] = (failed, unknown)
        told = WebhookDelivery.objects.filter(
            occurred_at__gte=since, status=DeliveryStatus.FAILED
        ).count()
    return found | ({WEBHOOKS: (told, 0)} if told else {})


PAGE = ConsolePage(
    "Organisations", "Dead letters", "dead-letters", "tenants.view_tenant", show_dead_letters
)
