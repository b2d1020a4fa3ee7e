"""Dates in digits: <numeric_date> with a year, <short_date> without, <day_number>.

Month before day as in "5/20", unless only the other order exists.
"""

import re

from assistant.local import days
from assistant.local.calendar_words import SHORT_MONTHS
from assistant.local.grammar import Rules
from assistant.local.values import Day

RULES = Rules()

CENTURY = 2000
_BEFORE = r"(?<![\w./-])(?<!\$)"
_AFTER = r"(?![\w/-]|\.\d)"
_TWO_DIGITS = 2


def _exact(year: int, month: int, number: int) -> Day:
    return Day(days.fixed(days.make_date(year, month, number)))


@RULES.lexeme(
    "numeric_date", _BEFORE + r"((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d|[a-su-z/-]|\.\d)"
)
def _year_first(match: re.Match[str]) -> Day:
    return _exact(int(match[1]), int(match[3]), int(match[4]))


@RULES.lexeme("numeric_date", _BEFORE + r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)" + _AFTER)
def _dotted(match: re.Match[str]) -> Day:
    return _exact(int(match[3]), int(match[2]), int(match[1]))


@RULES.lexeme("numeric_date", _BEFORE + r"(\d{1,2})([/-])(\d{1,2})\2((?:19|20)\d\d|\d\d)" + _AFTER)
def _slashed(match: re.Match[str]) -> Day | None:
    month, number, year = int(match[1]), int(match[3]), int(match[4])
    if len(match[4]) == _TWO_DIGITS:
        if match[2] == "-":
            return None
        year += CENTURY
    if month > days.MONTHS:
        month, number = number, month
    return Day(days.fixed(days.make_date(year, month, number)), _swappable(month, number))


@RULES.lexeme("short_date", _BEFORE + r"(\d{1,2})\s?/\s?(\d{1,2})" + _AFTER)
def _month_slash_day(match: re.Match[str]) -> Day | None:
    month, number = int(match[1]), int(match[2])
    if month > days.MONTHS:
        month, number = number, month
    leap_year = 2024
    if not days.make_date(leap_year, month, number):
        return None
    return Day(days.yearly(month, number), _swappable(month, number))


@RULES.lexeme(
    "day_number",
    r"(?<![\w./$-])(?<!\d[:,])\d{1,2}(?![\d:/]|-\d|[.,]\d|\s?h\b|\s{0,2}[ap]\s?\.?\s?m\b|[ap]\b)",
)
def _day_number(match: re.Match[str]) -> int:
    return int(match[0])


@RULES.lexeme("numeric_date", _BEFORE + r"(\d{4})[/-]([a-z]{3})[/-](\d{1,2})(?![\w/-])")
def _year_and_name(match: re.Match[str]) -> Day | None:
    return _named(match[1], match[2], match[3])


@RULES.lexeme("numeric_date", _BEFORE + r"(\d{1,2})[/-]([a-z]{3})[/-](\d{4})(?![\w/-])")
def _name_and_year(match: re.Match[str]) -> Day | None:
    return _named(match[3], match[2], match[1])


def _named(year: str, name: str, number: str) -> Day | None:
    month = SHORT_MONTHS.get(name)
    return _exact(int(year), month, int(number)) if month else None


@RULES.lexeme("slash_day", r"/\s?(\d{1,2})(?![\w/-])", first="/")
def _slash_day(match: re.Match[str]) -> int:
    return int(match[1])


@RULES.lexeme("ordinal_digits", r"(?<![\w.])(\d{1,2})(?:st|nd|rd|th)\b")
def _ordinal_digits(match: re.Match[str]) -> int | None:
    return int(match[1]) or None


def _swappable(month: int, number: int) -> bool:
    return month != number <= days.MONTHS
