"""PgBouncer in transaction mode: each transaction may find itself on another connection.

Four threads work for four offices over two connections to the server. Each row says whose it is.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from random import Random
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction
from django.utils import timezone
from django_tenants.postgresql_backend import base as stock

from config.env import PREPARE_FROM
from tenants.backend.base import DatabaseWrapper
from tenants.context import public_context, tenant_context, tenant_transaction
from tenants.models import Tenant
from tenants.reads import Param, Read
from tenants.services import open_tenant
from tests.conftest import forget
from tests.tenants.below import pgbouncer
from tests.tenants.below.conftest import own_connection

THREADS, SERVERS = 4, 2
REQUESTS, CONTROL_REQUESTS = 10_000, 1_000
MARK = "pgbouncer"


@pytest.fixture
def four(committed) -> Iterator[list[Tenant]]:
    others = [open_tenant(name=f"Neighbour {number}") for number in range(3)]
    yield [committed, *others]
    for tenant in others:
        forget(tenant)
    Session.objects.filter(session_key__startswith=MARK).delete()


@pytest.fixture
def bouncer(committed) -> Iterator[int]:
    with pgbouncer.running(connection.settings_dict, size=SERVERS) as port:
        yield port


def foreign_rows(owner: str) -> int:
    """Read some rows of where we are, and count those of somebody else."""
    rows = Session.objects.filter(session_key__startswith=MARK)
    return sum(word != owner for word in rows.values_list("session_data", flat=True)[:20])


def write(owner: str) -> None:
    Session.objects.create(
        session_key=f"{MARK}{uuid4().hex[:24]}", session_data=owner, expire_date=timezone.now()
    )


@cache
def foreign_read() -> Read:
    """The same question as a read."""
    found = Session.objects.filter(session_key__startswith=MARK)
    return Read(found.exclude(session_data=Param("own")).values_list("session_key"))


class Worker:
    """One thread's share of the requests, on one connection."""

    def __init__(self, tenants: list[Tenant], seed: int) -> None:
        self.tenants = tenants
        self.random = Random(seed)
        self.written: Counter[str] = Counter()
        self.did: Counter[str] = Counter()
        self.foreign = 0
        # Where PgBouncer does; otherwise `DATABASE_URL` ends with `?prepare=no`.
        self.prepares = pgbouncer.prepares()

    def run(self, requests: int, port: int, wrapper: type[Any]) -> "Worker":
        prepare = {"OPTIONS": {"prepare_threshold": PREPARE_FROM if self.prepares else None}}
        with own_connection(wrapper, HOST="127.0.0.1", PORT=port, **prepare):
            kinds = (self.read, self.ask, self.write, self.give_up, self.visit, self.read_public)
            for _request in range(requests):
                (kind,) = self.random.choices(kinds, weights=(35, 20, 30, 5, 5, 5))
                kind(self.random.choice(self.tenants))
                self.did[kind.__name__] += 1
        connections.close_all()
        return self

    def read(self, tenant: Tenant) -> None:
        with tenant_transaction(tenant):
            self.foreign += foreign_rows(str(tenant.pk))

    def ask(self, tenant: Tenant) -> None:
        """A read that names its schema, outside of any transaction."""
        with tenant_context(tenant):
            self.foreign += len(foreign_read().rows({"own": str(tenant.pk)}, tuple))

    def write(self, tenant: Tenant) -> None:
        with tenant_transaction(tenant):
            write(str(tenant.pk))
            self.foreign += foreign_rows(str(tenant.pk))
        self.written[str(tenant.pk)] += 1

    def give_up(self, tenant: Tenant) -> None:
        """Write to one office and to another, and roll both back."""
        with pytest.raises(LookupError), tenant_transaction(tenant):
            write(str(tenant.pk))
            with transaction.atomic(), tenant_context(self.random.choice(self.tenants)) as other:
                write(str(other.pk))
                self.foreign += foreign_rows(str(other.pk))
            self.foreign += foreign_rows(str(tenant.pk))
            raise LookupError

    def visit(self, tenant: Tenant) -> None:
        with tenant_transaction(tenant):
            with tenant_context(self.random.choice(self.tenants)) as other:
                self.foreign += foreign_rows(str(other.pk))
            self.foreign += foreign_rows(str(tenant.pk))

    def read_public(self, tenant: Tenant) -> None:
        """No transaction: this is where a path left on the session would show."""
        with public_context():
            self.foreign += foreign_rows("nobody writes here")


class StockWorker(Worker):
    """The same reads and writes as django-tenants does them."""

    def enter(self, tenant: Tenant) -> None:
        wrapper: Any = connections["default"]
        wrapper.set_tenant(tenant)  # ast-grep-ignore: no-connection-tenancy

    def read(self, tenant: Tenant) -> None:
        self.enter(tenant)
        self.foreign += foreign_rows(str(tenant.pk))

    def write(self, tenant: Tenant) -> None:
        self.enter(tenant)
        write(str(tenant.pk))

    ask = give_up = visit = read_public = read


def work(workers: list[Worker], requests: int, port: int, wrapper: type[Any]) -> None:
    with ThreadPoolExecutor(len(workers)) as pool:
        share = requests // len(workers)
        list(pool.map(lambda worker: worker.run(share, port, wrapper), workers))


def report(capsys, title: str, workers: list[Worker], seconds: float) -> int:
    foreign = sum(worker.foreign for worker in workers)
    did = sum((worker.did for worker in workers), Counter())
    with capsys.disabled():
        print(  # noqa: T201  # figures for whoever runs it by hand
            f"\n{title}: {did.total()} requests, {foreign} foreign rows, {seconds:.1f} s; "
            + ", ".join(f"{kind} {number}" for kind, number in sorted(did.items()))
        )
    return foreign


def test_no_request_reads_a_foreign_row_and_every_write_lands_at_home(four, bouncer, capsys):
    workers = [Worker(four, seed) for seed in range(THREADS)]
    start = monotonic()
    work(workers, REQUESTS, bouncer, DatabaseWrapper)
    assert report(capsys, "PgBouncer, ours", workers, monotonic() - start) == 0
    written = sum((worker.written for worker in workers), Counter())
    for tenant in four:
        with tenant_transaction(tenant):
            rows = Session.objects.filter(session_key__startswith=MARK)
            owners = Counter(rows.values_list("session_data", flat=True))
        assert owners == {str(tenant.pk): written[str(tenant.pk)]}
    assert not Session.objects.filter(session_key__startswith=MARK).exists()


def test_no_sql_names_a_prepared_statement_behind_it(committed, bouncer):
    """It gives them other names on the server; what travels together goes with its values."""
    for port, kept in ((bouncer, 0), (connection.settings_dict["PORT"], 1)):
        with own_connection(PORT=port) as wrapper, tenant_transaction(committed):
            write(str(committed.pk))
            reads = wrapper._reads
            asked = [reads.asked("SELECT $1::int", [number]) for number in (1, 2, 3)]
            assert reads.run(asked).get_value(0, 0) == b"3"
            seen = reads.run([reads.asked("SELECT count(*) FROM pg_prepared_statements")])
            assert seen.get_value(0, 0) == str(kept).encode()


def test_the_control_group_leaks(four, bouncer, capsys):
    """Were there nothing to find here, the test above would prove nothing."""
    workers: list[Worker] = [StockWorker(four, seed) for seed in range(THREADS)]
    start = monotonic()
    work(workers, CONTROL_REQUESTS, bouncer, stock.DatabaseWrapper)
    assert report(capsys, "PgBouncer, stock", workers, monotonic() - start) > 0
