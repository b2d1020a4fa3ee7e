"""`/metrics`: the figures of all processes, and what is due and not done, as Prometheus reads it.

It is closed until METRICS_TOKEN is set; whoever asks shows that token.
"""

from collections.abc import Iterator
from secrets import compare_digest

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from common.errors import MissingError, UnauthenticatedError
from common.metrics import make_folder
from common.refusals import refuse
from tenants.context import public_context
from tenants.models import DueInstant, Tenant


class DueCollector(Collector):
    """What the directory of due instants says now: nobody has to count it along."""

    def collect(self) -> Iterator[Metric]:
        """Ask each database; one that does not answer says so by its own figure."""
        waiting = GaugeMetricFamily(
            "office_due", "Things that wait for their instant, or for being done.", labels=["kind"]
        )
        late = GaugeMetricFamily(
            "office_overdue", "Those of them whose instant has come.", labels=["kind"]
        )
        lateness = GaugeMetricFamily(
            "office_overdue_seconds", "For how long the oldest of them has been.", labels=["kind"]
        )
        up = GaugeMetricFamily(
            "office_database_up", "Whether the database answers.", labels=["database"]
        )
        found: dict[str, tuple[int, int, float]] = {}
        for alias in connections:
            rows = _due_in(alias)
            up.add_metric([alias], rows is not None)
            for kind, figures in (rows or {}).items():
                before = found.get(kind, (0, 0, 0.0))
                found[kind] = (
                    *(before[0] + figures[0], before[1] + figures[1]),
                    max(before[2], figures[2]),
                )
        for kind, (all_of_them, due, seconds) in sorted(found.items()):
            waiting.add_metric([kind], all_of_them)
            late.add_metric([kind], due)
            lateness.add_metric([kind], seconds)
        yield from (waiting, late, lateness, up)


def _due_in(alias: str) -> dict[str, tuple[int, int, float]] | None:
    """Return by kind how many wait, how many are due, and for how long; None without an answer.

    What closed offices owe is late on purpose.
    """
    now = timezone.now()
    try:
        with public_context(), transaction.atomic(using=alias):
            closed = [*Tenant.objects.closed().values_list("pk", flat=True)]
            rows = DueInstant.objects.using(alias).exclude(tenant__in=closed)
            is_due = Q(due_at__lte=now)
            figures = (
                rows.order_by()
                .values("kind")
                .annotate(
                    many=Count("pk"),
                    due=Count("pk", filter=is_due),
                    oldest=Min("due_at", filter=is_due),
                )
            )
            found = figures.values_list("kind", "many", "due", "oldest")
            return {
                kind: (many, due, (now - oldest).total_seconds() if oldest else 0.0)
                for kind, many, due, oldest in found
            }
    except (DatabaseError, InterfaceError):
        return None


@transaction.non_atomic_requests
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' own format; 404 where no token is set, 401 for another one."""
    if not settings.METRICS_TOKEN:
        return refuse(request, MissingError("There is nothing here."))
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not compare_digest(request.headers.get("Authorization", "").encode(), wanted):
        return refuse(request, UnauthenticatedError("Show the token of the metrics."))
    make_folder()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(DueCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
