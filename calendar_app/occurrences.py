"""Changing and cancelling one occurrence, or it and all that follow."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from calendar_app.attending import copy_attendees
from calendar_app.errors import NoSuchOccurrenceError
from calendar_app.inviting import asked_to, call_off, invite
from calendar_app.models import Event
from calendar_app.recurrence import (
    ended_before,
    happens_at,
    instance_of,
    key_of,
    midnight,
    number_before,
    wall_of_key,
)
from calendar_app.rooms import rebook
from calendar_app.services import (
    apply_changes,
    locked_event,
    require_change,
    set_reminders,
    update_event,
)
from calendar_app.times import moved_key, set_end, set_times
from calendar_app.tombstones import bury
from common.errors import InvalidError
from common.moments import to_utc, to_wall
from common.recurrence import COUNT
from tenants.context import atomic

COPIED = (
    *("calendar_id", "organizer_id", "title", "description", "location", "timezone", "all_day"),
    *("status", "visibility", "is_free", "conference_url", "source", "ical_uid", "sequence"),
)


def change_occurrence(
    *, event: Event, at: datetime, scope: str, changes: Mapping[str, Any], by: User
) -> Event:
    """Change one occurrence of a series that the caller has locked: this, following or all.

    Returns the row that describes it now. Raises NoSuchOccurrenceError, and as `update_event`.
    """
    series, key = _place(event, at)
    first = key == key_of(series.wall_start, series.as_series())
    if scope == "this":
        return _change_one(series, key, changes, by)
    if scope == "all" or first:
        return update_event(event=series, changes=_for_all(series, key, changes), by=by)
    return _split(series, key, changes, by)


@atomic()
def cancel_occurrence(
    *, event: Event, at: datetime, scope: str, by: User, send_invitations: bool = False
) -> None:
    """Take one occurrence out of a series, or it and all that follow, or delete the series."""
    series, key = _place(event, at)
    require_change(series, by)
    if scope == "all" or (
        scope == "following" and key == key_of(series.wall_start, series.as_series())
    ):
        _delete(series, by, send_invitations=send_invitations)
        return
    gone = series.overrides.filter(original_start=key)
    if scope == "following":
        gone = series.overrides.filter(original_start__gte=key)
        _shorten(series, key)
    else:
        series.exdates = sorted({*series.exdates, key})
    there = gone.first() if scope == "this" else None
    asked = asked_to(there or series) if send_invitations else []
    gone.delete()
    _save(series)
    rebook([series])
    if send_invitations and scope == "following":
        invite(event=series, by=by)
    elif send_invitations:
        called_off = _instance(series, key)
        called_off.pk, called_off.version = series.pk, series.version
        called_off.series, called_off.original_start = series, key
        call_off(event=called_off, by=by, people=asked)


@atomic()
def delete_event(*, event: Event, by: User, send_invitations: bool = False) -> None:
    """Delete an event that the caller has locked, a series as a whole; an occurrence is cancelled.

    With `send_invitations` those who were asked get a letter. Raises NotYoursError.
    """
    require_change(event, by)
    if event.series_id is not None and event.original_start is not None:
        at = event.original_start
        cancel_occurrence(
            event=event, at=at, scope="this", by=by, send_invitations=send_invitations
        )
    else:
        _delete(event, by, send_invitations=send_invitations)


def _delete(event: Event, by: User, *, send_invitations: bool) -> None:
    event.sequence += 1
    if send_invitations:
        call_off(event=event, by=by, people=asked_to(event))
    bury([event])
    event.delete()


def _place(event: Event, at: datetime) -> tuple[Event, datetime]:
    """Return the series, locked, and the key of the occurrence that begins, or began, then."""
    if event.series_id is not None and event.original_start is not None:
        return locked_event(event.series_id), event.original_start
    if not (event.recurrence or event.rdates):
        raise NoSuchOccurrenceError(_("This happens only once."), attr="occurrence")
    series = event.as_series()
    key = _day_of(at, event) if event.all_day else at
    if happens_at(series, key):
        return event, key
    moved = event.overrides.filter(start=at).values_list("original_start", flat=True).first()
    if moved is not None:
        return event, moved
    raise NoSuchOccurrenceError(_("The series does not happen then."), attr="occurrence")


def _day_of(at: datetime, event: Event) -> datetime:
    """Return the key of a day, named by its midnight in the event's zone or in UTC."""
    wall = to_wall(at, event.zone)
    return midnight(wall.date() if wall.time() == time.min else at.date())


def _instance(series: Event, key: datetime) -> Event:
    """Return an unsaved event that is this instance of the series."""
    plain = series.as_series()
    found = instance_of(plain, key)
    made = Event(**{name: getattr(series, name) for name in COPIED})
    made.start, made.end = found.start, found.end
    if series.all_day:
        made.start_date = key.date()
        made.end_date = (wall_of_key(key, plain) + plain.duration).date()
    return made


@atomic()
def _change_one(series: Event, key: datetime, changes: Mapping[str, Any], by: User) -> Event:
    there = series.overrides.select_for_update(of=("self",)).filter(original_start=key).first()
    if there is not None:
        return update_event(event=there, changes=changes, by=by)
    require_change(series, by)
    if changes.get("calendar_id", series.calendar_id) != series.calendar_id:
        sentence = _("One occurrence stays in the calendar of its series.")
        raise InvalidError(sentence, code="fixed", attr="calendar_id")
    made = _instance(series, key)
    made.series, made.original_start = series, key
    set_end(made)
    made.save(force_insert=True)
    copy_attendees(series, made)
    made = update_event(event=made, changes=changes, by=by)
    series.version += 1
    series.save()
    rebook([series, made])
    return made


def _for_all(series: Event, key: datetime, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Translate changes of an occurrence's times into those of the first one."""
    if not changes.keys() & {"start", "end", "all_day", "timezone"}:
        return changes
    moved = _instance(series, key)
    before = moved.wall_start
    set_times(moved, dict(changes))
    first = series.wall_start + (moved.wall_start - before)
    if moved.all_day:
        start: Any = first.date()
        end: Any = (first + moved.duration).date()
    else:
        start = to_utc(first, moved.zone)
        end = start + moved.duration
    times = {"start": start, "end": end, "all_day": moved.all_day, "timezone": moved.timezone}
    return {**changes, **times}


@atomic()
def _split(series: Event, key: datetime, changes: Mapping[str, Any], by: User) -> Event:
    """Let the series end before an occurrence, and another one begin there."""
    require_change(series, by)
    old = series.as_series()
    made = _instance(series, key)
    made.ical_uid, made.sequence = f"{made.pk}@{settings.BASE_DOMAIN}", 0
    made.recurrence, made.split_from = series.recurrence, series
    if count := COUNT.search(series.recurrence):
        left = int(count[1]) - number_before(old, key)
        made.recurrence = COUNT.sub(f"COUNT={max(left, 1)}", series.recurrence)
    moved = made.as_series()
    apply_changes(made, changes, by)
    new = made.as_series()
    made.exdates = [moved_key(each, moved, new) for each in series.exdates if each >= key]
    made.rdates = [moved_key(each, moved, new) for each in series.rdates if each >= key]
    set_end(made)
    made.save(force_insert=True)
    copy_attendees(series, made)
    set_reminders(made, [row.minutes_before for row in series.reminders.all()])
    later = list(series.overrides.filter(original_start__gte=key))
    for row in later:
        row.series, row.ical_uid = made, made.ical_uid
        row.original_start = moved_key(row.original_start, moved, new)  # type: ignore[arg-type]
        row.save()
    _shorten(series, key)
    _save(series)
    rebook([series])
    if changes.get("send_invitations"):
        invite(event=series, by=by)
    names = {"attendees", "reminders", "send_invitations"}
    others = {name: value for name, value in changes.items() if name in names}
    return update_event(event=made, changes=others, by=by)


def _shorten(series: Event, key: datetime) -> None:
    series.recurrence = ended_before(series.as_series(), key) if series.recurrence else ""
    series.exdates = [each for each in series.exdates if each < key]
    series.rdates = [each for each in series.rdates if each < key]


def _save(series: Event) -> None:
    set_end(series)
    series.sequence += 1
    series.version += 1
    series.save()
