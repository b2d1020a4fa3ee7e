"""Tenants inside tenants, left by an exception, a savepoint or a generator nobody finished."""

import gc
from contextvars import copy_context
from functools import wraps

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction

from tenants.backend.paths import TenantPathError
from tenants.context import (
    NoTenantError,
    current_tenant,
    public_context,
    tenant_context,
    tenant_transaction,
)
from tests.tenants.below.conftest import (
    DEFAULT_PATH,
    OURS,
    PUBLIC,
    THEIRS,
    own_connection,
    seen,
    session_path,
)


def apart(test):
    """Run a test in a context and on a connection of its own: it leaves both in a mess."""

    @wraps(test)
    def run(offices):
        with own_connection():
            copy_context().run(test, offices)

    return run


def divide_by_zero() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


def test_an_exception_returns_to_the_tenant_outside(offices):
    with tenant_transaction(offices.ours):
        with pytest.raises(LookupError), tenant_context(offices.theirs):
            assert seen() == {THEIRS}
            raise LookupError
        assert current_tenant() == offices.ours
        assert seen() == {OURS}


def test_a_broken_statement_three_deep_is_rolled_back_to_each_level(offices):
    with tenant_transaction(offices.ours):
        with pytest.raises(DatabaseError), transaction.atomic(), tenant_context(offices.theirs):
            with pytest.raises(DatabaseError), transaction.atomic(), public_context():
                assert seen() == {PUBLIC}
                divide_by_zero()
            assert seen() == {THEIRS}
            divide_by_zero()
        assert seen() == {OURS}
    assert session_path() == DEFAULT_PATH


def test_a_broken_transaction_answers_in_no_tenant(offices):
    with pytest.raises(DatabaseError), tenant_transaction(offices.ours):
        with pytest.raises(DatabaseError):
            divide_by_zero()
        for tenant in (offices.theirs, offices.ours):
            with tenant_context(tenant), pytest.raises(DatabaseError):
                seen()
        seen()
    assert seen() == {PUBLIC}


def test_savepoints_set_by_hand_bring_back_the_path_of_the_place_in_force(offices):
    with tenant_transaction(offices.ours):
        seen()
        before = transaction.savepoint()
        with tenant_context(offices.theirs):
            assert seen() == {THEIRS}
            transaction.savepoint_rollback(before)
            assert seen() == {THEIRS}
        after = transaction.savepoint()
        transaction.savepoint_commit(after)
        assert seen() == {OURS}


def test_writes_of_an_inner_tenant_that_failed_are_nowhere(offices):
    with tenant_transaction(offices.ours):
        with pytest.raises(LookupError), transaction.atomic(), tenant_context(offices.theirs):
            Session.objects.update(session_data="defaced")
            raise LookupError
        assert seen() == {OURS}
    with tenant_transaction(offices.theirs):
        assert seen() == {THEIRS}


def rows_of(tenant):
    """Do what is forbidden on purpose."""
    with tenant_transaction(tenant):
        # ast-grep-ignore: no-yield-in-a-tenant
        yield from sorted(seen())


@apart
def test_generators_that_cross_each_other_end_in_an_error_and_in_no_tenant(offices):
    first, second = rows_of(offices.ours), rows_of(offices.theirs)
    assert (next(first), next(second)) == (OURS, THEIRS)
    for generator in (first, second):
        with pytest.raises(NoTenantError, match="another order"):
            generator.close()
        with pytest.raises(TenantPathError, match="no tenant"):
            seen()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@apart
def test_a_forgotten_generator_cannot_pull_its_tenant_over_somebody_elses(offices):
    forgotten = [rows_of(offices.theirs)]
    next(forgotten[0])
    with pytest.raises(NoTenantError, match="another order"), tenant_context(offices.ours):
        forgotten.clear()
        gc.collect()
        with pytest.raises(TenantPathError, match="no tenant"):
            seen()
