"""How PostgreSQL goes about our statements once the tables are big."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from psycopg.sql import SQL, Identifier

from tenants.backend.prepared import PreparedStatements
from tests.conftest import APP, OWNER

EXPLAINED = ("SELECT", "INSERT", "UPDATE", "WITH", "DELETE")


@contextmanager
def may_analyze(*schemas: str) -> Iterator[None]:
    """Only the owner of a table may: the application's role would be passed over with a warning."""
    role = Identifier(APP["USER"])
    with psycopg.connect(
        host=connection.settings_dict["HOST"],
        port=connection.settings_dict["PORT"],
        dbname=connection.settings_dict["NAME"],
        user=OWNER["USER"],
        password=OWNER["PASSWORD"],
        autocommit=True,
    ) as their:
        for schema in schemas:
            tables = SQL("MAINTAIN ON ALL TABLES IN SCHEMA {}").format(Identifier(schema))
            their.execute(SQL("GRANT {} TO {}").format(tables, role))
        yield
        for schema in schemas:
            tables = SQL("MAINTAIN ON ALL TABLES IN SCHEMA {}").format(Identifier(schema))
            their.execute(SQL("REVOKE {} FROM {}").format(tables, role))


def analyze(*kinds: type[models.Model]) -> None:
    """Let PostgreSQL look how many rows there are, and see that it did."""
    with connection.cursor() as cursor:
        for model in kinds:
            cursor.execute(f"ANALYZE {model._meta.db_table}")
            cursor.execute(
                "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
            )
            assert cursor.fetchone()[0] == model._default_manager.count()


@contextmanager
def statements_run() -> Iterator[list[tuple[str, Any]]]:
    """Collect the prepared statements that are sent, with their parameters."""
    seen: list[tuple[str, Any]] = []
    asked = PreparedStatements.asked

    def note(self: Any, sql: str, params: Any = ()) -> Any:
        if sql.lstrip().startswith(EXPLAINED) and "set_config" not in sql:
            seen.append((sql, params))
        return asked(self, sql, params)

    with patch.object(PreparedStatements, "asked", note):
        yield seen


def plan_of(sql: str, params: Any) -> str:
    """Return the plan of a prepared statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE looked_at AS {sql.replace('%', '%%')}")
        gaps = ", ".join(["%s"] * len(params))
        cursor.execute(f"EXPLAIN EXECUTE looked_at({gaps})" if params else "", params)
        lines = [line for (line,) in cursor.fetchall()]
        cursor.execute("DEALLOCATE looked_at")
    return "\n".join(lines)


def plans_of(work: Callable[[], object]) -> str:
    """Return the plans of all statements that a piece of work sends, one below the other."""
    with statements_run() as prepared, CaptureQueriesContext(connection) as queries:
        work()
    plans = [plan_of(sql, params) for sql, params in prepared]
    others = [query["sql"] for query in queries if "$1" not in query["sql"]]
    with connection.cursor() as cursor:
        for sql in others:
            if sql.lstrip().startswith(EXPLAINED):
                cursor.execute(f"EXPLAIN {sql}")
                plans += [line for (line,) in cursor.fetchall()]
    assert plans
    return "\n".join(plans)
