"""Instants and wall clocks: stored in UTC, meant in a zone."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a naive wall time in a zone.

    A time that the clocks skip moves forward by the gap; of one that comes twice the first is meant
    (PEP 495, fold=0).
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def to_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clock on the wall of a zone shows, without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None)


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all IANA time zones; reading them takes a moment, so it is done once."""
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Tell whether this is the name of an IANA time zone."""
    return name in zone_names()
