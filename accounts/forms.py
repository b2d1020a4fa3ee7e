"""The shapes of the sign-in and of the front door."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.sessions import BAD_LOGIN
from common.errors import InvalidError
from tenants.directory import tenant_of_host
from tenants.models import Tenant
from tenants.regions import require_here


class SignInForm(AuthenticationForm):
    """E-mail and password; one sentence for everything that can be wrong with them."""

    username = forms.EmailField(
        label=_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {"invalid_login": BAD_LOGIN, "inactive": BAD_LOGIN}


class RegisterForm(forms.Form):
    """What a new office and its first person are made of."""

    tenant_name = forms.CharField(
        label=_lazy("Organisation"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    full_name = forms.CharField(
        label=_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_lazy("Password"),
        max_length=128,
        strip=False,
        help_text=_lazy("At least ten characters; a few words are better than a riddle."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def refuse(self, error: InvalidError) -> None:
        """Show a service's refusal at the field that it names, or above the form."""
        self.add_error(error.attr if error.attr in self.fields else None, error.sentence)


class GoForm(forms.Form):
    """The short name of an office; cleaned, it is the office."""

    office = forms.CharField(
        label=_lazy("Short name of the office"),
        max_length=100,
        help_text=_lazy("The first part of its address, as “acme”."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    email = forms.CharField(required=False, max_length=254, widget=forms.HiddenInput())

    def clean_office(self) -> Tenant:
        """Return the open office; a closed one is as unknown as one that never was.

        Raises ElsewhereError for one that went to another region.
        """
        slug = self.cleaned_data["office"].lower().removesuffix(f".{settings.BASE_DOMAIN}")
        tenant = tenant_of_host(f"{slug}.{settings.BASE_DOMAIN}")
        if tenant is None or not tenant.is_open:
            require_here(slug=slug)
            raise ValidationError(_("There is no office of this name."))
        return tenant


class SearchForm(forms.Form):
    """The words that are looked for in everything."""

    q = forms.CharField(
        label=_lazy("Search tasks, events, notes, documents and people"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
