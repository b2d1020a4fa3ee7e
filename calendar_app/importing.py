"""Taking events of others in: once each, however often the same file comes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from calendar_app.errors import BadTimesError
from calendar_app.ical.reading import File, Read
from calendar_app.models import Attendee, Calendar, Event, EventReminder
from calendar_app.times import checked_rule, set_end, set_times
from calendar_app.tombstones import bury
from common.errors import InvalidError
from common.recurrence import BadRuleError
from tenants.context import atomic

PLAIN = (
    *("title", "description", "location", "status", "visibility", "is_free", "conference_url"),
    *("sequence", "exdates", "rdates"),
)
COMPARED = (
    *PLAIN,
    *("start", "end", "all_day", "start_date", "end_date", "timezone", "recurrence"),
)
# UID and the key of a changed occurrence: what an event is known by.
Name = tuple[str, datetime | None]


@dataclass(slots=True)
class Report:
    """What an import did, and what it left out and why."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)


class HeldBackError(Exception):
    """So many events would be deleted that a person has to say that it is meant."""

    def __init__(self, number: int, known: int) -> None:
        super().__init__(f"{number} of {known} events are not there any more; nothing was changed.")
        self.number = number


@dataclass(frozen=True, slots=True)
class Valve:
    """How much may be deleted at once: a few, or as many as a person has accepted."""

    most: int = 50
    share: float = 0.3
    may_delete: int = 0

    def check(self, number: int, known: int) -> None:
        """Raise HeldBackError where it is too much."""
        if number > self.may_delete and (number > self.most or number > self.share * known):
            raise HeldBackError(number, known)


@atomic()
def import_events(
    *, file: File, calendar: Calendar, by: User, source: str = "ics", valve: "Valve | None" = None
) -> Report:
    """Write the events of a file into a calendar; the same event is found again by its UID.

    With a valve, what came from this source and does not stand in the file any more is deleted.
    Nobody is told of anything, whoever is asked to what is imported. Raises HeldBackError; then
    nothing is changed.
    """
    run = Import(calendar, by, source, Report(problems=list(file.problems)))
    # Series before their changed occurrences.
    for read in sorted(file.events, key=lambda each: each.key is not None):
        run.take(read)
    run.write()
    if valve is not None:
        run.delete_others(valve)
    return run.report


class Import:
    """One run: what is there, and what comes."""

    def __init__(self, calendar: Calendar, by: User, source: str, report: Report) -> None:
        self.calendar, self.by, self.source, self.report = calendar, by, source, report
        rows = Event.objects.filter(calendar=calendar).prefetch_related("attendees", "reminders")
        self._there: dict[Name, Event] = {
            (row.ical_uid, row.original_start): row for row in rows.select_for_update(of=("self",))
        }
        self._known = sum(row.source == source for row in self._there.values())
        self._seen: set[Name] = set()
        self._new: list[Event] = []
        self._new_people: list[Attendee] = []
        self._new_reminders: list[EventReminder] = []
        self._people = dict(User.objects.active().values_list("email", "pk"))

    def take(self, read: Read) -> None:
        """Write one event, unless it makes no sense; that is told."""
        series = self._there.get((read.uid, None)) if read.key else None
        if read.key is not None and (series is None or not series.recurrence):
            # An occurrence whose series is not in the file stands by itself.
            read.uid, read.key, series = f"{read.uid[:450]}#{read.key:%Y%m%dT%H%M%S}", None, None
        name = (read.uid, read.key)
        if name in self._seen:
            return
        try:
            made = self._event(read, series)
        except (BadRuleError, BadTimesError, InvalidError) as error:
            reason = getattr(error, "sentence", str(error))
            self.report.problems.append({"uid": read.uid, "reason": reason})
            self._keep(name)
            return
        self._seen.add(name)
        there = self._there.get(name) or self._alike(made)
        if there is None:
            self._create(made, read)
        else:
            self._seen.add((there.ical_uid, there.original_start))
            self._update(there, made, read)

    def _keep(self, name: Name) -> None:
        """Leave what is there as it is: what cannot be read has not been deleted."""
        self._seen.add(name)

    def _event(self, read: Read, series: Event | None) -> Event:
        made = Event(calendar=self.calendar, source=self.source, ical_uid=read.uid)
        made.organizer = self.by
        for plain in PLAIN:
            setattr(made, plain, getattr(read, plain))
        times = ("start", "end", "timezone", "all_day")
        set_times(made, {plain: getattr(read, plain) for plain in times})
        if read.rule:
            try:
                made.recurrence = checked_rule(made, read.rule)
            except BadRuleError as error:
                if "no further occurrence" not in str(error):
                    raise
        made.series, made.original_start = series, read.key
        set_end(made)
        return made

    def _alike(self, made: Event) -> Event | None:
        """Find an event that only got another UID, as some programs give with each fetch."""
        if made.series is not None:
            return None
        for name, row in self._there.items():
            same = (row.start, row.end, row.title) == (made.start, made.end, made.title)
            if same and row.source == self.source and name not in self._seen and name[1] is None:
                return row
        return None

    def _create(self, made: Event, read: Read) -> None:
        self._there[made.ical_uid, made.original_start] = made
        self._new.append(made)
        self._new_people += [
            Attendee(event=made, person_id=who[0], email=who[1], name=name, answer=answer)
            for who, (name, answer) in self._wanted(read).items()
        ]
        self._new_reminders += [
            EventReminder(event=made, minutes_before=each) for each in read.reminders
        ]
        self.report.created += 1

    def write(self) -> None:
        """Write all that is new, in a few statements."""
        Event.objects.bulk_create(self._new)
        Attendee.objects.bulk_create(self._new_people)
        EventReminder.objects.bulk_create(self._new_reminders)

    def _update(self, there: Event, made: Event, read: Read) -> None:
        changed = [name for name in COMPARED if getattr(there, name) != getattr(made, name)]
        people = self._set_others(there, read)
        if changed:
            for name in (*changed, "ends_at"):
                setattr(there, name, getattr(made, name))
            there.version += 1
            there.save()
        if changed or people:
            self.report.updated += 1
        else:
            self.report.unchanged += 1

    def _set_others(self, event: Event, read: Read) -> bool:
        wanted = self._wanted(read)
        there = {
            (row.person_id, row.email): row for row in event.attendees.all() if not row.room_id
        }
        gone = [row.pk for who, row in there.items() if who not in wanted]
        if gone:
            Attendee.objects.filter(pk__in=gone).delete()
        changed = bool(gone)
        for who, (name, answer) in wanted.items():
            row = there.get(who) or Attendee(event=event, person_id=who[0], email=who[1])
            if row._state.adding or row.answer != answer:  # noqa: SLF001  Django's own way to ask
                row.name, row.answer, changed = name, answer, True
                row.save()
        return self._set_reminders(event, read.reminders) or changed

    def _wanted(self, read: Read) -> Mapping[tuple[UUID | None, str], tuple[str, str]]:
        found = {}
        for mail, said in read.attendees.items():
            person = self._people.get(mail)
            found[person, "" if person else mail] = ("" if person else said[0], said[1])
        return found

    def _set_reminders(self, event: Event, wanted: Sequence[int]) -> bool:
        there = {row.minutes_before for row in event.reminders.all()}
        fresh = [EventReminder(event=event, minutes_before=each) for each in wanted
                 if each not in there]  # fmt: skip
        EventReminder.objects.bulk_create(fresh)
        return bool(fresh)

    def delete_others(self, valve: Valve) -> None:
        """Delete what came from here once and is not in the file. Raises HeldBackError."""
        rows = self._gone()
        valve.check(len(rows), self._known)
        gone = [row.pk for row in rows]
        bury(rows)
        Event.objects.filter(pk__in=gone).delete()
        self.report.deleted = len(gone)

    def _gone(self) -> Collection[Event]:
        # What cannot be read has not been deleted.
        unread = {problem["uid"] for problem in self.report.problems}
        return [
            row
            for name, row in self._there.items()
            if row.source == self.source and name not in self._seen and row.ical_uid not in unread
        ]


def plain_counts(report: Report) -> dict[str, Any]:
    """Return the report as data."""
    names = ("created", "updated", "unchanged", "deleted", "problems")
    return {name: getattr(report, name) for name in names}
