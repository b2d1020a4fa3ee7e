"""What those who were asked say by mail, from their own calendar programs."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from calendar_app.errors import NoSuchOccurrenceError
from calendar_app.ical.invitations import Reply, read_replies
from calendar_app.models import FOLLOWED, Answer, Attendee, Event
from calendar_app.occurrences import change_occurrence
from calendar_app.recurrence import midnight
from calendar_app.services import locked_event
from common.errors import InvalidError, MissingError
from common.moments import to_utc
from messaging.due import Owed
from messaging.services import owe_messages
from tenants.context import atomic

ANSWERED = "event_answer"
SAID = {
    Answer.ACCEPTED: "accepted",
    Answer.DECLINED: "declined",
    Answer.TENTATIVE: "tentatively accepted",
}


@atomic()
def take_reply(*, ics: bytes, sender: str) -> int:
    """Note what somebody answers to an invitation; return how many answers were new.

    The sender has to be the one who was asked: what others say of them is nothing. What cannot be
    understood, is older than what we know or about nothing here changes nothing.
    """
    try:
        found = read_replies(ics)
    except InvalidError:
        return 0
    return sum(_take(each, sender) for each in found if each.address == sender.lower())


def _take(reply: Reply, sender: str) -> bool:
    mine = Q(attendees__email=sender) | Q(attendees__person__email=sender)
    # What was imported is organized elsewhere; a series stands before its changed occurrences.
    ours = Event.objects.filter(mine, ical_uid=reply.uid).exclude(source__in=("ics", FOLLOWED))
    event = ours.order_by(F("original_start").asc(nulls_first=True)).first()
    if event is None:
        return False
    try:
        event = _meant(event, reply)
    except (MissingError, NoSuchOccurrenceError):
        return False
    said = Q(email=sender) | Q(person__email=sender)
    rows = Attendee.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(said, event=event).first()
    if row is None or _is_old(reply, row, event):
        return False
    changed = row.answer != reply.answer
    row.answer, row.answered_at = reply.answer, reply.stamp or timezone.now()
    row.save()
    if changed:
        _tell(event, row, reply)
    return changed


def _meant(event: Event, reply: Reply) -> Event:
    """Return the row that the answer is about; an occurrence gets one of its own."""
    event = locked_event(event.pk)
    if reply.occurrence is None or not (event.recurrence or event.rdates):
        return event
    key = _key(reply.occurrence, event)
    there: Event | None = event.overrides.filter(original_start=key).first()
    if there is not None:
        return there
    by = event.organizer or event.calendar.owner
    if by is None:
        raise MissingError("Nobody organizes this.")
    return change_occurrence(event=event, at=key, scope="this", changes={}, by=by)


def _key(value: Any, series: Event) -> datetime:
    if not isinstance(value, datetime):
        return midnight(value)
    return value if value.tzinfo else to_utc(value, series.zone)


def _is_old(reply: Reply, row: Attendee, event: Event) -> bool:
    """Tell whether it answers to an event that was another, or was overtaken by a later answer."""
    if reply.sequence is not None and reply.sequence < event.sequence:
        return True
    known = row.answered_at
    return known is not None and reply.stamp is not None and reply.stamp < known


def _tell(event: Event, row: Attendee, reply: Reply) -> None:
    organizer: User | None = event.organizer
    if organizer is None or not organizer.is_active:
        return
    name = row.person.full_name if row.person else row.name or row.email
    start = event.start.astimezone(event.zone)
    subject = f"{name} {SAID[Answer(row.answer)]}: {event.title}"
    when = f"{event.start_date:%a %-d %b %Y}" if event.start_date else f"{start:%a %-d %b, %H:%M}"
    lines = [f"{subject}, {when}.", *([f"“{reply.comment}”"] if reply.comment else [])]
    stamp = row.answered_at or timezone.now()
    owed = Owed(
        recipient=organizer,
        subject=subject,
        text="\n\n".join(lines),
        html="",
        brief=" ".join(lines),
        kind=ANSWERED,
        about_id=event.pk,
        due_at=timezone.now(),
        occasion=f"answer:{row.pk}:{stamp:%Y%m%dT%H%M%S}:{row.answer}",
    )
    owe_messages([owed])
