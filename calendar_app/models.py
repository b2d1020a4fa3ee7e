"""Calendars, what happens in them, and who takes part."""

from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from auditlog.registry import auditlog
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Team, User
from calendar_app.exchange import Feed, Tombstone
from calendar_app.participants import Answer, Attendee, Booking, EventReminder
from calendar_app.recurrence import Series, midnight
from calendar_app.subscription_rows import FOLLOWED, Subscription, SubscriptionQuerySet
from calendar_app.sync_rows import CalendarSync, EventLink, SyncChannel, SyncConflict
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record
from common.moments import to_wall


class CalendarKind(models.TextChoices):
    """Whose calendar it is."""

    PERSONAL = "personal"
    TEAM = "team"
    ROOM = "room"


class EventStatus(models.TextChoices):
    """Whether it takes place."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Visibility(models.TextChoices):
    """What others see of it: all, or that somebody is busy."""

    DEFAULT = "default"
    BUSY = "busy"


class CalendarQuerySet(AuditedQuerySet["Calendar"]):
    """Reads of calendars."""

    def visible_to(self, user: User) -> Self:
        """All of the office: what is private in them is hidden event by event."""
        return self

    def changeable_by(self, user: User) -> Self:
        """All for an admin; else one's own, and those of the teams that one leads."""
        if user.sees_all:
            return self
        return self.filter(Q(owner=user.pk) | Q(team__in=user.led_teams))

    def writable_by(self, user: User) -> Self:
        """Those into which the person may write events: also of teams that one is in.

        Into what follows an address nobody writes.
        """
        plain = self.exclude(kind=CalendarKind.ROOM).filter(subscription__isnull=True)
        if user.sees_all:
            return plain
        own = Q(owner=user.pk) | Q(team__in=user.led_teams) | Q(team__members=user.pk)
        return plain.filter(own).distinct()


class Calendar(Record):
    """Where events stand: one for each person, those of teams, and rooms that can be booked."""

    kind = models.CharField(max_length=10, choices=CalendarKind, default=CalendarKind.PERSONAL)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="calendars")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="calendars")
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=64, default="UTC")
    colour = models.CharField(max_length=7, blank=True)
    # The one of its owner's that takes what names no calendar.
    is_default = models.BooleanField(default=False)

    objects = AuditedManager.from_queryset(CalendarQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="calendar_has_name"),
            models.CheckConstraint(
                condition=Q(kind=CalendarKind.PERSONAL, owner__isnull=False, team__isnull=True)
                | Q(kind=CalendarKind.TEAM, owner__isnull=True)
                | Q(kind=CalendarKind.ROOM, owner__isnull=True, team__isnull=True),
                name="calendar_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EventQuerySet(AuditedQuerySet["Event"]):
    """Reads of events."""

    def visible_to(self, user: User) -> Self:
        """All of the office; of those that are not `open_to` somebody only when they are."""
        return self

    def open_to(self, user: User) -> Self:
        """Those of which the person may read everything."""
        if user.sees_all:
            return self
        takes_part = Attendee.objects.filter(event=OuterRef("pk"), person=user.pk)
        return self.filter(
            Q(visibility=Visibility.DEFAULT)
            | Q(organizer=user.pk)
            | Q(calendar__owner=user.pk)
            | Exists(takes_part)
        )

    def changeable_by(self, user: User) -> Self:
        """All for an admin; else what one organizes, and what stands in one's calendars."""
        if user.sees_all:
            return self
        mine = Q(organizer=user.pk) | Q(calendar__owner=user.pk)
        return self.filter(mine | Q(calendar__team__in=user.led_teams))

    def between(self, start: datetime, end: datetime) -> Self:
        """Those of which an instance may touch the time from one instant to another."""
        not_over = Q(ends_at__isnull=True) | Q(ends_at__gt=start) | Q(ends_at=start, start=start)
        return self.filter(not_over, start__lt=end)

    def for_reading(self) -> Self:
        """With all that the API shows of each, in a few queries."""
        attendees = Attendee.objects.select_related("person", "room")
        return self.select_related("calendar", "organizer").prefetch_related(
            models.Prefetch("attendees", queryset=attendees), "reminders"
        )

    def filtered(self, values: dict[str, Any], user: User) -> Self:
        """Narrow down by the checked parameters of a list."""
        rows = self
        if "calendar" in values:
            booked = Attendee.objects.filter(event=OuterRef("pk"), room=values["calendar"])
            rows = rows.filter(Q(calendar=values["calendar"]) | Exists(booked))
        if "status" in values:
            rows = rows.filter(status=values["status"])
        if "attendee" in values:
            theirs = Attendee.objects.filter(event=OuterRef("pk"), person=values["attendee"])
            rows = rows.filter(Q(calendar__owner=values["attendee"]) | Exists(theirs))
        if "search" in values:
            text = values["search"]
            said = Q(title__icontains=text) | Q(description__icontains=text)
            rows = rows.open_to(user).filter(said | Q(location__icontains=text))
        return rows


class Event(Record):
    """Something that happens once, a series, or one changed occurrence of a series.

    `start` and `end` are instants, and those of the first instance for a series. Where whole days
    are meant the dates are the truth, and the instants are their midnights in the event's zone.
    """

    # `event_uid_once` begins with it.
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="events", db_index=False)
    organizer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="events_organized"
    )
    title = models.CharField(max_length=300)
    description = models.TextField(max_length=50_000, blank=True)
    location = models.CharField(max_length=500, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField()
    # The zone that the times were meant in: a series keeps its wall time there.
    timezone = models.CharField(max_length=64, default="UTC")
    all_day = models.BooleanField(default=False)
    start_date = models.DateField(null=True, blank=True)
    # The day after the last one.
    end_date = models.DateField(null=True, blank=True)
    # The value of an RFC 5545 RRULE property; empty for what happens once.
    recurrence = models.CharField(max_length=500, blank=True)
    # Keys of instances that do not take place, and of some more (see `calendar_app.recurrence`).
    exdates = ArrayField(models.DateTimeField(), default=list, blank=True)
    rdates = ArrayField(models.DateTimeField(), default=list, blank=True)
    # Of a changed occurrence: its series, and the key of the instance that it stands for.
    series = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="overrides"
    )
    original_start = models.DateTimeField(null=True, blank=True)
    # The series from which this one was split off by a change of "this and all following".
    split_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="continuations"
    )
    # When the last instance is over; null for a series without an end.
    ends_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=EventStatus, default=EventStatus.CONFIRMED)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.DEFAULT)
    # Takes nobody's time: a holiday, a note.
    is_free = models.BooleanField(default=False)
    # UID and SEQUENCE of RFC 5545: the same event in every program.
    ical_uid = models.CharField(max_length=500)
    sequence = models.PositiveIntegerField(default=0)
    conference_url = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=20, default="api")
    external_id = models.CharField(max_length=1024, blank=True)
    # Counts up with each change.
    version = models.PositiveIntegerField(default=1)

    objects = AuditedManager.from_queryset(EventQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="event_has_title"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="event_ends_after_start"),
            models.CheckConstraint(
                condition=Q(all_day=False, start_date__isnull=True, end_date__isnull=True)
                | Q(
                    all_day=True,
                    start_date__isnull=False,
                    end_date__isnull=False,
                    end_date__gt=F("start_date"),
                ),
                name="event_of_days_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, original_start__isnull=True)
                | Q(series__isnull=False, original_start__isnull=False, recurrence=""),
                name="event_override_is_of_a_series",
            ),
            models.UniqueConstraint(
                fields=["calendar", "ical_uid", "original_start"],
                nulls_distinct=False,
                name="event_uid_once",
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="event_by_end")]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        """The zone that its times were meant in."""
        return ZoneInfo(self.timezone)

    @property
    def wall_start(self) -> datetime:
        """When it begins on the wall clock of its zone."""
        if self.start_date is not None:
            return midnight(self.start_date).replace(tzinfo=None)
        return to_wall(self.start, self.zone)

    @property
    def duration(self) -> timedelta:
        """How long an instance takes."""
        if self.start_date is not None and self.end_date is not None:
            return self.end_date - self.start_date
        return self.end - self.start

    def as_series(self, without: frozenset[datetime] = frozenset()) -> Series:
        """Return when it happens, without the instances with these keys."""
        return Series(
            start=self.wall_start,
            duration=self.duration,
            zone=self.zone,
            rule=self.recurrence,
            all_day=self.all_day,
            extra=tuple(self.rdates),
            left_out=frozenset(self.exdates) | without,
        )


auditlog.register(
    Calendar,
    include_fields=["kind", "owner", "team", "name", "timezone", "colour", "is_default"],
)
auditlog.register(
    Event,
    include_fields=[
        *("calendar", "organizer", "title", "description", "location", "start", "end"),
        *("timezone", "all_day", "start_date", "end_date", "recurrence", "exdates", "rdates"),
        *("series", "original_start", "split_from", "status", "visibility", "is_free"),
        *("ical_uid", "conference_url", "source", "external_id"),
    ],
)

__all__ = [
    "FOLLOWED",
    "Answer",
    "Attendee",
    "Booking",
    "Calendar",
    "CalendarKind",
    "CalendarSync",
    "Event",
    "EventLink",
    "EventReminder",
    "EventStatus",
    "Feed",
    "Subscription",
    "SubscriptionQuerySet",
    "SyncChannel",
    "SyncConflict",
    "Tombstone",
    "Visibility",
]
