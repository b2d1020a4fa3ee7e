"""Recurrence as Graph writes it, and as RFC 5545 does: the same dates, or a reason why not.

learn.microsoft.com/graph/api/resources/recurrencepattern. Pure functions.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calendar_app.rhythms import WEEKDAYS
from common.moments import to_utc
from common.recurrence import parse_rule, without_end

NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT = dict(zip(NAMES, WEEKDAYS, strict=True))
LONG = dict(zip(WEEKDAYS, NAMES, strict=True))
INDEXES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
NAME_OF_INDEX = {number: name for name, number in INDEXES.items()}
# Days that not every month has: RFC 5545 skips the month, Outlook takes its last day.
SURE_DAYS = 28
NUMBERED_DAY = re.compile(r"([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)")
LAST_DAYS = {f"28,{','.join(map(str, range(29, day + 1)))}": day for day in range(29, 32)}
END_OF_DAY = timedelta(days=1, seconds=-1)


class NoCounterpartError(ValueError):
    """Graph cannot say this rule; the message says why, in words for people."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A rule, and the wall time at which it begins."""

    rule: str
    start: datetime
    zone: ZoneInfo
    all_day: bool = False

    @property
    def parts(self) -> dict[str, str]:
        """The parts of the rule by their names."""
        return dict(part.partition("=")[::2] for part in self.rule.split(";"))


Parts = Mapping[str, str]


def to_graph(begun: Begun) -> dict[str, Any]:
    """Return `recurrence` as Graph writes it. Raises NoCounterpartError."""
    parts = begun.parts
    for name in ("BYHOUR", "BYMINUTE", "BYYEARDAY", "BYWEEKNO"):
        if name in parts:
            raise NoCounterpartError(f"Outlook knows no {name}")
    pattern = PATTERNS[parts["FREQ"]](parts, begun.start)
    pattern["interval"] = int(parts.get("INTERVAL", 1))
    _require_first(begun)
    return {"pattern": pattern, "range": _range_of(begun)}


def _only(parts: Parts, *names: str) -> None:
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", *names}
    if other := sorted(parts.keys() - known):
        raise NoCounterpartError(f"Outlook knows no {other[0]} with FREQ={parts['FREQ']}")


def _daily(parts: Parts, start: datetime) -> dict[str, Any]:
    if "BYDAY" in parts and parts.get("INTERVAL", "1") == "1":
        return _weekly(parts, start)
    _only(parts)
    return {"type": "daily"}


def _weekly(parts: Parts, start: datetime) -> dict[str, Any]:
    _only(parts, "BYDAY")
    days = parts.get("BYDAY") or WEEKDAYS[start.weekday()]
    if re.search(r"\d", days):
        raise NoCounterpartError("Outlook knows no numbered weekdays in a week")
    named = sorted({LONG[day] for day in days.split(",")}, key=NAMES.index)
    first = LONG[parts.get("WKST", "MO")]
    return {"type": "weekly", "daysOfWeek": named, "firstDayOfWeek": first}


def _monthly(parts: Parts, start: datetime) -> dict[str, Any]:
    if "BYDAY" in parts:
        _only(parts, "BYDAY", "BYSETPOS")
        return {"type": "relativeMonthly", **_relative(parts)}
    _only(parts, "BYMONTHDAY", "BYSETPOS")
    days = parts.get("BYMONTHDAY", str(start.day))
    if parts.get("BYSETPOS") == "-1" and days in LAST_DAYS:
        return {"type": "absoluteMonthly", "dayOfMonth": LAST_DAYS[days]}
    if "BYSETPOS" in parts:
        raise NoCounterpartError("Outlook chooses no day out of a list of days")
    if days == "-1":
        return {"type": "absoluteMonthly", "dayOfMonth": 31}
    if not re.fullmatch(r"\+?\d+", days) or int(days) > SURE_DAYS:
        raise NoCounterpartError("Outlook skips no month that lacks the day, and counts none back")
    return {"type": "absoluteMonthly", "dayOfMonth": int(days)}


def _yearly(parts: Parts, start: datetime) -> dict[str, Any]:
    month = parts.get("BYMONTH", str(start.month))
    if "," in month:
        raise NoCounterpartError("Outlook repeats in one month of the year")
    number = int(month)
    if "BYDAY" in parts:
        _only(parts, "BYDAY", "BYSETPOS", "BYMONTH")
        if "BYMONTH" not in parts:
            raise NoCounterpartError("Outlook counts weekdays in a month, not in the year")
        return {"type": "relativeYearly", "month": number, **_relative(parts)}
    _only(parts, "BYMONTH", "BYMONTHDAY")
    if "BYMONTHDAY" in parts and "BYMONTH" not in parts:
        raise NoCounterpartError("Outlook repeats in one month of the year")
    days = parts.get("BYMONTHDAY", str(start.day))
    if not re.fullmatch(r"\+?\d+", days) or int(days) > monthrange(2023, number)[1]:
        raise NoCounterpartError("Outlook skips no year that lacks the day")
    return {"type": "absoluteYearly", "month": number, "dayOfMonth": int(days)}


def _relative(parts: Parts) -> dict[str, Any]:
    found = [NUMBERED_DAY.fullmatch(day) for day in parts["BYDAY"].split(",")]
    numbers = {each[1] for each in found if each}
    days = sorted({LONG[each[2]] for each in found if each}, key=NAMES.index)
    place = parts.get("BYSETPOS") if numbers == {None} else None
    if len(found) == 1 and numbers != {None} and "BYSETPOS" not in parts:
        place = numbers.pop()
    if place is None or int(place) not in NAME_OF_INDEX:
        raise NoCounterpartError("Outlook knows the first four and the last of some weekdays alone")
    return {"daysOfWeek": days, "index": NAME_OF_INDEX[int(place)], "firstDayOfWeek": "monday"}


PATTERNS: Mapping[str, Callable[[Parts, datetime], dict[str, Any]]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}


def _require_first(begun: Begun) -> None:
    """Outlook begins with the first day that fits; RFC 5545 counts the start in any case."""
    rule, _ends = without_end(begun.rule, begun.zone)
    first = next(iter(parse_rule(rule, begun.start)), None)
    if first != begun.start:
        raise NoCounterpartError("the series begins on a day that does not fit its rule")


def _range_of(begun: Begun) -> dict[str, Any]:
    zone = "UTC" if begun.all_day else begun.zone.key
    found: dict[str, Any] = {"startDate": f"{begun.start:%Y-%m-%d}", "recurrenceTimeZone": zone}
    parts = begun.parts
    if "COUNT" in parts:
        return {"type": "numbered", "numberOfOccurrences": int(parts["COUNT"]), **found}
    _rule, ends = without_end(begun.rule, begun.zone)
    if ends is None:
        return {"type": "noEnd", **found}
    if begun.all_day and parts["UNTIL"].endswith("Z"):
        ends = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007  a date
    # Outlook knows days: one that ends before the series' hour has no occurrence any more.
    last = ends.date() if ends.time() >= begun.start.time() else ends.date() - timedelta(days=1)
    if last < begun.start.date():
        # The start counts in any case, and nothing after it.
        return {"type": "numbered", "numberOfOccurrences": 1, **found}
    return {"type": "endDate", "endDate": last.isoformat(), **found}


# --- And back


def to_rule(recurrence: Mapping[str, Any], *, zone: ZoneInfo, all_day: bool) -> str:
    """Return the value of an RRULE property. Raises NoCounterpartError for what is strange."""
    pattern, span = recurrence.get("pattern") or {}, recurrence.get("range") or {}
    say = SAYINGS.get(str(pattern.get("type")))
    if say is None:
        raise NoCounterpartError(f"“{pattern.get('type')}” is no known pattern")
    rule = say(pattern)
    if (interval := int(pattern.get("interval") or 1)) > 1:
        rule += f";INTERVAL={interval}"
    return rule + _end_of(span, zone, all_day=all_day)


def _end_of(span: Mapping[str, Any], zone: ZoneInfo, *, all_day: bool) -> str:
    if span.get("type") == "numbered":
        return f";COUNT={int(span['numberOfOccurrences'])}"
    if span.get("type") != "endDate":
        return ""
    day = datetime.strptime(str(span["endDate"])[:10], "%Y-%m-%d").date()  # noqa: DTZ007  a date
    if all_day:
        return f";UNTIL={day:%Y%m%d}"
    ends = to_utc(datetime.combine(day, time.min) + END_OF_DAY, zone)
    return f";UNTIL={ends:%Y%m%dT%H%M%SZ}"


def _days_of(pattern: Mapping[str, Any]) -> str:
    named = sorted({str(day).lower() for day in pattern.get("daysOfWeek") or ()}, key=NAMES.index)
    return ",".join(SHORT[day] for day in named)


def _say_weekly(pattern: Mapping[str, Any]) -> str:
    first = SHORT[str(pattern.get("firstDayOfWeek") or "sunday").lower()]
    return f"FREQ=WEEKLY;BYDAY={_days_of(pattern)};WKST={first}"


def _say_monthly(pattern: Mapping[str, Any]) -> str:
    day = int(pattern["dayOfMonth"])
    if day <= SURE_DAYS:
        return f"FREQ=MONTHLY;BYMONTHDAY={day}"
    days = ",".join(map(str, range(SURE_DAYS, day + 1)))
    return f"FREQ=MONTHLY;BYMONTHDAY={days};BYSETPOS=-1"


def _place_of(pattern: Mapping[str, Any]) -> str:
    place, days = INDEXES[str(pattern.get("index") or "first").lower()], _days_of(pattern)
    return f"BYDAY={place}{days}" if "," not in days else f"BYDAY={days};BYSETPOS={place}"


def _say_yearly(pattern: Mapping[str, Any]) -> str:
    month, day = int(pattern["month"]), int(pattern["dayOfMonth"])
    if day <= monthrange(2023, month)[1]:
        return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"
    days = ",".join(map(str, range(SURE_DAYS, day + 1)))
    return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={days};BYSETPOS=-1"


SAYINGS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "daily": lambda _pattern: "FREQ=DAILY",
    "weekly": _say_weekly,
    "absoluteMonthly": _say_monthly,
    "relativeMonthly": lambda pattern: f"FREQ=MONTHLY;{_place_of(pattern)}",
    "absoluteYearly": _say_yearly,
    "relativeYearly": lambda each: f"FREQ=YEARLY;BYMONTH={int(each['month'])};{_place_of(each)}",
}
