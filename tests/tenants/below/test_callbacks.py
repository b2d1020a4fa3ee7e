"""What runs after the commit, or because of a signal, runs for the tenant that asked for it."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models.signals import post_save

from tenants.backend.paths import TenantPathError
from tenants.context import current_tenant, public_context, tenant_context, tenant_transaction
from tests.tenants.below.conftest import OURS, PUBLIC, THEIRS, plant, seen

NEW = "canary hatched"
found: list = []


@pytest.fixture(autouse=True)
def nothing_found():
    found.clear()


def look() -> None:
    with transaction.atomic():
        found.append(seen())


@pytest.mark.parametrize("robust", [False, True])
def test_a_callback_works_for_the_tenant_that_registered_it(offices, robust):
    with transaction.atomic():
        for tenant in (offices.ours, offices.theirs):
            with tenant_context(tenant):
                transaction.on_commit(look, robust=robust)
        transaction.on_commit(look, robust=robust)
    assert found == [{OURS}, {THEIRS}, {PUBLIC}]


def test_whoever_commits_does_not_lend_the_callback_a_tenant(offices):
    with tenant_transaction(offices.theirs), public_context():
        transaction.on_commit(look)
    assert found == [{PUBLIC}]


def test_a_callback_without_a_transaction_of_its_own_reads_nothing(offices):
    def look_outside() -> None:
        with pytest.raises(TenantPathError, match="outside a transaction"):
            seen()
        found.append("refused")

    with tenant_transaction(offices.ours):
        transaction.on_commit(look_outside)
    assert found == ["refused"]


def test_a_callback_that_fails_leaves_the_place_as_it_was(offices):
    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError), public_context(), transaction.atomic():
        with tenant_context(offices.ours):
            transaction.on_commit(fail)
        transaction.on_commit(look)
    assert seen() == {PUBLIC}


def test_what_a_savepoint_took_back_calls_nobody(offices):
    with tenant_transaction(offices.ours):
        with pytest.raises(LookupError), transaction.atomic():
            transaction.on_commit(look)
            raise LookupError
    assert found == []


def test_a_receiver_reads_the_tenant_of_the_row_and_so_does_its_callback(offices):
    def receiver(**kwargs) -> None:
        found.append((current_tenant(), seen() - {NEW}))
        transaction.on_commit(look)

    post_save.connect(receiver, Session)
    try:
        with transaction.atomic(), tenant_context(offices.ours):
            plant(NEW)
    finally:
        post_save.disconnect(receiver, Session)
    assert found == [(offices.ours, {OURS}), {OURS, NEW}]


def test_a_callback_that_is_called_at_once_keeps_the_place_too(offices):
    with tenant_context(offices.ours):
        connection.on_commit(look)
    assert found == [{OURS}]
