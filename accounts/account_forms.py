"""The shapes of what people say about their own accounts on the pages."""

from typing import Any, cast

from django import forms

from accounts.models import User
from accounts.serializers import LOCALE, MAX_PASSWORD
from common.consoles import PhoneFormField, ZoneField
from common.errors import AppError


class RefusableForm(forms.Form):
    """A form that shows a refusal at its field."""

    def refuse(self, error: AppError) -> None:
        """Show why it was refused."""
        self.add_error(error.attr if error.attr in self.fields else None, error.sentence)


def new_password(label: str = "Password") -> forms.CharField:
    """Return a field for a new password; a browser offers to make one."""
    return forms.CharField(
        label=label,
        max_length=MAX_PASSWORD,
        strip=False,
        help_text="At least ten characters; a few words are better than a riddle.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AcceptForm(RefusableForm):
    """What somebody who was invited chooses."""

    full_name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = new_password()


def own_password() -> forms.CharField:
    """Return a field for the present password."""
    return forms.CharField(
        label="Your password",
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgotForm(forms.Form):
    """Whose password was forgotten."""

    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )


class NewPasswordForm(RefusableForm):
    """The new password of who forgot theirs."""

    password = new_password("New password")


class OwnPasswordForm(RefusableForm):
    """The old and the new password."""

    current_password = own_password()
    new_password = new_password("New password")


class OwnAddressForm(RefusableForm):
    """A new address; the password shows who asks."""

    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = own_password()


class ProfileForm(RefusableForm):
    """What people say about themselves."""

    full_name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneFormField(label="Telephone", required=False)
    timezone = ZoneField(label="Time zone")
    locale = forms.RegexField(LOCALE, label="Language", max_length=10)


class NewKeyForm(RefusableForm):
    """A key for a program: its name, what it may, and for how long."""

    name = forms.CharField(label="What it is for", max_length=80)
    scopes = forms.MultipleChoiceField(
        label="What it may", choices=(), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label="For how long",
        choices=[(30, "30 days"), (90, "90 days"), (365, "a year")],
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
        label="Code",
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
        label="Table",
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
