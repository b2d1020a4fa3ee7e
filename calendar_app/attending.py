"""Who is asked to an event, and what each says."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from calendar_app.errors import NotYoursError
from calendar_app.models import Answer, Attendee, Calendar, CalendarKind, Event
from common.errors import InvalidError
from tenants.context import atomic

MOST = 300
# What identifies somebody who is asked: person, room, address.
Who = tuple[UUID | None, UUID | None, str]


def set_attendees(event: Event, wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Ask these to come, in place of those who were; who stays keeps the answer.

    Each names a `user_id`, a `room_id` or an `email`; an address of somebody in the office is that
    person. Returns whether that changed anything. Raises InvalidError naming the field.
    """
    if len(wanted) > MOST:
        raise InvalidError(
            _("At most {most} can be asked.").format(most=MOST), code="too_many", attr="attendees"
        )
    found = _found(wanted)
    there = {(row.person_id, row.room_id, row.email): row for row in event.attendees.all()}
    gone = [row.pk for who, row in there.items() if who not in found]
    if gone:
        Attendee.objects.filter(pk__in=gone).delete()
    fresh = [
        Attendee(event=event, person_id=who[0], room_id=who[1], email=who[2], name=name)
        for who, name in found.items()
        if who not in there
    ]
    for row in fresh:
        if row.room_id or row.person_id == event.organizer_id is not None:
            row.answer = Answer.ACCEPTED
    Attendee.objects.bulk_create(fresh)
    return bool(gone or fresh)


def _found(wanted: Sequence[Mapping[str, Any]]) -> dict[Who, str]:
    people = {item["user_id"] for item in wanted if item.get("user_id")}
    rooms = {item["room_id"] for item in wanted if item.get("room_id")}
    mails = {item["email"].lower() for item in wanted if item.get("email")}
    known = dict(User.objects.active().filter(email__in=mails).values_list("email", "pk"))
    here = User.objects.active().filter(pk__in=people).values_list("pk", flat=True)
    _require(wanted, "user_id", set(here))
    kept = Calendar.objects.filter(pk__in=rooms, kind=CalendarKind.ROOM)
    _require(wanted, "room_id", set(kept.values_list("pk", flat=True)))
    found: dict[Who, str] = {}
    for item in wanted:
        found[_who(item, known)] = item.get("name", "")
    return found


def _require(wanted: Sequence[Mapping[str, Any]], name: str, known: set[UUID]) -> None:
    for number, item in enumerate(wanted):
        if item.get(name) and item[name] not in known:
            raise InvalidError(
                _("There is no such person or room."),
                code="does_not_exist",
                attr=f"attendees.{number}.{name}",
            )


def _who(item: Mapping[str, Any], known: Mapping[str, UUID]) -> Who:
    given = [name for name in ("user_id", "room_id", "email") if item.get(name)]
    if len(given) != 1:
        raise InvalidError(
            _("Name each by one of “user_id”, “room_id” and “email”."),
            code="one_of",
            attr="attendees",
        )
    mail = item["email"].lower() if given == ["email"] else ""
    if mail in known:
        return known[mail], None, ""
    return item.get("user_id"), item.get("room_id"), mail


def copy_attendees(source: Event, target: Event) -> None:
    """Ask the same to another event, with the answers that they gave."""
    same = ("person_id", "room_id", "email", "name", "answer", "answered_at")
    rows = [
        Attendee(event=target, **{name: getattr(row, name) for name in same})
        for row in source.attendees.all()
    ]
    Attendee.objects.bulk_create(rows)


@atomic()
def respond(*, event: Event, answer: str, by: User) -> Attendee:
    """Note what a person says to an invitation. Raises NotYoursError for one who was not asked."""
    rows = Attendee.objects.select_for_update(of=("self",))
    found = rows.filter(event=event, person=by).first()
    if found is None:
        raise NotYoursError(_("You were not asked to this."), code="not_invited")
    found.answer, found.answered_at = answer, timezone.now()
    found.save()
    return found
