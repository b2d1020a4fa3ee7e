"""Raw cursors go where everybody goes, and cannot move the path behind the backend's back."""

import pytest
from django.db import connection, transaction
from psycopg import sql

from tenants.backend.paths import TenantPathError
from tenants.context import public_context, tenant_context, tenant_transaction
from tests.tenants.below.conftest import (
    DEFAULT_PATH,
    OURS,
    PUBLIC,
    THEIRS,
    seen,
    seen_by,
    session_path,
)

REFUSED = [
    *("SET search_path = {theirs}", "set session search_path to {theirs}", "SET LOCAL search_path"),
    *("SET SCHEMA '{theirs}'", "SET SESSION SCHEMA '{theirs}'", "reset search_path", "RESET ALL"),
    *("DISCARD ALL", "COMMIT", "end", "ROLLBACK", "abort", "BEGIN", "START TRANSACTION"),
    *("COMMIT AND CHAIN", "PREPARE TRANSACTION 'x'", "ROLLBACK TO SAVEPOINT x"),
    *("SELECT set_config('search_path', '{theirs}', false)", "SELECT 1; COMMIT; BEGIN"),
    *("/* a note */ COMMIT", "-- a note\nSET search_path = {theirs}", "  \n\tCOMMIT;"),
]
LET_PASS = [
    *("SHOW search_path", "SELECT current_setting('search_path')", "SET LOCAL lock_timeout = 1000"),
    *("SAVEPOINT x", "SELECT 'begin' AS commit", "RESET lock_timeout", "SELECT 1; SELECT 2"),
    "DO $$ BEGIN PERFORM 1; END; $$",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_what_moves_the_path_or_ends_the_transaction_is_refused(offices, statement):
    text = statement.format(theirs=offices.theirs.schema_name)
    with tenant_transaction(offices.ours), connection.cursor() as cursor:
        for spelling in (text, sql.SQL(text)):
            with pytest.raises(TenantPathError, match="moves the path"):
                cursor.execute(spelling)
        with pytest.raises(TenantPathError, match="moves the path"):
            cursor.executemany(text, [[], []])
        assert seen_by(cursor) == seen() == {OURS}
    with pytest.raises(TenantPathError), connection.cursor() as cursor:
        cursor.execute(text)
    assert seen() == {PUBLIC}
    assert session_path() == DEFAULT_PATH


@pytest.mark.parametrize("statement", LET_PASS)
def test_other_statements_pass(offices, statement):
    with tenant_transaction(offices.ours), connection.cursor() as cursor:
        cursor.execute(statement)
        assert seen_by(cursor) == {OURS}


@pytest.mark.parametrize("words", ["COMMIT", "ROLLBACK", "COMMIT; SELECT 1"])
def test_a_transaction_ended_below_django_enters_again(offices, words):
    with tenant_transaction(offices.ours):
        assert seen() == {OURS}
        connection.connection.execute(words)
        assert seen() == {OURS}


def test_a_raw_cursor_outside_a_transaction_is_refused(offices):
    with tenant_context(offices.ours):
        with pytest.raises(TenantPathError, match="outside a transaction"):
            connection.cursor()
        with public_context(), connection.cursor() as cursor:
            assert seen_by(cursor) == {PUBLIC}


def test_a_cursor_works_in_the_place_in_force_not_where_it_was_opened(offices):
    with transaction.atomic(), connection.cursor() as cursor:
        assert seen_by(cursor) == {PUBLIC}
        with tenant_context(offices.ours):
            assert seen_by(cursor) == {OURS}
            with tenant_context(offices.theirs):
                assert seen_by(cursor) == {THEIRS}
            assert seen_by(cursor) == {OURS}
        assert seen_by(cursor) == {PUBLIC}


def test_a_cursor_kept_from_an_earlier_transaction_reads_nothing(offices):
    with tenant_context(offices.ours):
        with transaction.atomic():
            cursor = connection.cursor()
            assert seen_by(cursor) == {OURS}
        with pytest.raises(TenantPathError):
            seen_by(cursor)
        with transaction.atomic():
            assert seen_by(cursor) == {OURS}


def test_copy_works_in_the_tenant(offices):
    with tenant_transaction(offices.ours), connection.cursor() as cursor:
        with cursor.copy("COPY (SELECT session_data FROM django_session) TO STDOUT") as rows:
            assert b"".join(rows).decode().split("\n") == [OURS, ""]


def test_looking_at_the_tables_leaves_no_path_behind(offices):
    with tenant_transaction(offices.ours):
        names = connection.introspection.table_names()
        assert "tasks_task" in names
        assert "tenants_tenant" not in names
        assert seen() == {OURS}
    assert session_path() == DEFAULT_PATH
    assert "tasks_task" not in connection.introspection.table_names()
