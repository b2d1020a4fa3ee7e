"""Single rows, written without waiting where nobody needs an answer: how `Record`s are saved.

The texts name their tables with the schema, so that a connection can keep them prepared. An update
tells what stood there when it came, under the row's lock: the audit trail needs no look before it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django_tenants.utils import quote_schema_name

from tenants.backend.paths import PathWrapper


class DatabaseWrapper(PathWrapper):
    """The backend: what it says, where it says it, and whole rows."""

    def insert_row(self, table: str, columns: tuple[str, ...], values: Sequence[Any]) -> None:
        """Write a new row; it travels with the next statement."""
        self.insert_rows(table, columns, [values])

    def insert_rows(
        self, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Write new rows in one statement, which travels with the next."""
        text = insert_text(self.written_schema(), table, columns)
        text += gaps_text(len(columns), len(rows))
        self.say_soon(text, [value for values in rows for value in values])

    def update_held_row(
        self, table: str, key: str, columns: tuple[str, ...], values: Sequence[Any]
    ) -> None:
        """Change a row that this transaction holds a lock on; it travels with the next statement.

        The key is the last value.
        """
        self.say_soon(held_text(self.written_schema(), table, key, columns), values)

    def update_row(
        self, table: str, key: str, columns: tuple[str, ...], shown: tuple[str, ...],
        values: Sequence[Any],
    ) -> tuple[Any, ...] | None:  # fmt: skip
        """Change the row of the key, which is the last value.

        Returns the columns to be shown as they were, or None when there is no such row.
        """
        text = update_text(self.written_schema(), table, key, columns, shown)
        found = self.read(text, values, tuple)
        return found[0] if found else None

    def written_schema(self) -> str:
        """Return the schema in force as SQL writes it, or raise where nothing may be written."""
        if not self.in_atomic_block:
            self.enter_place()
        schema: str = quote_schema_name(self.schema_name)
        return schema


@lru_cache(maxsize=4096)
def insert_text(schema: str, table: str, columns: tuple[str, ...]) -> str:
    """Return the INSERT of rows, but for their gaps."""
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO {schema}."{table}" ({names}) VALUES '  # noqa: S608


@lru_cache(maxsize=1024)
def gaps_text(width: int, rows: int) -> str:
    """Return the gaps of so many rows of so many values."""
    gaps = [f"${number}" for number in range(1, width * rows + 1)]
    return ", ".join(
        f"({', '.join(gaps[first : first + width])})" for first in range(0, len(gaps), width)
    )


@lru_cache(maxsize=4096)
def held_text(schema: str, table: str, key: str, columns: tuple[str, ...]) -> str:
    """Return the UPDATE of one row."""
    changes = ", ".join(f'"{column}" = ${number}' for number, column in enumerate(columns, 1))
    return f'UPDATE {schema}."{table}" SET {changes} WHERE "{key}" = ${len(columns) + 1}'  # noqa: S608


@lru_cache(maxsize=4096)
def update_text(
    schema: str, table: str, key: str, columns: tuple[str, ...], shown: tuple[str, ...]
) -> str:
    """Return the UPDATE of one row that answers with what stood there."""
    row = f'{schema}."{table}"'
    changes = ", ".join(f'"{column}" = ${number}' for number, column in enumerate(columns, 1))
    before = ", ".join(f'before."{column}"' for column in shown)
    wanted = f'"{key}" = ${len(columns) + 1}'
    return (
        f"WITH before AS (SELECT * FROM {row} WHERE {wanted} FOR UPDATE)"  # noqa: S608
        f" UPDATE {row} AS now SET {changes} FROM before WHERE now.{wanted} RETURNING {before}"
    )
