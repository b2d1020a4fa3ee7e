"""How rules of recurrence read on pages, in plain words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

# The rule's own word, for each time and for every so many times.
RHYTHMS: dict[str, Callable[[int], str]] = {
    "DAILY": lambda step: ngettext("every day", "every {step} days", step),
    "WEEKLY": lambda step: ngettext("every week", "every {step} weeks", step),
    "MONTHLY": lambda step: ngettext("every month", "every {step} months", step),
    "YEARLY": lambda step: ngettext("every year", "every {step} years", step),
}
WEEKDAYS = {
    "MO": _lazy("Monday"),
    "TU": _lazy("Tuesday"),
    "WE": _lazy("Wednesday"),
    "TH": _lazy("Thursday"),
    "FR": _lazy("Friday"),
    "SA": _lazy("Saturday"),
    "SU": _lazy("Sunday"),
}
WORKING_DAYS = ["MO", "TU", "WE", "TH", "FR"]
PLACES = {
    "1": _lazy("first"),
    "2": _lazy("second"),
    "3": _lazy("third"),
    "4": _lazy("fourth"),
    "5": _lazy("fifth"),
    "-1": _lazy("last"),
}
PLAIN = {"COUNT", "UNTIL", "WKST"}
LEAP_YEAR = 2000


def rule_words(rule: str) -> str:
    """Return `every 2 weeks on Monday` for a recurrence, if plain words can say it."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    rhythm, step = RHYTHMS.get(parts.pop("FREQ", "")), int(parts.pop("INTERVAL", "1"))
    kinds = {name: parts.pop(name).split(",") for name in [*parts] if name.startswith("BY")}
    days = _days(kinds)
    if rhythm is None or days is None or not parts.keys() <= PLAIN:
        return _("on its own schedule")
    if rule.startswith("FREQ=WEEKLY") and step == 1 and kinds.get("BYDAY") == WORKING_DAYS:
        return _("every working day")
    words = rhythm(step).format(step=step)
    return _("{rhythm} on {days}").format(rhythm=words, days=_joined(days)) if days else words


def _days(kinds: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Return the days of a rule in words; nothing for what plain words cannot say."""
    try:
        months = [int(month) for month in kinds.get("BYMONTH", ())]
        numbers = [int(number) for number in kinds.get("BYMONTHDAY", ())]
        weekdays = [_weekday(day) for day in kinds.get("BYDAY", ())]
        if not kinds.keys() <= {"BYMONTH", "BYMONTHDAY", "BYDAY"} or (numbers and weekdays):
            return None
        if not months:
            return [*map(_number, numbers), *weekdays]
        [month] = months
        return [_date(month, number) for number in numbers] or [_in(month, day) for day in weekdays]
    except (KeyError, ValueError):
        return None


def _weekday(day: str) -> str:
    place, name = day[:-2].removeprefix("+"), str(WEEKDAYS[day[-2:]])
    return _("the {place} {weekday}").format(place=PLACES[place], weekday=name) if place else name


def _number(number: int) -> str:
    if number == -1:
        return _("the last day")
    return _("the {number}").format(number=format_date(date(LEAP_YEAR, 1, number), _("jS")))


def _date(month: int, number: int) -> str:
    return format_date(date(LEAP_YEAR, month, number), _("j F"))


def _in(month: int, weekday: str) -> str:
    name = format_date(date(LEAP_YEAR, month, 1), "F")
    return _("{weekday} of {month}").format(weekday=weekday, month=name)


def _joined(words: Sequence[str]) -> str:
    *most, last = words
    return _("{several} and {last}").format(several=", ".join(most), last=last) if most else last
