"""What a request does to the database: which tables it writes, and in whose schema it works."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tenants.context import tenant_or_none, wrapper_of

WRITE = re.compile(
    r"\s*(?:with before as \(.*?for update\)\s*)?"
    r"(insert into|update|delete from|truncate|create|drop|alter)\s+([\w.\"]+)",
    re.IGNORECASE,
)
NEW = re.compile(r"t_[0-9a-f]{32}")
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass
class Watch:
    """Sees every statement; to be used with `connection.execute_wrapper`."""

    schema: str
    known: tuple[str, ...]
    written: set[tuple[str, str]] = field(default_factory=set)
    inside: int = 0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        tenant = tenant_or_none()
        here = tenant.schema_name if tenant else "public"
        text = str(sql)
        if here == self.schema or self.schema in text:
            self.inside += 1
        if found := WRITE.match(text):
            self.written.add((self._name(here), NEW.sub(self._name, " ".join(found.groups()))))
        return execute(sql, params, many, context)

    def _name(self, schema: str | re.Match[str]) -> str:
        """Return one name for all offices that the request itself opens."""
        text = schema if isinstance(schema, str) else schema[0]
        return text if text in {*self.known, "public"} else "a new office"

    def begin(self) -> None:
        self.written, self.inside = set(), 0


def fingerprint(schemas: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return a hash of all rows of each table."""
    wanted = [(schema, table) for schema in schemas for table in _tables(schema)]
    sql = " UNION ALL ".join(
        f"SELECT '{schema}', '{table}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)),'')"
        f' FROM "{schema}"."{table}" t'
        for schema, table in wanted
    )
    with wrapper_of("default").cursor_without_path() as cursor:
        cursor.execute(sql)
        return {(schema, table): digest for schema, table, digest in cursor.fetchall()}


def tables_with(word: str, schema: str) -> set[str]:
    """Return the tables of the schema in which some row holds the word."""
    sql = " UNION ".join(
        f'SELECT \'{table}\' FROM "{schema}"."{table}" t WHERE t::text ILIKE %(word)s'
        for table in _tables(schema)
    )
    with wrapper_of("default").cursor_without_path() as cursor:
        cursor.execute(sql, {"word": f"%{word}%"})
        return {table for (table,) in cursor.fetchall()}


def ids_in(schema: str) -> frozenset[str]:
    """Return every UUID that stands in a row of the schema."""
    sql = " UNION ".join(
        f"SELECT (regexp_matches(t::text, '{UUID}', 'g'))[1] FROM \"{schema}\".\"{table}\" t"
        for table in _tables(schema)
    )
    with wrapper_of("default").cursor_without_path() as cursor:
        cursor.execute(sql)
        return frozenset(found for (found,) in cursor.fetchall())


@cache
def _tables(schema: str) -> list[str]:
    with wrapper_of("default").cursor_without_path() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return sorted(name for (name,) in cursor.fetchall())
