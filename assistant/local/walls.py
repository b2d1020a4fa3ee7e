"""Clocks on the wall: from what one shows in a zone to the instant, and back."""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from assistant.local.values import Clock

_SIGNS = ("+", "-")


def zone_of(name: str) -> tzinfo:
    """The zone of a name as language files write it: "+05:30" or "Europe/Berlin"."""
    if not name.startswith(_SIGNS):
        return ZoneInfo(name)
    hours, minutes = name[1:].split(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if name.startswith("-") else offset)


def to_utc(wall: datetime, zone: tzinfo) -> datetime:
    """The instant at which a clock on the wall shows this.

    A time that does not exist moves forward by the gap; one that comes twice is the first.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def instant(day: date, clock: Clock, zone: tzinfo) -> datetime:
    """The instant of a day's time; 24:00 is the next day's start."""
    return to_utc(wall_of(day, clock), zone_of(clock.zone) if clock.zone else zone)


def wall_of(day: date, clock: Clock) -> datetime:
    """What the clock on the wall should show."""
    return datetime.combine(day, time()) + timedelta(hours=clock.hour, minutes=clock.minute)


def is_in_gap(due: datetime, clock: Clock, zone: tzinfo) -> bool:
    """Whether the wall shows another time then, because the clocks were put forward."""
    wall = due.astimezone(zone_of(clock.zone) if clock.zone else zone)
    return (wall.hour, wall.minute) != (clock.hour % 24, clock.minute)
