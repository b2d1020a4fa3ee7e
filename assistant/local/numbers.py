"""Numbers in digits and words: <int>, <ordinal>, <count>, <year>."""

import re
from fractions import Fraction

from assistant.local.makers import Makers

MAKERS = Makers()

HUNDRED = 100
MILLENNIUM = 2000
LARGEST_YEAR_SPOKEN = 2099

MAKERS.words("article", {"one": Fraction(1)})
MAKERS.words(
    "count",
    {
        "half": Fraction(1, 2),
        "quarter": Fraction(1, 4),
        "three_quarters": Fraction(3, 4),
        "one_and_a_half": Fraction(3, 2),
        "couple": Fraction(2),
        "few": Fraction(3),
    },
)
MAKERS.words("nth_word", {"last": -1})


@MAKERS.sign("int", r"(?<![\d.,/:-])\d{1,4}(?![\d]|[.,:/]\d)")
def _digits(match: re.Match[str]) -> int:
    return int(match[0])


@MAKERS.phrase
def _tens(ten: int, unit: int | None) -> int:
    return ten + (unit or 0)


@MAKERS.phrase
def _hundred(*numbers: int | None) -> int:
    *hundreds, rest = numbers
    return HUNDRED * (hundreds[0] or 1 if hundreds else 1) + (rest or 0)


@MAKERS.sign("ordinal", r"(?<![\w.])(\d{1,2})\s?(?:st|nd|rd|th)\b")
@MAKERS.sign("ordinal_digits", r"(?<![\w.])(\d{1,2})(?:st|nd|rd|th)\b")
def _ordinal_digits(match: re.Match[str]) -> int | None:
    return int(match[1]) or None


@MAKERS.phrase
def _ordinal_tens(ten: int, unit: int) -> int:
    return ten + unit


@MAKERS.sign("count", r"(?<![\d.,/:-])(\d{1,4}[.,]\d{1,2}|\d/[2-9])(?![\d./])")
def _fraction(match: re.Match[str]) -> Fraction:
    return Fraction(match[1].replace(",", "."))


@MAKERS.phrase
def _whole(number: int) -> Fraction:
    return Fraction(number)


@MAKERS.phrase
def _one(one: Fraction) -> Fraction:
    return one


@MAKERS.phrase
def _count_and_a_half(number: int) -> Fraction:
    return number + Fraction(1, 2)


@MAKERS.sign("year", r"(?<![\w./-])(?:19|20)\d\d(?![\w/-]|\.\d)")
def _year(match: re.Match[str]) -> int:
    return int(match[0])


@MAKERS.sign("short_year", r"'?([1-9]\d)(?![\w:/.-]|\s?[ap]\.?m)", first="' 0")
def _short_year(match: re.Match[str]) -> int:
    return MILLENNIUM + int(match[1])


@MAKERS.phrase
def _thousands(rest: int | None) -> int:
    return MILLENNIUM + (rest or 0)


@MAKERS.phrase
def _century(rest: int) -> int:
    return MILLENNIUM + rest
