"""What a page shows of a summary: its points, and what is to be done, with the sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from notes.models import Note
from tasks.models import Task
from tasks.words import Reader


@dataclass(frozen=True, slots=True)
class Item:
    """What somebody is to do; `task` is what became of it, if its reader may see that."""

    number: int
    text: str
    who: str
    when: str
    evidence: str
    is_task: bool
    task: Task | None


def items_of(note: Note, *, by: User) -> list[Item]:
    """Return what follows from a note; one query."""
    ids = [UUID(item["task_id"]) for item in note.action_items if item["task_id"]]
    tasks = Task.objects.visible_to(by).in_bulk(ids) if ids else {}
    reader = Reader.for_user(by)
    return [_item(number, item, tasks, reader) for number, item in enumerate(note.action_items)]


def points_of(note: Note) -> list[Mapping[str, Any]]:
    """Return the sentences of the summary, each with the words of the note that state it."""
    points: list[Mapping[str, Any]] = note.key_points
    return points


def _item(number: int, item: Mapping[str, Any], tasks: Mapping[UUID, Task], reader: Reader) -> Item:
    due, task_id = item["due_date"], item["task_id"]
    return Item(
        number=number,
        text=item["task"],
        who=item["assignee"] or "",
        when=reader.when(datetime.fromisoformat(due)) if due else "",
        evidence=item["evidence"],
        is_task=bool(task_id),
        task=tasks.get(UUID(task_id)) if task_id else None,
    )
