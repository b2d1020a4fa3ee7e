"""The fast way to read what a serializer shows: as rows of columns, without model instances.

The serializer stays the one description of an answer. Here its fields are translated, once, into
what the database is asked for; a test holds both ways equal.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from rest_framework import serializers

# What these fields show is what the column holds: the JSON renderer writes ids and instants itself.
PLAIN = (
    serializers.BooleanField,
    serializers.CharField,
    serializers.ChoiceField,
    serializers.DateTimeField,
    serializers.IntegerField,
    serializers.ListField,
    serializers.UUIDField,
)
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Columns:
    """What a serializer shows of one row: where each value stands, and what is done with some."""

    paths: dict[str, tuple[str, ...]]
    changes: dict[str, Callable[[Any], Any]]
    # Some of them, as somebody wished.
    is_chosen: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The keys of what is shown, in the serializer's order."""
        return tuple(self.paths)

    def of(self, rows: QuerySet[Any], *more: str) -> QuerySet[Any, Any]:
        """Return the rows as tuples of these columns; each still has to pass through `shown`."""
        return rows.values_list(*("__".join(path) for path in self.paths.values()), *more)

    def shown(self, values: Iterable[Any]) -> Row:
        """Return a row as the serializer would show it."""
        shown = dict(zip(self.names, values, strict=True))
        for name, change in self.changes.items():
            shown[name] = change(shown[name])
        return shown

    def of_instance(self, instance: Any) -> Row:
        """Return what the serializer shows of an instance that has all of it."""
        return self.shown(_follow(instance, path) for path in self.paths.values())


@lru_cache(maxsize=256)
def chosen(columns: Columns, names: frozenset[str]) -> Columns:
    """Return those of the columns that are asked for."""
    return Columns(
        paths={name: path for name, path in columns.paths.items() if name in names},
        changes={name: change for name, change in columns.changes.items() if name in names},
        is_chosen=True,
    )


def _follow(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = getattr(value, name) if value is not None else None
    return value


@cache
def columns_of(serializer: Any) -> Columns | None:
    """Translate a serializer; None when a field of it needs more than one column."""
    fields = {name: field for name, field in serializer().fields.items() if not field.write_only}
    if not all(_is_one_column(field) for field in fields.values()):
        return None
    return Columns(
        paths={name: tuple(field.source_attrs) for name, field in fields.items()},
        changes={name: field.show for name, field in fields.items() if hasattr(field, "show")},
    )


def _is_one_column(field: Any) -> bool:
    """Tell whether a field shows what a column holds, or says with `show` how it differs."""
    represent = type(field).to_representation
    return hasattr(field, "show") or represent in {kind.to_representation for kind in PLAIN}


def shown_of(serializer: Any, instance: Model) -> Row:
    """Return an instance as the serializer shows it, without reading it again."""
    columns = columns_of(serializer)
    return dict(serializer(instance).data) if columns is None else columns.of_instance(instance)


def shown_by(serializer: Any, rows: QuerySet[Any]) -> list[Row]:
    """Return all rows as the serializer shows them, by whichever way it allows."""
    columns = columns_of(serializer)
    if columns is None:
        return list(serializer(rows, many=True).data)
    return [columns.shown(row) for row in columns.of(rows)]
