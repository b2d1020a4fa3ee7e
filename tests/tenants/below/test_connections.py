"""Connections that break, come back, or are shared out of a pool carry no tenant along."""

import pytest
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    transaction,
)

from tenants.backend.paths import TenantPathError
from tenants.context import tenant_context, tenant_transaction, wrapper_of
from tests.tenants.below.conftest import (
    DEFAULT_PATH,
    OURS,
    PUBLIC,
    THEIRS,
    own_connection,
    seen,
    seen_by,
    session_path,
)

POOL = {"pool": {"min_size": 1, "max_size": 1, "timeout": 10}}


def backend_pid() -> int:
    return connections["default"].connection.info.backend_pid


def end_it(peer) -> None:
    """The server ends our connection, as it does when it restarts."""
    assert peer.execute("SELECT pg_terminate_backend(%s, 5000)", [backend_pid()]).fetchone()[0]


def test_a_connection_ended_in_mid_work_reads_nothing_more(offices, peer):
    with own_connection(), tenant_context(offices.ours):
        with pytest.raises(OperationalError), transaction.atomic():
            assert seen() == {OURS}
            end_it(peer)
            for tenant in (offices.ours, offices.theirs):
                with tenant_context(tenant), pytest.raises((OperationalError, InterfaceError)):
                    seen()
            seen()
        with transaction.atomic():
            assert seen() == {OURS}


def test_the_next_transaction_connects_anew_and_enters_anew(offices, peer):
    with own_connection():
        with tenant_transaction(offices.ours):
            assert seen() == {OURS}
        before = backend_pid()
        end_it(peer)
        with pytest.raises(OperationalError), tenant_transaction(offices.theirs):
            seen()
        with tenant_transaction(offices.theirs):
            assert seen() == {THEIRS}
        assert backend_pid() != before
        assert seen() == {PUBLIC}


def test_a_connection_that_is_used_again_forgets_the_last_tenant(offices):
    with own_connection():
        pids = set()
        for tenant, expected in [(offices.ours, OURS), (offices.theirs, THEIRS)] * 3:
            with tenant_transaction(tenant):
                assert seen() == {expected}
                pids.add(backend_pid())
            with pytest.raises(TenantPathError), tenant_context(tenant):
                seen()
            assert seen() == {PUBLIC}
        assert len(pids) == 1


def test_a_cursor_of_a_closed_connection_reads_nothing(offices):
    with own_connection():
        with transaction.atomic():
            cursor = connection.cursor()
        connection.close()
        for tenant in (offices.ours, offices.theirs):
            with tenant_transaction(tenant), pytest.raises(TenantPathError, match="outlived"):
                seen_by(cursor)


# --- Migrations hold a path on the session


def test_a_fixed_path_ends_with_its_block(offices):
    with own_connection(), tenant_transaction(offices.ours):
        assert seen() == {OURS}
        with wrapper_of("default").fixed_path(offices.theirs.schema_name):
            assert seen() == {THEIRS}
        assert seen() == {OURS}
    assert session_path() == DEFAULT_PATH


@pytest.mark.parametrize("pooled", [{}, POOL], ids=["alone", "out of a pool"])
def test_a_path_that_cannot_be_taken_back_ends_the_session(offices, pooled):
    with own_connection(OPTIONS=pooled, CONN_MAX_AGE=0):
        with pytest.raises(DatabaseError), transaction.atomic():
            with wrapper_of("default").fixed_path(offices.theirs.schema_name):
                before = backend_pid()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1/0")
        connection.close()
        assert session_path() == DEFAULT_PATH
        assert backend_pid() != before
        assert seen() == {PUBLIC}


def test_a_migration_whose_connection_is_ended_leaves_no_path(offices, peer):
    with own_connection():
        with pytest.raises((OperationalError, InterfaceError)):
            with wrapper_of("default").fixed_path(offices.theirs.schema_name):
                end_it(peer)
        connection.close()
        assert seen() == {PUBLIC}


# --- psycopg's pool, as Django offers it


def test_a_pool_hands_out_connections_without_a_path(offices):
    with own_connection(OPTIONS=POOL, CONN_MAX_AGE=0):
        pids = set()
        for tenant, expected in [(offices.ours, OURS), (offices.theirs, THEIRS)] * 3:
            with tenant_transaction(tenant):
                assert seen() == {expected}
            pids.add(backend_pid())
            connection.close()
            assert session_path() == DEFAULT_PATH
            assert seen() == {PUBLIC}
            connection.close()
        assert len(pids) == 1


def test_a_connection_given_back_in_mid_transaction_carries_nothing(offices):
    with own_connection(OPTIONS=POOL, CONN_MAX_AGE=0):
        with pytest.raises(DatabaseError), tenant_transaction(offices.ours):
            assert seen() == {OURS}
            before = backend_pid()
            connection.close()
            seen()
        assert session_path() == DEFAULT_PATH
        assert backend_pid() == before
        assert seen() == {PUBLIC}


def test_a_cursor_kept_after_its_connection_went_back_to_the_pool_reads_nothing(offices):
    pooled = {"OPTIONS": POOL, "CONN_MAX_AGE": 0}
    with own_connection(**pooled):
        with tenant_transaction(offices.ours):
            cursor = connection.cursor()
            before = backend_pid()
        connection.close()
        with own_connection(**pooled), tenant_transaction(offices.theirs):
            assert seen() == {THEIRS}
            assert backend_pid() == before
            with pytest.raises(TenantPathError, match="outlived"):
                seen_by(cursor)
