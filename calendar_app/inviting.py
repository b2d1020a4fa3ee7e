"""Invitations by mail: owed through the ledger when the person wishes, with a calendar object."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from accounts.models import Channel, User
from calendar_app.ical.invitations import CANCEL, REQUEST, invitation_text
from calendar_app.models import Answer, Attendee, Event, EventStatus
from common.languages import speaking
from common.rule_words import rule_words
from messaging.due import Owed
from messaging.letters import GuestLetter, owe_to_guests
from messaging.lines import office_address
from messaging.models import OutgoingMessage
from messaging.services import owe_messages
from tenants.context import current_tenant
from tenants.directory import address_of

ASKED, CALLED_OFF = "event_invitation", "event_called_off"
GONE = gettext_noop("The event was deleted or does not take place any more.")


def asked_to(event: Event) -> list[Attendee]:
    """Return whom letters about an event concern: not its rooms, not its organizer."""
    rows = Attendee.objects.filter(event=event.pk, room=None).select_related("person")
    return [row for row in rows if row.person is None or row.person_id != event.organizer_id]


def invite(*, event: Event, by: User, before: Collection[Attendee] = ()) -> None:
    """Owe everybody who is asked the event as it is now; those asked before and not now hear that.

    A series goes with its changed occurrences. Whoever has said no is left alone.
    """
    if event.status == EventStatus.CANCELLED:
        call_off(event=event, by=by, people=[*asked_to(event), *before])
        return
    people = asked_to(event)
    there = {_who(row) for row in people}
    gone = [row for row in before if _who(row) not in there]
    if gone:
        call_off(event=event, by=by, people=gone)
    rows = Event.objects.filter(pk=event.pk) | Event.objects.filter(series=event.pk)
    found = list(rows.for_reading().select_related("series").order_by("original_start"))
    # The series first: nulls come last.
    found.sort(key=lambda row: row.pk != event.pk)
    text = invitation_text(found, method=REQUEST, organizer=_organizer(event, by), people=None)
    _owe(event, people, by, kind=ASKED, calendar=text)


def call_off(*, event: Event, by: User, people: Sequence[Attendee]) -> None:
    """Owe these people the word that an event, or one occurrence, does not take place for them.

    Call it before the event goes, with the SEQUENCE that it would have next.
    """
    if event.updated_at is None:
        # An occurrence that was never a row.
        event.created_at = event.updated_at = timezone.now()
    text = invitation_text([event], method=CANCEL, organizer=_organizer(event, by), people=people)
    _owe(event, people, by, kind=CALLED_OFF, calendar=text)


def was_invited(event: Event) -> bool:
    """Tell whether anybody was sent a letter about the event."""
    rows: Any = OutgoingMessage.objects.filter(about_id=event.pk, kind=ASKED)
    return bool(rows.exists())


def letters_about(event: Event) -> int:
    """Return how many letters about an event are owed or sent."""
    rows: Any = OutgoingMessage.objects.filter(about_id=event.pk, kind__in=(ASKED, CALLED_OFF))
    return int(rows.count())


def objections(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Tell to which of these events nobody is asked any more, and why."""
    rows = Event.objects.filter(pk__in=ids).exclude(status=EventStatus.CANCELLED)
    return dict.fromkeys(set(ids) - set(rows.values_list("pk", flat=True)), GONE)


def _who(row: Attendee) -> tuple[UUID | None, str]:
    return row.person_id, row.email


def _organizer(event: Event, by: User) -> str:
    """Return where programs send their answers: to the office, where it takes letters in."""
    return office_address() or (event.organizer or by).email


def _owe(event: Event, people: Iterable[Attendee], by: User, *, kind: str, calendar: str) -> None:
    rows = {_who(row): row for row in people if row.answer != Answer.DECLINED}.values()
    occasion = f"{kind}:{event.pk}:{event.sequence}:{event.version}"
    members, guests = [], []
    for row in rows:
        # Guests have told nobody their language: it is that of whoever invites them.
        with speaking((row.person or by).locale):
            words = _words(event, row, by, kind)
            letter = {
                "subject": words["subject"],
                "text": render_to_string("emails/invitation.txt", words),
                "html": render_to_string("emails/invitation.html", words),
                "calendar": calendar,
                "kind": kind,
                "about_id": event.pk,
                "occasion": occasion,
            }
        if row.person is None:
            guests.append(GuestLetter(sender=by, address=row.email, **letter))
        elif row.person.is_active:
            brief = f"{words['subject']} {words['url']}"
            members.append(_for_member(row.person, brief, letter))
    owe_messages(members)
    owe_to_guests(guests)


def _for_member(person: User, brief: str, letter: dict[str, Any]) -> Owed:
    return Owed(
        recipient=person, brief=brief, due_at=timezone.now(), channel=Channel.EMAIL, **letter
    )


def _words(event: Event, row: Attendee, by: User, kind: str) -> dict[str, Any]:
    """Return what a letter says, on the clock of whoever reads it."""
    office = current_tenant()
    reader = {
        "full_name": row.person.full_name if row.person else row.name,
        "timezone": row.person.timezone if row.person else event.timezone,
    }
    zone = ZoneInfo(reader["timezone"])
    start, end = event.start.astimezone(zone), event.end.astimezone(zone)
    first, last = event.start_date, event.end_date
    if first is not None and last is not None:
        last -= timedelta(days=1)
    verb = (
        pgettext("event", "Cancelled")
        if kind == CALLED_OFF
        else _("Updated")
        if event.sequence
        else _("Invitation")
    )
    day = format_date(first, _("D j M Y")) if first else _day(start)
    return {
        "subject": f"{verb}: {event.title}, {day}",
        "called_off": kind == CALLED_OFF,
        "updated": kind == ASKED and event.sequence > 0,
        "event": event,
        "rhythm": rule_words(event.recurrence) if event.recurrence else "",
        "person": reader,
        "by": event.organizer or by,
        "start": start,
        "end": end,
        "first": first,
        "last": last,
        "office": office,
        "url": address_of(office),
    }


def _day(start: datetime) -> str:
    return format_date(start, _("D j M Y, H:i"))
