"""Schemas as the database sees them: create, migrate, list, drop."""

from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import quote_schema_name

from tenants.context import wrapper_of


def create_schema(schema: str, *, tenant_id: UUID | None) -> None:
    """Make an empty schema with the marker that the database backend asks for."""
    name = quote_schema_name(schema)
    with wrapper_of(DEFAULT_DB_ALIAS).cursor_without_path() as cursor:
        cursor.execute(f"CREATE SCHEMA {name}")
        cursor.execute(f"CREATE TABLE {name}.schema_marker (tenant_id uuid PRIMARY KEY)")
        mark_schema(cursor, schema, tenant_id)


def mark_schema(cursor: Any, schema: str, tenant_id: UUID | None) -> None:
    """Write down whose schema this is."""
    if tenant_id is not None:
        name = quote_schema_name(schema)
        cursor.execute(f"INSERT INTO {name}.schema_marker VALUES (%s)", [tenant_id])  # noqa: S608


def drop_schema(schema: str) -> None:
    """Remove the schema and all that is in it, if it is there."""
    with wrapper_of(DEFAULT_DB_ALIAS).cursor_without_path() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quote_schema_name(schema)} CASCADE")


def migrate_schema(schema: str, *, alias: str = DEFAULT_DB_ALIAS, verbosity: int = 0) -> None:
    """Bring one tenant's schema to the present state of the migrations."""
    options = {"interactive": False, "verbosity": verbosity, "skip_checks": True}
    with wrapper_of(alias).fixed_path(schema):
        call_command(MigrateCommand(), database=alias, **options)


def is_current(schema: str, *, alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Tell whether every migration on disk is recorded in the schema; one query."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT app, name FROM {quote_schema_name(schema)}.django_migrations")  # noqa: S608
        return set(loader.disk_migrations) <= set(cursor.fetchall())
