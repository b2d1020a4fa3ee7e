"""Columns of a list: what names another row is the way to its page; headings are an office's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

Field = models.Field[Any, Any]
Column = Callable[[models.Model], Any]


def columns_of(
    table: admin.ModelAdmin[Any],
    request: HttpRequest,
    names: Sequence[Any],
    labels: Mapping[str, str],
) -> Sequence[Any]:
    """Return what the list shows; its first column stays the way to the row itself."""
    return [
        _column(table, request, name, labels, is_first=place == 0)
        for place, name in enumerate(names)
    ]


def _column(
    table: admin.ModelAdmin[Any],
    request: HttpRequest,
    name: Any,
    labels: Mapping[str, str],
    *,
    is_first: bool,
) -> Any:
    field = _field_of(table.model, name)
    if field is None:
        return name
    label = labels.get(name, "")
    other = None if is_first else _table_of(table, field)
    if other is not None and other.has_view_permission(request):
        return linked_column(field, other, label or str(field.verbose_name))
    return plain_column(field, label) if label else name


def _field_of(model: type[models.Model], name: Any) -> Field | None:
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _table_of(table: admin.ModelAdmin[Any], field: Field) -> admin.ModelAdmin[Any] | None:
    site, model = table.admin_site, field.related_model
    if not isinstance(field, models.ForeignKey) or not isinstance(model, type):
        return None
    if not site.is_registered(model):
        return None
    return site.get_model_admin(model)


def linked_column(field: Field, other: admin.ModelAdmin[Any], label: str) -> Column:
    """Return the column of a link; it sorts as before."""

    def column(row: models.Model) -> Any:
        linked = getattr(row, field.name)
        return None if linked is None else link_to(linked, other, linked.pk)

    return _described(column, field, label)


def plain_column(field: Field, label: str) -> Column:
    """Return the column of a field under another heading."""

    def column(row: models.Model) -> Any:
        said = getattr(row, f"get_{field.name}_display", None)
        return said() if said else getattr(row, field.name)

    found = _described(column, field, label)
    found.boolean = isinstance(field, models.BooleanField)  # type: ignore[attr-defined]
    return found


def _described(column: Column, field: Field, label: str) -> Column:
    column.__name__ = field.name
    return admin.display(description=label, ordering=field.name)(column)


def link_to(words: object, other: admin.ModelAdmin[Any], key: object) -> str:
    """Return the way to a row's page in the same console."""
    name = f"admin:{other.opts.app_label}_{other.opts.model_name}_change"
    place = reverse(name, args=[key], current_app=other.admin_site.name)
    return format_html('<a href="{}">{}</a>', place, words)
