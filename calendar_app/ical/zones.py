"""Names of time zones as calendar files write them."""

from datetime import datetime, tzinfo
from typing import Any

from icalendar.timezone.tzid import tzids_from_tzinfo
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from common.moments import is_zone


def zone_named(name: str) -> str | None:
    """Return the IANA name of a zone: its own, one of Windows, or one at the end of a path."""
    if is_zone(name):
        return name
    known = WINDOWS_TO_OLSON.get(name)
    if known is not None and is_zone(known):
        return str(known)
    parts = name.strip("/").split("/")
    ends = ("/".join(parts[-count:]) for count in (3, 2, 1))
    return next((end for end in ends if is_zone(end)), None)


def zone_of(value: datetime, params: Any) -> str | None:
    """Return the IANA name of the zone in which a time was written; None for an unknown one."""
    named = zone_named(str(params.get("TZID", "")))
    if named is not None or value.tzinfo is None:
        return named
    return _alike(value.tzinfo)


def _alike(zone: tzinfo) -> str | None:
    """Return a zone of the same rules as a zone that the file itself describes."""
    found = sorted(name for name in tzids_from_tzinfo(zone) if is_zone(name))
    return next((name for name in found if "/" in name), found[0] if found else None)
