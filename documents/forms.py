"""The shapes of what people ask and hand in on the pages of documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from documents.models import DocumentQuerySet, Kind, Status, Visibility
from documents.serializers import LONGEST_QUESTION

TO_SIGN = "to_sign"


class DocumentFilterForm(forms.Form):
    """Which documents to show."""

    search = forms.CharField(
        label=_("Title"), max_length=200, required=False, widget=forms.TextInput({"type": "search"})
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All")), *Kind.choices], required=False
    )
    status = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All")), *Status.choices, (TO_SIGN, _("To be signed by me"))],
        required=False,
    )

    def narrowed(self, rows: DocumentQuerySet) -> DocumentQuerySet:
        """Return those that are asked for; none for nonsense."""
        if not self.is_valid():
            return rows.none()
        values: dict[str, Any] = {name: each for name, each in self.cleaned_data.items() if each}
        if values.get("status") == TO_SIGN:
            values.pop("status")
            values["to_sign"] = True
        return rows.filtered(values)


class FileForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=255,
        help_text=_("A PDF, a Word document, Markdown or plain text."),
        error_messages={"required": _("Choose a file first.")},
    )

    def refuse(self, error: AppError) -> None:
        """Say at its field why the office will not take it."""
        self.add_error(error.attr if error.attr in self.fields else None, error.sentence)


class NewDocumentForm(FileForm):
    """A file, with what is to be known of the document."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        help_text=_("The file's name, if you give none."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    visibility = forms.ChoiceField(
        label=_("Who may read it"),
        choices=[(Visibility.OFFICE, _("Everybody")), (Visibility.PRIVATE, _("I alone"))],
    )


class QuestionForm(forms.Form):
    """A question."""

    question = forms.CharField(
        label=_("Your question"),
        max_length=LONGEST_QUESTION,
        error_messages={"required": _("Ask something first.")},
        widget=forms.TextInput(
            {"autocomplete": "off", "placeholder": _("How many days of vacation do I have?")}
        ),
    )


class SignForm(forms.Form):
    """The number of the revision that was read and understood."""

    revision = forms.IntegerField(min_value=1)
