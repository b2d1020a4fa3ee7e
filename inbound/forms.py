"""The shapes of what people write on the page of their chats."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.console_forms import PhoneFormField


class NumberForm(forms.Form):
    """A telephone that gets SMS."""

    number = PhoneFormField(
        label=_("Mobile number"), help_text=_("Best with the country, as +4915112345678.")
    )


class CodeForm(forms.Form):
    """The six digits that were sent to it."""

    code = forms.RegexField(
        label=_("Code"),
        regex=r"^[0-9]{6}$",
        max_length=6,
        help_text=_("The six digits that were sent to your telephone."),
        error_messages={"invalid": _("Write the six digits.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
