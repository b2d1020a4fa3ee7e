"""Is the product well: what load balancers and operators ask."""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from celery import current_app
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

Watch = Callable[[], dict[str, Any]]
# Where the queue keeps what was taken and is not done, until it is.
TAKEN = "unacked"
# What apps above look at: what is not well there degrades the platform, and takes nobody away.
_watches: dict[str, Watch] = {}


def register_watch(name: str, watch: Watch) -> None:
    """Show under that name what the function returns: a `status`, `ok` or another, and figures."""
    _watches[name] = watch


@transaction.non_atomic_requests
def live(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process does."""
    return JsonResponse({"status": "ok"})


@transaction.non_atomic_requests
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every dependency works, 503 otherwise; each with its milliseconds.

    With all of them there and something else not as it should be, the platform is `degraded`.
    """
    checks = dependencies()
    well = all(check["status"] == "ok" for check in checks.values())
    status = "ok" if well else "unavailable"
    if well:
        checks |= {name: watch() for name, watch in _watches.items()}
        status = "ok" if all(check["status"] == "ok" for check in checks.values()) else "degraded"
    return JsonResponse({"status": status, "checks": checks}, status=200 if well else 503)


def dependencies() -> dict[str, dict[str, Any]]:
    """Ask each dependency, and return how it is and how long it took to say so."""
    shards = [alias for alias in connections if alias != DEFAULT_DB_ALIAS]
    return {
        "database": _timed(partial(_database, DEFAULT_DB_ALIAS)),
        **{f"database {alias}": _timed(partial(_database, alias)) for alias in shards},
        "queue": _timed(_queue),
    }


def check_all() -> dict[str, dict[str, Any]]:
    """Return the same with what apps look at; none of it is asked when a dependency is away."""
    checks = dependencies()
    if any(check["status"] != "ok" for check in checks.values()):
        return checks
    return checks | {name: watch() for name, watch in _watches.items()}


def queue_depth() -> tuple[int, int] | None:
    """Return how many jobs wait in the queue, and how many workers took; None without an answer."""
    options = {"socket_connect_timeout": 2}
    try:
        with current_app.connection_for_write(transport_options=options) as queue:
            queue.ensure_connection(max_retries=1, timeout=2)
            channel: Any = queue.default_channel
            store = channel.client
            waiting = sum(store.llen(name) for name in current_app.amqp.queues)
            return waiting, store.hlen(TAKEN)
    except (OperationalError, OSError):
        return None


def _timed(check: Any) -> dict[str, Any]:
    start = perf_counter()
    try:
        check()
    except (DatabaseError, OperationalError, OSError):
        return {"status": "unavailable"}
    return {"status": "ok", "milliseconds": round((perf_counter() - start) * 1000, 1)}


def _database(alias: str) -> None:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")


def _queue() -> None:
    with current_app.connection_for_write(transport_options={"socket_connect_timeout": 2}) as queue:
        queue.ensure_connection(max_retries=1, timeout=2)
