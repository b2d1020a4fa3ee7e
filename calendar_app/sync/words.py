"""How a sync went, in plain words."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from calendar_app.sync.documents import key_of_text
from calendar_app.sync_rows import Side, SyncConflict

DEEDS = ("created", "changed", "deleted")
NOTHING = "nothing"
SHOWN = 200
FIELDS = {"when": "time", "private": "privacy", "free": _lazy("sign of being free")}
OF_AN_INSTANCE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


def counts_in_words(counts: Mapping[str, Any]) -> str:
    """Return what came in and what went out: “in: 2 created; out: nothing”."""
    told = []
    for word, side in (("in", Side.HERE), ("out", Side.THERE)):
        found = [f"{counts[name]} {deed}" for deed in DEEDS
                 if counts.get(name := f"{deed}_{side.value}")]  # fmt: skip
        told.append(f"{word}: {', '.join(found) or NOTHING}")
    return "; ".join(told)


def loss_in_words(conflict: SyncConflict) -> str:
    """Return what the side that lost had said."""
    whose, said = Side(conflict.lost_side).label, _value(conflict.lost)
    if conflict.field == "deletion":
        return _("It was deleted; {whose} change of it is gone: {said}.").format(
            whose=whose, said=said
        )
    return _("Both sides changed {field}; {whose} version is gone: {said}.").format(
        field=_field(conflict.field), whose=whose, said=said
    )


def _field(text: str) -> str:
    """Return what a field is called; of one instance the key of that comes first."""
    key, _space, name = text.partition(" ")
    if not OF_AN_INSTANCE.fullmatch(key):
        return f"the {FIELDS.get(text, text)}"
    of = _("the occurrence of {localtime:%d %b %Y}").format(localtime=localtime(key_of_text(key)))
    return f"the {FIELDS.get(name, name)} of {of}" if name else of


def _value(lost: Any) -> str:
    if lost is None or lost == "":
        return NOTHING
    if isinstance(lost, bool):
        return "yes" if lost else "no"
    if isinstance(lost, Mapping):
        return _when(lost) if "start" in lost else _several(lost)
    text = str(lost)
    return f"“{text[:SHOWN]}…”" if len(text) > SHOWN else f"“{text}”"


def _several(values: Mapping[str, Any]) -> str:
    """Return what was said of an occurrence: its title and its time, as far as they are known."""
    said = [_value(values[name]) for name in ("title", "when") if values.get(name)]
    return ", ".join(said) or f"{len(values)} values"


def _when(when: Mapping[str, Any]) -> str:
    told = " to ".join(_moment(str(when.get(name, ""))) for name in ("start", "end"))
    return f"{told}, {when['rule']}" if when.get("rule") else told


def _moment(text: str) -> str:
    """Return an instant on the reader's clock, a day as it is."""
    day = parse_date(text) if len(text) == len("2024-01-01") else None
    if day is not None:
        return f"{day:%d %b %Y}"
    moment = parse_datetime(text)
    return f"{localtime(moment):%d %b %Y, %H:%M}" if moment else text
