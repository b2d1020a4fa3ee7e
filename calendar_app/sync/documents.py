"""What both sides say of an event, in one notation: plain values that can be stored and compared.

A document holds the fields of an event or series, and under `parts` what differs from its rule: by
the key of an instance None where it does not take place, else the fields of the changed one.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calendar_app.recurrence import Series, happens_at, instance_of, midnight
from common.moments import is_zone, to_utc, to_wall
from common.recurrence import without_end

Doc = dict[str, Any]
FIELDS = ("title", "description", "location", "when", "status", "private", "free")
UNTITLED = "(no title)"
LONGEST = {"title": 300, "description": 50_000, "location": 500}
KEY = "%Y%m%dT%H%M%SZ"
BREAKS = re.compile(r"[ \t\xa0]*(?:\r\n|\r|\n)")


def text_of(value: Any, field: str) -> str:
    """Return a text as both sides can keep it."""
    plain = BREAKS.sub("\n", str(value or "").replace("\0", ""))
    return plain.strip()[: LONGEST[field]].strip()


def title_of(value: Any) -> str:
    """Return a title; what has none is given one, as the office wants one."""
    return " ".join(text_of(value, "title").split()) or UNTITLED


def key_text(key: datetime) -> str:
    """Return the key of an instance as a text."""
    return key.astimezone(UTC).strftime(KEY)


def key_of_text(text: str) -> datetime:
    """Return the key that the text stands for."""
    return datetime.strptime(text, KEY).replace(tzinfo=UTC)


def hours(start: datetime, end: datetime, zone: str) -> dict[str, Any]:
    """Return when something takes place from one instant to another."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    return {"start": start.isoformat(), "end": max(start, end).isoformat(), "zone": zone}


def days(first: date, after: date) -> dict[str, Any]:
    """Return when something takes whole days; dates know no zone."""
    after = max(after, first + timedelta(days=1))
    return {"start": first.isoformat(), "end": after.isoformat(), "zone": ""}


def recurring(when: Mapping[str, Any], rule: str, more: list[str]) -> dict[str, Any]:
    """Return the same for what happens again and again."""
    return {**when, "rule": plain_rule(rule), "more": sorted(more)}


def plain_rule(rule: str) -> str:
    """Return a rule in an order of its own, without what is understood."""
    parts = [part for part in rule.upper().removeprefix("RRULE:").split(";") if part]
    return ";".join(sorted(set(parts) - {"INTERVAL=1"}, key=_place_in_rule))


def _place_in_rule(part: str) -> tuple[bool, str]:
    return not part.startswith("FREQ="), part


def settled_rule(doc: Doc) -> Doc:
    """Return the document with its rule's end as both sides write it: in UTC, days as a date."""
    when = doc["when"]
    if "UNTIL=" not in when.get("rule", ""):
        return doc
    series = series_of(doc)
    rule, ends = without_end(when["rule"], series.zone)
    if ends is None:
        return doc
    last = f"{ends:%Y%m%d}" if series.all_day else f"{to_utc(ends, series.zone):{KEY}}"
    return {**doc, "when": {**when, "rule": plain_rule(f"{rule};UNTIL={last}")}}


def is_of_days(when: Mapping[str, Any]) -> bool:
    """Tell whether it takes whole days."""
    return len(when["start"]) == len("2024-05-14")


def recurs(doc: Doc) -> bool:
    """Tell whether it happens again and again."""
    return bool(doc["when"].get("rule") or doc["when"].get("more"))


def span_of(when: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return from when until when it (first) takes place; days as if they were in UTC."""
    if is_of_days(when):
        first, after = date.fromisoformat(when["start"]), date.fromisoformat(when["end"])
        return midnight(first), midnight(after)
    return datetime.fromisoformat(when["start"]), datetime.fromisoformat(when["end"])


def series_of(doc: Doc) -> Series:
    """Return when the document's series happens, whatever differs of it."""
    when = doc["when"]
    start, end = span_of(when)
    of_days = is_of_days(when)
    zone = ZoneInfo(when["zone"] if is_zone(when["zone"]) else "UTC")
    return Series(
        start=start.replace(tzinfo=None) if of_days else to_wall(start, zone),
        duration=end - start,
        zone=zone,
        rule=when.get("rule", ""),
        all_day=of_days,
        extra=tuple(key_of_text(text) for text in when.get("more", ())),
    )


def plain_part(doc: Doc, key: str) -> Doc:
    """Return what an instance says of which nothing was changed."""
    series = series_of(doc)
    found = instance_of(series, key_of_text(key))
    if series.all_day:
        first = key_of_text(key).date()
        when = days(first, first + series.duration)
    else:
        when = hours(found.start, found.end, "")
    return {**{name: doc[name] for name in FIELDS}, "when": without_rule(when)}


def without_rule(when: Mapping[str, Any]) -> dict[str, Any]:
    """Return the times of one instance: which clock they were meant on is the series' matter."""
    return {"start": when["start"], "end": when["end"], "zone": ""}


def tidied(doc: Doc) -> Doc:
    """Return the document with the parts that say something of an instance that there is."""
    if not doc.get("parts") or not recurs(doc):
        return {**doc, "parts": {}}
    series = series_of(doc)
    kept = {
        key: part
        for key, part in sorted(doc["parts"].items())
        if happens_at(series, key_of_text(key)) and part != plain_part(doc, key)
    }
    return {**doc, "parts": kept}


def differences(before: Doc, after: Doc) -> Iterator[str]:
    """Yield the fields that differ, `parts` aside."""
    return (name for name in FIELDS if before.get(name) != after.get(name))


def touches(doc: Doc, since: datetime, until: datetime) -> bool:
    """Tell whether anything of it may stand between two instants."""
    start, end = span_of(doc["when"])
    return start < until and (recurs(doc) or end >= since)
