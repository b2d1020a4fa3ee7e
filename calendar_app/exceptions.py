"""What was changed in a series or left out of it, when the series itself changes."""

from collections.abc import Mapping
from typing import Any

from calendar_app.models import Event
from calendar_app.recurrence import Series, happens_at
from calendar_app.times import moved_key

# What a changed occurrence takes over from its series, unless it says something else itself.
INHERITED = ("title", "description", "location", "visibility", "is_free", "conference_url")


def move_exceptions(event: Event, old: Series) -> list[Event]:
    """Let what was left out, added and changed stand for the instances as they are now.

    Returns the changed occurrences; those of which the series has no instance any more are gone.
    """
    new = event.as_series()
    overrides = list(event.overrides.select_for_update(of=("self",)).order_by("original_start"))
    same = (old.start, old.zone, old.all_day) == (new.start, new.zone, new.all_day)
    if not same:
        event.exdates = [moved_key(key, old, new) for key in event.exdates]
        event.rdates = [moved_key(key, old, new) for key in event.rdates]
        _move(overrides, old, new)
    if (old.rule, old.all_day) != (event.recurrence, event.all_day):
        plain = event.as_series()
        lost = [row for row in overrides if not happens_at(plain, _key(row))]
        Event.objects.filter(pk__in=[row.pk for row in lost]).delete()
        overrides = [row for row in overrides if row not in lost]
    return overrides


def _move(overrides: list[Event], old: Series, new: Series) -> None:
    later = new.start > old.start
    # In this order no two ever stand for the same instance.
    for row in reversed(overrides) if later else overrides:
        row.original_start = moved_key(_key(row), old, new)
        Event.objects.filter(pk=row.pk).update(original_start=row.original_start)


def _key(row: Event) -> Any:
    return row.original_start


def follow_series(event: Event, overrides: list[Event], before: Mapping[str, Any]) -> None:
    """Let changed occurrences take over what is new of the series, where they said the same."""
    changed = [name for name in INHERITED if getattr(event, name) != before[name]]
    for row in overrides:
        follows = {
            name: getattr(event, name) for name in changed if getattr(row, name) == before[name]
        }
        if row.calendar_id != event.calendar_id:
            follows["calendar"] = event.calendar
        for name, value in follows.items():
            setattr(row, name, value)
        if follows:
            row.version += 1
            row.save()
