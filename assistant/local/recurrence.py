"""Rhythms: <repeat>, "every 2 weeks on tuesday", "monthly on the 15th", "daily"."""

import re

from assistant.local.dates import LONGEST_MONTH
from assistant.local.grammar import Rules
from assistant.local.values import DayPart, Part, Repeat

RULES = Rules()

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING_DAYS = CODES[:5]
_FREQUENCIES = {
    "minute": ("MINUTELY", 1),
    "hour": ("HOURLY", 1),
    "day": ("DAILY", 1),
    "week": ("WEEKLY", 1),
    "fortnight": ("WEEKLY", 2),
    "month": ("MONTHLY", 1),
    "quarter": ("MONTHLY", 3),
    "year": ("YEARLY", 1),
}
_ADVERBS = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "fortnightly": "fortnight",
    "biweekly": "fortnight",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annually": "year",
}
# "weekly" is a rhythm where the phrase ends; in "the weekly report" it is a name.
_PHRASE_ENDS = r"(?=\s*(?:$|[^\w\s]|(?:at|on|by|from|starting|until|till|in|every|for|and)\b))"

_Frequency = tuple[str, int]

RULES.words("frequency", _FREQUENCIES)
RULES.words("frequency", {f"{name}s": frequency for name, frequency in _FREQUENCIES.items()})


@RULES.lexeme("adverb", rf"({'|'.join(_ADVERBS)}){_PHRASE_ENDS}", first=" ".join(_ADVERBS))
def _adverb(match: re.Match[str]) -> Repeat:
    freq, interval = _FREQUENCIES[_ADVERBS[match[1]]]
    return Repeat(freq, interval)


@RULES.rule(
    "weekdays",
    "<weekday>",
    "<weekday> ,|and|& <weekday>",
    "<weekday> , <weekday> ,? and|& <weekday>",
    "<weekday> , <weekday> , <weekday> ,? and|& <weekday>",
)
@RULES.rule("plural_weekdays", "<weekday_plural>", "<weekday_plural> and|& <weekday_plural>")
def _weekdays(*weekdays: int) -> tuple[str, ...]:
    return tuple(CODES[weekday] for weekday in sorted(set(weekdays)))


RULES.words("weekdays", dict.fromkeys(("weekday", "workday", "working day"), WORKING_DAYS))
RULES.words("weekdays", dict.fromkeys(("business day", "work day"), WORKING_DAYS))
RULES.words("weekdays", {"weekend": CODES[5:]})
RULES.words("plural_weekdays", {"weekdays": WORKING_DAYS, "weekends": CODES[5:]})


@RULES.rule("each", "every|each single? <frequency>", "once|one a|per|every|each <frequency>")
def _each(frequency: _Frequency) -> Repeat:
    return Repeat(*frequency)


RULES.words("each", {"everyday": Repeat("DAILY")})
RULES.rule("each", "<adverb>")(lambda repeat: repeat)


@RULES.rule("each", "every|each <int> <frequency>", "once every <int> <frequency>")
def _every_few(count: int, frequency: _Frequency) -> Repeat | None:
    freq, interval = frequency
    return Repeat(freq, interval * count) if count else None


@RULES.rule("each", "every|each other|second <frequency>")
def _every_other(frequency: _Frequency) -> Repeat | None:
    return _every_few(2, frequency)


RULES.rule("repeat", "<each>")(lambda repeat: repeat)


@RULES.rule("repeat", "every|each <weekdays>", "on? <plural_weekdays>")
def _on_weekdays(byday: tuple[str, ...]) -> Repeat:
    return Repeat("WEEKLY", byday=byday)


@RULES.rule("repeat", "every|each other|second <weekday>")
def _every_other_weekday(weekday: int) -> Repeat:
    return Repeat("WEEKLY", 2, byday=(CODES[weekday],))


@RULES.rule("repeat", "<each> on <weekdays>", "<each> on <plural_weekdays>")
def _each_on_weekdays(each: Repeat, byday: tuple[str, ...]) -> Repeat | None:
    return Repeat("WEEKLY", each.interval, byday=byday) if each.freq == "WEEKLY" else None


@RULES.rule("repeat", "every|each <part_name>")
def _every_part(part: Part) -> Repeat:
    return Repeat("DAILY", part=DayPart(part))


@RULES.rule("repeat", "<each> on the? <ordinal>", "on? the? <ordinal> of|day <each>")
def _month_day(*values: Repeat | int) -> Repeat | None:
    each = next(value for value in values if isinstance(value, Repeat))
    number = next(value for value in values if isinstance(value, int))
    if each.freq != "MONTHLY" or number > max(LONGEST_MONTH):
        return None
    return Repeat(each.freq, each.interval, monthday=number)


@RULES.rule("repeat", "every|each <ordinal> of the|each|every month")
def _every_numbered_day(number: int) -> Repeat | None:
    return Repeat("MONTHLY", monthday=number) if number <= max(LONGEST_MONTH) else None


@RULES.rule("repeat", "every|each|the? last day of the|each|every month")
def _every_last_day() -> Repeat:
    return Repeat("MONTHLY", monthday=-1)


@RULES.rule("nth", "<ordinal>")
def _nth(number: int) -> int | None:
    weeks_in_a_month = 5
    return number if number <= weeks_in_a_month else None


RULES.words("nth", {"last": -1})
RULES.words("of_month", dict.fromkeys(("of the month", "of each month", "of every month"), 1))
RULES.words("of_each_month", dict.fromkeys(("of each month", "of every month"), 1))


@RULES.rule(
    "repeat",
    "every|each <nth> <weekday> <of_month>?",
    "on? the? <nth> <weekday> <of_each_month>",
)
def _every_nth_weekday(nth: int, weekday: int, _: int | None) -> Repeat:
    return Repeat("MONTHLY", byday=(f"{nth}{CODES[weekday]}",))


@RULES.rule("repeat", "<each> on the <nth> <weekday>")
def _each_on_nth_weekday(each: Repeat, nth: int, weekday: int) -> Repeat | None:
    if each.freq != "MONTHLY":
        return None
    return Repeat("MONTHLY", each.interval, byday=(f"{nth}{CODES[weekday]}",))


@RULES.rule("yearly_day", "every|each <month_day>")
def _every_date(month_day: tuple[int, int]) -> Repeat | None:
    return _each_year_on(Repeat("YEARLY"), month_day)


@RULES.rule("yearly_day", "<each> on <month_day>")
def _each_year_on(each: Repeat, month_day: tuple[int, int]) -> Repeat | None:
    month, number = month_day
    if each.freq != "YEARLY" or number > LONGEST_MONTH[month - 1]:
        return None
    return Repeat("YEARLY", each.interval, monthday=number, month=month)


RULES.rule("repeat", "<yearly_day>")(lambda repeat: repeat)
