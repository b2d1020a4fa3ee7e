"""Who takes part in an event: people, rooms, and when they are told of it."""

from typing import Self

from auditlog.registry import auditlog
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record


class Answer(models.TextChoices):
    """What somebody said to an invitation."""

    NEEDS_ACTION = "needs_action"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


class AttendeeQuerySet(AuditedQuerySet["Attendee"]):
    """Reads of those who take part."""

    def visible_to(self, user: User) -> Self:
        """All of the office, as its events."""
        return self

    def coming(self) -> Self:
        """Without those who said no."""
        return self.exclude(answer=Answer.DECLINED)


class Attendee(Record):
    """Somebody who is asked to come: a person of the office, anybody else by mail, or a room."""

    event = models.ForeignKey("Event", models.CASCADE, related_name="attendees", db_index=False)
    person = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="attendances"
    )
    room = models.ForeignKey(
        "Calendar", models.CASCADE, null=True, blank=True, related_name="attendances"
    )
    # Of those who do not belong to the office.
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=12, choices=Answer, default=Answer.NEEDS_ACTION)
    # When the answer came; an older letter does not change it back.
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Of a room: when more of a series without a near end is to be booked. A trigger mirrors it.
    book_more_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AuditedManager.from_queryset(AttendeeQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, room__isnull=True, email="")
                | Q(person__isnull=True, room__isnull=False, email="")
                | (Q(person__isnull=True, room__isnull=True) & ~Q(email="")),
                name="attendee_is_one_of_three",
            ),
            models.UniqueConstraint(
                fields=["event", "person", "room", "email"],
                nulls_distinct=False,
                name="attendee_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or str(self.person or self.room)


class EventReminder(Record):
    """A wish of all who take part to be told some minutes before each instance.

    `next_at` is computed by our code after each firing. A trigger has it computed anew when the
    event changes, and another mirrors it to `tenants.DueInstant`, where the sweep finds it.
    """

    # `event_reminder_once` begins with it.
    event = models.ForeignKey("Event", models.CASCADE, related_name="reminders", db_index=False)
    minutes_before = models.PositiveIntegerField()
    next_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Everything that was to be told up to here has been owed.
    settled_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["minutes_before", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "minutes_before"], name="event_reminder_once")
        ]

    def __str__(self) -> str:
        return _("{minutes_before} minutes before").format(minutes_before=self.minutes_before)


# A room as a range of one number, which GiST compares without an extension.
NUMBER = Func("room", Value(0), function="uuid_hash_extended")
PLACE = Func(NUMBER, NUMBER, Value("[]"), function="int8range")


class Booking(models.Model):
    """A stretch of time in which an instance of an event has a room; no two overlap."""

    room = models.ForeignKey("Calendar", models.CASCADE, related_name="bookings", db_index=False)
    event = models.ForeignKey("Event", models.CASCADE, related_name="bookings")
    period = DateTimeRangeField()

    class Meta:
        ordering = ["period"]
        constraints = [
            ExclusionConstraint(
                name="room_booked_once",
                expressions=[
                    (PLACE, RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.period}"


auditlog.register(Attendee, include_fields=["event", "person", "room", "email", "name", "answer"])
auditlog.register(EventReminder, include_fields=["event", "minutes_before"])
