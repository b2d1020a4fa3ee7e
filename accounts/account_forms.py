"""The shapes of what people say about their own accounts on the pages."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import User
from accounts.serializers import MAX_PASSWORD
from common.console_forms import PhoneFormField, ZoneField
from common.errors import AppError

PASSWORD = _("Password")


class RefusableForm(forms.Form):
    """A form that shows a refusal at its field."""

    def refuse(self, error: AppError) -> None:
        """Show why it was refused."""
        self.add_error(error.attr if error.attr in self.fields else None, error.sentence)


def new_password(label: StrOrPromise = PASSWORD) -> forms.CharField:
    """Return a field for a new password; a browser offers to make one."""
    return forms.CharField(
        label=label,
        max_length=MAX_PASSWORD,
        strip=False,
        help_text=_("At least ten characters; a few words are better than a riddle."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AcceptForm(RefusableForm):
    """What somebody who was invited chooses."""

    full_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = new_password()


def own_password() -> forms.CharField:
    """Return a field for the present password."""
    return forms.CharField(
        label=_("Your password"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgotForm(forms.Form):
    """Whose password was forgotten."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )


class NewPasswordForm(RefusableForm):
    """The new password of who forgot theirs."""

    password = new_password(_("New password"))


class OwnPasswordForm(RefusableForm):
    """The old and the new password."""

    current_password = own_password()
    new_password = new_password(_("New password"))


class OwnAddressForm(RefusableForm):
    """A new address; the password shows who asks."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = own_password()


class ProfileForm(RefusableForm):
    """What people say about themselves."""

    full_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneFormField(label=_("Telephone"), required=False)
    timezone = ZoneField(label=_("Time zone"))
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, data: Any, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        own, field = initial["locale"], cast("forms.ChoiceField", self.fields["locale"])
        if own not in dict(settings.LANGUAGES):
            # One that the API took, as `de-AT`.
            field.choices = [*settings.LANGUAGES, (own, own)]


class NewKeyForm(RefusableForm):
    """A key for a program: its name, what it may, and for how long."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may"), choices=(), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("For how long"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        coerce=int,
        initial=90,
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        field = cast("forms.MultipleChoiceField", self.fields["scopes"])
        field.choices = [(grant, grant) for grant in sorted(user.permissions)]


class CodeForm(RefusableForm):
    """A code of the app, or of the sheet."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
    )


class ShowAgainForm(RefusableForm):
    """The password, or a code where there is a second factor."""

    password = own_password()
    code = CodeForm.base_fields["code"]

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        del self.fields["password" if user.mfa_enabled else "code"]


class ImportForm(RefusableForm):
    """A table of people."""

    csv = forms.CharField(
        label=_("Table"),
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
