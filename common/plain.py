"""Rows as plain values that can be kept, compared, and stored again."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core import serializers
from django.db.models import CASCADE, ForeignKey, Model

Row = dict[str, Any]
M = TypeVar("M", bound=Model)


def plain_rows(rows: Iterable[Model], *, without: Collection[str] = ()) -> list[Row]:
    """Return rows as plain values, each with its key, without some of its columns."""
    found: list[Row] = json.loads(serializers.serialize("json", rows))
    for row in found:
        for name in without:
            row["fields"].pop(name, None)
    return found


def row_of(plain: Mapping[str, Any]) -> Any:
    """Return the row that plain values stand for, which is not stored yet."""
    return next(serializers.deserialize("python", [plain])).object


def keys_there(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the keys of those that are still there."""
    found = model._default_manager.filter(pk__in=[row["pk"] for row in rows])
    return {str(pk) for pk in found.values_list("pk", flat=True)}


def without_gone(rows: Sequence[M], *, heir: Model) -> list[M]:
    """Return rows that can be stored again although what they link to may be gone by now.

    As when it went: who would have gone with it is left out; a link that may be empty is; where
    somebody has to stand the heir does.
    """
    coming = {row.pk for row in rows}
    links = [
        (row, field, value)
        for row in rows
        for field in row._meta.concrete_fields
        if isinstance(field, ForeignKey)
        and (value := getattr(row, field.attname)) is not None
        and value not in coming
    ]
    there: set[Any] = set()
    for model in {field.related_model for _row, field, _value in links}:
        keys = {value for _row, field, value in links if field.related_model is model}
        there |= {*model._base_manager.filter(pk__in=keys).values_list("pk", flat=True)}
    lost = set()
    for row, field, value in links:
        if value in there:
            continue
        if field.remote_field.on_delete is CASCADE:
            lost.add(row.pk)
        else:
            setattr(row, field.attname, None if field.null else heir.pk)
    return [row for row in rows if row.pk not in lost]
