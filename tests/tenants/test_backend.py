"""The search path lives and dies with the transaction; nothing falls back to `public`."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from tasks.models import Task
from tenants.context import (
    NoTenantError,
    current_tenant,
    public_context,
    tenant_context,
)
from tenants.models import Tenant
from tenants.schemas import create_schema, drop_schema, migrate_schema
from tenants.template import definition_of
from tests.conftest import as_owner


def path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return cursor.fetchone()[0].strip('"')


def test_a_tenant_sees_its_own_rows_only(acme, globex):
    with tenant_context(acme):
        assert User.objects.filter(email="ada@acme.example").exists()
        with tenant_context(globex):
            assert not User.objects.filter(email="ada@acme.example").exists()
        assert User.objects.filter(email="ada@acme.example").exists()


def test_the_path_holds_the_tenants_schema_alone(acme):
    with tenant_context(acme):
        assert path() == acme.schema_name


def test_shared_tables_are_out_of_reach_inside_a_tenant(acme):
    with tenant_context(acme), pytest.raises(DatabaseError), transaction.atomic():
        Tenant.objects.count()


def test_the_path_is_set_once_per_transaction(acme, django_assert_num_queries):
    with tenant_context(acme), django_assert_num_queries(3):
        User.objects.count()
        User.objects.count()


def test_a_rolled_back_savepoint_sets_the_path_again(acme, globex):
    with tenant_context(acme):
        try:
            with transaction.atomic(), tenant_context(globex):
                User.objects.count()
                raise LookupError  # noqa: TRY301  as a service would
        except LookupError:
            pass
        assert path() == acme.schema_name


def test_a_failed_statement_inside_another_tenant_leaves_the_outer_one_usable(acme, globex):
    with tenant_context(acme):
        with pytest.raises(DatabaseError), transaction.atomic(), tenant_context(globex):  # noqa: SIM117
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        assert User.objects.filter(email="ada@acme.example").exists()


def test_leaving_all_tenants_returns_to_public(acme):
    with tenant_context(acme):
        User.objects.count()
        with public_context():
            assert Tenant.objects.filter(pk=acme.pk).exists()
        assert User.objects.filter(email="ada@acme.example").exists()


def test_no_tenant_is_an_error_and_not_public(db):
    with pytest.raises(NoTenantError):
        current_tenant()


def test_a_template_schema_equals_a_migrated_one(committed):
    """Catalogue by catalogue: columns, constraints, indexes, triggers, functions."""
    with as_owner():
        create_schema("migrated", tenant_id=committed.pk)
        try:
            migrate_schema("migrated")
            migrated = definition_of("migrated")
            made = definition_of(committed.schema_name)
        finally:
            drop_schema("migrated")
    assert structure(made) == structure(migrated)


def structure(sql: str) -> list[str]:
    # PostgreSQL prints the casts of a check constraint another way each time it is replayed.
    plain = re.sub(r"::(character varying|text)(\[\])?|[()]", "", sql)
    lines = [part.strip() for part in plain.split(";\n")]
    return sorted(part for part in lines if not part.startswith(("INSERT", "SELECT setval")))


def test_tasks_of_another_tenant_do_not_exist(acme, globex, task):
    with tenant_context(globex):
        assert not Task.objects.filter(pk=task.pk).exists()
