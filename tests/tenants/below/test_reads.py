"""Reads of one statement: they name the schema, ask whose it is, and need no transaction."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from accounts.services import create_user
from tasks.models import Task
from tenants.backend import prepared
from tenants.backend.paths import TenantPathError
from tenants.context import (
    NoTenantError,
    public_context,
    tenant_context,
    tenant_transaction,
    wrapper_of,
)
from tenants.models import Tenant
from tenants.reads import Count, PageRead, Param, Read, RecordRead
from tests.conftest import PASSWORD
from tests.tenants.below.conftest import own_connection

EMAILS = User.objects.order_by("email").values_list("email")


def emails(read: Read, **values) -> list[str]:
    return [email for (email,) in read.rows(values, tuple)]


def test_it_reads_the_tenant_in_force(acme, globex):
    with tenant_context(acme):
        read = Read(EMAILS)
        assert "ada@acme.example" in emails(read)
        with tenant_context(globex):
            assert emails(read) == ["mia@globex.example"]


def test_without_a_tenant_it_reads_nothing(acme):
    with tenant_context(acme):
        read = Read(EMAILS)
    with public_context(), pytest.raises(NoTenantError):
        read.rows({}, tuple)


def test_it_takes_no_transaction_and_leaves_the_path_alone(committed):
    with own_connection(), tenant_context(committed):
        read = Read(EMAILS)
        with CaptureQueriesContext(connection) as queries:
            assert emails(read) == []
        [query] = queries
        assert query["sql"].startswith("SELECT")
        assert wrapper_of("default").is_idle


def test_inside_a_transaction_it_sees_what_was_written(in_acme, ada):
    with transaction.atomic():
        User.objects.filter(pk=ada.pk).update(full_name="Ada the First")
        read = Read(User.objects.filter(pk=Param("user")).values_list("full_name"))
        assert read.rows({"user": ada.pk}, tuple) == [("Ada the First",)]


def test_a_schema_that_is_not_the_tenants_shows_nothing(committed):
    with tenant_transaction(committed):
        create_user(email="una@un.example", full_name="Una", role="admin", password=PASSWORD)
    other = Tenant(id=uuid4(), slug="other", schema_name=committed.schema_name)
    with own_connection():
        with tenant_context(committed):
            assert emails(Read(EMAILS)) == ["una@un.example"]
        with tenant_context(other):
            assert emails(Read(EMAILS)) == []


def test_a_schema_that_is_gone_is_an_error(committed):
    gone = Tenant(id=uuid4(), slug="gone", schema_name=f"t_{uuid4().hex}")
    with own_connection(), tenant_context(gone), pytest.raises(TenantPathError, match="is missing"):
        Read(EMAILS).rows({}, tuple)


def test_other_errors_keep_their_names(committed):
    with own_connection(), tenant_context(committed), pytest.raises(DataError):
        Read(EMAILS.filter(pk=Param("user"))).rows({"user": "nobody"}, tuple)


def test_values_never_become_part_of_the_text(in_acme, ada):
    Task.objects.create(title="100 % done {x} '; DROP TABLE", creator=ada)
    rows = Task.objects.filter(title__contains="100 % done {x} ';").values_list("title")
    assert len(Read(rows).rows({}, tuple)) == 1
    rows = Task.objects.filter(title=Param("title")).values_list("title")
    assert Read(rows).rows({"title": "' OR 1=1 --"}, tuple) == []


@pytest.mark.parametrize(
    "lookup", [{"due_date__lt": datetime(2030, 1, 1, tzinfo=UTC)}, {"pk": uuid4()}]
)
def test_a_description_with_the_value_of_one_request_is_refused(in_acme, lookup):
    with pytest.raises(TypeError, match="would stay as it is now"):
        Read(Task.objects.filter(**lookup).values_list("pk"))


def test_columns_that_django_converts_in_python_are_refused(in_acme):
    with pytest.raises(ValueError, match="converted"):
        Read(AuditEntry.objects.values_list("changes"))


def test_records_come_with_their_relations_and_annotations(in_acme, ada, eve):
    with_both = Task.objects.create(title="Both", creator=ada, assignee=eve)
    alone = Task.objects.create(title="Alone", creator=ada)
    read = RecordRead(Task.objects.for_reading().filter(pk=Param("pk")))
    with CaptureQueriesContext(connection) as queries:
        [found] = read.records({"pk": with_both.pk})
        assert (found, found.assignee, found.assignee.email) == (with_both, eve, eve.email)
        assert found.reminder_set is False
        [found] = read.records({"pk": alone.pk})
        assert found.assignee is None
    assert len(queries) == 2


@pytest.fixture
def five(in_acme, ada):
    for number in range(5):
        Task.objects.create(title=str(number), creator=ada)
    return PageRead(Task.objects.order_by("title"), lambda rows: rows.values_list("title"))


def page(read, *, limit, offset):
    rows, total = read.rows({}, tuple, limit=limit, offset=offset)
    return [title for (title,) in rows], total


def test_a_page_tells_how_many_rows_there_are(five):
    assert page(five, limit=2, offset=0) == (["0", "1"], 5)
    assert page(five, limit=2, offset=4) == (["4"], 5)
    assert page(five, limit=2, offset=6) == ([], 0)


def test_a_large_number_is_counted_once_in_a_while(five, ada, monkeypatch):
    monkeypatch.setattr(PageRead, "MOST", 3)
    large = PageRead(Task.objects.order_by("title"), lambda rows: rows.values_list("title"))
    assert page(large, limit=1, offset=0) == (["0"], 5)
    Task.objects.create(title="5", creator=ada)
    assert page(large, limit=1, offset=5) == (["5"], 5), "remembered"
    monkeypatch.setattr(PageRead, "SECONDS", 0)
    assert page(large, limit=1, offset=0)[1] in {5, 6}


def test_counting_stops_where_it_is_told_to(five):
    count = Count(Task.objects.all)
    assert [count(most) for most in (1, 5, 6, None)] == [1, 5, 5, 5]


def prepared_reads() -> int:
    with wrapper_of("default").cursor_without_path() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'read%%'")
        return cursor.fetchone()[0]


def test_a_statement_is_prepared_when_it_comes_again(committed):
    with own_connection(), tenant_context(committed):
        read = Read(EMAILS)
        kept = []
        for _time in range(3):
            emails(read)
            kept.append(prepared_reads())
    assert kept == [0, 1, 1]


def test_behind_a_pooler_nothing_is_prepared(committed):
    with own_connection(OPTIONS={"prepare_threshold": None}), tenant_context(committed):
        read = Read(EMAILS)
        for _time in range(5):
            emails(read)
        assert prepared_reads() == 0


def test_a_connection_keeps_so_many_statements_and_no_more(committed, monkeypatch):
    monkeypatch.setattr(prepared, "MOST_PREPARED", 3)
    with own_connection(), tenant_context(committed):
        reads = [Read(EMAILS.filter(full_name=str(number))) for number in range(6)]
        for read in reads * 3:
            emails(read)
        assert prepared_reads() == 3


def test_after_a_change_of_the_tables_statements_are_prepared_anew(committed, owner):
    """PostgreSQL refuses a kept plan whose columns have another type now."""
    with own_connection(), tenant_context(committed):
        read = Read(User.objects.values_list("locale"))
        for _time in range(3):
            assert read.rows({}, tuple) == []
        table = f"{committed.schema_name}.accounts_user"
        owner.execute(f"ALTER TABLE {table} ALTER COLUMN locale TYPE varchar(20)")
        assert read.rows({}, tuple) == []
