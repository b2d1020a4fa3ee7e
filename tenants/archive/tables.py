"""The tables of a schema as the catalogue knows them, and their rows as PostgreSQL writes them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from tenants.archive.format import is_left_out

TABLES = """
    SELECT c.relname, greatest(c.relpages, 1),
        array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''),
        array_agg(a.attname::text) FILTER (WHERE a.attidentity <> ''),
        (SELECT array_agg(ARRAY[k.attname::text, t.typcategory::text] ORDER BY p.place)
            FROM pg_index i, unnest(i.indkey) WITH ORDINALITY p(number, place)
            JOIN pg_attribute k ON k.attnum = p.number JOIN pg_type t ON t.oid = k.atttypid
            WHERE i.indrelid = c.oid AND k.attrelid = c.oid AND i.indisprimary),
        (SELECT array_agg(f.relname::text) FROM pg_constraint r JOIN pg_class f
            ON f.oid = r.confrelid WHERE r.conrelid = c.oid AND r.contype = 'f')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        AND NOT a.attisdropped
    WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
    GROUP BY c.oid ORDER BY c.relname"""
# However the server is set up, the same row gives the same text.
ONE_WAY_OF_WRITING = """
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1"""
# No character of a JSON text is one of these, so that nothing is quoted: a row is a line.
PLAIN_LINES = sql.SQL("(FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')")


@dataclass(frozen=True)
class Table:
    """One table: what is written to it, how its rows are ordered, what it points to."""

    schema: str
    name: str
    pages: int
    columns: tuple[str, ...]
    identity: tuple[str, ...]
    order: sql.Composable
    references: tuple[str, ...]

    @property
    def place(self) -> sql.Identifier:
        """The table's full name."""
        return sql.Identifier(self.schema, self.name)


def tables_of(
    cursor: Any, schema: str, *, without: Callable[[str], bool] = is_left_out
) -> list[Table]:
    """Return the tables that belong into an archive, each after those that it points to."""
    cursor.execute(TABLES, [schema])
    found = {row[0]: _table(schema, row) for row in cursor.fetchall() if not without(row[0])}
    ordered: dict[str, Table] = {}
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in found and name not in seen:
            seen.add(name)
            for other in found[name].references:
                visit(other)
            ordered[name] = found[name]

    for name in found:
        visit(name)
    return list(ordered.values())


def _table(schema: str, row: Any) -> Table:
    name, pages, columns, identity, key, references = row
    # A text is ordered by its bytes, since the server's own order depends on its libraries.
    terms = [
        sql.SQL('{} COLLATE "C"' if category == "S" else "{}").format(sql.Identifier(column))
        for column, category in key or ()
    ]
    order = sql.SQL(", ").join(terms) if terms else sql.SQL('to_jsonb(r)::text COLLATE "C"')
    return Table(
        schema=schema,
        name=name,
        pages=pages,
        columns=tuple(columns),
        identity=tuple(identity or ()),
        order=order,
        references=tuple(sorted(references or ())),
    )


def lines_of(cursor: Any, table: Table) -> Iterator[bytes]:
    """Give the rows as lines of JSON, piece by piece, in the order of the primary key."""
    query = sql.SQL("COPY (SELECT to_jsonb(r) FROM {} r ORDER BY {}) TO STDOUT WITH {}")
    with cursor.copy(query.format(table.place, table.order, PLAIN_LINES)) as copy:
        for piece in copy:
            yield bytes(piece)


def write_alike(cursor: Any) -> None:
    """Pin how values are written, for the rest of the transaction."""
    cursor.execute(ONE_WAY_OF_WRITING)
