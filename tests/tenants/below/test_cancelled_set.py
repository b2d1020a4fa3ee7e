"""Entering the tenant is cut short; nothing is read instead."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from tenants.context import tenant_context, tenant_transaction
from tests.tenants.below.conftest import (
    DEFAULT_PATH,
    OURS,
    THEIRS,
    own_connection,
    seen,
    session_path,
)

HASTY = {"options": "-c statement_timeout=100"}


@contextmanager
def marker_locked(owner, tenant) -> Iterator[None]:
    """Whoever enters the tenant has to wait."""
    with owner.transaction():
        owner.execute(f"LOCK TABLE {tenant.schema_name}.schema_marker IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_timeout_while_entering_reads_nothing(offices, owner):
    with own_connection(OPTIONS=HASTY), marker_locked(owner, offices.ours):
        for _again in range(3):
            with pytest.raises(OperationalError), tenant_transaction(offices.ours):
                seen()
        assert session_path() == DEFAULT_PATH


def test_the_rest_of_the_broken_transaction_reads_nothing(offices, owner):
    with own_connection(OPTIONS=HASTY), tenant_context(offices.ours):
        with pytest.raises(DatabaseError), transaction.atomic():
            with marker_locked(owner, offices.ours), pytest.raises(OperationalError):
                seen()
            seen()


def test_after_a_savepoint_the_same_transaction_enters_again(offices, owner):
    with own_connection(OPTIONS=HASTY), transaction.atomic():
        with marker_locked(owner, offices.ours), pytest.raises(OperationalError):
            with transaction.atomic(), tenant_context(offices.ours):
                seen()
        with tenant_context(offices.ours):
            assert seen() == {OURS}


def test_a_timeout_on_the_way_to_another_tenant_does_not_read_the_first(offices, owner):
    with own_connection(OPTIONS=HASTY), tenant_transaction(offices.ours):
        assert seen() == {OURS}
        with marker_locked(owner, offices.theirs), pytest.raises(OperationalError):
            with transaction.atomic(), tenant_context(offices.theirs):
                seen()
        with tenant_context(offices.theirs):
            assert seen() == {THEIRS}
        assert seen() == {OURS}


def test_a_cancelled_set_reads_nothing(offices, owner, peer):
    with own_connection(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        with marker_locked(owner, offices.ours), cancelling_what_waits(peer, pid):
            with pytest.raises(OperationalError, match="cancel"), transaction.atomic():
                with tenant_context(offices.ours):
                    seen()
        with tenant_context(offices.ours):
            assert seen() == {OURS}


@contextmanager
def cancelling_what_waits(peer, pid) -> Iterator[None]:
    """Cancel the statement of a backend as soon as it waits for a lock."""
    over = Event()

    def cancel() -> None:
        query = "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE pid = %s AND NOT granted"
        while not over.wait(0.01) and not peer.execute(query, [pid]).fetchone():
            continue

    canceller = Thread(target=cancel)
    canceller.start()
    try:
        yield
    finally:
        over.set()
        canceller.join()
