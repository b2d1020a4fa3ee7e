"""The shapes of what people say about their messages on the pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.models import User
from common.console_forms import ZoneField
from common.errors import InvalidError
from messaging.models import MessageQuerySet
from messaging.words import CHANNELS, STATES

OTHERS = ("second", "third", "fourth")


class LedgerForm(forms.Form):
    """What the list of messages is narrowed down to."""

    status = forms.ChoiceField(
        label=_lazy("State"),
        choices=[("", _lazy("All")), *((state.value, state.label) for state in STATES)],
        required=False,
    )
    channel = forms.ChoiceField(
        label=_lazy("Channel"), choices=[("", _lazy("All")), *CHANNELS.items()], required=False
    )

    def narrowed(self, rows: MessageQuerySet) -> MessageQuerySet:
        """Return those that are asked for; none for nonsense."""
        if not self.is_valid():
            return rows.none()
        return rows.filtered({name: value for name, value in self.cleaned_data.items() if value})


class ComingForm(forms.Form):
    """For how many days to look ahead."""

    days = forms.TypedChoiceField(
        label=_lazy("Look ahead"),
        choices=[(1, _lazy("1 day")), (7, _lazy("7 days")), (31, _lazy("31 days"))],
        coerce=int,
    )


class ClockInput(forms.TimeInput):
    """A time of day, to the minute."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _clock(label: StrOrPromise, help_text: StrOrPromise = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=help_text,
        required=False,
        widget=ClockInput(),
        input_formats=["%H:%M"],
    )


def _next(label: StrOrPromise) -> forms.ChoiceField:
    choices = [("", _lazy("Nothing else")), *CHANNELS.items()]
    return forms.ChoiceField(label=label, choices=choices, required=False)


class WishesForm(forms.Form):
    """How, when and when not a person wants to be reached."""

    first = forms.ChoiceField(label=_lazy("Reach me by"), choices=CHANNELS.items())
    second = _next(_lazy("If that fails"))
    third = _next(_lazy("And then"))
    fourth = _next(_lazy("And at last"))
    quiet_from = _clock(
        _lazy("Quiet from"), _lazy("Only what is urgent comes then; the rest waits.")
    )
    quiet_until = _clock(_lazy("Quiet until"))
    digest_at = _clock(
        _lazy("Daily digest at"), _lazy("What is overdue, due today and coming. Empty: none.")
    )
    timezone = ZoneField(
        label=_lazy("Time zone"), help_text=_lazy("All these hours are meant there.")
    )

    @classmethod
    def of(cls, user: User, data: Any = None) -> "WishesForm":
        """Return the form filled in with what the person wished before."""
        first, *rest = [*user.channel_order, *("" for _each in OTHERS)]
        initial = {"first": first, **dict(zip(OTHERS, rest, strict=False))}
        same = ("quiet_from", "quiet_until", "digest_at", "timezone")
        return cls(data, initial=initial | {name: getattr(user, name) for name in same})

    @property
    def changes(self) -> dict[str, Any]:
        """What `update_profile` is to change."""
        values = {**self.cleaned_data}
        first = values.pop("first")
        others = [values.pop(name) for name in OTHERS]
        rest = [name for name in dict.fromkeys(others) if name and name != first]
        return {**values, "notification_preference": first, "fallback_channels": rest}

    def refuse(self, error: InvalidError) -> None:
        """Show a refusal at its field."""
        self.add_error(error.attr if error.attr in self.fields else None, error.sentence)
