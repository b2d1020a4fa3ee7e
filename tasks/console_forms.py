"""The forms of tasks and reminders in the office console."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from common.console_forms import ServedForm, ZoneField
from common.errors import InvalidError
from messaging.crontabs import parse_crontab
from tasks.crontabs import next_due, rule_of, schedule_words
from tasks.edit_forms import RULES
from tasks.models import Reminder, Task

EDITABLE = (
    *("title", "description", "assignee", "team", "due_date", "timezone", "priority"),
    *("status", "recurrence", "labels", "parent"),
)
# What the form shows: the crontab is another way to say the recurrence.
SHOWN = (*EDITABLE[:-2], "crontab", *EDITABLE[-2:])


class TaskForm(ServedForm[Task]):
    """A task, whose sense `update_task` checks."""

    timezone = ZoneField(label="Time zone", help_text="Repeats keep their hour on its clock.")
    recurrence = forms.ChoiceField(
        required=False,
        label="Repeats",
        help_text="When one is done the next one is made, with the same hour.",
    )
    crontab = forms.CharField(
        required=False,
        max_length=100,
        label="Or as a crontab",
        help_text="Minute, hour, day, month and weekday, as in “30 7 * * 1-5”. If it is filled in,"
        " it holds in place of what is chosen above, and the task is due when it runs next.",
    )

    class Meta:
        model = Task
        fields = EDITABLE
        widgets = {"labels": forms.TextInput(), "description": forms.Textarea({"rows": 6})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.recurrence
        rules: dict[str, Any] = dict(RULES)
        if own not in rules:
            rules[own] = f"As it is: {schedule_words(self.instance)[0]}"
        field: Any = self.fields["recurrence"]
        field.choices = [*rules.items()]

    def clean(self) -> Any:
        """Turn a crontab into a recurrence, and the due time into one of its runs."""
        data = super().clean() or {}
        text, zone = (data.get("crontab") or "").strip(), data.get("timezone")
        if text and zone:
            try:
                crontab = parse_crontab(text)
            except InvalidError as refusal:
                self.add_error("crontab", refusal.sentence)
            else:
                due = next_due(crontab, zone=ZoneInfo(zone), due=data.get("due_date"))
                data |= {"recurrence": rule_of(crontab), "due_date": due}
        return data

    @property
    def changed_names(self) -> set[str]:
        """The fields of the task that differ from what is stored."""
        by_crontab = {"recurrence", "due_date"} if "crontab" in self.changed_data else set()
        return ({*self.changed_data} - {"crontab"}) | by_crontab


class ReminderForm(ServedForm[Reminder]):
    """When to remind: some minutes before the task is due, or at an instant."""

    class Meta:
        model = Reminder
        fields = ("task", "minutes_before", "at")
