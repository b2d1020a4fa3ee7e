"""What the list of tasks is narrowed down to: one filter, which stands in the address."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.models import User
from accounts.permissions import Permission
from common.console_forms import LongSelect
from common.moments import to_utc, to_wall
from tasks.models import Priority, Status, TaskQuerySet

OPEN, ALL = "", "all"
VIEWS = {
    "": _lazy("List"),
    "board": _lazy("Board"),
    "month": _lazy("Calendar"),
    "timeline": _lazy("Timeline"),
}
YEARS = range(1901, 2199)
DUE = {"overdue": _lazy("Overdue"), "today": _lazy("Today"), "week": _lazy("In the next 7 days")}
# As the API's filters call them.
SAME = ("priority", "assignee", "label", "search")
ORDERINGS = {
    "-created_at": _lazy("Newest first"),
    "-priority": _lazy("Most urgent first"),
    "title": _lazy("By title"),
}


def _choice(
    label: StrOrPromise, choices: Mapping[str, StrOrPromise], nothing: StrOrPromise
) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", nothing), *choices.items()], required=False)


class TaskFilterForm(forms.Form):
    """Which tasks to show, how, and in what order."""

    search = forms.CharField(
        label=_lazy("Text"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"type": "search"}),
    )
    status = _choice(_lazy("State"), {**dict(Status.choices), ALL: _lazy("All")}, _lazy("Open"))
    assignee = forms.ChoiceField(label=_lazy("Who"), required=False, widget=LongSelect)
    priority = _choice(_lazy("Priority"), dict(Priority.choices), _lazy("Any"))
    due = _choice(_lazy("Due"), DUE, _lazy("Any time"))
    label = forms.CharField(label=_lazy("Label"), max_length=50, required=False)
    ordering = _choice(_lazy("Order"), ORDERINGS, _lazy("Due first"))
    view = forms.ChoiceField(choices=[*VIEWS.items()], required=False, widget=forms.HiddenInput())
    month = forms.DateField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any, *, by: User) -> None:
        super().__init__(data)
        self.by = by
        cast("forms.ChoiceField", self.fields["assignee"]).choices = _people(by)

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the open tasks in general is asked for."""
        return any(self.data.get(name) for name in ("status", "due", *SAME))

    @property
    def look(self) -> str:
        """How the tasks are shown: one of VIEWS."""
        wanted = self.data.get("view", "")
        return wanted if wanted in VIEWS else ""

    @property
    def looks(self) -> Mapping[str, StrOrPromise]:
        """All ways to show them, with what each is called."""
        return VIEWS

    def clean_month(self) -> date | None:
        """Return the first of the month that is asked for, if calendars reach as far."""
        day: date | None = self.cleaned_data["month"]
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(_("This year is out of reach."))
        return day.replace(day=1) if day else None

    def first_of(self, today: date) -> date:
        """Return the first of the month to show."""
        return (self.is_valid() and self.cleaned_data["month"]) or today.replace(day=1)

    def narrowed(self, rows: TaskQuerySet) -> TaskQuerySet:
        """Return those of the rows that are asked for, whatever their state; none for nonsense."""
        if not self.is_valid():
            return rows.none()
        wanted = self.cleaned_data
        values = {name: wanted[name] for name in SAME if wanted[name]}
        return rows.filtered({**values, **self._times(wanted["due"])})

    @property
    def order(self) -> str:
        """How the rows are ordered."""
        return (self.is_valid() and self.cleaned_data["ordering"]) or "due_date"

    def in_state(self, rows: TaskQuerySet) -> TaskQuerySet:
        """Return those in the state that is asked for: open, unless it is another one."""
        state = self.cleaned_data.get("status", OPEN)
        if state == OPEN:
            return rows.open()
        return rows if state == ALL else rows.filtered({"status": state})

    def _times(self, due: str) -> dict[str, Any]:
        """Return the API's parameters for a stretch of days on the asker's calendar."""
        if due == "overdue":
            return {"overdue": True, "now": timezone.now()}
        zone = ZoneInfo(self.by.timezone)
        today = to_wall(timezone.now(), zone).date()
        midnight = datetime.combine(today, time.min)
        days = {"today": 1, "week": 7}.get(due)
        if days is None:
            return {}
        ends = midnight + timedelta(days=days)
        return {"due_after": to_utc(midnight, zone), "due_before": to_utc(ends, zone)}


class SaveFilterForm(forms.Form):
    """Under which name a filter is kept, and for whom."""

    name = forms.CharField(label=_lazy("Name"), max_length=80)
    is_shared = forms.BooleanField(label=_lazy("For everybody"), required=False)
    query = forms.CharField(max_length=2_000, required=False, widget=forms.HiddenInput())


class MoveForm(forms.Form):
    """The state that a task comes into."""

    status = forms.ChoiceField(choices=Status.choices)


class DueDayForm(forms.Form):
    """The day to which a task is moved; the time of day stays."""

    day = forms.DateField()


def known_query(query: str) -> str:
    """Return those parts of an address that the list knows, each once."""
    found = dict(parse_qsl(query[:2_000]))
    known = {name: found[name] for name in TaskFilterForm.base_fields if found.get(name)}
    return urlencode(known)[:1_000]


def _people(by: User) -> list[tuple[str, str]]:
    """Return whose tasks can be asked for: everybody's by those who may know everybody."""
    found = [("", _("Anybody")), (str(by.pk), _("Me"))]
    if by.may(Permission.USER_READ):
        others = User.objects.active().exclude(pk=by.pk).order_by("full_name")
        found += [(str(pk), name) for pk, name in others.values_list("pk", "full_name")]
    return found
