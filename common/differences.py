"""What an audit entry changed, field by field, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an audit entry."""

    field: str
    old: str
    new: str


def changes_of(entries: Iterable[Any], model: type[models.Model] | None) -> list[list[Change]]:
    """Return the fields that each entry of a model changed, with the names of what they point to.

    Costs one query for each table that is pointed to, however many entries there are.
    """
    rows = [(entry, entry.changes or {}) for entry in entries]
    names = names_of_links([changes for _entry, changes in rows], model)

    def words(field: str, value: Any) -> str:
        return in_words(names.get((field, str(value))) or moment_of(field, value, model) or value)

    return [
        [
            Change(
                label_of(field, model),
                NOTHING if entry.action == entry.Action.CREATE else words(field, pair[0]),
                NOTHING if entry.action == entry.Action.DELETE else words(field, pair[1]),
            )
            for field, pair in sorted(changes.items())
        ]
        for entry, changes in rows
    ]


def names_of_links(
    changes: list[dict[str, Any]], model: type[models.Model] | None
) -> dict[tuple[str, str], str]:
    """Return the present name for each foreign key among the values that still has its row."""
    found: dict[tuple[str, str], str] = {}
    for field in model._meta.concrete_fields if model else ():
        target = field.related_model
        if not isinstance(target, type):
            continue
        values = {value for row in changes for value in row.get(field.name, ()) if value}
        linked = target._base_manager.in_bulk([value for value in values if value != "None"])
        found |= {(field.name, str(key)): str(row) for key, row in linked.items()}
    return found


def label_of(field: str, model: type[models.Model] | None) -> str:
    """Return the field's name as forms show it; a field that is gone keeps its stored name."""
    try:
        return str(capfirst(getattr(model._meta.get_field(field), "verbose_name", field)))  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        return field


def moment_of(field: str, value: Any, model: type[models.Model] | None) -> str | None:
    """Return a stored instant, which is in UTC without saying so, on the reader's clock."""
    known = {field.name: field for field in model._meta.concrete_fields} if model else {}
    if not (isinstance(value, str) and isinstance(known.get(field), models.DateTimeField)):
        return None
    moment = parse_datetime(value)
    if moment is None:
        return None
    return f"{timezone.localtime(moment.replace(tzinfo=UTC)):%Y-%m-%d %H:%M:%S %Z}"


def in_words(value: Any) -> str:
    """Return a stored value for reading."""
    if value is None or value in ("", "None", []):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
