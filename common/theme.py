"""The look of the consoles: django-unfold, kept from remembering one request in the next.

Its tables note the request on themselves, and they stand for all offices in all threads: here a
table shows its list and forms by Django's own methods, with what the theme adds to their look.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.http import HttpRequest
from unfold import forms as unfold_forms
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.admin import StackedInline as UnfoldStacked
from unfold.admin import TabularInline as UnfoldTabular
from unfold.sites import UnfoldAdminSite
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, SELECT_CLASSES, TEXTAREA_CLASSES

if TYPE_CHECKING:
    ThemedSite = admin.AdminSite
    ThemedAdmin = admin.ModelAdmin
    ThemedTabular = admin.TabularInline
    ThemedStacked = admin.StackedInline
else:
    ThemedSite, ThemedAdmin = UnfoldAdminSite, UnfoldAdmin
    ThemedTabular, ThemedStacked = UnfoldTabular, UnfoldStacked

# The theme sets these anew for each form; they are the same for all.
helpers.AdminForm = unfold_forms.AdminForm  # type: ignore[misc]
helpers.Fieldline = unfold_forms.Fieldline  # type: ignore[misc]
NO_ACTIONS: dict[str, Any] = {
    "actions_list": [],
    "actions_row": [],
    "actions_detail": [],
    "actions_submit_line": [],
    "nested": False,
}
# What has classes of its own is left alone.
OWN_LOOK = (forms.HiddenInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)


def show_list(table: Any, request: HttpRequest, extra: Mapping[str, Any] | None) -> Any:
    """Show a table's list without leaving the request on the table."""
    return admin.ModelAdmin.changelist_view(table, request, {**NO_ACTIONS, **(extra or {})})


def show_form(table: Any, request: HttpRequest, object_id: str | None, extra: Any) -> Any:
    """Show a row's form without leaving the request on the table."""
    more = {**NO_ACTIONS, **(extra or {})}
    return admin.ModelAdmin.changeform_view(table, request, object_id, "", more)


def dress(fields: Iterable[forms.Field]) -> None:
    """Give boxes of our own the look of the theme's."""
    for field in fields:
        widget: Any = getattr(field.widget, "widget", field.widget)
        attrs = widget.attrs
        if "class" not in attrs and not isinstance(widget, (*OWN_LOOK, forms.MultiWidget)):
            attrs["class"] = " ".join(_classes_of(widget))


def _classes_of(widget: forms.Widget) -> list[str]:
    if isinstance(widget, forms.CheckboxInput):
        return list(CHECKBOX_CLASSES)
    if isinstance(widget, forms.Select):
        return list(SELECT_CLASSES)
    if isinstance(widget, forms.Textarea):
        return list(TEXTAREA_CLASSES)
    return list(INPUT_CLASSES)
