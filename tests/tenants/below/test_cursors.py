"""Statements that PostgreSQL keeps: server-side cursors and prepared statements."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from tenants.backend.paths import TenantPathError
from tenants.context import tenant_context, tenant_transaction, wrapper_of
from tests.tenants.below.conftest import OURS, PUBLIC, THEIRS, own_connection, plant, seen, seen_by

ON_THE_SERVER = {"DISABLE_SERVER_SIDE_CURSORS": False}
# psycopg prepares what it has seen more often than this; Django asks it to only with binding
# on the server.
PREPARED = [{"server_side_binding": True, "prepare_threshold": number} for number in (0, 1)]


def words(rows) -> list[str]:
    return [row.session_data for row in rows]


def test_a_server_side_cursor_reads_its_own_tenant(offices):
    with own_connection(**ON_THE_SERVER):
        for tenant, expected in ((offices.ours, OURS), (offices.theirs, THEIRS)):
            with tenant_transaction(tenant):
                canaries = Session.objects.filter(session_data__startswith="canary")
                rows = canaries.iterator(chunk_size=1)
                assert words(rows) == [expected]


def test_a_server_side_cursor_outside_a_transaction_is_refused(offices):
    with own_connection(**ON_THE_SERVER), tenant_context(offices.ours):
        with pytest.raises(TenantPathError, match="outside a transaction"):
            next(Session.objects.iterator(chunk_size=1))


def test_rows_asked_for_in_one_tenant_stay_its_own_when_read_in_another(offices):
    """Whoever asked for them was allowed to; what they lead to is looked for where we are now."""
    with own_connection(**ON_THE_SERVER), tenant_transaction(offices.ours):
        plant("canary two")
        rows = Session.objects.order_by("session_data").iterator(chunk_size=1)
        assert next(rows).session_data == OURS
        with tenant_context(offices.theirs):
            assert seen() == {THEIRS}
            row = next(rows)
            assert row.session_data == "canary two"
            with pytest.raises(Session.DoesNotExist):
                row.refresh_from_db()
        assert list(rows) == []


def test_an_iterator_first_read_in_another_tenant_reads_that_tenant(offices):
    """A query is a question; it is asked where its first row is wanted."""
    with own_connection(**ON_THE_SERVER), transaction.atomic():
        with tenant_context(offices.ours):
            rows = Session.objects.filter(session_data__startswith="canary").iterator(chunk_size=1)
        with tenant_context(offices.theirs):
            assert words(rows) == [THEIRS]


def prepared_statements() -> list[str]:
    with wrapper_of("default").cursor_without_path() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [text for (text,) in cursor.fetchall()]


@pytest.mark.parametrize("options", PREPARED, ids=["at once", "the second time"])
def test_a_statement_prepared_in_one_tenant_reads_the_other_in_the_other(offices, options):
    """PostgreSQL plans a prepared statement again when the path has changed."""
    with own_connection(OPTIONS=options):
        for _round in range(10):
            for tenant, expected in ((offices.ours, OURS), (offices.theirs, THEIRS)):
                with tenant_transaction(tenant), connection.cursor() as cursor:
                    assert seen() == {expected}
                    assert seen_by(cursor) == {expected}
            assert seen() == {PUBLIC}
        kept = [text for text in prepared_statements() if "django_session" in text]
        assert len(kept) == 2, "nothing was prepared, so nothing was tested"


def test_a_plan_kept_for_one_tenant_is_made_anew_for_another(offices):
    """The same, with a generic plan forced: the one that PostgreSQL would keep longest."""
    with own_connection(
        OPTIONS={**PREPARED[0], "options": "-c plan_cache_mode=force_generic_plan"}
    ):
        for tenant, expected in [(offices.ours, OURS), (offices.theirs, THEIRS)] * 5:
            with tenant_transaction(tenant):
                assert seen() == {expected}
