"""Booking rooms: what a room is asked to is written down instance by instance.

The database refuses two bookings that overlap. A series without a near end is booked two years
ahead; the sweep books more of it a year later.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from calendar_app.errors import RoomTakenError
from calendar_app.expansion import occurrences_of
from calendar_app.models import Attendee, Booking, Event, EventStatus
from common.languages import speaking
from common.moments import to_wall
from messaging.due import Owed
from messaging.services import owe_messages
from tenants.context import attempt

DUE_KIND = "room_booking"
ROOM_LOST = "room_lost"
MOST_TOLD = 10
AHEAD, MORE_AFTER = timedelta(days=2 * 366), timedelta(days=366)


def rebook(events: Iterable[Event]) -> None:
    """Book the rooms of these events as they are now, in place of what was booked.

    Raises RoomTakenError naming the room and the time.
    """
    by_id = {event.pk: event for event in events}
    Booking.objects.filter(event__in=by_id).delete()
    wanted = Attendee.objects.filter(event__in=by_id, room__isnull=False)
    rooms = list(wanted.select_related("room"))
    if not rooms:
        return
    now = timezone.now()
    rows = [row for room in rooms for row in _bookings(room, by_id[room.event_id], now)]
    try:
        with attempt():
            Booking.objects.bulk_create(rows)
    except IntegrityError as error:
        raise _taken(rows) from error
    for room in rooms:
        _plan_more(room, by_id[room.event_id], now)


def _bookings(room: Attendee, event: Event, now: datetime) -> Iterable[Booking]:
    if event.status == EventStatus.CANCELLED or room.room_id is None:
        return
    for found in occurrences_of([event], now, now + AHEAD):
        if found.end > found.start:
            period = DateTimeTZRange(found.start, found.end)
            yield Booking(room_id=room.room_id, event_id=event.pk, period=period)


def _plan_more(room: Attendee, event: Event, now: datetime) -> None:
    goes_on = event.ends_at is None or event.ends_at > now + AHEAD
    more_at = now + MORE_AFTER if goes_on and event.status != EventStatus.CANCELLED else None
    if room.book_more_at != more_at:
        Attendee.objects.filter(pk=room.pk).update(book_more_at=more_at)


def _taken(rows: Sequence[Booking]) -> RoomTakenError:
    """Say which room is taken when."""
    for row in rows:
        found = Booking.objects.filter(room=row.room_id, period__overlap=row.period)
        if first := found.exclude(event=row.event_id).select_related("room").first():
            wall = to_wall(first.period.lower, row.event.zone)
            sentence = _("{name} is taken from {when}.").format(
                name=first.room.name, when=f"{wall:%d.%m.%Y %H:%M}"
            )
            return RoomTakenError(sentence, attr="attendees")
    return RoomTakenError(_("The room cannot have two of these at once."), attr="attendees")


def book_more(ids: Sequence[UUID], now: datetime) -> None:
    """Book more of these series; where somebody was first, the organizer hears of it."""
    rows = Attendee.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(pk__in=ids, book_more_at__lte=now)
    for room in due.select_related("event__organizer", "room"):
        fresh = list(_bookings(room, room.event, now))
        booked = Booking.objects.filter(event=room.event_id, room=room.room_id)
        there = {row.period.lower for row in booked}
        new = [row for row in fresh if row.period.lower not in there]
        Booking.objects.bulk_create(new, ignore_conflicts=True)
        there |= {row.period.lower for row in booked.all()}
        tell_of_lost(room, [row for row in new if row.period.lower not in there])
        _plan_more(room, room.event, now)


def tell_of_lost(room: Attendee, lost: Sequence[Booking]) -> None:
    """Owe the organizer the times for which somebody else was first to book the room."""
    event = room.event
    organizer = event.organizer
    if not lost or organizer is None or not organizer.is_active:
        return
    with speaking(organizer.locale):
        times = [
            format_date(to_wall(row.period.lower, event.zone), _("D j M Y, H:i")) for row in lost
        ]
        more = (
            _(" and {number} more").format(number=len(times) - MOST_TOLD)
            if len(times) > MOST_TOLD
            else ""
        )
        subject = _("“{title}” is without {room} at times").format(title=event.title, room=room)
        text = _("Somebody else has {room} then: {names}{more}.").format(
            room=room, names="; ".join(times[:MOST_TOLD]), more=more
        )
        advice = _("The event stands as it is; ask another room to it, or move it.")
        owed = Owed(
            recipient=organizer,
            subject=subject,
            text=f"{text}\n\n{advice}",
            html="",
            brief=f"{subject}. {text}",
            kind=ROOM_LOST,
            about_id=event.pk,
            due_at=timezone.now(),
            occasion=f"room:{room.pk}:{lost[-1].period.lower:%Y%m%dT%H%M%S}",
        )
        owe_messages([owed])
