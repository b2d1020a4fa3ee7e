"""What a write has changed, in the words of django-auditlog, whose own way is ten times slower.

It looks at each field's kind anew for each write; here that is done once for each model. A test
holds both equal.
"""

from collections.abc import Callable, Collection
from datetime import UTC
from functools import cache
from typing import Any, NamedTuple

from auditlog.diff import get_mask_function, is_primitive, model_instance_diff
from auditlog.registry import auditlog
from django.db import models
from django.utils import timezone
from django.utils.encoding import smart_str

# By field: what stood there, and what stands there now.
Changes = dict[str, tuple[Any, Any]]


class Watched(NamedTuple):
    """A field that the trail looks at."""

    name: str
    attname: str
    read: Callable[[Any], Any]
    mask: Callable[[str], str] | None


def changes_of(
    old: models.Model | None, new: models.Model, names: Collection[str] | None = None
) -> Changes:
    """Return what differs in the watched fields, or in those of them that are named."""
    fields = watched_fields(type(new))
    if fields is None:
        found = model_instance_diff(old, new, fields_to_check=names, use_json_for_changes=True)
        return found or {}
    changes = {}
    for name, attname, read, mask in fields:
        if names and name not in names and attname not in names:
            continue
        before, after = None if old is None else read(old), read(new)
        if before == after:
            continue
        if mask:
            changes[name] = (mask(smart_str(before)), mask(smart_str(after)))
        else:
            changes[name] = (plain_value(before), plain_value(after))
    return changes


@cache
def watched_fields(model: type[models.Model]) -> tuple[Watched, ...] | None:
    """Return the fields that a model was registered with; None if it was without a list of them."""
    known = auditlog.get_model_fields(model)
    if not known["include_fields"] or known["exclude_fields"]:
        return None
    mask = get_mask_function(known.get("mask_callable"))
    return tuple(
        Watched(
            field.name,
            field.attname,
            _reader_of(field),
            mask if field.name in known["mask_fields"] else None,
        )
        for field in model._meta.fields
        if field.name in known["include_fields"]
    )


def _reader_of(field: Any) -> Callable[[Any], Any]:
    """Return what reads the field's value off a row, so that two of them can be compared."""
    name: str = field.attname
    if isinstance(field, models.DateTimeField):
        return lambda row: _instant(field.to_python(getattr(row, name)))
    if isinstance(field, models.ForeignKey):
        return lambda row: smart_str(getattr(row, name), strings_only=True)
    if isinstance(field, models.JSONField):
        return lambda row: field.to_python(getattr(row, name))
    return lambda row: getattr(row, name)


def _instant(value: Any) -> Any:
    if value is None or timezone.is_naive(value):
        return value
    return timezone.make_naive(value, timezone=UTC)


def plain_value(value: Any) -> Any:
    """Return a value as it can be written in JSON."""
    if isinstance(value, list):
        # Of ids, for example, which JSON does not know.
        return [plain_value(item) for item in value]
    return value if is_primitive(value) else smart_str(value)
