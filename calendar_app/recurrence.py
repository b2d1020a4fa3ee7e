"""When a series happens: pure functions, bounded by a window and a number.

A rule is followed on the wall clock of the series' own zone. What names one occurrence is its
*key*: the instant at which the rule has it begin or, where whole days are meant, the midnight UTC
of its date, which no zone can move.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from calendar_app.rhythms import WEEKDAYS, last_of, months_later, plain_walls
from common.moments import to_utc, to_wall
from common.recurrence import COUNT, parse_rule, without_end

# No window shows more instances of one series.
MOST = 2_000
DAY = timedelta(days=1)
# As far as wall clocks and UTC are ever apart, and some.
MARGIN = timedelta(days=2)
# More instances than the margins on both sides ever hold.
AROUND = 200
UTC_ZONE = ZoneInfo("UTC")
STEPS = {"DAILY": DAY, "WEEKLY": timedelta(weeks=1)}
FREQ, INTERVAL = re.compile(r"FREQ=(\w+)"), re.compile(r"INTERVAL=(\d+)")


@dataclass(frozen=True, slots=True)
class Series:
    """What happens once or again and again; `start` is a wall time in the zone."""

    start: datetime
    duration: timedelta
    zone: ZoneInfo
    rule: str = ""
    all_day: bool = False
    extra: Iterable[datetime] = ()
    left_out: frozenset[datetime] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, order=True)
class Instance:
    """One time that it happens."""

    start: datetime
    end: datetime
    key: datetime


def expand(series: Series, since: datetime, until: datetime, *, most: int = MOST) -> list[Instance]:
    """Return the instances that touch the time from one instant to another, the earliest first."""
    first = to_wall(since, UTC_ZONE) - series.duration - MARGIN
    last = to_wall(until, UTC_ZONE) + MARGIN
    walls = takewhile(lambda wall: wall <= last, _walls(series, first))
    near = islice((wall for wall in walls if wall >= first), most + AROUND)
    keys = {*(key_of(wall, series) for wall in near), *series.extra} - series.left_out
    found = sorted(instance_of(series, key) for key in keys)
    return [instance for instance in found if _touches(instance, since, until)][:most]


def instance_of(series: Series, key: datetime) -> Instance:
    """Return the instance that the key names."""
    if series.all_day:
        first = wall_of_key(key, series)
        start, end = to_utc(first, series.zone), to_utc(first + series.duration, series.zone)
    else:
        start, end = key, key + series.duration
    return Instance(start, end, key)


def happens_at(series: Series, key: datetime) -> bool:
    """Tell whether the key names an instance of the series."""
    around = expand(series, key - MARGIN, key + MARGIN)
    return any(instance.key == key for instance in around)


def end_of(series: Series) -> datetime | None:
    """Return when the last instance ends; None for a series without an end."""
    if series.rule and not (COUNT.search(series.rule) or "UNTIL=" in series.rule):
        return None
    # As many as a COUNT can be.
    last = max([*_keys(series, most=10_000), *series.extra])
    return instance_of(series, last).end


def number_before(series: Series, key: datetime) -> int:
    """Return how many times the rule itself has it happen before an instance."""
    return sum(1 for _each in takewhile(lambda each: each < key, _keys(series, most=10_000)))


def ended_before(series: Series, key: datetime) -> str:
    """Return the rule of a series that ends before an instance of it."""
    rule = ";".join(part for part in series.rule.split(";") if part[:5] not in {"COUNT", "UNTIL"})
    if series.all_day:
        return f"{rule};UNTIL={key - DAY:%Y%m%d}"
    return f"{rule};UNTIL={key - timedelta(seconds=1):%Y%m%dT%H%M%SZ}"


def key_of(wall: datetime, series: Series) -> datetime:
    """Return what names the instance at a wall time."""
    return midnight(wall.date()) if series.all_day else to_utc(wall, series.zone)


def wall_of_key(key: datetime, series: Series) -> datetime:
    """Return the wall time that a key stands for."""
    return to_wall(key, UTC_ZONE if series.all_day else series.zone)


def midnight(day: date) -> datetime:
    """Return the instant that stands for a date."""
    return datetime.combine(day, time.min, UTC)


def _keys(series: Series, *, most: int) -> Iterator[datetime]:
    walls = _walls(series, series.start)
    for _number, wall in zip(range(most), walls, strict=False):
        yield key_of(wall, series)


def _walls(series: Series, since: datetime) -> Iterator[datetime]:
    """Yield the wall times at which the rule has it begin; many of those before `since` not."""
    yield series.start
    if not series.rule:
        return
    rule, ends = without_end(series.rule, series.zone)
    count = COUNT.search(series.rule)
    if count and (last := last_of(rule, series.start, int(count[1]))):
        count, ends = None, last
    near = series.start if count else since - MARGIN
    number = 1
    for wall in plain_walls(rule, series.start, near) or _others(rule, series.start, near):
        if wall <= series.start:
            continue
        number += 1
        if (count and number > int(count[1])) or (ends is not None and wall > ends):
            return
        yield wall


def _others(rule: str, start: datetime, since: datetime) -> Iterable[datetime]:
    """Return the wall times of a rule as dateutil computes them, from near a wall time on."""
    # It would count up from the first one.
    later = _skipped_to(start, rule, since) if since > start else start
    found: Iterable[datetime] = parse_rule(rule, later)
    return found


def _skipped_to(start: datetime, rule: str, since: datetime) -> datetime:
    """Return a later start in the same rhythm."""
    named, interval = FREQ.search(rule), INTERVAL.search(rule)
    step = STEPS.get(named[1]) if named else None
    if step is None:
        return months_later(rule, start, since)
    step *= int(interval[1]) if interval else 1
    return start + max((since - start) // step - 2, 0) * step


def _touches(instance: Instance, since: datetime, until: datetime) -> bool:
    return instance.start < until and (instance.end > since or instance.start >= since)


def rotated(rule: str, days: int) -> str:
    """Return a weekly rule on weekdays so many days later; other rules as they are."""
    if "FREQ=WEEKLY" not in rule or days % 7 == 0:
        return rule
    return re.sub(
        r"BYDAY=([A-Z,]+)",
        lambda found: "BYDAY=" + ",".join(_later(name, days) for name in found[1].split(",")),
        rule,
    )


def _later(weekday: str, days: int) -> str:
    return WEEKDAYS[(WEEKDAYS.index(weekday) + days) % 7]
