"""What the pages cost: queries, time on the server, and bytes over the wire.

    python -m benchmarks.pages [--rows 50] [--requests 200] [--out FILE]

An office with one thing of each kind, then with so many. Queries are counted in this process. Times
and bytes are those of the web server as `make run` starts it, by sessions of a page, from one
connection and from 16 at once; a first visit is a page with all that it loads, gzipped as a proxy
would.
"""

import gzip
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from time import perf_counter
from typing import Any

from benchmarks.database import own_database
from benchmarks.report import Report, Row, arguments
from benchmarks.servers import Stage, servers, set_up

QUICK = ["--rows", "3", "--requests", "4"]
SLUG, PASSWORD = "pages", "correct horse battery"
EMAIL = "ada@pages.example"
PAGES = (
    *("/", "/tasks", "/tasks?view=board", "/tasks/{task}", "/tasks/{task}/edit"),
    *("/calendar", "/calendar?view=week", "/calendar?view=agenda", "/notes", "/notes/{note}"),
    *("/documents", "/ask", "/assistant", "/search?q=budget", "/team", "/reports", "/messages"),
    *("/notifications", "/settings"),
)
MOST_QUERIES, MOST_BYTES = 12, 90 * 1024
FILE = re.compile(rb'(?:href|src)="(/static/[^"#]+)[^"]*"')


def main() -> None:
    """Measure and print; fail where a page costs more than it may."""
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=50)
    parser.add_argument("--requests", type=int, default=200)
    chosen = parser.parse_args()
    report = Report(chosen)
    with servers() as stage, own_database("pages"):
        # Over plain HTTP, as `make run` serves it.
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
        set_up()
        rows = measure(stage, chosen.rows, chosen.requests)
    report.table(f"Pages of an office with {chosen.rows} things of each kind", rows)
    report.finish()
    if wrong := [row["page"] for row in rows if not _is_cheap(row)]:
        raise SystemExit(f"more than they may: {', '.join(wrong)}")


def _is_cheap(row: Row) -> bool:
    counts = (row["queries of 1"], row["queries of many"])
    return len({*counts}) == 1 and counts[0] <= MOST_QUERIES and row["first visit"] <= MOST_BYTES


def measure(stage: Stage, many: int, requests: int) -> list[Row]:
    """Return what each page costs."""
    from django.test import Client

    from tenants.services import open_tenant

    office = open_tenant(name="Pages", slug=SLUG)
    ids = fill(office, range(1))
    host = f"{SLUG}.localhost"
    client = Client(HTTP_HOST=host)
    client.post("/sign-in", {"username": EMAIL, "password": PASSWORD})
    paths = [page.format(**ids) for page in PAGES]
    few = [queries(client, path) for path in paths]
    fill(office, range(1, many))
    counted = [queries(client, path) for path in paths]
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    port = _web(stage)
    headers = {"Host": host, "Cookie": cookies, "Accept": "text/html"}
    return [
        {
            "page": page,
            "queries of 1": one,
            "queries of many": more,
            **_served(port, path, headers, requests),
        }
        for page, path, one, more in zip(PAGES, paths, few, counted, strict=True)
    ]


def queries(client: Any, path: str) -> int:
    """Return how many statements a page sends, when it is not asked for the first time."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
    if answer.status_code != HTTPStatus.OK:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return sum("SAVEPOINT" not in each["sql"] for each in caught)


def fill(office: Any, numbers: Sequence[int]) -> dict[str, str]:
    """Write things of each kind; return the ids of one task and one note."""
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import User
    from accounts.services import create_user
    from calendar_app.services import NewEvent, create_event
    from documents.models import Document
    from notes.services import NewNote, create_note
    from tasks.models import Comment, Reminder, Task
    from tenants.context import tenant_transaction

    with tenant_transaction(office):
        ada = User.objects.filter(email=EMAIL).first() or create_user(
            email=EMAIL, full_name="Ada", role="admin", password=PASSWORD
        )
        for number in numbers:
            due = timezone.now() + timedelta(hours=number - 5)
            task = Task.objects.create(
                title=f"Budget {number}", creator=ada, assignee=ada, due_date=due
            )
            whole = Task.objects.order_by("created_at").first()
            Comment.objects.create(task=whole, author=ada, body="Yes")
            Reminder.objects.create(task=whole, minutes_before=number)
            Task.objects.create(title="Part", creator=ada, assignee=ada, parent=whole)
            Task.objects.filter(pk=task.pk).update(labels=[f"label {number}"])
            note = create_note(new=NewNote(title=f"Budget {number}", body="Text"), by=ada)
            start = timezone.now() + timedelta(hours=number)
            create_event(new=NewEvent(title=f"Budget {number}", start=start), by=ada)
            Document.objects.create(title=f"Budget {number}", owner=ada)
        return {"task": str(task.pk), "note": str(note.pk)}


def _web(stage: Stage) -> int:
    from config.embedded import services
    from config.embedded.paths import ROOT

    env = {
        **os.environ,
        "LOG_LEVEL": "ERROR",
        "RATE_LIMITS": "false",
    }
    port = stage.ports.choose_any()
    stage.start(services.web(ROOT, env, host="127.0.0.1", port=port, name="pages"))
    return port


def _served(port: int, path: str, headers: dict[str, str], requests: int) -> Row:
    _get(port, path, headers)
    alone = [_timed(port, path, headers) for _ in range(requests)]
    with ThreadPoolExecutor(16) as crowd:
        together = [*crowd.map(lambda _: _timed(port, path, headers), range(requests))]
    body = _get(port, path, headers)
    files = {name.decode() for name in FILE.findall(body)}
    loaded = sum(len(gzip.compress(_get(port, name, headers))) for name in files)
    size = len(gzip.compress(body))
    return {
        "p95 ms": _p95(alone),
        "p95 ms of 16": _p95(together),
        "page bytes": size,
        "first visit": size + loaded,
    }


def _get(port: int, path: str, headers: dict[str, str]) -> bytes:
    from http.client import HTTPConnection

    line = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"{path} answers {answer.status}")
        return body
    finally:
        line.close()


def _timed(port: int, path: str, headers: dict[str, str]) -> float:
    begin = perf_counter()
    _get(port, path, headers)
    return (perf_counter() - begin) * 1000


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    main()
