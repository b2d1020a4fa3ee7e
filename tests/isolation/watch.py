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
# All rows ever inserted, updated and deleted, also by triggers and by what was taken back since.
TOUCHED = """
SELECT nspname, relname, touched
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
CROSS JOIN LATERAL (
    SELECT pg_stat_get_xact_tuples_inserted(pg_class.oid)
        + pg_stat_get_xact_tuples_updated(pg_class.oid)
        + pg_stat_get_xact_tuples_deleted(pg_class.oid) AS touched
) counted
WHERE relkind = 'r' AND touched > 0 AND nspname = ANY(%s)
"""
COUNTED = ("insert into", "update", "delete from")
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# A schema and a table in it.
Place = tuple[str, str]


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

    @property
    def written_uncounted(self) -> bool:
        """Tell whether anything was done to tables that does not touch rows one by one."""
        return not all(done.lower().startswith(COUNTED) for _schema, done in self.written)


@dataclass
class Rows:
    """All rows of some schemas, inside one transaction: which tables are not what they were."""

    schemas: list[str]
    before: dict[Place, str] = field(init=False)
    touched: dict[Place, int] = field(init=False)

    def __post_init__(self) -> None:
        self.before, self.touched = fingerprint(self.schemas), touched_in(self.schemas)

    def changed(self) -> frozenset[Place]:
        """Return which tables have other rows than in the beginning."""
        return self._unlike(fingerprint(self.schemas))

    def changed_now(self) -> frozenset[Place]:
        """Return the same, reading only tables with rows that were touched since the last time."""
        last, self.touched = self.touched, touched_in(self.schemas)
        places = [place for place, rows in self.touched.items() if rows != last.get(place)]
        return self._unlike(hashes_of(places))

    def _unlike(self, now: dict[Place, str]) -> frozenset[Place]:
        return frozenset(place for place, digest in now.items() if self.before[place] != digest)


def touched_in(schemas: list[str]) -> dict[Place, int]:
    """Return how many rows of each table this transaction has touched."""
    with wrapper_of("default").cursor_without_path() as cursor:
        cursor.execute(TOUCHED, [schemas])
        return {(schema, table): rows for schema, table, rows in cursor.fetchall()}


def fingerprint(schemas: Iterable[str]) -> dict[Place, str]:
    """Return a hash of all rows of each table."""
    return hashes_of([(schema, table) for schema in schemas for table in _tables(schema)])


def hashes_of(wanted: Iterable[Place]) -> dict[Place, str]:
    """Return a hash of all rows of each of these tables."""
    sql = " UNION ALL ".join(
        f"SELECT '{schema}', '{table}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)),'')"
        f' FROM "{schema}"."{table}" t'
        for schema, table in wanted
    )
    if not sql:
        return {}
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
