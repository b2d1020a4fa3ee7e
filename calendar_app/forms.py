"""The shapes of what people ask and write on the pages of the calendar."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.models import User
from accounts.permissions import Permission
from calendar_app.models import Answer, Calendar, CalendarKind, EventQuerySet, Visibility
from common.errors import AppError
from common.moments import to_utc, to_wall

LOOKS = {
    "month": _lazy("Month"),
    "week": _lazy("Week"),
    "day": _lazy("Day"),
    "agenda": _lazy("Agenda"),
}
MINE, ALL = "", "all"
# The rules that the form offers; any other one is kept as it is.
RULES: dict[str, StrOrPromise] = {
    "": _lazy("Never"),
    "FREQ=DAILY": _lazy("Every day"),
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": _lazy("Every working day"),
    "FREQ=WEEKLY": _lazy("Every week"),
    "FREQ=WEEKLY;INTERVAL=2": _lazy("Every two weeks"),
    "FREQ=MONTHLY": _lazy("Every month"),
    "FREQ=YEARLY": _lazy("Every year"),
}
LEADS: dict[str, StrOrPromise] = {
    "": _lazy("No reminder"),
    "0": _lazy("When it begins"),
    "10": _lazy("10 minutes before"),
    "30": _lazy("30 minutes before"),
    "60": _lazy("1 hour before"),
    "1440": _lazy("1 day before"),
}
SCOPES = {
    "this": _lazy("This one"),
    "following": _lazy("This and all following"),
    "all": _lazy("The whole series"),
}
# Where the API's fields stand on the page.
FIELDS = {
    **{name: name for name in ("title", "location", "description", "visibility")},
    "start": "day",
    "end": "until",
    "recurrence": "repeats",
    "calendar_id": "calendar",
    "attendees": "people",
    "reminders": "remind",
    "occurrence": "scope",
}
YEARS = range(1901, 2199)
# A field of a form below has its name.
Date = date


def _options(found: Iterable[tuple[Any, StrOrPromise]]) -> list[tuple[str, StrOrPromise]]:
    return [(str(pk), name) for pk, name in found]


class LookForm(forms.Form):
    """Which days to show, how, and of which calendars."""

    view = forms.ChoiceField(choices=[*LOOKS.items()], required=False, widget=forms.HiddenInput())
    date = forms.DateField(
        label=_lazy("Go to"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    calendar = forms.ChoiceField(label=_lazy("Calendar"), required=False)

    def __init__(self, data: Any, *, by: User) -> None:
        super().__init__(data)
        self.by = by
        named = Calendar.objects.visible_to(by).values_list("pk", "name")
        choices = [(MINE, _("Mine")), (ALL, _("Everybody's")), *_options(named)]
        cast("forms.ChoiceField", self.fields["calendar"]).choices = choices

    def clean_date(self) -> Date | None:
        """Return the date, if calendars reach as far."""
        day: Date | None = self.cleaned_data["date"]
        if day is not None and day.year not in YEARS:
            raise ValidationError(_("This year is out of reach."))
        return day

    @property
    def look(self) -> str:
        """How the days are shown."""
        return (self.is_valid() and self.cleaned_data["view"]) or "month"

    def day(self, today: Date) -> Date:
        """Return the date that is asked for."""
        return (self.is_valid() and self.cleaned_data["date"]) or today

    def narrowed(self, rows: EventQuerySet) -> EventQuerySet:
        """Return the events of the calendars that are asked for; none for nonsense."""
        if not self.is_valid():
            return rows.none()
        wanted = self.cleaned_data["calendar"]
        if wanted == ALL:
            return rows
        values = {"calendar": UUID(wanted)} if wanted else {"attendee": self.by.pk}
        return rows.filtered(values, self.by)


class AnswerForm(forms.Form):
    """What somebody says to an invitation."""

    answer = forms.ChoiceField(
        choices=[choice for choice in Answer.choices if choice[0] != Answer.NEEDS_ACTION]
    )


class ScopeForm(forms.Form):
    """Which occurrence of a series is meant, and how much of the series with it."""

    at = forms.DateTimeField(required=False, widget=forms.HiddenInput())
    scope = forms.ChoiceField(label=_lazy("Change"), choices=[*SCOPES.items()], required=False)


class ClockInput(forms.TimeInput):
    """A time of day, to the minute."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class DayInput(forms.DateInput):
    """A day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EventForm(ScopeForm):
    """What an event is made of, in the words of a page."""

    title = forms.CharField(label=_lazy("What"), max_length=300)
    day = forms.DateField(label=_lazy("Day"), widget=DayInput())
    begins = forms.TimeField(label=_lazy("From"), required=False, widget=ClockInput())
    until = forms.DateField(
        label=_lazy("Last day"),
        required=False,
        widget=DayInput(),
        help_text=_lazy("If it is another one."),
    )
    ends = forms.TimeField(label=_lazy("To"), required=False, widget=ClockInput())
    all_day = forms.BooleanField(label=_lazy("All day"), required=False)
    location = forms.CharField(label=_lazy("Where"), max_length=500, required=False)
    repeats = forms.ChoiceField(label=_lazy("Repeats"), required=False)
    people = forms.MultipleChoiceField(
        label=_lazy("Who is asked"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    guests = forms.CharField(
        label=_lazy("Guests"),
        required=False,
        max_length=5_000,
        help_text=_lazy("Addresses of people outside the office, with commas between them."),
    )
    rooms = forms.MultipleChoiceField(
        label=_lazy("Rooms"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    remind = forms.ChoiceField(label=_lazy("Reminder"), required=False)
    calendar = forms.ChoiceField(label=_lazy("Calendar"), required=False)
    visibility = forms.ChoiceField(
        label=_lazy("Others see"),
        choices=[
            (Visibility.DEFAULT, _lazy("All of it")),
            (Visibility.BUSY, _lazy("That you are busy")),
        ],
    )
    description = forms.CharField(
        label=_lazy("Notes"), max_length=50_000, required=False, widget=forms.Textarea({"rows": 4})
    )
    send_invitations = forms.BooleanField(
        label=_lazy("Send a letter to those who are asked"), required=False
    )

    def __init__(self, data: Any, *, by: User, event: Mapping[str, Any] | None = None) -> None:
        self.by, self.zone = by, ZoneInfo(by.timezone)
        super().__init__(data, initial=shown_in_form(event, self.zone) if event else {})
        rule = (event or {}).get("recurrence") or ""
        kept: dict[str, StrOrPromise] = {} if rule in RULES else {rule: _("As it does now")}
        leads = [str(each) for each in (event or {}).get("reminders", ())]
        told: dict[str, StrOrPromise] = (
            {} if ",".join(leads) in LEADS else {",".join(leads): _("As it is now")}
        )
        self._offer("repeats", {**RULES, **kept}.items())
        self._offer("remind", {**LEADS, **told}.items())
        self._offer("people", _people(by, event))
        rooms = Calendar.objects.visible_to(by).filter(kind=CalendarKind.ROOM)
        self._offer("rooms", rooms.values_list("pk", "name"))
        mine = Calendar.objects.writable_by(by).values_list("pk", "name")
        self._offer("calendar", [("", _("As it is") if event else _("Mine")), *mine])

    def _offer(self, name: str, found: Iterable[tuple[Any, StrOrPromise]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = _options(found)

    def clean_guests(self) -> list[str]:
        """Return the addresses."""
        given = self.cleaned_data["guests"].replace("\n", ",").replace(";", ",")
        found = [each.strip().lower() for each in given.split(",") if each.strip()]
        for each in found:
            validate_email(each)
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for the time of what does not take all day."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not values.get("all_day") and "begins" in values and values["begins"] is None:
            self.add_error("begins", _("Give the time too, or say that it takes all day."))
        return values

    @property
    def values(self) -> dict[str, Any]:
        """All that was written, as the service takes it."""
        given = self.cleaned_data
        return {
            **{name: given[name] for name in ("title", "location", "description", "visibility")},
            **self._times(),
            "recurrence": given["repeats"],
            "calendar_id": UUID(given["calendar"]) if given["calendar"] else None,
            "attendees": self._attendees(),
            "reminders": [int(each) for each in given["remind"].split(",") if each],
            "send_invitations": given["send_invitations"],
        }

    @property
    def changes(self) -> dict[str, Any]:
        """Only what differs from what the form showed."""
        changed = {*self.changed_data}
        moved = {"start", "end", "all_day"} if changed & {*TIMES} else set()
        asked = {"attendees"} if changed & {"people", "guests", "rooms"} else set()
        same = {name for name, shown in FIELDS.items() if shown in changed and shown not in TIMES}
        wanted = moved | asked | same | {"send_invitations"}
        if not self.cleaned_data["calendar"]:
            wanted.discard("calendar_id")
        return {name: value for name, value in self.values.items() if name in wanted}

    def _times(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given["day"], given["until"] or given["day"]
        if given["all_day"]:
            return {"start": first, "end": last + timedelta(days=1), "all_day": True}
        start = to_utc(datetime.combine(first, given["begins"]), self.zone)
        end = given["ends"] and to_utc(datetime.combine(last, given["ends"]), self.zone)
        return {"start": start, "end": end or None, "all_day": False}

    def _attendees(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        return [
            *({"user_id": UUID(each)} for each in given["people"]),
            *({"room_id": UUID(each)} for each in given["rooms"]),
            *({"email": each} for each in given["guests"]),
        ]

    def refuse(self, error: AppError) -> None:
        """Say at its field why the office will not do it."""
        name = FIELDS.get((error.attr or "").partition(".")[0])
        self.add_error(name, error.sentence)


TIMES = ("day", "begins", "until", "ends", "all_day")


def shown_in_form(event: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return what the form shows of an event as `calendar_app.showing` gives it."""
    asked = event["attendees"]
    return {
        **{name: event[name] for name in ("title", "location", "description", "visibility")},
        **_times_in_form(event, zone),
        "repeats": event["recurrence"] or "",
        "people": [str(each["user_id"]) for each in asked if each["user_id"]],
        "rooms": [str(each["room_id"]) for each in asked if each["room_id"]],
        "guests": ", ".join(
            each["email"] for each in asked if not each["user_id"] and not each["room_id"]
        ),
        "remind": ",".join(str(each) for each in event["reminders"]),
        "calendar": str(event["calendar_id"]),
    }


def _times_in_form(event: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    if event["all_day"]:
        last = event["end_date"] - timedelta(days=1)
        until = last if last != event["start_date"] else None
        return {"day": event["start_date"], "until": until, "all_day": True}
    start, end = to_wall(event["start"], zone), to_wall(event["end"], zone)
    until = end.date() if end.date() != start.date() else None
    return {"day": start.date(), "begins": _minute(start), "until": until, "ends": _minute(end)}


def _minute(wall: datetime) -> time:
    return wall.time().replace(second=0, microsecond=0)


def _people(by: User, event: Mapping[str, Any] | None) -> list[tuple[Any, str]]:
    """Return who can be asked: everybody by those who may know everybody, and who is already."""
    found = {by.pk: by.full_name}
    if by.may(Permission.USER_READ):
        found |= dict(User.objects.active().order_by("full_name").values_list("pk", "full_name"))
    asked = event["attendees"] if event else []
    return [*({each["user_id"]: each["name"] for each in asked if each["user_id"]} | found).items()]
