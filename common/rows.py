"""Writing one row as one statement of a text that was made before."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connections, models

# By kind of field: the values that it hands to PostgreSQL as they are. Not so kinds made of these.
AS_IT_IS: dict[type, type] = {
    models.BooleanField: bool,
    models.CharField: str,
    models.DateTimeField: datetime,
    models.EmailField: str,
    models.TextField: str,
    models.UUIDField: UUID,
}


@dataclass(frozen=True, slots=True)
class Held:
    """What stands in a row that was locked when it was read, for as long as it stays locked."""

    lock: object
    values: dict[str, Any]


# So many rows are written by one statement.
MANY = 50


def insert_row(row: models.Model, using: str, fields: Sequence[Any], values: Sequence[Any]) -> None:
    """Insert the values of the row's fields, each as its field prepares it."""
    connection: Any = connections[using]
    given = _given(connection, fields, values)
    connection.insert_row(row._meta.db_table, tuple(field.column for field in fields), given)


def insert_rows(
    rows: Sequence[models.Model], using: str, value: Callable[[Any, Any], Any] | None = None
) -> None:
    """Insert rows of one kind; `value` tells a field's value where it is not what stands there."""
    if not rows:
        return
    connection: Any = connections[using]
    fields = rows[0]._meta.concrete_fields
    columns = tuple(field.column for field in fields)
    for start in range(0, len(rows), MANY):
        given = [
            _given(
                connection,
                fields,
                [value(row, f) if value else getattr(row, f.attname) for f in fields],
            )
            for row in rows[start : start + MANY]
        ]
        connection.insert_rows(rows[0]._meta.db_table, columns, given)


def update_held_row(
    row: models.Model, using: str, known: Held, fields: Sequence[Any], values: Sequence[Any]
) -> Any:
    """Change those fields of a held row that are to change; return what stood there."""
    connection: Any = connections[using]
    before = dict(known.values)
    changes = [
        (field, value)
        for field, value in zip(fields, values, strict=True)
        if field.attname not in before or before[field.attname] != value
    ]
    if changes:
        changed, given = zip(*changes, strict=True)
        connection.update_held_row(
            row._meta.db_table,
            row._meta.pk.column,
            tuple(field.column for field in changed),
            [*_given(connection, changed, given), row.pk],
        )
        known.values.update({field.attname: copy(value) for field, value in changes})
    return type(row).from_db(using, list(before), list(before.values()))


def update_row(
    row: models.Model, using: str, key: Any, fields: Sequence[Any], values: Sequence[Any]
) -> Any | None:
    """Change these fields of the row with the key; return what stood there, None for no row."""
    connection: Any = connections[using]
    given = _given(connection, fields, values)
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


def _given(connection: Any, fields: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    return [
        value if _is_ready(field, value) else field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    ]


def _is_ready(field: Any, value: Any) -> bool:
    """Tell whether the field's own preparation would return the value unchanged."""
    if value is None:
        return True
    kind = type(value)
    if AS_IT_IS.get(_kind_of(field)) is not kind:
        return False
    return kind is not datetime or value.tzinfo is not None


@cache
def _kind_of(field: Any) -> type:
    return type(getattr(field, "target_field", field))


def _loaded(field: Any, value: Any, connection: Any) -> Any:
    for convert in field.get_db_converters(connection):
        value = convert(value, None, connection)
    return value
