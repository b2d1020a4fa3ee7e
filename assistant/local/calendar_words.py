"""The names of days, months and stretches of the calendar: <weekday>, <month>, <period>."""

from assistant.local import days
from assistant.local.grammar import Rules
from assistant.local.values import Period

RULES = Rules()

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_SHORT_WEEKDAYS = ["mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri"]
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


def _numbered(names: list[str], full: list[str]) -> dict[str, int]:
    return {
        name: next(number for number, word in enumerate(full) if word.startswith(name[:3]))
        for name in names
    }


def _dotted(table: dict[str, int]) -> dict[str, int]:
    return {f"{name}.": value for name, value in table.items()}


_SHORT = _numbered(_SHORT_WEEKDAYS, WEEKDAYS)
_WEAK: dict[str, int] = {"sat": 5, "sun": 6}  # words of their own: only after "on", "next", …
_MONTH: dict[str, int] = {name: number for number, name in enumerate(_MONTHS, start=1)}
SHORT_MONTHS: dict[str, int] = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
} | {"sept": 9}

RULES.words("weekday_name", {name: number for number, name in enumerate(WEEKDAYS)} | _SHORT)
RULES.words("weekday_name", _dotted(_SHORT))
RULES.words("weekday_weak", _WEAK | _dotted(_WEAK))
RULES.words("weekday_plural", {f"{name}s": number for number, name in enumerate(WEEKDAYS)})
RULES.words("month", _MONTH | SHORT_MONTHS | _dotted(SHORT_MONTHS))
RULES.rule("weekday", "<weekday_name>", "<weekday_weak>")(lambda number: number)

_THIS: dict[str, Period] = {
    "week": days.weeks(0),
    "month": days.once(days.months(0)),
    "year": days.years(0),
}
_NEXT: dict[str, Period] = {
    "next week": days.weeks(1),
    "next month": days.once(days.months(1)),
    "next year": days.years(1),
    "the week after next": days.weeks(2),
}
RULES.words("next_period", _NEXT)
RULES.words("this_period", {f"this {name}": period for name, period in _THIS.items()})
RULES.words("the_period", _THIS | {f"the {name}": period for name, period in _THIS.items()})
RULES.rule("period", "<next_period>", "the <next_period>", "<this_period>", "<the_period>")(
    lambda period: period
)


@RULES.rule("period", "<month> ,|of? <year>?")
def _month(month: int, year: int | None) -> Period:
    return days.month_named(month, year)
