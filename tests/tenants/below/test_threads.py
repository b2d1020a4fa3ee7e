"""A tenant does not travel into another thread by itself, and nothing stands in for it."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier, Thread

import pytest
from django.db import connection, connections, transaction

from tenants.backend.paths import TenantPathError
from tenants.context import (
    NoTenantError,
    current_tenant,
    public_context,
    tenant_context,
    tenant_transaction,
)
from tests.tenants.below.conftest import OURS, PUBLIC, THEIRS, seen, seen_by


@pytest.fixture
def pool():
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(connections.close_all).result()


def seen_raw() -> set[str]:
    with connection.cursor() as cursor:
        return seen_by(cursor)


def seen_in_transaction() -> set[str]:
    with transaction.atomic():
        return seen()


@pytest.mark.parametrize("look", [seen, seen_raw, seen_in_transaction])
def test_a_thread_starts_in_no_tenant_and_not_in_public(offices, pool, look):
    with tenant_transaction(offices.ours):
        with pytest.raises(TenantPathError, match="no tenant"):
            pool.submit(look).result()
        with pytest.raises(NoTenantError):
            pool.submit(current_tenant).result()


def test_a_thread_of_a_pool_forgets_whom_it_worked_for(offices, pool):
    def work() -> set[str]:
        with tenant_transaction(offices.theirs):
            return seen()

    for _again in range(2):
        assert pool.submit(work).result() == {THEIRS}
        with pytest.raises(TenantPathError, match="no tenant"):
            pool.submit(seen).result()


def test_a_thread_goes_to_public_when_it_says_so(offices, pool):
    def work() -> set[str]:
        with public_context():
            return seen()

    assert pool.submit(work).result() == {PUBLIC}


def test_a_context_that_is_handed_over_brings_the_right_tenant_and_no_transaction(offices, pool):
    with tenant_transaction(offices.ours):
        handed = copy_context()
        with tenant_context(offices.theirs):
            assert pool.submit(handed.run, seen_in_transaction).result() == {OURS}
        with pytest.raises(TenantPathError, match="outside a transaction"):
            pool.submit(handed.run, seen).result()


def test_a_cursor_that_is_handed_over_reads_nothing(offices, pool):
    with tenant_transaction(offices.ours), connection.cursor() as cursor:
        with pytest.raises(TenantPathError, match="no tenant"):
            pool.submit(seen_by, cursor).result()
        assert seen_by(cursor) == {OURS}


def test_threads_that_work_side_by_side_do_not_disturb_each_other(offices):
    barrier = Barrier(2, timeout=20)
    wrong = []

    def work(tenant, expected) -> None:
        for _round in range(20):
            barrier.wait()
            with tenant_transaction(tenant):
                barrier.wait()
                wrong.extend(seen() ^ expected)
        connections.close_all()

    threads = [
        Thread(target=work, args=(offices.ours, {OURS})),
        Thread(target=work, args=(offices.theirs, {THEIRS})),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not barrier.broken
    assert wrong == []
