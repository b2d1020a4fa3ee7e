"""The shapes of what people write on the pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_TEXT = 2_000
EXAMPLE = _("remind finance to approve Acme invoice tomorrow at 3pm")


PARTS = ("person", "clock", "bell", "repeat", "flag", "label")
# One label of several: what follows is its name.
ONE_LABEL = "label:"


class PartsField(forms.MultipleChoiceField):
    """Parts of what was understood, by their names; of labels all, or some."""

    def valid_value(self, value: str) -> bool:
        """Tell whether it names a part."""
        return value in PARTS or value.startswith(ONE_LABEL)


class QuickAddForm(forms.Form):
    """A sentence that says what there is to do, and which understood parts were not meant."""

    text = forms.CharField(
        label=_("Write down what there is to do"),
        max_length=MAX_TEXT,
        error_messages={"required": _("Write down what there is to do.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": EXAMPLE}),
    )
    without = PartsField(required=False)
    seen = forms.CharField(required=False, max_length=MAX_TEXT)

    @property
    def was_seen(self) -> bool:
        """Whether the reading of this very sentence was shown before it was sent."""
        return bool(self.cleaned_data["seen"]) and (
            self.cleaned_data["seen"] == self.cleaned_data["text"]
        )


class CommentForm(forms.Form):
    """What somebody has to say about a task."""

    body = forms.CharField(
        label=_("Add a comment"),
        max_length=10_000,
        help_text=_("Write @ and a name, an address or a team to tell them."),
        error_messages={"required": _("Write something first.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
