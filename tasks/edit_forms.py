"""The shapes of what people change about a task on its page."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.models import Team, User
from accounts.permissions import Permission
from common.console_forms import LongSelect
from common.errors import AppError
from common.moments import to_utc, to_wall
from tasks.models import Priority, Status, Task

MOST_LABELS, LONGEST_LABEL = 20, 50
MOST_PARENTS = 200
# The rules that the form offers; any other one is kept as it is.
RULES = {
    "": _lazy("Never"),
    "FREQ=DAILY": _lazy("Every day"),
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": _lazy("Every working day"),
    "FREQ=WEEKLY": _lazy("Every week"),
    "FREQ=WEEKLY;INTERVAL=2": _lazy("Every two weeks"),
    "FREQ=MONTHLY": _lazy("Every month"),
    "FREQ=YEARLY": _lazy("Every year"),
}
AT_A_TIME = "at"
LEADS = {
    "0": _lazy("When it is due"),
    "10": _lazy("10 minutes before"),
    "30": _lazy("30 minutes before"),
    "60": _lazy("1 hour before"),
    "1440": _lazy("1 day before"),
    "10080": _lazy("1 week before"),
    AT_A_TIME: _lazy("At the time beside"),
}
PLAIN = ("title", "description", "priority", "status")
# Where the fields of a task stand on the page.
FIELDS = {
    **{name: name for name in (*PLAIN, "labels")},
    "assignee_id": "assignee",
    "team_id": "team",
    "parent_id": "parent",
    "due_date": "due",
    "recurrence": "repeats",
}
LOCAL = "%Y-%m-%dT%H:%M"


class WallInput(forms.DateTimeInput):
    """A day and a time of it, on the clock of whoever looks."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=LOCAL)


class TaskForm(forms.Form):
    """Everything that can be changed about a task."""

    title = forms.CharField(label=_lazy("What"), max_length=200)
    assignee = forms.ChoiceField(label=_lazy("Who"), required=False, widget=LongSelect)
    team = forms.ChoiceField(label=_lazy("Team"), required=False)
    due = forms.DateTimeField(label=_lazy("Due"), required=False, widget=WallInput())
    repeats = forms.ChoiceField(label=_lazy("Repeats"), required=False)
    priority = forms.ChoiceField(label=_lazy("Priority"), choices=Priority.choices)
    status = forms.ChoiceField(label=_lazy("State"), choices=Status.choices)
    labels = forms.CharField(
        label=_lazy("Labels"),
        required=False,
        max_length=1_100,
        help_text=_lazy("With commas between them."),
    )
    parent = forms.ChoiceField(label=_lazy("Part of"), required=False)
    description = forms.CharField(
        label=_lazy("Description"),
        max_length=20_000,
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 8}),
    )
    # What was on the page: a change since must not get lost.
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())

    def __init__(self, data: Any, *, task: Task, by: User) -> None:
        self.zone = ZoneInfo(by.timezone)
        super().__init__(data, initial=_shown(task, self.zone))
        for name, found in _choices(task, by).items():
            cast("forms.ChoiceField", self.fields[name]).choices = found

    def clean_labels(self) -> list[str]:
        """Return the labels."""
        return labels_in(self.cleaned_data["labels"])

    @property
    def is_stale(self) -> bool:
        """Whether the task is another one than the one that was on the page."""
        return bool(self.cleaned_data["seen"]) and self.cleaned_data["seen"] != self.initial["seen"]

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from what the form showed, as the service takes it."""
        given, changed = self.cleaned_data, self.changed_data
        values = {
            **{name: given[name] for name in (*PLAIN, "labels")},
            "description": given["description"].replace("\r\n", "\n"),
            "recurrence": given["repeats"],
            "due_date": _instant(given["due"], self.zone),
            **{f"{name}_id": _id(given[name]) for name in ("assignee", "team", "parent")},
        }
        return {name: value for name, value in values.items() if FIELDS[name] in changed}

    def refuse(self, error: AppError) -> None:
        """Say at its field why the office will not do it."""
        self.add_error(FIELDS.get(error.attr or ""), error.sentence)


class ReminderForm(forms.Form):
    """When somebody wants to be reminded."""

    lead = forms.ChoiceField(label=_lazy("Remind"), choices=[*LEADS.items()])
    at = forms.DateTimeField(label=_lazy("Time"), required=False, widget=WallInput())

    def __init__(self, data: Any, *, by: User) -> None:
        self.zone = ZoneInfo(by.timezone)
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        """Ask for the time where one is meant."""
        given = super().clean() or {}
        if given.get("lead") == AT_A_TIME and not given.get("at") and "at" not in self.errors:
            self.add_error("at", _("At which time?"))
        return given

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen, as the service takes it."""
        if self.cleaned_data["lead"] == AT_A_TIME:
            return {"minutes_before": None, "at": _instant(self.cleaned_data["at"], self.zone)}
        return {"minutes_before": int(self.cleaned_data["lead"]), "at": None}

    def refuse(self, error: AppError) -> None:
        """Say at its field why the office will not do it."""
        self.add_error("at" if error.attr == "at" else "lead", error.sentence)


class HandOnForm(forms.Form):
    """Who is to do it from now on."""

    assignee = forms.UUIDField()


def _instant(typed: datetime | None, zone: ZoneInfo) -> datetime | None:
    return to_utc(typed.replace(tzinfo=None), zone) if typed else None


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None


def labels_in(text: str) -> list[str]:
    """Return the labels that somebody wrote with commas between them. Raises ValidationError."""
    found = [each.strip() for each in text.split(",") if each.strip()]
    if len(found) > MOST_LABELS or any(len(each) > LONGEST_LABEL for each in found):
        raise ValidationError(
            _("At most {most_labels} labels of {longest_label} letters.").format(
                most_labels=MOST_LABELS, longest_label=LONGEST_LABEL
            )
        )
    return found


def seen_of(task: Task) -> str:
    """Return what tells this state of a task from another one."""
    return task.updated_at.astimezone(UTC).isoformat()


def _shown(task: Task, zone: ZoneInfo) -> dict[str, Any]:
    links = {
        name: str(getattr(task, f"{name}_id") or "") for name in ("assignee", "team", "parent")
    }
    wall = to_wall(task.due_date, zone) if task.due_date else None
    # Said to be in UTC, as the field takes what is typed: so both can be compared.
    due = wall.replace(second=0, microsecond=0, tzinfo=UTC) if wall else None
    return {
        **{name: getattr(task, name) for name in PLAIN},
        **links,
        "labels": ", ".join(task.labels),
        "due": due,
        "repeats": task.recurrence,
        "seen": seen_of(task),
    }


def _choices(task: Task, by: User) -> dict[str, list[tuple[str, StrOrPromise]]]:
    """Return what can be chosen: people and teams that the person may know, and what is there."""
    rules: dict[str, StrOrPromise] = dict(RULES)
    rules.setdefault(task.recurrence, _("As it is"))
    return {
        "assignee": _people(task, by),
        "team": _teams(task, by),
        "parent": _parents(task, by),
        "repeats": [*rules.items()],
    }


def _people(task: Task, by: User) -> list[tuple[str, StrOrPromise]]:
    found: dict[str, StrOrPromise] = {
        "": _("Nobody yet"),
        str(by.pk): _("{name} (me)").format(name=by.full_name),
    }
    if by.may(Permission.TASK_ASSIGN) and by.may(Permission.USER_READ):
        others = User.objects.active().exclude(pk=by.pk).order_by("full_name")
        found |= {str(pk): name for pk, name in others.values_list("pk", "full_name")}
    if task.assignee is not None:
        found.setdefault(str(task.assignee_id), task.assignee.full_name)
    return [*found.items()]


def _teams(task: Task, by: User) -> list[tuple[str, StrOrPromise]]:
    rows = Team.objects.visible_to(by).order_by("name").values_list("pk", "name")
    found: dict[str, StrOrPromise] = {"": _("No team")}
    found |= {str(pk): name for pk, name in rows}
    if task.team is not None:
        found.setdefault(str(task.team_id), task.team.name)
    return [*found.items()]


def _parents(task: Task, by: User) -> list[tuple[str, StrOrPromise]]:
    rows = Task.objects.visible_to(by).open().exclude(pk=task.pk).order_by("-created_at")
    found: dict[str, StrOrPromise] = {"": _("Nothing")}
    found |= {str(pk): title for pk, title in rows.values_list("pk", "title")[:MOST_PARENTS]}
    if task.parent_id:
        found.setdefault(str(task.parent_id), _("As it is"))
    return [*found.items()]
