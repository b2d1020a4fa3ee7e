"""Everything that changes events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from calendar_app.attending import respond, set_attendees
from calendar_app.calendars import calendar_for
from calendar_app.errors import NotYoursError
from calendar_app.exceptions import follow_series, move_exceptions
from calendar_app.inviting import asked_to, invite
from calendar_app.models import FOLLOWED, Event, EventReminder, EventStatus, Visibility
from calendar_app.recurrence import rotated
from calendar_app.rooms import rebook
from calendar_app.times import set_end, set_rule, set_times
from common.errors import InvalidError, MissingError
from tenants.context import atomic

TIMES = ("start", "end", "all_day", "timezone")
PLAIN = ("title", "description", "location", "status", "visibility", "is_free", "conference_url")
# What those who were asked have to hear of (RFC 5546, section 2.1.4).
WEIGHTY = ("start", "end", "start_date", "end_date", "recurrence", "location", "status", "exdates")
MOST_REMINDERS = 20


@dataclass(slots=True)
class NewEvent:
    """What a new event is made of; `create_event` checks it."""

    title: str
    start: datetime | date
    end: datetime | date | None = None
    all_day: bool | None = None
    timezone: str = ""
    description: str = ""
    location: str = ""
    recurrence: str = ""
    calendar_id: UUID | None = None
    attendees: Sequence[Mapping[str, Any]] = ()
    reminders: Sequence[int] = ()
    status: str = EventStatus.CONFIRMED
    visibility: str = Visibility.DEFAULT
    is_free: bool = False
    conference_url: str = ""
    source: str = "api"
    ical_uid: str = ""
    # Whether those who are asked get a letter.
    send_invitations: bool = False
    exdates: list[datetime] = field(default_factory=list)
    rdates: list[datetime] = field(default_factory=list)


@atomic()
def create_event(*, new: NewEvent, by: User) -> Event:
    """Store an event, ask its attendees and book its rooms.

    Raises InvalidError naming the field, NotYoursError or RoomTakenError; nothing is stored.
    """
    event = Event(calendar=calendar_for(new.calendar_id, by), organizer=by, source=new.source)
    event.ical_uid = new.ical_uid or f"{event.pk}@{settings.BASE_DOMAIN}"
    event.timezone = by.timezone
    times = {name: getattr(new, name) for name in TIMES}
    set_times(event, {name: value for name, value in times.items() if value not in {None, ""}})
    for name in PLAIN:
        setattr(event, name, getattr(new, name))
    event.exdates, event.rdates = list(new.exdates), list(new.rdates)
    set_rule(event, new.recurrence)
    set_end(event)
    event.save(force_insert=True)
    set_attendees(event, new.attendees)
    set_reminders(event, new.reminders)
    rebook([event])
    if new.send_invitations:
        invite(event=event, by=by)
    return event


@atomic()
def update_event(*, event: Event, changes: Mapping[str, Any], by: User) -> Event:
    """Change the given fields of an event that the caller has locked; a series as a whole.

    What was changed or left out of a series moves along. With `send_invitations` those who are
    and were asked get a letter. Raises as `create_event`.
    """
    require_change(event, by)
    asked = asked_to(event) if changes.get("send_invitations") else []
    before = {name: getattr(event, name) for name in (*PLAIN, *WEIGHTY)}
    old = event.as_series()
    apply_changes(event, changes, by)
    overrides = move_exceptions(event, old) if event.recurrence or old.rule else []
    set_end(event)
    event.sequence += any(getattr(event, name) != before[name] for name in WEIGHTY)
    event.version += 1
    event.save()
    follow_series(event, overrides, before)
    _set_others(event, changes)
    rebook([event, *overrides])
    if changes.get("send_invitations"):
        invite(event=event, by=by, before=asked)
    return event


def apply_changes(event: Event, changes: Mapping[str, Any], by: User) -> None:
    """Set checked values on an event, without saving it."""
    if "calendar_id" in changes and changes["calendar_id"] != event.calendar_id:
        event.calendar = calendar_for(changes["calendar_id"], by)
    first = event.wall_start
    if any(name in changes for name in TIMES):
        set_times(event, {name: changes[name] for name in TIMES if name in changes})
    for name in PLAIN:
        setattr(event, name, changes.get(name, getattr(event, name)))
    rule = changes.get("recurrence", event.recurrence) or ""
    if rule and event.series_id:
        sentence = _("One occurrence of a series cannot recur by itself.")
        raise InvalidError(sentence, code="is_an_occurrence", attr="recurrence")
    if rule and "recurrence" not in changes:
        rule = rotated(rule, (event.wall_start.date() - first.date()).days)
    set_rule(event, rule)


def _set_others(event: Event, changes: Mapping[str, Any]) -> None:
    if "attendees" in changes:
        set_attendees(event, changes["attendees"])
    if "reminders" in changes:
        set_reminders(event, changes["reminders"])


def set_reminders(event: Event, minutes: Sequence[int]) -> None:
    """Have those who take part reminded so many minutes before each instance."""
    wanted = set(minutes)
    if len(wanted) > MOST_REMINDERS:
        sentence = _("An event has at most {most_reminders} reminders.").format(
            most_reminders=MOST_REMINDERS
        )
        raise InvalidError(sentence, code="too_many", attr="reminders")
    there = {row.minutes_before: row.pk for row in event.reminders.all()}
    gone = [pk for number, pk in there.items() if number not in wanted]
    if gone:
        EventReminder.objects.filter(pk__in=gone).delete()
    fresh = sorted(wanted - there.keys())
    EventReminder.objects.bulk_create(
        [EventReminder(event=event, minutes_before=number) for number in fresh]
    )


def require_change(event: Event, by: User) -> None:
    """Raise NotYoursError where the person may only look."""
    if event.source == FOLLOWED:
        raise NotYoursError(_("This follows an address; it is changed there."), code="read_only")
    if not Event.objects.changeable_by(by).filter(pk=event.pk).exists():
        raise NotYoursError(_("This is somebody else's event."))


def locked_event(event_id: UUID) -> Event:
    """Return the event as it is now, locked until the transaction ends. Raises MissingError."""
    row = Event.objects.select_for_update(of=("self",)).filter(pk=event_id).first()
    if row is None:
        raise MissingError(_("Somebody has just deleted this event."))
    return row


__all__ = [
    "NewEvent",
    "apply_changes",
    "create_event",
    "locked_event",
    "require_change",
    "respond",
    "set_reminders",
    "update_event",
]
