"""Dates in digits: <numeric_date> with a year, <short_date> without, <day_number>.

"5/6" is read in the order that the person's country writes; where only one order exists, in that.
"""

import re
from collections.abc import Callable

from assistant.local import days
from assistant.local.clock_ranges import are_hours
from assistant.local.dates import LONGEST_MONTH, exactly
from assistant.local.makers import Makers
from assistant.local.values import Dates, Day

MAKERS = Makers()

CENTURY = 2000
LONGEST = max(LONGEST_MONTH)
SHORT_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
_BEFORE = r"(?<![\w./-])(?<!\$)"
_NO_FRACTION = r"(?!(?:1/[23458]|2/[35]|3/[458])\b)"
_AFTER = r"(?![\w/-]|\.\d)"
_TWO_DIGITS = 2
_NAME = "|".join(SHORT_MONTHS)


@MAKERS.sign(
    "numeric_date", _BEFORE + r"((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d|[a-su-z/-]|\.\d)"
)
def _year_first(match: re.Match[str]) -> Day:
    return exactly(days.make_date(int(match[1]), int(match[3]), int(match[4])))


@MAKERS.sign("numeric_date", _BEFORE + r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)" + _AFTER)
def _dotted(match: re.Match[str]) -> Day:
    return exactly(days.make_date(int(match[3]), int(match[2]), int(match[1])))


@MAKERS.sign("numeric_date", r"(?<![\w./-])((?:19|20)\d\d)()(0\d|1[0-2])([0-3]\d)(?=t\d\d:)")
def _compact(match: re.Match[str]) -> Day:
    return _year_first(match)


@MAKERS.sign("dotted_date", _BEFORE + r"(\d{1,2})\.\s?(\d{1,2})\.(?![\w/-])")
def _dotted_short(match: re.Match[str]) -> Day | None:
    number, month = int(match[1]), int(match[2])
    is_meant = 1 <= month <= days.MONTHS and 1 <= number <= LONGEST
    return Day(days.yearly(month, number)) if is_meant else None


@MAKERS.sign("numeric_date", _BEFORE + r"(\d{1,2})([/-])(\d{1,2})\2((?:19|20)\d\d|\d\d)" + _AFTER)
def _slashed(match: re.Match[str]) -> Day | None:
    year = int(match[4])
    if len(match[4]) == _TWO_DIGITS:
        if match[2] == "-":
            return None
        year += CENTURY

    def on(month: int, number: int) -> Dates:
        return days.fixed(days.make_date(year, month, number))

    return _either_order(int(match[1]), int(match[3]), on)


@MAKERS.sign("short_date", _BEFORE + _NO_FRACTION + r"(\d{1,2})\s?/\s?(\d{1,2})" + _AFTER)
@MAKERS.sign("any_short_date", _BEFORE + r"(\d{1,2})\s?/\s?(\d{1,2})" + _AFTER)
@MAKERS.sign("dot_date", _BEFORE + r"(\d{1,2})\.(\d{1,2})" + _AFTER)
@MAKERS.sign("dash_date", _BEFORE + r"(\d{1,2})-(\d{1,2})" + _AFTER)
def _month_and_day(match: re.Match[str]) -> Day | None:
    first, second = int(match[1]), int(match[2])
    orders = ((first, second), (second, first))
    if not any(1 <= month <= days.MONTHS and 1 <= number <= LONGEST for month, number in orders):
        return None
    return _either_order(first, second, days.yearly)


@MAKERS.sign("sure_dash_date", _BEFORE + r"(\d{1,2})-(\d{1,2})" + _AFTER)
def _no_hours(match: re.Match[str]) -> Day | None:
    """Read "friday 7-6" as a date; "friday 2-4" are hours."""
    return None if are_hours(int(match[1]), int(match[2])) else _month_and_day(match)


def _either_order(first: int, second: int, on: Callable[[int, int], Dates]) -> Day:
    """Month before day; the other way round where only that exists, or offered beside it."""
    if first > days.MONTHS:
        return Day(on(second, first))
    swappable = first != second <= days.MONTHS
    return Day(on(first, second), day_first=on(second, first) if swappable else None)


@MAKERS.sign(
    "day_number",
    r"(?<![\w./$-])(?<!\d[:,])\d{1,2}(?![\d:/]|-\d|[.,]\d|\s?h\b|\s{0,2}[ap]\s?\.?\s?m\b|[ap]\b)",
)
def _day_number(match: re.Match[str]) -> int:
    return int(match[0])


@MAKERS.sign("dashed_days", _BEFORE + r"(\d{1,2})\s?-\s?(\d{1,2})" + _AFTER)
def _dashed_days(match: re.Match[str]) -> tuple[int, int] | None:
    first, last = int(match[1]), int(match[2])
    return (first, last) if 1 <= first < last <= LONGEST else None


@MAKERS.sign("numeric_date", _BEFORE + rf"(\d{{4}})[/-]({_NAME})[/-](\d{{1,2}})(?![\w/-])")
def _year_and_name(match: re.Match[str]) -> Day:
    return _named(match[1], match[2], match[3])


@MAKERS.sign("numeric_date", _BEFORE + rf"(\d{{1,2}})[/-]?({_NAME})[/-]?(\d{{4}})(?![\w/-])")
def _name_and_year(match: re.Match[str]) -> Day:
    return _named(match[3], match[2], match[1])


def _named(year: str, name: str, number: str) -> Day:
    return exactly(days.make_date(int(year), SHORT_MONTHS[name], int(number)))


@MAKERS.sign("slash_day", r"/\s?(\d{1,2})(?![\w/-])", first="/")
def _slash_day(match: re.Match[str]) -> int:
    return int(match[1])
