"""Making the office say what a document says; nobody is told of it and no letter is sent."""

from datetime import date, datetime
from typing import Any

from calendar_app.errors import RoomTakenError
from calendar_app.models import Attendee, Calendar, Event, Visibility
from calendar_app.rooms import rebook
from calendar_app.sync.documents import (
    FIELDS,
    Doc,
    is_of_days,
    key_of_text,
    key_text,
    plain_rule,
)
from calendar_app.sync.reading import Bundle
from calendar_app.times import checked_rule, set_end, set_times
from calendar_app.tombstones import bury
from common.errors import InvalidError
from common.recurrence import BadRuleError

PLAIN = ("title", "description", "location", "status")


def create(calendar: Calendar, doc: Doc, **known: Any) -> Bundle:
    """Store an event that came from the vendor."""
    event = Event(calendar=calendar, organizer=calendar.owner, **known)
    event.timezone = calendar.timezone
    bundle = Bundle(event)
    event.title, event.status = doc["title"], doc["status"]
    _set_fields(event, FIELDS, doc)
    _set_cancelled(event, doc)
    set_end(event)
    event.save(force_insert=True)
    _set_parts(bundle, doc)
    return bundle


def apply(bundle: Bundle, before: Doc | None, after: Doc) -> bool:
    """Make the event say what `after` says; tell whether that changed anything.

    What differs from `before`, the office's own version in that notation, is written and nothing
    else, so that what only one side can say stays.
    """
    if before == after:
        return False
    event = bundle.event
    changed = [name for name in FIELDS if before is None or before[name] != after[name]]
    _set_fields(event, changed, after)
    if before is None or before["parts"] != after["parts"] or "when" in changed:
        _set_cancelled(event, after)
    set_end(event)
    event.sequence += "when" in changed
    event.version += 1
    event.save()
    _set_parts(bundle, after)
    if "when" in changed or "status" in changed:
        _book_again(bundle)
    return True


def delete(bundle: Bundle) -> None:
    """Delete what was deleted at the vendor's; feeds hear of it."""
    bury([bundle.event])
    bundle.event.delete()


def _set_fields(event: Event, names: Any, doc: Doc) -> None:
    for name in names:
        if name in PLAIN:
            setattr(event, name, doc[name])
        elif name == "private":
            event.visibility = Visibility.BUSY if doc["private"] else Visibility.DEFAULT
        elif name == "free":
            event.is_free = doc["free"]
    if "when" in names:
        set_when(event, doc["when"])


def set_when(event: Event, when: dict[str, Any]) -> None:
    """Set the times, and the rule of a series."""
    of_days = is_of_days(when)
    values: dict[str, Any] = {"all_day": of_days}
    if of_days:
        values["start"] = date.fromisoformat(when["start"])
        values["end"] = date.fromisoformat(when["end"])
    else:
        values["start"] = datetime.fromisoformat(when["start"])
        values["end"] = datetime.fromisoformat(when["end"])
        values["timezone"] = when["zone"] or event.timezone
    set_times(event, values)
    if event.series_id is None:
        rule = when.get("rule", "")
        if plain_rule(event.recurrence) != rule:
            event.recurrence = rule
        event.rdates = [key_of_text(text) for text in when.get("more", ())]


def _set_cancelled(event: Event, doc: Doc) -> None:
    event.exdates = [key_of_text(key) for key, part in doc["parts"].items() if part is None]


def _set_parts(bundle: Bundle, doc: Doc) -> None:
    event, there = bundle.event, {}
    for row in bundle.overrides:
        if row.original_start is not None:
            there[key_text(row.original_start)] = row
    kept: list[Event] = []
    for key, row in there.items():
        if not doc["parts"].get(key):
            row.delete()
    for key, part in doc["parts"].items():
        if part is not None:
            kept.append(_set_part(event, doc, (key, part), there.get(key)))
    bundle.overrides = kept


def _set_part(event: Event, doc: Doc, part: tuple[str, Doc], row: Event | None) -> Event:
    key, wanted = part
    if row is None:
        row = Event(series=event, original_start=key_of_text(key), calendar=event.calendar)
        for name in ("organizer_id", "source", "ical_uid", "sequence", "conference_url"):
            setattr(row, name, getattr(event, name))
        row.timezone = event.timezone
        before: Doc | None = None
    else:
        before = Bundle(row).doc
    changed = [name for name in FIELDS if before is None or _differs(name, before, wanted)]
    if not changed and row.calendar_id == event.calendar_id:
        return row
    _set_fields(row, changed, wanted)
    set_end(row)
    row.version += before is not None
    row.save()
    return row


def _differs(name: str, before: Doc, wanted: Doc) -> bool:
    if name == "when":
        return any(before["when"][each] != wanted["when"][each] for each in ("start", "end"))
    return bool(before[name] != wanted[name])


def _book_again(bundle: Bundle) -> None:
    """Book its rooms as it is now; one that somebody else has is not asked any more."""
    rows = [bundle.event, *bundle.overrides]
    try:
        rebook(rows)
    except RoomTakenError:
        Attendee.objects.filter(event__in=[row.pk for row in rows], room__isnull=False).delete()
        rebook(rows)


def why_not(doc: Doc) -> str:
    """Return why the office cannot keep it, in words; empty where it can."""
    when = doc["when"]
    probe = Event()
    probe.timezone = "UTC"
    try:
        set_when(probe, {**when, "rule": ""})
        if when.get("rule"):
            checked_rule(probe, when["rule"])
    except BadRuleError as error:
        return "" if "no further occurrence" in str(error) else f"{error}."
    except InvalidError as error:
        return error.sentence
    except (ValueError, KeyError, OverflowError):
        return "Its times make no sense."
    return ""
