"""What Prometheus is told of requests and jobs, summed over all processes of a machine.

Each process counts in files of its own below METRICS_DIR, which the one that is asked reads. No
label names an office, a person or an address.
"""

import os
import socket
from functools import cache
from time import perf_counter
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram, values

# Containers number their processes alike, and share the folder where they share a volume.
MACHINE = socket.gethostname().replace("_", "-")


@cache
def process_name() -> str:
    """Return what tells this process from all others that count in the folder."""
    return f"{MACHINE}-{os.getpid()}"


# Each figure asks for it; a process that is made by copying this one has a name of its own.
os.register_at_fork(after_in_child=process_name.cache_clear)
values.ValueClass = values.MultiProcessValue(process_name)  # type: ignore[no-untyped-call]

# Anybody may send any word as a method.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
LONG = (0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1800)

requests_total = Counter(
    "office_requests", "Requests that were answered.", ("method", "route", "status")
)
request_seconds = Histogram(
    "office_request_seconds", "From the request to its answer.", ("source",), buckets=QUICK
)
jobs_total = Counter("office_jobs", "Jobs that came to an end.", ("job", "state"))
job_seconds = Histogram("office_job_seconds", "How long jobs took.", ("job",), buckets=LONG)

_begun: dict[str, float] = {}


@cache
def make_folder() -> None:
    """Make the folder of the files; the first figure of a process asks for it."""
    settings.METRICS_DIR.mkdir(parents=True, exist_ok=True)


def count_request(
    request: HttpRequest, response: HttpResponse, *, source: str, seconds: float
) -> None:
    """Count a request by its route's name, never by its address."""
    make_folder()
    match = request.resolver_match
    method = request.method if request.method in METHODS else "other"
    route = (match.view_name if match else "") or "none"
    requests_total.labels(method, route, str(response.status_code)).inc()
    request_seconds.labels(source).observe(seconds)


def watch_jobs() -> None:
    """Count the jobs of this process, and how long each takes."""
    task_prerun.connect(_begin, weak=False)
    task_postrun.connect(_end, weak=False)


def _begin(task_id: str, **_about: Any) -> None:
    _begun[task_id] = perf_counter()


def _end(task_id: str, task: Any, state: str | None = None, **_about: Any) -> None:
    make_folder()
    jobs_total.labels(task.name, (state or "unknown").lower()).inc()
    if task_id in _begun:
        job_seconds.labels(task.name).observe(perf_counter() - _begun.pop(task_id))
