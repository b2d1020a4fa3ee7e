"""Queries and milliseconds of each list of the office console.

    python -m benchmarks.console [--tasks 50000] [--entries 500000] [--times 20]

An admin opens each list through all middleware, and searches the audit trail, in one process.
"""

import argparse
import os
from math import ceil
from time import perf_counter

from benchmarks.audit import ADD_ENTRIES, allow_all
from benchmarks.database import own_database
from benchmarks.report import Report, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--tasks", "300", "--entries", "1000", "--times", "2"]
MOST_QUERIES, MOST_MS, OK = 15, 300, 200
ADD_TASKS = """
    INSERT INTO tasks_task (id, title, description, creator_id, assignee_id, due_date, timezone,
        priority, status, recurrence, labels, source, created_at, updated_at)
    SELECT gen_random_uuid(), 'Task ' || n, 'Order badges ' || n, u.id, u.id,
        now() + (n %% 60 - 30) * interval '1 day', 'UTC', 'medium', 'pending', '', '{}', 'api',
        now() - n * interval '1 minute', now()
    FROM generate_series(1, %s) n, accounts_user u"""


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--tasks", type=int, default=50_000)
    parser.add_argument("--entries", type=int, default=500_000)
    parser.add_argument("--times", type=int, default=20)
    chosen = parser.parse_args()
    with servers(), own_database("console"):
        os.environ["DEBUG"] = "false"
        set_up()
        report = Report(chosen)
        run(report, chosen)
        report.finish()


def run(report: Report, chosen: argparse.Namespace) -> None:
    """Fill an office, and open each list of its console."""
    from django.conf import settings
    from django.test import Client, override_settings

    from accounts.services import register_organisation
    from tenants.context import tenant_context, tenant_transaction

    tenant, ada = register_organisation(
        email="a@b.example", password="a long pass phrase", tenant_name="Bench", full_name="Ada"
    )
    allow_all(tenant)
    with tenant_context(tenant):
        some = fill(chosen)
    client = Client(headers={"host": f"{tenant.slug}.localhost"}, raise_request_exception=True)
    with tenant_transaction(tenant):
        client.force_login(ada)
    # Nobody has collected files here; pages only name them.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        rows = [open_list(client, place, chosen.times) for place in places(some)]
    title = f"at most {MOST_QUERIES} queries and {MOST_MS} ms are wanted"
    report.table(title, rows)
    slow = [row for row in rows if row["queries"] > MOST_QUERIES or row["p95 ms"] > MOST_MS]
    print(f"above: {', '.join(str(row['list']) for row in slow) or 'none'}")


def fill(chosen: argparse.Namespace) -> str:
    """Add tasks and entries; return the id of an object of the trail."""
    from django.db import connection

    from accounts.models import AuditEntry
    from tenants.context import atomic

    with atomic(), connection.cursor() as cursor:
        cursor.execute(ADD_TASKS, [chosen.tasks])
        cursor.execute(ADD_ENTRIES, [chosen.entries])
        # As autovacuum has done long before.
        cursor.execute("ANALYZE tasks_task")
        cursor.execute("ANALYZE accounts_auditentry")
        return str(AuditEntry.objects.filter(content_type__model="task").first().object_pk)


def places(some: str) -> list[str]:
    """Return the first page, every list, and what is searched for."""
    from accounts.consoles import tenant_console

    site = tenant_console._registry  # noqa: SLF001  no other way to ask
    tables = [f"{model._meta.app_label}/{model._meta.model_name}/" for model in site]
    searches = [
        f"accounts/auditentry/?q={some}",
        "accounts/auditentry/?q=a@b.example",
        "accounts/auditentry/?q=no-such-request",
        "accounts/auditentry/?action__exact=1",
        "accounts/auditentry/?p=5",
        "tasks/task/?q=badges",
        "tasks/task/?due=overdue",
        "tasks/task/?p=5",
    ]
    return ["", "rounds/", "office-settings/", "sign-in-rules/", *tables, *searches]


def open_list(client: object, place: str, times: int) -> dict[str, object]:
    """Open it so often; return its queries, and milliseconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def get() -> None:
        answer = client.get(f"/admin/{place}", secure=True)  # type: ignore[attr-defined]
        if answer.status_code != OK:
            raise SystemExit(f"/admin/{place}: {answer.status_code}")

    get()
    with CaptureQueriesContext(connection) as queries:
        get()
    # Now: the next request forgets them.
    asked = [each for each in queries if not each["sql"].startswith("BEGIN")]
    took = []
    for _time in range(times):
        start = perf_counter()
        get()
        took.append(1000 * (perf_counter() - start))
    took.sort()
    return {
        "list": place or "the first page",
        "queries": len(asked),
        "median ms": took[len(took) // 2],
        "p95 ms": took[ceil(0.95 * len(took)) - 1],
    }


if __name__ == "__main__":
    main()
