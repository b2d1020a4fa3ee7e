"""Writing one row as one statement of a text that was made before."""

from collections.abc import Sequence
from typing import Any

from django.db import connections, models


def insert_row(row: models.Model, using: str, fields: Sequence[Any], values: Sequence[Any]) -> None:
    """Insert the values of the row's fields, each as its field prepares it."""
    connection: Any = connections[using]
    pairs = zip(fields, values, strict=True)
    given = [field.get_db_prep_save(value, connection) for field, value in pairs]
    connection.insert_row(row._meta.db_table, tuple(field.column for field in fields), given)


def update_row(
    row: models.Model, using: str, key: Any, fields: Sequence[Any], values: Sequence[Any]
) -> Any | None:
    """Change these fields of the row with the key; return what stood there, None for no row."""
    connection: Any = connections[using]
    pairs = zip(fields, values, strict=True)
    given = [field.get_db_prep_save(value, connection) for field, value in pairs]
    shown = type(row)._meta.concrete_fields
    columns = tuple(field.column for field in fields)
    before = connection.update_row(
        row._meta.db_table,
        row._meta.pk.column,
        columns,
        tuple(field.column for field in shown),
        [*given, key],
    )
    if before is None:
        return None
    found = [_loaded(field, value, connection) for field, value in zip(shown, before, strict=True)]
    return type(row).from_db(using, [field.attname for field in shown], found)


def _loaded(field: Any, value: Any, connection: Any) -> Any:
    for convert in field.get_db_converters(connection):
        value = convert(value, None, connection)
    return value
