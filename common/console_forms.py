"""Forms of the consoles: a service stores what they hold, and they show why it refused."""

from typing import Any, TypeVar

from django import forms
from django.db import models
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from common.errors import AppError
from common.moments import zone_names
from common.telephones import MAX_PHONE, parse_number, show_number

M = TypeVar("M", bound=models.Model)
SELECTED = mark_safe(" selected")


class ServedForm(forms.ModelForm[M]):
    """A form that a service stores: it says in words what a constraint would only name."""

    def clean(self) -> Any:
        """Leave the constraints to the service; fields and uniqueness are checked here."""
        self.instance.validate_constraints = leave_to_service  # type: ignore[method-assign]
        return super().clean()


def leave_to_service(exclude: Any = None) -> None:
    """Stand in for a check that comes later."""


class LongSelect(forms.Select):
    """A box of hundreds of lines: Django would ask a template for each of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the box."""
        lines = [(key, SELECTED if key == value else "", text) for key, text in self.choices]
        options = format_html_join("\n", '<option value="{}"{}>{}</option>', lines)
        own = {"name": name, **self.build_attrs(self.attrs, attrs)}
        return format_html("<select{}>\n{}\n</select>", flatatt(own), options)


class ZoneField(forms.ChoiceField):
    """One of the IANA time zones."""

    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(zone, zone) for zone in sorted(zone_names())], **kwargs)


def refused_form(form: type[forms.ModelForm[M]], refusal: AppError) -> type[forms.ModelForm[M]]:
    """Return the form so that it is invalid for the reason of the refusal, at the named field."""
    name = (refusal.attr or "").removesuffix("_id")

    class RefusedForm(form):  # type: ignore[valid-type, misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            self.add_error(name if name in self.fields else None, refusal.sentence)
            return cleaned

    return RefusedForm


def adopt(row: M, saved: M) -> None:
    """Make the form's object the one that the service stored."""
    vars(row).update(vars(saved))


class PhoneFormField(forms.CharField):
    """A telephone number on a page, shown as people write it and kept as E.164."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "tel", "inputmode": "tel"}
        super().__init__(max_length=MAX_PHONE, widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the field at first."""
        is_number = isinstance(value, str) and value.startswith("+")
        return show_number(value) if is_number else value

    def clean(self, value: Any) -> str:
        """Return the number as E.164. Raises Django's ValidationError."""
        text = super().clean(value)
        try:
            return parse_number(text) if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from error
