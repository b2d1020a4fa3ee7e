"""Who takes part, as the vendor says: answers come from there, and none of it goes there."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import User
from calendar_app.models import Attendee, Event
from calendar_app.sync.providers.base import Guest

MOST = 300


def set_guests(event: Event, guests: Sequence[Guest], *, exactly: bool) -> None:
    """Note who is asked and what they said; with `exactly` nobody else is, rooms of ours aside."""
    wanted = {guest.email: guest for guest in guests[:MOST] if _is_address(guest.email)}
    people = dict(User.objects.active().filter(email__in=wanted).values_list("email", "pk"))
    there = {(row.person_id, row.email): row for row in event.attendees.filter(room=None)}
    for email, guest in wanted.items():
        person = people.get(email)
        row = there.pop((person, "" if person else email), None)
        if row is None:
            row = Attendee(event=event, person_id=person, email="" if person else email)
        elif row.answer == guest.answer:
            continue
        row.answer, row.name = guest.answer, "" if person else guest.name
        row.save()
    if exactly and there:
        Attendee.objects.filter(pk__in=[row.pk for row in there.values()]).delete()


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
