"""Serializer fields that several apps use."""

from datetime import datetime, time
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.moments import is_zone
from common.telephones import MAX_PHONE, parse_number


class AddressField(serializers.EmailField):
    """An e-mail address, in lower case before its length is checked: some capitals grow."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the address in lower case."""
        address: str = super().to_internal_value(data)
        return address.lower()


class EmptyIsNullField(serializers.CharField):
    """A text that is stored as empty and shown as null when there is none."""

    def show(self, value: str) -> str | None:
        """Return what the API shows of a column's value."""
        return value or None

    to_representation = show  # type: ignore[assignment]  # null as well


class InstantField(serializers.DateTimeField):
    """An instant: ISO 8601 with an offset. A time without one could mean anything."""

    default_error_messages = {
        "no_offset": "Write the offset too: 2024-05-15T15:00:00Z or …+02:00.",
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        """Return the instant in UTC. Fails with `no_offset`."""
        if value.tzinfo is None:
            self.fail("no_offset")
        return super().enforce_timezone(value)


class TimeZoneField(serializers.CharField):
    """The name of an IANA time zone."""

    default_error_messages = {"unknown_zone": "This is not the name of a time zone."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the name. Fails with `unknown_zone`."""
        name: str = super().to_internal_value(data)
        if not is_zone(name):
            self.fail("unknown_zone")
        return name


class PhoneField(serializers.CharField):
    """A telephone number as its writer means it, kept as E.164, or an empty string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_PHONE, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the number as E.164."""
        text = super().to_internal_value(data)
        if len(text) > MAX_PHONE:
            self.fail("max_length", max_length=MAX_PHONE)
        try:
            return parse_number(text) if text else ""
        except ValueError as error:
            raise serializers.ValidationError(str(error), code="invalid") from error


# Not OpenAPI's "time", which has seconds and an offset (RFC 3339).
@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class ClockField(serializers.TimeField):
    """A time of day as clocks on the wall show it: `07:30`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M"], **kwargs)

    def show(self, value: time | None) -> str | None:
        """Return what the API shows of a column's value."""
        return None if value is None else f"{value:%H:%M}"

    to_representation = show  # type: ignore[assignment]  # null as well
