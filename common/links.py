"""Boxes of the consoles that name another row."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest


class LinkSelect(AutocompleteSelect):
    """Django's search box, which also shows a form that came back with what is no id."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Leave out what is no id: Django would look it up and break."""
        return super().optgroups(name, [one for one in value if is_id(one)], attrs)


def is_id(text: Any) -> bool:
    """Tell whether this is how an id is written."""
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


class LinkingAdmin(admin.options.BaseModelAdmin[Any]):
    """A table, or rows inside another one's form, that names other rows by such boxes."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Take our box where the search is asked for."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", LinkSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
