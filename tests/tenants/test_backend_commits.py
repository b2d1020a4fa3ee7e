"""The search path with real commits, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from tenants.backend.paths import TenantPathError
from tenants.context import NoTenantError, current_tenant, tenant_context, tenant_transaction
from tenants.models import Tenant
from tenants.schemas import drop_schema
from tenants.services import fill_schema, open_tenant
from tests.conftest import as_owner


def test_a_query_outside_a_transaction_raises(committed):
    with tenant_context(committed), pytest.raises(TenantPathError):
        User.objects.count()


def test_the_connection_is_public_again_after_the_transaction(committed):
    with tenant_transaction(committed):
        User.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone()[0] == '"$user", public'


def test_a_dropped_schema_raises_even_on_a_warm_connection(committed):
    with tenant_transaction(committed):
        User.objects.count()
    with as_owner():
        drop_schema(committed.schema_name)
    with pytest.raises(TenantPathError), tenant_transaction(committed):
        User.objects.count()


def test_a_schema_with_anothers_marker_raises(committed):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {committed.schema_name}.schema_marker SET tenant_id = gen_random_uuid()"
        )
    with pytest.raises(TenantPathError), tenant_transaction(committed):
        User.objects.count()


def test_threads_do_not_inherit_the_tenant(committed):
    def look() -> str:
        try:
            return str(current_tenant())
        except NoTenantError:
            return "none"
        finally:
            connections.close_all()

    with tenant_transaction(committed), ThreadPoolExecutor(1) as pool:
        assert pool.submit(look).result() == "none"


def test_provisioning_that_fails_leaves_nothing_behind(committed, monkeypatch):
    monkeypatch.setattr("tenants.services.fill_schema", lambda tenant: fill_schema(tenant) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        open_tenant(name="Half Built")
    assert not Tenant.objects.filter(slug="half-built").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%%'")
        assert cursor.fetchone()[0] == Tenant.objects.count()


def test_a_connection_that_has_met_many_schemas_is_replaced(committed, monkeypatch):
    def server() -> int:
        with tenant_transaction(committed), connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    first = server()
    assert server() == first
    monkeypatch.setattr("tenants.backend.paths.MOST_MET", 0)
    second = server()
    assert second != first
    with tenant_transaction(committed), transaction.atomic():
        third = connection.connection
        User.objects.count()
        with transaction.atomic():
            assert connection.connection is third, "never inside of a transaction"
