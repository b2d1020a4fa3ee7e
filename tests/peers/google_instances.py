"""When a series at Google happens, reckoned by dateutil alone, and how Google names that."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

HORIZON = timedelta(days=800)


def _instant(told: dict[str, str]) -> datetime:
    return datetime.fromisoformat(told["dateTime"]).astimezone(UTC)


def times_of(row: dict[str, Any], key: datetime | date) -> tuple[dict[str, str], dict[str, str]]:
    if not isinstance(key, datetime):
        length = date.fromisoformat(row["end"]["date"]) - date.fromisoformat(row["start"]["date"])
        return {"date": key.isoformat()}, {"date": (key + length).isoformat()}
    length = _instant(row["end"]) - _instant(row["start"])
    named = {"timeZone": row["start"]["timeZone"]}
    told = [each.isoformat().replace("+00:00", "Z") for each in (key, key + length)]
    return {"dateTime": told[0], **named}, {"dateTime": told[1], **named}


def suffix_of(key: datetime | date) -> str:
    return key.strftime("%Y%m%dT%H%M%SZ" if isinstance(key, datetime) else "%Y%m%d")


def day_of(told: dict[str, str]) -> str:
    return told.get("date") or told["dateTime"][:10]


def moment_of(told: dict[str, str]) -> tuple[str, ...]:
    return (told.get("date", ""), told.get("dateTime", "").replace("Z", "+00:00"))


def keys_of(row: dict[str, Any]) -> list[datetime | date]:
    """Return when a series happens by its rule, its own exceptions aside."""
    of_days = "date" in row["start"]
    if of_days:
        start = datetime.fromisoformat(row["start"]["date"])
        zone = ZoneInfo("UTC")
    else:
        zone = ZoneInfo(row["start"]["timeZone"])
        start = _instant(row["start"]).astimezone(zone).replace(tzinfo=None)
    walls, gone = {start}, set()
    for line in row.get("recurrence", ()):
        kind, _, value = line.partition(":")
        if kind == "RRULE":
            walls |= set(_walls(value, start, zone))
        else:
            found = {_wall(text, zone, of_days=of_days) for text in value.split(",")}
            gone |= found if kind.startswith("EXDATE") else set()
            walls |= found if kind.startswith("RDATE") else set()
    days = sorted(walls - gone)
    if of_days:
        return [wall.date() for wall in days]
    return [wall.replace(tzinfo=zone).astimezone(UTC) for wall in days]


def _walls(rule: str, start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    parts = dict(part.split("=") for part in rule.split(";"))
    last = start + HORIZON
    if until := parts.pop("UNTIL", ""):
        last = min(last, _wall(until, zone, of_days=len(until) == 8))
    plain = ";".join(f"{name}={value}" for name, value in parts.items())
    return takewhile(lambda wall: wall <= last, rrulestr(plain, dtstart=start))


def _wall(text: str, zone: ZoneInfo, *, of_days: bool) -> datetime:
    if of_days:
        return datetime.fromisoformat(text[:8])
    moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return moment.astimezone(zone).replace(tzinfo=None)
