"""What an office says of itself, and what it asks of those who sign in, as boxes in groups."""

from calendar import month_name
from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField

from accounts.models import Role, User
from accounts.permissions import Permission
from common.console_forms import ZoneField
from common.telephones import COUNTRIES, calling_code
from common.theme import dress

DAYS = [(0, "Monday"), (1, "Tuesday"), (2, "Wednesday"), (3, "Thursday")]
DAYS += [(4, "Friday"), (5, "Saturday"), (6, "Sunday")]
COUNTRY_CHOICES = [("", "None: every number is written with its country")]
COUNTRY_CHOICES += [(code, f"{code} (+{calling_code(code)})") for code in sorted(COUNTRIES)]


class Group(NamedTuple):
    """Boxes that belong together, and a word about them."""

    title: str
    words: str
    names: tuple[str, ...]


class SettingsForm(forms.Form):
    """Settings as they are. What somebody else changed meanwhile, and this form did not, stays."""

    groups: tuple[Group, ...] = ()

    def __init__(self, data: Any, *, values: dict[str, Any]) -> None:
        super().__init__(data, initial=values)
        for field in self.fields.values():
            # The form says itself what it was filled with: only what differs is changed.
            field.show_hidden_initial = True
        dress(self.fields.values())

    def in_groups(self) -> Iterable[tuple[Group, list[BoundField]]]:
        """Yield each group with its boxes."""
        for group in self.groups:
            yield group, [self[name] for name in group.names]

    @property
    def changes(self) -> dict[str, Any]:
        """What was changed, by the names of the settings."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


def clock(label: str) -> forms.TimeField:
    """Return a box for a time of the day."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget)


class OfficeForm(SettingsForm):
    """When the office works, and how it reaches people."""

    groups = (
        Group("The office", "What people see on their pages and in letters.", ("name", "timezone")),
        Group(
            "When people work",
            "What “end of day”, “next business day” and “quarter” mean in what people write.",
            ("office_opens", "office_closes", "working_days", "fiscal_year_starts"),
        ),
        Group(
            "How people are reached",
            "Each person chooses an order of their own; here is what the office offers.",
            ("email_provider", "sms_enabled", "country"),
        ),
    )
    name = forms.CharField(max_length=120, label="Name")
    timezone = ZoneField(
        label="Time zone", help_text="For people who have not chosen one of their own."
    )
    office_opens = clock("Work begins at")
    office_closes = clock("Work ends at")
    working_days = forms.TypedMultipleChoiceField(
        label="Working days", choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    fiscal_year_starts = forms.TypedChoiceField(
        label="The business year begins in",
        choices=[(number, month_name[number]) for number in range(1, 13)],
        coerce=int,
    )
    email_provider = forms.ChoiceField(
        label="E-mail goes out",
        choices=[
            ("microsoft", "From the office's own Microsoft 365 mailbox, where one is connected"),
            ("smtp", "Always by the platform's mail server"),
        ],
    )
    sms_enabled = forms.BooleanField(
        required=False,
        label="Send text messages",
        help_text="Without them people are reached by their other ways.",
    )
    country = forms.ChoiceField(
        required=False,
        label="Country of telephone numbers",
        choices=COUNTRY_CHOICES,
        help_text="For numbers that people write without a country.",
    )


class SignInForm(SettingsForm):
    """What the office asks of those who sign in."""

    groups = (
        Group(
            "Sessions",
            "How long somebody stays signed in at one browser or telephone.",
            ("session_idle_minutes", "session_hours", "step_up_minutes"),
        ),
        Group(
            "Second factor",
            "A code or a passkey beside the password. Set up your own before you ask it of your"
            " role; people without one are led to it when they sign in next.",
            ("mfa_roles",),
        ),
        Group(
            "The office's own provider",
            "Set up a provider first, under “Sign-in by other providers”.",
            ("sso_only", "sso_break_glass"),
        ),
        Group(
            "Support",
            "Whatever support does here stands in “What was done”, and the person is told.",
            ("support_access",),
        ),
    )
    session_idle_minutes = forms.IntegerField(
        min_value=5,
        max_value=30 * 24 * 60,
        label="Sign people out after so many minutes without a click",
        help_text="480 is a working day, 10080 a week.",
    )
    session_hours = forms.IntegerField(
        min_value=1,
        max_value=90 * 24,
        label="Sign people out in any case after so many hours",
        help_text="24 is a day, 336 two weeks.",
    )
    step_up_minutes = forms.IntegerField(
        min_value=1,
        max_value=24 * 60,
        label="Ask again who one is after so many minutes",
        help_text="Before what must not be done at a screen that was left unlocked, as this page.",
    )
    mfa_roles = forms.MultipleChoiceField(
        required=False,
        label="Roles that need a second factor",
        widget=forms.CheckboxSelectMultiple,
    )
    sso_only = forms.BooleanField(
        required=False, label="People sign in by the provider alone, without passwords"
    )
    sso_break_glass = forms.ChoiceField(
        required=False,
        label="Who may still use a password",
        help_text="An admin who gets in on the day that the provider fails.",
    )
    support_access = forms.BooleanField(
        required=False,
        label="The platform's support may work here in somebody's place, for a while",
    )

    def __init__(self, data: Any, *, values: dict[str, Any]) -> None:
        super().__init__(data, values=values)
        roles, people = self.fields["mfa_roles"], self.fields["sso_break_glass"]
        names = list(Role.objects.order_by("name").values_list("name", flat=True))
        roles.choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        people.choices = [("", "Nobody"), *admins()]  # type: ignore[attr-defined]


def admins() -> list[tuple[str, str]]:
    """Return who may change settings, by id and name."""
    found = User.objects.active().filter(
        role__permissions__contains=[Permission.ADMIN_SETTINGS], is_service=False
    )
    return [(str(person.pk), str(person)) for person in found.order_by("full_name", "email")]
