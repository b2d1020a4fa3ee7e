"""Forms about organisations in the platform console."""

from typing import Any

from django import forms
from django.db import connections

from accounts.console_forms import PasswordField
from accounts.support import MINUTES
from common.console_forms import ServedForm, ZoneField
from tenants.models import Tenant
from tenants.renaming import SLUG
from tenants.services import MAX_SLUG


class SlugField(forms.RegexField):
    """The first part of an organisation's address."""

    def __init__(self, **kwargs: Any) -> None:
        text = "The first part of its address: lower case letters, digits and hyphens."
        super().__init__(SLUG, max_length=MAX_SLUG, help_text=text, **kwargs)


class TenantForm(ServedForm[Tenant]):
    """What may change of an organisation."""

    slug = SlugField()
    timezone = ZoneField()

    class Meta:
        model = Tenant
        fields = ("name", "slug", "subscription_tier", "timezone")


class NewTenantForm(ServedForm[Tenant]):
    """What a new organisation starts with."""

    slug = SlugField()
    timezone = ZoneField(initial="UTC")
    admin_name = forms.CharField(max_length=120, label="First admin's name")
    admin_email = forms.EmailField(max_length=254, label="First admin's e-mail")
    admin_password = PasswordField(label="First admin's password")

    class Meta:
        model = Tenant
        fields = ("name", "slug", "timezone")


class EraseForm(forms.Form):
    """The yes of whoever erases an organisation."""

    slug = forms.CharField(label="Type its address")


class MoveForm(forms.Form):
    """Where an organisation is moved to."""

    to = forms.ChoiceField(label="To the database")

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [alias for alias in connections.settings if alias != tenant.db_alias]
        to: Any = self.fields["to"]
        to.choices = [(alias, alias) for alias in others]


class SupportForm(forms.Form):
    """In whose place an operator wants to work, why, and for how long."""

    email = forms.EmailField(label="E-mail of the person", max_length=254)
    reason = forms.CharField(max_length=500, help_text="The office and the person read it.")
    minutes = forms.TypedChoiceField(
        choices=[(minutes, f"{minutes} minutes") for minutes in MINUTES], coerce=int
    )
