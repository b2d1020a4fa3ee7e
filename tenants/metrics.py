"""`/metrics`: the figures of all processes, and what is due and not done, as Prometheus reads it.

It is closed until METRICS_TOKEN is set; whoever asks shows that token.
"""

from collections.abc import Iterator
from secrets import compare_digest

from django.conf import settings
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from common.errors import MissingError, UnauthenticatedError
from common.metrics import make_folder
from common.refusals import refuse
from tenants.overdue import PATIENCE, due_in


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
            rows = due_in(alias)
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
        worst = max((seconds for _all, _due, seconds in found.values()), default=0.0)
        stuck = GaugeMetricFamily(
            "office_work_late", "Whether work is a minute late: workers are away, or deaf."
        )
        stuck.add_metric([], worst > PATIENCE.total_seconds())
        yield from (waiting, late, lateness, stuck, up)


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
