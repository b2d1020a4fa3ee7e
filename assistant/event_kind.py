"""How events are written down by sentences and changed on pages, and taken back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.permissions import Permission
from assistant.kinds import Change, Changing, Kind, State
from calendar_app.inviting import invite, letters_about, was_invited
from calendar_app.models import Event
from calendar_app.occurrences import delete_event
from calendar_app.restoring import restore_events, rows_of
from calendar_app.services import NewEvent, create_event
from common.errors import RefusedError

KIND = "event"
CREATE = "create_event"
TIMES = ("start", "end")
# What says whether an event is still the one that was written down.
FIELDS = (
    *("title", "description", "location", "timezone", "recurrence", "status", "visibility"),
    *("version", "all_day"),
)


def as_values(new: NewEvent) -> dict[str, Any]:
    """Return an event to be made as plain values, which can wait for a yes."""
    asked = [str(each["user_id"]) for each in new.attendees]
    plain = ("title", "description", "location", "timezone", "recurrence", "source")
    return {
        **{name: getattr(new, name) for name in plain},
        "start": new.start.isoformat(),
        "end": new.end.isoformat() if new.end else None,
        "attendees": asked,
        "reminders": list(new.reminders),
    }


def _new(values: dict[str, Any]) -> NewEvent:
    times = {name: values[name] and datetime.fromisoformat(values[name]) for name in TIMES}
    asked = [{"user_id": UUID(each)} for each in values["attendees"]]
    return NewEvent(**{**values, **times, "attendees": asked, "send_invitations": True})


def _check(change: Change, _thing: Any, by: User) -> None:
    if not by.may(Permission.EVENT_CREATE):
        raise RefusedError(_("You may not write events down."))


def _waits(change: Change, _thing: Any, by: User) -> bool:
    """An invitation waits for a yes."""
    return any(each != str(by.pk) for each in change.values["attendees"])


def _do(change: Change, _thing: Any, by: User) -> UUID:
    event_id: UUID = create_event(new=_new(change.values), by=by).pk
    return event_id


def _put_back(thing: Event, before: State, after: State, by: User) -> None:
    restore_events(before=before["rows"], after=after["rows"], by=by)
    # Who got a letter about the change has to hear that it is none.
    if before["letters"] != after["letters"]:
        invite(event=Event.objects.get(pk=thing.series_id or thing.pk), by=by)


def _bring_back(before: State, by: User) -> None:
    restore_events(before=before["rows"], after=None, by=by)
    if before["letters"]:
        for row in before["rows"]["events"]:
            if not row["fields"]["series"]:
                invite(event=Event.objects.get(pk=row["pk"]), by=by)


def _rows(by: User | None) -> QuerySet[Any]:
    return Event.objects.visible_to(by) if by else Event.objects.all()


def _state(event_id: UUID) -> State | None:
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        return None
    said = event.attendees.order_by("id").values_list("id", "answer")
    return {
        **{name: getattr(event, name) for name in FIELDS},
        **{name: getattr(event, name).isoformat() for name in TIMES},
        "attendees": [[str(pk), answer] for pk, answer in said],
        "overrides": event.overrides.count(),
        "letters": letters_about(event),
        "rows": rows_of(event.pk),
    }


def _delete(event: Event, by: User) -> None:
    delete_event(event=event, by=by, send_invitations=was_invited(event))


EVENTS = Kind(
    plural=_lazy("events"),
    create=Permission.EVENT_CREATE,
    rows=_rows,
    state=_state,
    delete=_delete,
    bring_back=_bring_back,
    changing=Changing(
        check=_check, waits=_waits, do=_do, update=Permission.EVENT_UPDATE, put_back=_put_back
    ),
)
