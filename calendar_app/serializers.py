"""The shapes of the calendar part of the API."""

import re
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.dateparse import parse_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from calendar_app.models import Answer, Calendar, CalendarKind, EventStatus, Visibility
from common.api import StrictModelSerializer, StrictSerializer
from common.fields import EmptyIsNullField, InstantField, TimeZoneField

A_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
FOUR_WEEKS_IN_MINUTES = 28 * 24 * 60


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(InstantField):
    """An instant with the offset that it was written with, or a date where days are meant."""

    def to_internal_value(self, value: Any) -> Any:
        """Return a datetime in its own offset, or a date. Fails with `no_offset` or `invalid`."""
        if isinstance(value, str) and A_DATE.fullmatch(value):
            try:
                day = parse_date(value)
            except ValueError:
                day = None
            return day or self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)

    def enforce_timezone(self, value: datetime) -> datetime:
        """Keep the offset: the date of a whole day is the one that was written."""
        if value.tzinfo is None:
            self.fail("no_offset")
        super().enforce_timezone(value)
        return value


class LinkField(serializers.CharField):
    """An address of the web, or an empty text."""

    default_error_messages = {"invalid": "This is not an address of the web."}

    def to_internal_value(self, data: Any) -> str:
        """Return the address. Fails with `invalid`."""
        link: str = super().to_internal_value(data)
        try:
            URLValidator(["http", "https"])(link)
        except ValidationError:
            self.fail("invalid")
        return link


class AttendeeSerializer(StrictSerializer):
    """One who is asked: by `user_id`, `room_id` or `email`; the answer is what they said."""

    user_id = serializers.UUIDField(required=False, allow_null=True)
    room_id = serializers.UUIDField(required=False, allow_null=True)
    email = serializers.EmailField(required=False, allow_null=True, max_length=254)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    answer = serializers.ChoiceField(choices=Answer.choices, required=False)


class EventSerializer(StrictSerializer):
    """An event as the contract shows it; in a list with a window, one occurrence."""

    id = serializers.UUIDField(read_only=True)
    title = serializers.CharField(max_length=300)
    description = serializers.CharField(required=False, allow_blank=True, max_length=50_000)
    location = serializers.CharField(required=False, allow_blank=True, max_length=500)
    start = MomentField()
    end = MomentField(required=False)
    all_day = serializers.BooleanField(required=False)
    start_date = serializers.DateField(read_only=True, allow_null=True)
    end_date = serializers.DateField(read_only=True, allow_null=True)
    timezone = TimeZoneField(required=False)
    recurrence = EmptyIsNullField(required=False, allow_null=True, max_length=500)
    attendees = AttendeeSerializer(many=True, required=False)
    reminders = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=FOUR_WEEKS_IN_MINUTES),
        required=False,
    )
    # Whether those who are asked get a letter with the event as it is then.
    send_invitations = serializers.BooleanField(required=False, write_only=True)
    organizer_id = serializers.UUIDField(read_only=True, allow_null=True)
    organizer_name = serializers.CharField(read_only=True, allow_null=True)
    calendar_id = serializers.UUIDField(required=False)
    external_id = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(choices=EventStatus.choices, required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    is_free = serializers.BooleanField(required=False)
    conference_url = LinkField(required=False, allow_blank=True, max_length=500)
    series_id = serializers.UUIDField(read_only=True, allow_null=True)
    split_from_id = serializers.UUIDField(read_only=True, allow_null=True)
    occurrence = serializers.DateTimeField(read_only=True, allow_null=True)
    is_hidden = serializers.BooleanField(read_only=True)
    # An attribute of DRF's fields as well; its metaclass keeps them apart.
    source = serializers.CharField(read_only=True)  # type: ignore[assignment]
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class EventFilters(StrictSerializer):
    """From when until when series are shown occurrence by occurrence, and what of."""

    start = InstantField(required=False)
    end = InstantField(required=False)
    calendar = serializers.UUIDField(required=False)
    attendee = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=EventStatus.choices, required=False)
    search = serializers.CharField(required=False, max_length=200)


class OccurrenceQuery(StrictSerializer):
    """Which occurrence of a series is meant, and how much of the series with it."""

    occurrence = MomentField(required=False)
    scope = serializers.ChoiceField(choices=["this", "following", "all"], required=False)
    # Of a deletion: whether those who were asked get a letter.
    send_invitations = serializers.BooleanField(required=False, default=False)

    def validate_occurrence(self, value: date | datetime) -> datetime:
        """Return the instant that names the occurrence."""
        if isinstance(value, datetime):
            return value
        return datetime.fromisoformat(f"{value.isoformat()}T00:00:00+00:00")


class RespondSerializer(StrictSerializer):
    """What somebody says to an invitation."""

    answer = serializers.ChoiceField(
        choices=[choice for choice in Answer.choices if choice[0] != Answer.NEEDS_ACTION]
    )


class CalendarSerializer(StrictModelSerializer):
    """A calendar: a person's, a team's, or a room."""

    kind = serializers.ChoiceField(choices=CalendarKind.choices, required=False)
    owner_id = serializers.UUIDField(read_only=True, allow_null=True)
    team_id = serializers.UUIDField(required=False, allow_null=True)
    timezone = TimeZoneField(required=False)
    colour = serializers.RegexField(r"^#[0-9a-fA-F]{6}$", required=False, allow_blank=True)

    class Meta:
        model = Calendar
        fields = (
            *("id", "kind", "owner_id", "team_id", "name", "timezone", "colour", "is_default"),
            *("created_at", "updated_at"),
        )


class CalendarFilters(StrictSerializer):
    """What calendars can be narrowed to."""

    kind = serializers.ChoiceField(choices=CalendarKind.choices, required=False)
    owner = serializers.UUIDField(required=False)
