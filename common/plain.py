"""Rows as plain values that can be kept, compared, and stored again."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core import serializers
from django.db.models import Model

Row = dict[str, Any]


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
