"""The parts of a reading as fields: what each says, and what was read when it was shown."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.models import User
from accounts.permissions import Permission
from assistant.interpreter import AssigneeStatus, Draft
from common.moments import to_utc, to_wall
from common.recurrence import BadRuleError, check_rule
from common.rule_words import rule_words
from tasks.edit_forms import AT_A_TIME, LEADS, LOCAL, RULES, WallInput, labels_in
from tasks.models import Priority
from tasks.words import lead_words

MOST_MINUTES = 366 * 24 * 60
# What is chosen at once asks for the new reading at once; what is typed does when it is left.
CHANGED, LEFT = "change", "blur changed delay:300ms"
Options = Iterable[tuple[str, StrOrPromise]]


class PartsForm(forms.Form):
    """What was chosen of a reading: a part counts where it differs from what was read."""

    person = forms.UUIDField(
        label=_lazy("Who"), required=False, show_hidden_initial=True, widget=forms.Select()
    )
    clock = forms.DateTimeField(
        label=_lazy("When"), required=False, show_hidden_initial=True, widget=WallInput()
    )
    bell = forms.IntegerField(
        label=_lazy("Reminder"),
        required=False,
        min_value=0,
        max_value=MOST_MINUTES,
        show_hidden_initial=True,
        widget=forms.Select(),
    )
    repeat = forms.CharField(
        label=_lazy("Repeats"),
        required=False,
        max_length=450,
        show_hidden_initial=True,
        widget=forms.Select(),
    )
    flag = forms.ChoiceField(
        label=_lazy("Priority"),
        required=False,
        choices=Priority.choices,
        show_hidden_initial=True,
    )
    label = forms.CharField(
        label=_lazy("Labels"),
        required=False,
        max_length=1_100,
        show_hidden_initial=True,
        help_text=_lazy("With commas between them."),
    )

    def __init__(self, data: Any, *, by: User) -> None:
        self.zone = ZoneInfo(by.timezone)
        super().__init__(data, prefix="part")

    def clean_repeat(self) -> str:
        """Return the rule, if the office can follow it."""
        rule: str = self.cleaned_data["repeat"]
        if not rule:
            return ""
        try:
            return check_rule(rule, start=timezone.now(), zone=self.zone)
        except BadRuleError as error:
            raise ValidationError(f"{error}.") from error

    def clean_label(self) -> list[str]:
        """Return the labels."""
        return labels_in(self.cleaned_data["label"])

    @property
    def picked(self) -> dict[str, Any]:
        """The parts that were chosen otherwise than read, as `assistant.shown` takes them."""
        found = {name: self.cleaned_data[name] for name in self.changed_data}
        if found.get("clock") is not None:
            found["clock"] = to_utc(found["clock"].replace(tzinfo=None), self.zone)
        return found

    @property
    def refusal(self) -> str:
        """Why what was chosen makes no sense; nothing where it does."""
        return next((str(each) for found in self.errors.values() for each in found), "")


def form_of(read: Draft, chosen: Draft, *, by: User, reminds: bool) -> PartsForm:
    """Return the fields as they show what was chosen, beside what was read."""
    before, now = _values(read, by), _values(chosen, by)
    if not reminds:
        now["bell"] = ""
    data = {f"part-{name}": value for name, value in now.items()}
    data |= {f"initial-part-{name}": value for name, value in before.items()}
    form = PartsForm(data, by=by)
    rules: dict[str, StrOrPromise] = dict(RULES)
    if now["repeat"]:
        rules.setdefault(now["repeat"], capfirst(rule_words(now["repeat"])))
    _offer(form, "repeat", rules.items())
    _offer(form, "bell", _leads(now["bell"]))
    for name, field in form.fields.items():
        trigger = LEFT if name in {"clock", "label"} else CHANGED
        asks = {"hx-get": reverse("quick-add-preview"), "hx-trigger": trigger}
        field.widget.attrs |= {**asks, "autocomplete": "off"}
    return form


def offer_people(form: PartsForm, read: Draft, *, by: User) -> None:
    """Let those be chosen to whom the person may give work, and whom the words may mean first."""
    here = str(form["person"].value() or "")
    found: dict[str, StrOrPromise] = {} if here else {"": _("Choose somebody")}
    named = [*read.assignee_candidates, *([read.assignee] if read.assignee else [])]
    if by.may(Permission.TASK_ASSIGN):
        found |= {str(each.user_id): each.full_name for each in named}
    found[str(by.pk)] = _("{name} (me)").format(name=by.full_name)
    if by.may(Permission.TASK_ASSIGN) and by.may(Permission.USER_READ):
        rows = User.objects.active().order_by("full_name").values_list("pk", "full_name")
        found |= {str(pk): name for pk, name in rows if str(pk) not in found}
    _offer(form, "person", found.items())


def _offer(form: PartsForm, name: str, options: Options) -> None:
    widget: Any = form.fields[name].widget
    widget.choices = [*options]


def _leads(minutes: str) -> Options:
    found: dict[str, StrOrPromise] = {"": _("No reminder"), **LEADS}
    del found[AT_A_TIME]
    if minutes:
        found.setdefault(minutes, capfirst(lead_words(timedelta(minutes=int(minutes)))))
    return found.items()


def _values(draft: Draft, by: User) -> dict[str, str]:
    before = draft.reminder_offset
    return {
        "person": str(_person(draft, by) or ""),
        "clock": _wall(draft.due, by),
        "bell": str(int(before.total_seconds() // 60) if before else 0),
        "repeat": draft.recurrence or "",
        "flag": draft.priority,
        "label": ", ".join(draft.labels),
    }


def _person(draft: Draft, by: User) -> UUID | None:
    """Return who is to do it; nobody while it is not known whom the words mean."""
    if draft.assignee is not None:
        return draft.assignee.user_id
    is_own = draft.assignee_status in {AssigneeStatus.NONE, AssigneeStatus.SELF}
    return by.pk if is_own else None


def _wall(instant: datetime | None, by: User) -> str:
    return f"{to_wall(instant, ZoneInfo(by.timezone)):{LOCAL}}" if instant else ""
