"""Bringing two versions of an event together that were equal once: field by field.

What one side alone changed counts. Where both did, the later change counts and the other is told as
a loss. What was deleted, or an instance that was called off, wins over what was changed of it.
"""

from dataclasses import dataclass, field
from typing import Any

from calendar_app.sync.documents import FIELDS, Doc, recurs, tidied

HERE, THERE = "here", "there"
MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Loss:
    """What one side had said of a field, and did not come to be."""

    field: str
    value: Any
    side: str


@dataclass(slots=True)
class Merge:
    """What both sides are to say, and what was given up for it."""

    doc: Doc
    losses: list[Loss] = field(default_factory=list)


def merge(base: Doc | None, here: Doc, there: Doc, *, later: str) -> Merge:
    """Return what both sides are to say; `later` is the side that was changed last."""
    made = Merge({})
    for name in FIELDS:
        was = (base or {}).get(name, MISSING)
        made.doc[name] = _field(made, name, (was, here[name], there[name]), later)
    made.doc["parts"] = _parts(made, base, (here, there), later)
    made.doc = tidied(made.doc)
    return made


def _field(made: Merge, name: str, values: tuple[Any, Any, Any], later: str) -> Any:
    was, here, there = values
    if here in (there, was):
        return there
    if there == was:
        return here
    kept, lost = (here, there) if later == HERE else (there, here)
    # Without a common past there is nothing that anybody changed.
    if was is not MISSING:
        made.losses.append(Loss(name, lost, THERE if later == HERE else HERE))
    return kept


def _parts(made: Merge, base: Doc | None, both: tuple[Doc, Doc], later: str) -> dict[str, Any]:
    here, there = both
    was: dict[str, Any] = (base or {}).get("parts", {})
    if here["when"] != there["when"]:
        return _of_the_winner(made, was, both)
    if not recurs(here):
        return {}
    found: dict[str, Any] = {}
    for key in sorted({*here["parts"], *there["parts"], *was}):
        ours, theirs = (doc["parts"].get(key, MISSING) for doc in both)
        before = was.get(key, MISSING)
        if ours is not MISSING and ours == theirs:
            value = ours
        elif ours == before or (ours is MISSING and before is MISSING):
            value = theirs
        elif theirs == before:
            value = ours
        else:
            value = _part(made, key, (before, ours, theirs), later)
        if value is not MISSING:
            found[key] = value
    return found


def _part(made: Merge, key: str, values: tuple[Any, Any, Any], later: str) -> Any:
    """Return what both sides are to say of an instance that both changed."""
    before, here, there = values
    if here is None or there is None:
        lost, side = (there, THERE) if here is None else (here, HERE)
        if lost is not MISSING:
            made.losses.append(Loss(key, lost, side))
        return None
    if MISSING in (here, there):
        # One side put it back to what the series says.
        return here if later == HERE else there
    was = before if isinstance(before, dict) else {}
    made_part = Merge({})
    part = {
        name: _field(made_part, name, (was.get(name, MISSING), here[name], there[name]), later)
        for name in FIELDS
    }
    made.losses += [Loss(f"{key} {loss.field}", loss.value, loss.side) for loss in made_part.losses]
    return part


def _of_the_winner(made: Merge, was: dict[str, Any], both: tuple[Doc, Doc]) -> dict[str, Any]:
    """Return the parts of the side whose times count: the other's are of another series."""
    here, there = both
    wins_here = made.doc["when"] == here["when"]
    winner, loser = (here, there) if wins_here else (there, here)
    for key, part in sorted(loser["parts"].items()):
        if part is not None and part != was.get(key) and part != winner["parts"].get(key):
            made.losses.append(Loss(key, part, THERE if wins_here else HERE))
    return dict(winner["parts"])
