"""What work costs on this machine: processor in ms, room in bytes."""

import argparse
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.http import product
from benchmarks.http.dataset import PASSWORD
from benchmarks.http.load import Call, Target, memory_below
from benchmarks.reminder_offices import add_tasks, open_busy_office
from benchmarks.reminder_steps import send_all
from benchmarks.reminders import start_sink
from benchmarks.servers import Stage, set_up

CONNECTIONS = 8
TABLES = {
    "task": "tasks_task",
    "audit": "accounts_auditentry",
    "message": "messaging_outgoingmessage",
}
# What PostgreSQL adds to a row, and an entry of an index on ids with room for its page.
ROW_HEAD, INDEX_ENTRY = 28, 40
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Costs:
    """What was measured; of each pair the first is ours, the second PostgreSQL's."""

    calls: Mapping[str, tuple[float, float]]
    alone: tuple[float, float]
    together: tuple[float, float]
    """Of a reminder that is its office's only one, and of one among many."""
    wall: float
    """Milliseconds a reminder takes a worker, waiting included."""
    row: Mapping[str, float]
    office: float
    relations: int
    """Bytes and entries of the catalogue for an empty office."""
    chunk: int
    web_memory: float
    """MB of a web worker."""


def measured(stage: Stage, folder: Path, chosen: argparse.Namespace) -> Costs:
    """Seed an office or some, ask for everything, send reminders, and look at what it took."""
    target = product.start(stage, product.seed(folder, tenants=chosen.tenants, tasks=chosen.tasks))
    # First the page, of a desk that the calls below would fill.
    calls = {"page": _asked(_pages(target), "page", chosen.seconds, folder)}
    calls |= {
        name: _asked(target, name, chosen.seconds, folder)
        for name in ("me", "list", "detail", "create", "patch")
    }
    memory = max(memory_below(target.pid))
    set_up()
    one, many, wall = _reminders(stage, chosen.tenants)
    from documents.index.matrices import bytes_of
    from documents.index.spaces import LOCAL

    empty, relations = _empty_office()
    return Costs(
        calls=calls, alone=one, together=many, wall=wall, row=_rows(target.sessions[0].slug),
        office=empty, relations=relations, chunk=bytes_of(LOCAL), web_memory=memory,
    )  # fmt: skip


def _asked(target: Target, call: str, seconds: int, folder: Path) -> tuple[float, float]:
    target.run(call, connections=CONNECTIONS, seconds=1, folder=folder)
    found = target.run(call, connections=CONNECTIONS, seconds=seconds, folder=folder)
    if found["bad"]:
        raise SystemExit(f"{call}: {found['bad']:.0f} bad answers")
    return found["app"], found["database"]


def _pages(target: Target) -> Target:
    """Return the same server as a browser of one person asks it for the first page."""
    session = target.sessions[0]
    host = {"Host": f"{session.slug}.localhost"}
    line = HTTPConnection(urlsplit(target.base).netloc, timeout=30)
    line.request("GET", "/sign-in", headers=host)
    answer = line.getresponse()
    token = CSRF.search(answer.read().decode())
    cookies = _cookies(answer)
    assert token
    email = f"user1@{session.slug}.example.com"
    form = {"username": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    line.request("POST", "/sign-in", urlencode(form), {**host, **sent})
    answer = line.getresponse()
    answer.read()
    headers = {**host, "Cookie": _cookies(answer), "Accept": "text/html"}
    page = Call("GET", "/", anonymous=True)
    return replace(target, name="pages", calls={"page": page}, sessions=[session], headers=headers)


def _cookies(answer: Any) -> str:
    return "; ".join(each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or ())


def _reminders(stage: Stage, number: int) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Return what a reminder costs alone and among many, in CPU, and alone in all."""
    from django.conf import settings

    port = int(start_sink(stage)["EMAIL_PORT"])
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.RATE_LIMITS = False
    offices = [open_busy_office(f"busy{n}") for n in range(max(number, 10))]
    for office in offices:
        add_tasks(office, 20)
    found = []
    for each in (1, 20):
        send_all(offices, each)
        spent, sent = send_all(offices, each)
        found.append([1000 * sum(column) / sent for column in zip(*spent.values(), strict=True)])
    (wall, *alone), (_wall, *together) = found
    return (alone[0], alone[1]), (together[0], together[1]), wall


def _rows(slug: str) -> dict[str, float]:
    """Return the bytes of a row of each table that grows, with an entry of each of its indexes."""
    from tenants.models import Tenant

    sizes = {}
    for name, table in TABLES.items():
        office = Tenant.objects.get(slug="busy0" if name == "message" else slug)
        place = f'"{office.schema_name}".{table}'
        row = float(_value(f"SELECT avg(pg_column_size(t.*)) FROM {place} t"))
        indexes = f"SELECT count(*) FROM pg_index WHERE indrelid = '{place}'::regclass"
        sizes[name] = row + ROW_HEAD + INDEX_ENTRY * _value(indexes)
    return sizes


def _empty_office() -> tuple[float, int]:
    """Return what an office adds to a database: bytes, and entries of the catalogue."""
    size = "SELECT pg_database_size(current_database())"
    entries = "SELECT count(*) FROM pg_class"
    before, had = _value(size), _value(entries)
    several = 5
    for number in range(several):
        open_busy_office(f"empty{number}{time.monotonic_ns()}")
    return (_value(size) - before) / several, (_value(entries) - had) // several


def _value(statement: str) -> Any:
    from django.db import connection

    from tenants.context import public_context

    with public_context(), connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    assert row
    return row[0]
