"""Numbers in digits and words: <int>, <ordinal>, <count>, <year>."""

import re
from fractions import Fraction

from assistant.local.grammar import Rules

RULES = Rules()

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]

RULES.words("unit", {word: number for number, word in enumerate(_UNITS, start=1)})
RULES.words("ten", _TENS)
RULES.words("small", {word: number for number, word in enumerate(_UNITS + _TEENS, start=1)})
RULES.words("ordinal_unit", {word: n for n, word in enumerate(_ORDINALS[:9], start=1)})
RULES.words("ordinal", {word: n for n, word in enumerate(_ORDINALS, start=1)})
RULES.words("ordinal", {"thirtieth": 30})
RULES.words("article", {"a": Fraction(1), "an": Fraction(1)})
RULES.words(
    "count",
    {
        "half a": Fraction(1, 2),
        "half an": Fraction(1, 2),
        "a half": Fraction(1, 2),
        "a quarter of an": Fraction(1, 4),
        "a quarter": Fraction(1, 4),
        "a couple": Fraction(2),
        "a couple of": Fraction(2),
        "couple of": Fraction(2),
        "a pair of": Fraction(2),
        "a few": Fraction(3),
        "few": Fraction(3),
        "½": Fraction(1, 2),
        "¼": Fraction(1, 4),
        "¾": Fraction(3, 4),
    },
)


@RULES.lexeme("int", r"(?<![\d.,/:-])\d{1,4}(?![\d]|[.,:/]\d)")
def _digits(match: re.Match[str]) -> int:
    return int(match[0])


RULES.rule("int", "<small>")(lambda number: number)


@RULES.rule("int", "<ten> -? <unit>?")
@RULES.rule("tens", "<ten> -? <unit>?")
def _tens(ten: int, unit: int | None) -> int:
    return ten + (unit or 0)


@RULES.lexeme("ordinal", r"(?<![\w.])(\d{1,2})\s?(?:st|nd|rd|th)\b")
def _ordinal_digits(match: re.Match[str]) -> int | None:
    return int(match[1]) or None


@RULES.rule("ordinal", "<ten> -? <ordinal_unit>")
def _ordinal_tens(ten: int, unit: int) -> int:
    return ten + unit


@RULES.lexeme("count", r"(?<![\d.,/:-])(\d{1,4}\.\d{1,2}|\d/[2-9])(?![\d./])")
def _fraction(match: re.Match[str]) -> Fraction:
    return Fraction(match[1])


@RULES.rule("count", "<int>")
def _whole(number: int) -> Fraction:
    return Fraction(number)


@RULES.rule("count", "<article>")
def _one(one: Fraction) -> Fraction:
    return one


@RULES.rule("count", "<int> and a|an half")
def _and_a_half(number: int) -> Fraction:
    return number + Fraction(1, 2)


@RULES.lexeme("year", r"(?<![\w./-])(?:19|20)\d\d(?![\w/-]|\.\d)")
def _year(match: re.Match[str]) -> int:
    return int(match[0])
