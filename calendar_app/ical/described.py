"""Time zones in the words of RFC 5545 (VTIMEZONE), as rules of years.

Lists of dates would be as right, but programs that read zones with dateutil, Radicale among them,
see only the first of each.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# What is known of zones ends here; what holds then goes on.
LAST_YEAR = 2037
DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Change:
    """The clocks are put from one offset to another; `onset` is what they show just before."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_dst: bool

    @property
    def onset(self) -> datetime:
        """The wall time at which it happens, on the clock of before."""
        return (self.at + self.before).replace(tzinfo=None)

    @property
    def kind(self) -> tuple[object, ...]:
        """What changes of one rule have in common."""
        onset = self.onset
        same_day = (onset.month, onset.weekday(), onset.time())
        return (self.before, self.after, self.name, self.is_dst, *same_day)

    @property
    def places(self) -> frozenset[int]:
        """Which of its weekday in the month it is: counted from the front, and -1 for the last."""
        day, days = self.onset.day, monthrange(self.onset.year, self.onset.month)[1]
        return frozenset({(day - 1) // 7 + 1} | ({-1} if day + 7 > days else set()))


@lru_cache(maxsize=256)
def described(name: str, since: int) -> bytes:
    """Return a zone as it is from the beginning of a year on."""
    zone = ZoneInfo(name)
    made = Timezone()
    made.add("TZID", name)
    first = datetime(since, 1, 1, tzinfo=zone)
    offset = first.utcoffset() or timedelta()
    start = Change(first.astimezone(UTC), offset, offset, first.tzname() or name, bool(first.dst()))
    made.add_component(_observance([start], frozenset()))
    for changes, places in _runs(list(_changes(zone, first))):
        made.add_component(_observance(changes, places))
    text: bytes = made.to_ical()
    return text


def _changes(zone: ZoneInfo, first: datetime) -> Iterator[Change]:
    at, end = first.astimezone(UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    while at < end:
        if at.astimezone(zone).utcoffset() != (at + DAY).astimezone(zone).utcoffset():
            yield _change_between(zone, at, at + DAY)
        at += DAY


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> Change:
    before = low.astimezone(zone).utcoffset() or timedelta()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    there = high.astimezone(zone)
    after = there.utcoffset() or timedelta()
    return Change(high, before, after, there.tzname() or "", bool(there.dst()))


def _runs(changes: list[Change]) -> Iterator[tuple[list[Change], frozenset[int]]]:
    """Yield changes of years in a row that one rule describes, with the places that fit all."""
    open_runs: dict[tuple[object, ...], tuple[list[Change], frozenset[int]]] = {}
    for change in changes:
        run, places = open_runs.get(change.kind, ([], frozenset()))
        both = places & change.places
        if run and both and run[-1].onset.year + 1 == change.onset.year:
            open_runs[change.kind] = [*run, change], both
            continue
        if run:
            yield run, places
        open_runs[change.kind] = [change], change.places
    yield from open_runs.values()


def _observance(
    changes: list[Change], places: frozenset[int]
) -> TimezoneStandard | TimezoneDaylight:
    first, last = changes[0], changes[-1]
    made = TimezoneDaylight() if first.is_dst else TimezoneStandard()
    made.add("DTSTART", first.onset)
    made.add("TZOFFSETFROM", first.before)
    made.add("TZOFFSETTO", first.after)
    made.add("TZNAME", first.name)
    goes_on = last.onset.year == LAST_YEAR
    if len(changes) > 1 or (goes_on and places):
        onset = first.onset
        rule: dict[str, object] = {
            "FREQ": "YEARLY",
            "BYMONTH": onset.month,
            "BYDAY": f"{min(places)}{WEEKDAYS[onset.weekday()]}",
        }
        if not goes_on:
            # A day more is no time more, also for who takes it for a time of the wall.
            rule["UNTIL"] = last.at + DAY
        made.add("RRULE", rule)
    return made
