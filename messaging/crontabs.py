"""When an office's rounds run: a crontab on the wall clock of whoever is concerned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from celery.schedules import ParseException, crontab_parser
from cron_descriptor import Options, get_description
from django.utils.translation import gettext as _

from common.errors import InvalidError
from common.moments import to_utc, to_wall

DAY = timedelta(days=1)
# Without a run in so many days it is a day that never comes, as 30 February.
FAR = timedelta(days=366 * 8)
# How many there are of each, and the first: minutes, hours, days, months, weekdays.
PARTS = ((60, 0), (24, 0), (31, 1), (12, 1), (7, 0))
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
NAMES = {name: str(number) for number, name in enumerate(WEEKDAYS)}


@dataclass(frozen=True, slots=True)
class Crontab:
    """At one time of the day, on those days that fit all of the others."""

    text: str
    at: time
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def fits(self, day: date) -> bool:
        """Tell whether it runs on the day; both kinds of days have to fit."""
        return (
            day.day in self.days
            and day.month in self.months
            and day.isoweekday() % 7 in self.weekdays
        )

    def moments(self, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield when it runs on that clock after one instant and up to another."""
        day = to_wall(after, zone).date() - DAY
        while (moment := to_utc(datetime.combine(day, self.at), zone)) <= until:
            if moment > after and self.fits(day):
                yield moment
            day += DAY

    @property
    def words(self) -> str:
        """The same in words."""
        options = Options()
        options.use_24hour_time_format = True
        options.throw_exception_on_parse_error = False
        return str(get_description(self.text, options))


def parse_crontab(text: str, *, attr: str = "crontab") -> Crontab:
    """Return what a crontab of five parts says. Raises InvalidError."""
    parts = text.lower().split()
    if len(parts) != len(PARTS):
        sentence = _("Five parts are needed: minute, hour, day, month and weekday.")
        raise InvalidError(sentence, code="bad_crontab", attr=attr)
    found = [
        _numbers(part, size, first, attr) for part, (size, first) in zip(parts, PARTS, strict=True)
    ]
    minutes, hours, days, months, weekdays = found
    if len(minutes) != 1 or len(hours) != 1:
        sentence = _("It runs once a day: give one minute and one hour.")
        raise InvalidError(sentence, code="once_a_day", attr=attr)
    at = time(min(hours), min(minutes))
    rule = Crontab(" ".join(parts), at, days, months, weekdays)
    first = date(2024, 1, 1)
    if not any(rule.fits(first + DAY * number) for number in range(FAR.days)):
        raise InvalidError(_("Such a day never comes."), code="never", attr=attr)
    return rule


def _numbers(part: str, size: int, first: int, attr: str) -> frozenset[int]:
    of_weekdays = size == len(WEEKDAYS)
    spelled = "".join(NAMES.get(word, word) for word in _words(part)) if of_weekdays else part
    # Sunday is 0, and 7 as well.
    spelled = "0" if of_weekdays and spelled == str(size) else spelled
    try:
        return frozenset(crontab_parser(size, first).parse(spelled))
    except (ParseException, ValueError, IndexError, KeyError) as error:
        sentence = _("“{part}” is not understood.").format(part=part)
        raise InvalidError(sentence, code="bad_crontab", attr=attr) from error


def _words(part: str) -> Iterator[str]:
    word = ""
    for letter in part:
        if letter.isalnum():
            word += letter
            continue
        yield word
        yield letter
        word = ""
    yield word
