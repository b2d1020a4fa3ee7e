"""When people are busy, and when they could meet."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from calendar_app.expansion import light, occurrences_of
from calendar_app.models import Answer, Attendee, Booking, Calendar, Event, EventStatus
from common.moments import to_utc, to_wall
from tenants.context import current_tenant

Span = tuple[datetime, datetime]
# Proposals begin on these minutes.
STEP = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass(slots=True)
class Wanted:
    """What a meeting needs: how long, who, from when until when it can be."""

    duration: timedelta
    people: Sequence[User]
    start: datetime
    end: datetime
    buffer: timedelta = timedelta()
    # Weekdays of whoever asks, Monday is 0; empty: the office's working days.
    days: frozenset[int] = field(default_factory=frozenset)
    room_id: UUID | None = None
    most: int = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time at which everybody is free; `outside` are those for whom it is not working time."""

    start: datetime
    end: datetime
    outside: tuple[User, ...]
    reason: str


def busy_times(people: Collection[User], start: datetime, end: datetime) -> dict[UUID, list[Span]]:
    """Return when each of the people is busy between two instants, merged; a few queries."""
    ids = {person.pk for person in people}
    owners = dict(Calendar.objects.filter(owner__in=ids).values_list("pk", "owner_id"))
    theirs = Attendee.objects.filter(event=OuterRef("pk"), person__in=ids)
    taking = Event.objects.filter(Q(calendar__in=owners) | Exists(theirs), is_free=False)
    taking = taking.exclude(status=EventStatus.CANCELLED)
    rows = {row.pk: row for row in light(taking.between(start, end), "calendar_id")}
    who = _who_takes_part(rows, owners, ids)
    found: dict[UUID, list[Span]] = {pk: [] for pk in ids}
    for each in occurrences_of(rows.values(), start, end):
        for pk in who[each.event_id]:
            found[pk].append((max(each.start, start), min(each.end, end)))
    return {pk: merged(spans) for pk, spans in found.items()}


def _who_takes_part(
    rows: dict[UUID, Event], owners: Mapping[UUID, UUID | None], ids: set[UUID]
) -> dict[UUID, set[UUID]]:
    who = {pk: {owners.get(row.calendar_id)} & ids for pk, row in rows.items()}
    said = Attendee.objects.filter(event__in=rows, person__in=ids)
    for event_id, person_id, answer in said.values_list("event_id", "person_id", "answer"):
        if person_id is not None and answer != Answer.DECLINED:
            who[event_id].add(person_id)
        elif person_id is not None:
            who[event_id].discard(person_id)
    return {pk: {one for one in some if one is not None} for pk, some in who.items()}


def merged(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in order, those that touch as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        elif end > start:
            found.append((start, end))
    return found


def find_slots(wanted: Wanted, *, by: User) -> list[Proposal]:
    """Return times at which everybody is free, the best first.

    Best is what lies in everybody's working hours, each on the clock of their own zone, and then
    what is earliest. It always lies in those of whoever asks.
    """
    around = wanted.buffer + DAY
    busy = busy_times(wanted.people, wanted.start - around, wanted.end + around)
    if wanted.room_id is not None:
        busy[wanted.room_id] = _bookings_of(wanted)
    taken = merged([span for spans in busy.values() for span in spans])
    hours = {person.pk: _working_hours(person, wanted) for person in wanted.people}
    own = _working_hours(by, wanted, wanted.days)
    found = [
        (start, _outside(wanted, start, hours))
        for start in _beginnings(own, wanted)
        if _is_free(start - wanted.buffer, start + wanted.duration + wanted.buffer, taken)
    ]
    found.sort(key=lambda each: (len(each[1]), each[0]))
    return list(islice(_apart(found, wanted), wanted.most))


def _bookings_of(wanted: Wanted) -> list[Span]:
    rows = Booking.objects.filter(
        room=wanted.room_id, period__overlap=(wanted.start - DAY, wanted.end + DAY)
    )
    return [(row.period.lower, row.period.upper) for row in rows]


def _working_hours(person: User, wanted: Wanted, days: Collection[int] = ()) -> list[Span]:
    """Return the office's working hours on the person's own clock."""
    office, zone = current_tenant().settings, ZoneInfo(person.timezone)
    day = to_wall(wanted.start, zone).date()
    last = to_wall(wanted.end, zone).date()
    found = []
    while day <= last:
        if day.weekday() in (days or office.working_days):
            opens = to_utc(datetime.combine(day, office.office_opens), zone)
            found.append((opens, to_utc(datetime.combine(day, office.office_closes), zone)))
        day += DAY
    return found


def _beginnings(hours: Sequence[Span], wanted: Wanted) -> Iterator[datetime]:
    for opens, closes in hours:
        start = opens
        while start < wanted.start:
            start += STEP
        while start + wanted.duration <= min(closes, wanted.end):
            yield start
            start += STEP


def _is_free(start: datetime, end: datetime, taken: Sequence[Span]) -> bool:
    """Tell whether nothing of what is taken, in order, touches the time."""
    place = bisect_left(taken, (end,))
    return place == 0 or taken[place - 1][1] <= start


def _outside(wanted: Wanted, start: datetime, hours: dict[UUID, list[Span]]) -> tuple[User, ...]:
    end = start + wanted.duration
    return tuple(
        person
        for person in wanted.people
        if not any(opens <= start and end <= closes for opens, closes in hours[person.pk])
    )


def _apart(
    found: Sequence[tuple[datetime, tuple[User, ...]]], wanted: Wanted
) -> Iterator[Proposal]:
    """Yield proposals of which no two overlap."""
    chosen: list[Span] = []
    for start, outside in found:
        end = start + wanted.duration
        if all(end <= other or start >= until for other, until in chosen):
            chosen.append((start, end))
            yield Proposal(start, end, outside, _reason(start, outside, wanted))


def _reason(start: datetime, outside: tuple[User, ...], wanted: Wanted) -> str:
    free = "You are free" if len(wanted.people) == 1 else "Everybody is free"
    if not outside:
        return f"{free}, within working hours."
    there = ", ".join(
        f"{person.full_name} ({to_wall(start, ZoneInfo(person.timezone)):%a %H:%M} there)"
        for person in outside
    )
    return f"{free}; outside the working hours of {there}."
