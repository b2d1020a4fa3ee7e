"""Schemas as the database sees them: create, migrate, list, drop."""

from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django_tenants.utils import quote_schema_name

from tenants.context import wrapper_of
from tenants.grants import grant_schema
from tenants.migrator import Migrator
from tenants.models import Tenant


def create_schema(schema: str, *, tenant_id: UUID | None) -> None:
    """Make an empty schema with the marker that the database backend asks for."""
    name = quote_schema_name(schema)
    with wrapper_of(DEFAULT_DB_ALIAS).cursor_without_path() as cursor:
        cursor.execute(f"CREATE SCHEMA {name}")
        cursor.execute(f"CREATE TABLE {name}.schema_marker (tenant_id uuid PRIMARY KEY)")
        if tenant_id is not None:
            cursor.execute(f"INSERT INTO {name}.schema_marker VALUES (%s)", [tenant_id])  # noqa: S608


def drop_schema(schema: str) -> None:
    """Remove the schema and all that is in it, if it is there; the owner may."""
    with wrapper_of(DEFAULT_DB_ALIAS).cursor_without_path() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quote_schema_name(schema)} CASCADE")


def drop_schema_of(tenant: Tenant, *, alias: str = "") -> None:
    """Remove the schema of a suspended or unfinished tenant; PostgreSQL refuses any other.

    That of its home, or what there is of it in another database.
    """
    with wrapper_of(alias or tenant.db_alias).cursor_without_path() as cursor:
        cursor.execute("SELECT public.office_drop_schema(%s)", [tenant.pk])


def migrate_schema(schema: str, *, alias: str = DEFAULT_DB_ALIAS) -> None:
    """Bring one schema to the present state of the migrations."""
    Migrator(alias).migrate(schema)
    grant_schema(schema, alias=alias)
