"""Recurrence: RFC 5545 rules, computed on the wall clock of the zone that was meant."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from common.moments import to_utc, to_wall

NUMBERS = r"[+-]?[1-9]\d{0,2}(,[+-]?[1-9]\d{0,2})*"
CLOCK = r"\d{1,2}(,\d{1,2})*"
DAYS = r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)"
# What a rule may consist of. dateutil takes more, and loops for ever on `INTERVAL=0`.
PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d{0,2}",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "BYDAY": f"{DAYS}(,{DAYS})*",
    **dict.fromkeys(("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"), NUMBERS),
    **dict.fromkeys(("BYHOUR", "BYMINUTE"), CLOCK),
    "WKST": "MO|TU|WE|TH|FR|SA|SU",
}
COUNT = re.compile(r"COUNT=(\d+)")
# Holds the meant time over an occurrence that the clocks skipped.
CLOCK_TIME = re.compile(r";BYHOUR=\d+;BYMINUTE=\d+\Z")
MAX_LENGTH = 450
# An occurrence further away than this is none.
HORIZON = timedelta(days=5 * 366)
# The calendar repeats after so many years, weekdays included. dateutil searches until the year
# 9999 for what never comes; near that year it finds out twenty times sooner.
CYCLE, LAST_YEAR = 400, 9990


class BadRuleError(ValueError):
    """Not a rule that the office can follow; the message says why."""


def check_rule(text: str, *, start: datetime, zone: ZoneInfo) -> str:
    """Return the value of an RRULE property in its plain form. Raises BadRuleError.

    `start` is the first occurrence; there must be another one, by frequency if not by COUNT.
    """
    rule = text.strip().upper().removeprefix("RRULE:")
    parts = [part.partition("=")[::2] for part in rule.split(";")]
    names = {name for name, _value in parts}
    if "FREQ" not in names:
        raise BadRuleError("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY")
    if len(names) < len(parts) or {"COUNT", "UNTIL"} <= names or len(rule) > MAX_LENGTH:
        raise BadRuleError("each part can be given once, and only one of COUNT and UNTIL")
    for name, value in parts:
        if name not in PARTS or not re.fullmatch(PARTS[name], value, re.ASCII):
            raise BadRuleError(f"“{name}={value}” is not possible")
    if next_occurrence(rule, start, zone, past_end=True) is None:
        raise BadRuleError("the rule has no further occurrence")
    return rule


def next_occurrence(
    rule: str, after: datetime, zone: ZoneInfo, *, past_end: bool = False
) -> tuple[datetime, str] | None:
    """Return the next due time after one occurrence, and the rule that it carries on with.

    None when the series is over. With `past_end` the series' own end is not looked at.
    """
    wall = to_wall(after, zone)
    endless, ends = without_end(rule, zone)
    found = _next_wall_time(endless, wall)
    if found is None or (ends is not None and not past_end and found > ends):
        return None
    count = COUNT.search(rule)
    left = int(count[1]) - 1 if count else 1
    if left < 1 and not past_end:
        return None
    due = to_utc(found, zone)
    carried_on = CLOCK_TIME.sub("", COUNT.sub(f"COUNT={left}", rule))
    if to_wall(due, zone) != found:
        carried_on += f";BYHOUR={found.hour};BYMINUTE={found.minute}"
    return due, carried_on


def without_end(rule: str, zone: ZoneInfo) -> tuple[str, datetime | None]:
    """Split off COUNT and UNTIL; return UNTIL as a wall time (RFC 5545 writes it in UTC)."""
    ends = None
    parts = []
    for part in rule.split(";"):
        if part.startswith("UNTIL="):
            ends = _until(part.removeprefix("UNTIL="), zone)
        elif not part.startswith("COUNT="):
            parts.append(part)
    return ";".join(parts), ends


def _until(value: str, zone: ZoneInfo) -> datetime:
    try:
        if value.endswith("Z"):
            return _wall_of(datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), zone)
        # A day is meant to its end.
        whole = value if "T" in value else f"{value}T235959"
        return datetime.strptime(whole, "%Y%m%dT%H%M%S")  # noqa: DTZ007  a wall time
    except ValueError as error:
        raise BadRuleError("UNTIL is not a date") from error


def _wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    try:
        return to_wall(instant, zone)
    except OverflowError:
        # `99991231T235959Z` is how calendars write “for ever”.
        return instant.replace(tzinfo=None)


def parse_rule(rule: str, start: datetime) -> rrule:
    """Return the rule as dateutil computes it, from a wall time on. Raises BadRuleError."""
    try:
        parsed = rrulestr(rule, dtstart=start)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadRuleError(f"not a rule of RFC 5545: {error}") from error
    if not isinstance(parsed, rrule):
        raise BadRuleError("only one RRULE is possible")
    return parsed


def _next_wall_time(rule: str, start: datetime) -> datetime | None:
    years = (LAST_YEAR - start.year) // CYCLE * CYCLE
    shifted = start.replace(year=start.year + years)
    found = parse_rule(rule, shifted).replace(until=shifted + HORIZON).after(shifted)
    return found and found.replace(year=found.year - years)
