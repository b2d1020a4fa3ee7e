"""“When things run” in the office console: the digest's schedule, and what else comes next."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.consoles import person_of
from calendar_app.models import CalendarSync
from common.errors import AppError
from common.theme import dress
from messaging.crontabs import WEEKDAYS, Crontab
from messaging.models import Round
from messaging.scheduling import next_runs, rule_of, set_schedule
from tasks.crontabs import schedule_words
from tasks.models import Reminder, Task
from tenants.context import current_tenant

OWN, OFFICE = "own", "office"
DAYS = [("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday"), ("4", "Thursday")]
DAYS += [("5", "Friday"), ("6", "Saturday"), ("0", "Sunday")]
SHOWN = 10


class RoundsForm(forms.Form):
    """When the daily digest is sent: said with boxes, or as a crontab."""

    who = forms.ChoiceField(
        label="Who says when",
        choices=[
            (OWN, "Each person: daily, at the hour in their own settings"),
            (OFFICE, "The office: for everybody who wants a digest, as below"),
        ],
        widget=forms.RadioSelect,
    )
    at = forms.TimeField(
        required=False,
        label="At",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="On the clock of whoever reads it.",
    )
    days = forms.MultipleChoiceField(
        required=False, label="On", choices=DAYS, widget=forms.CheckboxSelectMultiple
    )
    crontab = forms.CharField(
        required=False,
        max_length=100,
        label="Or as a crontab",
        help_text="Minute, hour, day, month and weekday, as in “30 7 * * 1-5”. If it is filled in,"
        " it holds in place of the time and days above.",
    )

    @property
    def wish(self) -> str | None:
        """Return the checked wish as a crontab; None leaves it to each person."""
        data = self.cleaned_data
        if data["who"] == OWN:
            return None
        if data["crontab"].strip():
            return str(data["crontab"])
        return f"{data['at'].minute} {data['at'].hour} * * {','.join(data['days'])}"

    def clean(self) -> dict[str, Any]:
        """Ask for a time and days, where the office says when and no crontab does."""
        data = super().clean() or {}
        if data.get("who") == OFFICE and not (data.get("crontab") or "").strip():
            for name, sentence in (("at", "Choose a time."), ("days", "Choose a day.")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return data


def show_rounds(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show when things run, and take a new schedule of the digest."""
    by = person_of(request)
    rule = rule_of(Round.DIGEST)
    form = RoundsForm(request.POST or None, initial=_initial(rule))
    if form.is_valid():
        try:
            set_schedule(kind=Round.DIGEST, crontab=form.wish, by=by)
        except AppError as refusal:
            form.add_error("crontab", refusal.sentence)
        else:
            messages.success(request, "Saved. The next ones run as shown below.")
            return redirect("admin:rounds")
    dress(form.fields.values())
    zone = current_tenant().timezone
    facts = {
        "title": "When things run",
        "form": form,
        "rule": rule,
        "zone": zone,
        "runs": _on_the_wall(next_runs(rule, zone) if rule else (), zone),
        **_coming(),
    }
    return TemplateResponse(request, "admin/rounds/rounds.html", {**context, **facts})


def _initial(rule: Crontab | None) -> dict[str, Any]:
    if rule is None:
        return {"who": OWN, "at": time(7), "days": ["1", "2", "3", "4", "5"]}
    simple = f"{rule.at.minute} {rule.at.hour} * *"
    if rule.text.startswith(f"{simple} ") and len(rule.weekdays) <= len(WEEKDAYS):
        return {"who": OFFICE, "at": rule.at, "days": sorted(map(str, rule.weekdays))}
    return {"who": OFFICE, "at": rule.at, "crontab": rule.text}


def _on_the_wall(moments: Sequence[datetime], zone: str) -> list[datetime]:
    return [moment.astimezone(ZoneInfo(zone)) for moment in moments]


def _coming() -> dict[str, Any]:
    """Return what else runs next: each by its own rule, which is changed where it is."""
    now = timezone.now()
    recurring = Task.objects.exclude(recurrence="").filter(completed_at=None, due_date__gte=now)
    reminders = Reminder.objects.filter(next_at__gte=now).select_related("task")
    syncs = CalendarSync.objects.filter(next_at__isnull=False).select_related("connection")
    return {
        "recurring": [
            (task, *schedule_words(task)) for task in recurring.order_by("due_date")[:SHOWN]
        ],
        "reminders": reminders.order_by("next_at")[:SHOWN],
        "syncs": syncs.order_by("next_at")[:SHOWN],
    }
