"""The forms of people and roles in the consoles."""

from typing import Any

from django import forms

from accounts.grant_words import grant_choices
from accounts.models import Role, User
from accounts.permissions import Permission
from common.console_forms import PhoneFormField, ServedForm, ZoneField

MAX_PASSWORD = 200


class PasswordField(forms.CharField):
    """A new password; a browser offers to make one and never fills in an old one."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(max_length=MAX_PASSWORD, strip=False, widget=widget, **kwargs)


class PersonForm(ServedForm[User]):
    """A person; an empty password field leaves the password alone."""

    timezone = ZoneField()
    phone = PhoneFormField(required=False)
    new_password = PasswordField(required=False, help_text="Empty: it stays as it is.")

    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        """Return the address in lower case, as it is stored and looked up."""
        return str(self.cleaned_data["email"]).lower()


class NewPersonForm(ServedForm[User]):
    """What is needed to let somebody in."""

    new_password = PasswordField(label="Password")

    class Meta:
        model = User
        fields = "__all__"

    clean_email = PersonForm.clean_email


class RoleForm(forms.ModelForm[Role]):
    """A role with a box to tick for each permission."""

    permissions = forms.MultipleChoiceField(
        choices=grant_choices(Permission.values),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Role
        fields = ("name", "permissions")
