"""Turning reminders of events into owed messages, instance by instance."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from calendar_app.expansion import Occurrence, light, occurrences_of
from calendar_app.models import Attendee, Event, EventReminder, EventStatus
from common.languages import speaking
from messaging.due import Owed
from messaging.services import owe_messages
from tenants.context import current_tenant
from tenants.directory import address_of

DUE_KIND = "event_reminder"
# After an outage longer than this, what has begun before it is not told of any more.
LOOK_BACK = timedelta(days=2)
# An instance further away than this is looked for again when half of it is over.
LOOK_AHEAD = timedelta(days=400)
GONE = gettext_noop("The event was deleted or no longer takes place then.")
# What a message about an instance says, and from which row: the series' or its own.
SAID = ("title", "location", "conference_url", "status", "calendar_id", "organizer_id")


def owe_due_reminders(ids: Sequence[UUID], now: datetime) -> None:
    """Owe what is due of each of these reminders, and compute when it is due next."""
    rows = EventReminder.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, next_at__lte=now))
    plan = Plan(due, now - LOOK_BACK, now + LOOK_AHEAD)
    owed = [
        item
        for reminder in due
        for instance in plan.instances(reminder)
        if _is_due(reminder, instance, now)
        for item in plan.owed(reminder, instance)
    ]
    owe_messages(owed)
    for reminder in due:
        instants = (each.start - _before(reminder) for each in plan.instances(reminder))
        ahead = min((instant for instant in instants if instant > now), default=None)
        if ahead is None and plan.goes_on(reminder):
            ahead = now + LOOK_AHEAD / 2
        # Not by `save`, which writes all columns and would have it computed again.
        EventReminder.objects.filter(pk=reminder.pk).update(next_at=ahead, settled_until=now)


def planned_reminders(people: Collection[User], start: datetime, end: datetime) -> list[Owed]:
    """Return what the reminders as they stand will owe to these people."""
    wanted = {person.pk for person in people}
    theirs = Q(event__attendees__person__in=wanted) | Q(event__organizer__in=wanted)
    due = list(EventReminder.objects.filter(theirs).distinct())
    plan = Plan(due, start - LOOK_BACK, end + timedelta(days=28))
    return [
        item
        for reminder in due
        for instance in plan.instances(reminder)
        if start < instance.start - _before(reminder) <= end
        for item in plan.owed(reminder, instance)
        if item.recipient.pk in wanted
    ]


def objections(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Tell of which of these reminders nobody wants to hear any more, and why."""
    rows = EventReminder.objects.filter(pk__in=ids).exclude(event__status=EventStatus.CANCELLED)
    wanted = set(rows.values_list("pk", flat=True))
    return dict.fromkeys(set(ids) - wanted, GONE)


def _before(reminder: EventReminder) -> timedelta:
    return timedelta(minutes=reminder.minutes_before)


def _is_due(reminder: EventReminder, instance: Occurrence, now: datetime) -> bool:
    """Tell whether the instance is to be told of now: not yet told, and not all over.

    The ledger keeps what was told already from being told twice.
    """
    instant = instance.start - _before(reminder)
    missed = reminder.settled_until is not None and instant > reminder.settled_until
    return instant <= now and (instance.start > now or missed)


class Plan:
    """What these reminders tell of in a time, and to whom; loaded for all of them at once."""

    def __init__(self, reminders: Sequence[EventReminder], start: datetime, end: datetime) -> None:
        ids = {reminder.event_id for reminder in reminders}
        rows = light(Event.objects.filter(Q(pk__in=ids) | Q(series__in=ids)), *SAID)
        self._events = {row.pk: row for row in rows}
        self._found: dict[UUID, list[Occurrence]] = {pk: [] for pk in ids}
        standing = [row for row in rows if row.status != EventStatus.CANCELLED]
        for found in occurrences_of(standing, start, end):
            for pk in ids & {found.event_id, found.series_id}:
                self._found[pk].append(found)
        self._people = _people_of(rows)

    def instances(self, reminder: EventReminder) -> Sequence[Occurrence]:
        """Return the instances that the reminder tells of."""
        return self._found[reminder.event_id]

    def goes_on(self, reminder: EventReminder) -> bool:
        """Tell whether there may be instances further ahead."""
        event = self._events.get(reminder.event_id)
        return event is not None and bool(event.recurrence or event.rdates)

    def owed(self, reminder: EventReminder, instance: Occurrence) -> Iterator[Owed]:
        """Yield the message to each who takes part."""
        event = self._events[instance.event_id]
        for person in self._people.get(instance.event_id, ()):
            yield _owed(reminder, event, instance, person)


def _people_of(rows: Collection[Event]) -> dict[UUID, list[User]]:
    """Return who takes part in each: the organizer, and who was asked and did not say no."""
    events = {row.pk: row for row in rows}
    said = Attendee.objects.filter(event__in=events, person__is_active=True)
    found: dict[UUID, dict[UUID, User]] = {pk: {} for pk in events}
    refused = set()
    for row in said.select_related("person"):
        if row.person is None or row.answer == "declined":
            refused.add((row.event_id, row.person_id))
        else:
            found[row.event_id][row.person.pk] = row.person
    organizers = User.objects.active().in_bulk({row.organizer_id for row in rows})
    for pk, event in events.items():
        organizer = organizers.get(event.organizer_id)
        if organizer is not None and (pk, organizer.pk) not in refused:
            found[pk].setdefault(organizer.pk, organizer)
    return {pk: list(people.values()) for pk, people in found.items()}


def _owed(reminder: EventReminder, event: Event, instance: Occurrence, person: User) -> Owed:
    office = current_tenant()
    start = instance.start.astimezone(ZoneInfo(person.timezone))
    words = {
        "event": event,
        "person": person,
        "start": start,
        "office": office,
        "url": address_of(office),
    }
    with speaking(person.locale):
        return Owed(
            recipient=person,
            subject=_("Reminder: {title}").format(title=event.title),
            text=render_to_string("emails/event_reminder.txt", words),
            html=render_to_string("emails/event_reminder.html", words),
            kind=DUE_KIND,
            about_id=reminder.pk,
            due_at=instance.start - _before(reminder),
            brief=_brief(event, start, address_of(office)),
            occasion=f"event:{reminder.pk}:{instance.start:%Y%m%dT%H%M%S}",
        )


def _brief(event: Event, start: datetime, url: str) -> str:
    words = _("Reminder: {title}").format(title=event.title)
    place = f", {event.location}" if event.location else ""
    return f"{words}, {format_date(start, _('D d M, H:i'))}{place} {url}"
