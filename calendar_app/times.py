"""The times of an event: checked, and kept in all the columns that say them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from calendar_app.errors import BadTimesError
from calendar_app.models import Event
from calendar_app.recurrence import Series, end_of, key_of, wall_of_key
from common.errors import InvalidError
from common.moments import is_zone, to_utc
from common.recurrence import BadRuleError, check_rule

# Nobody plans outside these years, and calendars break at their ends.
YEARS = range(1900, 2200)
LONGEST = timedelta(days=10 * 366)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_EXCEPTIONS = 5_000
MOST_A_DAY = 24
Moment = datetime | date


def set_times(event: Event, changes: dict[str, Any]) -> None:
    """Set `start`, `end`, `all_day` and `timezone` as given; what is left out follows.

    An end that is left out keeps the duration; an hour or a day for what had none. Raises
    BadTimesError or InvalidError naming the field.
    """
    was_new = event.start is None
    zone = changes.get("timezone", event.timezone)
    if not is_zone(zone):
        raise InvalidError(_("There is no such time zone."), code="unknown_zone", attr="timezone")
    start, end = changes.get("start"), changes.get("end")
    for name, value in (("start", start), ("end", end)):
        if value is not None and value.year not in YEARS:
            raise BadTimesError(_("This year is out of reach."), attr=name)
    days = changes.get("all_day", event.all_day or _is_day(start))
    duration = None if was_new or days != event.all_day else event.duration
    old_start, old_end = (None, None) if was_new else _shown_times(event)
    event.timezone, event.all_day = zone, days
    if start is None and old_start is None:
        raise BadTimesError(_("When does it begin?"), code="required", attr="start")
    moved = start is not None
    if days:
        _set_days(event, start or old_start, end or (None if moved else old_end), duration)
    else:
        _set_hours(event, start or old_start, end or (None if moved else old_end), duration)
    if event.end - event.start > LONGEST:
        raise BadTimesError(_("This is too long."), attr="end")


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _shown_times(event: Event) -> tuple[Moment, Moment]:
    if event.start_date is not None and event.end_date is not None:
        return event.start_date, event.end_date
    return event.start.astimezone(event.zone), event.end.astimezone(event.zone)


def _set_days(event: Event, start: Any, end: Any, duration: timedelta | None) -> None:
    """Take the dates as they were written, whatever the offset: a day is a day everywhere."""
    first = start.date() if isinstance(start, datetime) else start
    if end is None:
        after = first + (duration or DAY)
    elif isinstance(end, datetime):
        after = end.date() + (DAY if end.timetz().replace(tzinfo=None) > time.min else 0 * DAY)
    else:
        after = end
    if after == first:
        after = first + DAY
    if after < first:
        raise BadTimesError(_("It ends before it begins."), attr="end")
    event.start_date, event.end_date = first, after
    keep_days(event)


def keep_days(event: Event) -> None:
    """Let the instants of an event of whole days follow from its dates and zone."""
    assert event.start_date is not None and event.end_date is not None  # noqa: S101, PT018
    event.start = to_utc(datetime.combine(event.start_date, time.min), event.zone)
    event.end = to_utc(datetime.combine(event.end_date, time.min), event.zone)


def _set_hours(event: Event, start: Any, end: Any, duration: timedelta | None) -> None:
    for name, value in (("start", start), ("end", end)):
        if value is not None and _is_day(value):
            raise BadTimesError(_("Give the time too, or say that it takes all day."), attr=name)
    event.start_date = event.end_date = None
    event.start = start.astimezone(UTC)
    event.end = (
        end.astimezone(UTC) if end else event.start + (HOUR if duration is None else duration)
    )
    if event.end < event.start:
        raise BadTimesError(_("It ends before it begins."), attr="end")


def set_rule(event: Event, rule: str) -> None:
    """Set the checked rule, and when it ends. Raises InvalidError naming the field."""
    try:
        event.recurrence = checked_rule(event, rule) if rule else ""
    except BadRuleError as error:
        raise InvalidError(f"{error}.", code="bad_rule", attr="recurrence") from error


def checked_rule(event: Event, rule: str) -> str:
    """Return the rule in its plain form. Raises BadRuleError."""
    plain = check_rule(rule, start=event.start, zone=event.zone)
    parts = dict(part.partition("=")[::2] for part in plain.split(";"))
    a_day = (parts.get(name, "").count(",") + 1 for name in ("BYHOUR", "BYMINUTE"))
    if next(a_day) * next(a_day) > MOST_A_DAY:
        raise BadRuleError(_("at most {most_a_day} times a day").format(most_a_day=MOST_A_DAY))
    return plain


def set_end(event: Event) -> None:
    """Compute when the last instance is over."""
    event.ends_at = end_of(event.as_series()) if event.recurrence or event.rdates else event.end


def moved_key(key: datetime, old: Series, new: Series) -> datetime:
    """Return the key of the instance that an old one becomes when its series moves."""
    wall = wall_of_key(key, old) + (new.start - old.start)
    return key_of(wall, replace(new, rule=""))
