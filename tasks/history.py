"""What has become of a task, read off the audit trail and said in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.models import AuditEntry, Team, User
from common.rule_words import rule_words
from tasks.models import Priority, Status, Task
from tasks.words import Reader

MOST = 50
TITLES = {
    "title": _lazy("Name"),
    "description": _lazy("Description"),
    "assignee": _lazy("Who"),
    "team": _lazy("Team"),
    "due_date": _lazy("Due"),
    "priority": _lazy("Priority"),
    "status": _lazy("State"),
    "recurrence": _lazy("Repeats"),
    "labels": _lazy("Labels"),
    "parent": _lazy("Part of"),
}
# What is too long to be said, or not everybody's to know.
UNSAID = ("description", "parent")
NOTHING = _lazy("nothing")


@dataclass(frozen=True, slots=True)
class Change:
    """A field, and what stood in it before and after; nothing where that is not said."""

    title: StrOrPromise
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Step:
    """Who did something to the task, when, and what."""

    who: str
    when: str
    at: datetime
    what: str
    changes: list[Change]


def history_of(task: Task, reader: Reader) -> list[Step]:
    """Return the last steps, the newest first: at most two queries, however many there are."""
    rows = AuditEntry.objects.filter(object_pk=str(task.pk)).select_related("actor")
    entries = list(rows.order_by("-timestamp", "-id")[:MOST])
    names = _names_in(entries, task)
    steps = (_step(entry, reader, names) for entry in entries)
    return [step for step in steps if step.what or step.changes]


def _step(entry: AuditEntry, reader: Reader, names: dict[str, str]) -> Step:
    is_first = entry.action == AuditEntry.Action.CREATE
    changed: dict[str, Any] = entry.changes or {}
    said = [] if is_first else [name for name in TITLES if name in changed]
    return Step(
        who=entry.actor.full_name if entry.actor else _("The office"),
        when=reader.when(entry.timestamp),
        at=entry.timestamp,
        what=_("wrote it down") if is_first else "",
        changes=[_change(name, changed[name], reader, names) for name in said],
    )


def _change(name: str, values: list[Any], reader: Reader, names: dict[str, str]) -> Change:
    if name in UNSAID:
        return Change(TITLES[name], "", "")
    say = _sayers(reader, names).get(name, str)
    old, new = (str(NOTHING) if _is_none(value) else say(value) for value in values[:2])
    return Change(TITLES[name], old, new)


def _sayers(reader: Reader, names: dict[str, str]) -> dict[str, Callable[[Any], str]]:
    return {
        "assignee": lambda value: names.get(str(value), "somebody"),
        "team": lambda value: names.get(str(value), "a team"),
        "due_date": lambda value: _when(str(value), reader),
        "priority": lambda value: dict(Priority.choices).get(value, value),
        "status": lambda value: dict(Status.choices).get(value, value),
        "recurrence": lambda value: capfirst(rule_words(str(value))),
        "labels": lambda value: ", ".join(value) if isinstance(value, list) else str(value),
    }


def _is_none(value: Any) -> bool:
    return value in (None, "None", "", []) or value == "[]"


def _when(text: str, reader: Reader) -> str:
    """Return an instant of the trail, which is kept in UTC without saying so."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return reader.when(instant.replace(tzinfo=instant.tzinfo or UTC))


def _names_in(entries: list[AuditEntry], task: Task) -> dict[str, str]:
    """Return the names of all people and teams that the entries tell of.

    Who works at the task and whoever has changed it were read with them.
    """
    people = [task.assignee, task.creator, *(entry.actor for entry in entries)]
    known = {str(one.pk): one.full_name for one in people if one is not None}
    known |= {str(task.team_id): task.team.name} if task.team is not None else {}
    unknown = _ids_in(entries) - known.keys()
    named = User.objects.order_by().filter(pk__in=unknown).values_list("pk", "full_name")
    teams = Team.objects.order_by().filter(pk__in=unknown).values_list("pk", "name")
    rows = named.union(teams, all=True) if unknown else ()
    return known | {str(pk): name for pk, name in rows}


def _ids_in(entries: list[AuditEntry]) -> set[str]:
    values = [
        value
        for entry in entries
        for name in ("assignee", "team")
        for value in (entry.changes or {}).get(name, ())
    ]
    return {str(value) for value in values if not _is_none(value)}
