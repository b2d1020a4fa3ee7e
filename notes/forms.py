"""The shapes of what people ask and write on the pages of notes."""

from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.permissions import Permission
from common.errors import AppError
from common.moments import to_utc, to_wall
from notes.language.summary import LENGTHS
from notes.models import LONGEST_BODY, LONGEST_TAG, MOST_TAGS, Kind, Note, NoteQuerySet, Visibility

PLAIN = ("title", "body", "kind", "visibility")
FIELDS = {**{name: name for name in (*PLAIN, "tags", "held_at")}, "attendee_ids": "people"}


class NoteFilterForm(forms.Form):
    """Which notes to show."""

    search = forms.CharField(
        label=_lazy("Words"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"type": "search"}),
    )
    kind = forms.ChoiceField(
        label=_lazy("Kind"), choices=[("", _lazy("All")), *Kind.choices], required=False
    )
    tag = forms.CharField(label=_lazy("Tag"), max_length=LONGEST_TAG, required=False)

    def narrowed(self, rows: NoteQuerySet) -> NoteQuerySet:
        """Return those that are asked for; none for nonsense."""
        if not self.is_valid():
            return rows.none()
        return rows.filtered({name: value for name, value in self.cleaned_data.items() if value})


class NoteForm(forms.Form):
    """What a note is made of."""

    title = forms.CharField(label=_lazy("Title"), max_length=200)
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=Kind.choices)
    visibility = forms.ChoiceField(
        label=_lazy("Who may read it"),
        choices=[
            (Visibility.PRIVATE, _lazy("Those who were there")),
            (Visibility.OFFICE, _lazy("Everybody")),
        ],
    )
    held_at = forms.DateTimeField(
        label=_lazy("Held"),
        required=False,
        help_text=_lazy("Of a meeting: “tomorrow” is the day after."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )
    tags = forms.CharField(
        label=_lazy("Tags"),
        required=False,
        max_length=1_100,
        help_text=_lazy("With commas between them."),
    )
    people = forms.MultipleChoiceField(
        label=_lazy("Who was there"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    body = forms.CharField(
        label=_lazy("Text"),
        max_length=LONGEST_BODY,
        required=False,
        strip=False,
        help_text=_lazy("Markdown is shown as such."),
        widget=forms.Textarea({"rows": 18}),
    )
    # Which text was on the page: another one since must not get lost.
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any, *, by: User, note: Note | None = None) -> None:
        self.zone = ZoneInfo(by.timezone)
        super().__init__(data, initial=_shown(note, self.zone) if note else {})
        cast("forms.MultipleChoiceField", self.fields["people"]).choices = _people(by, note)

    def clean_tags(self) -> list[str]:
        """Return the tags."""
        found = [each.strip() for each in self.cleaned_data["tags"].split(",") if each.strip()]
        if len(found) > MOST_TAGS or any(len(each) > LONGEST_TAG for each in found):
            raise ValidationError(
                _("At most {most_tags} tags of {longest_tag} letters.").format(
                    most_tags=MOST_TAGS, longest_tag=LONGEST_TAG
                )
            )
        return found

    @property
    def values(self) -> dict[str, Any]:
        """What was written, as the service takes it."""
        given = self.cleaned_data
        held = given["held_at"]
        return {
            **{name: given[name] for name in PLAIN},
            "body": given["body"].replace("\r\n", "\n"),
            "tags": given["tags"],
            "attendee_ids": [UUID(each) for each in given["people"]],
            "held_at": to_utc(held.replace(tzinfo=None), self.zone) if held else None,
        }

    @property
    def changes(self) -> dict[str, Any]:
        """Only what differs from what the form showed."""
        changed = self.changed_data
        return {name: value for name, value in self.values.items() if FIELDS[name] in changed}

    def refuse(self, error: AppError) -> None:
        """Say at its field why the office will not do it."""
        self.add_error(FIELDS.get(error.attr or ""), error.sentence)


class SummaryForm(forms.Form):
    """How long a summary is to be."""

    length = forms.ChoiceField(choices=[(name, name) for name in LENGTHS], required=False)


class ItemForm(forms.Form):
    """Which action item is meant, counted from 0."""

    item = forms.IntegerField(min_value=0, max_value=1_000)


def _shown(note: Note, zone: ZoneInfo) -> dict[str, Any]:
    return {
        **{name: getattr(note, name) for name in (*PLAIN, "version")},
        "tags": ", ".join(note.tags),
        "people": [str(each) for each in note.attendee_ids],
        "held_at": to_wall(note.held_at, zone) if note.held_at else None,
    }


def _people(by: User, note: Note | None) -> list[tuple[str, str]]:
    """Return who can have been there: all of the office, by those who may know everybody."""
    rows = User.objects.all()
    known = rows.active() if by.may(Permission.USER_READ) else rows.filter(pk=by.pk)
    names = dict(known.values_list("pk", "full_name"))
    if note and note.attendee_ids:
        names |= dict(rows.filter(pk__in=note.attendee_ids).values_list("pk", "full_name"))
    return [(str(pk), name) for pk, name in sorted(names.items(), key=lambda each: each[1])]
