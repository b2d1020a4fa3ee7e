"""The shapes of what people write on the page of their chats."""

from django import forms


class NumberForm(forms.Form):
    """A telephone that gets SMS."""

    number = forms.RegexField(
        label="Mobile number",
        regex=r"^\+[1-9][0-9]{6,14}$",
        max_length=16,
        help_text="With the country, as +4915112345678.",
        error_messages={"invalid": "Write the number as +4915112345678."},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )


class CodeForm(forms.Form):
    """The six digits that were sent to it."""

    code = forms.RegexField(
        label="Code",
        regex=r"^[0-9]{6}$",
        max_length=6,
        help_text="The six digits that were sent to your telephone.",
        error_messages={"invalid": "Write the six digits."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
