"""Summaries of notes, kept with them: the note's own words, and what follows from it."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from assistant.habits import office_habits
from assistant.interpreter import Context, Directory, Person
from assistant.services import office_directory
from common.errors import ConflictError, MissingError
from notes.language.summary import summary_of
from notes.language.tone import tone_of
from notes.language.topics import topics_of
from notes.minutes import ActionItem, action_items_of
from notes.models import Note
from tasks.models import Task
from tasks.services import NewTask, create_task
from tenants.context import atomic

SOURCE = "note"


@atomic()
def summarize_note(*, note: Note) -> Note:
    """Write the summary of a note that the caller has locked, and what follows from it.

    Action items that became tasks before stay linked where the same sentence still says them.
    """
    made = {(old["evidence"], old["task"]): old["task_id"] for old in note.action_items}
    items = [_shown(item) for item in action_items_of(note.body, _context_of(note))]
    for item in items:
        item["task_id"] = made.get((item["evidence"], item["task"]))
    note.summary = " ".join(_closed(each.text) for each in summary_of(note.body))
    note.action_items = items
    note.key_topics = topics_of(note.body)
    note.sentiment = tone_of(note.body)
    note.summarized_version = note.version
    note.save()
    return note


def _context_of(note: Note) -> Context:
    """Return the moment of the note and those who may be meant: who was there, else the office."""
    directory = office_directory()
    if note.attendee_ids:
        there = {*note.attendee_ids, note.author_id}
        people = tuple(person for person in directory.people if person.id in there)
        directory = Directory(people=people, teams=())
    author = note.author
    return Context(
        now=note.held_at or note.created_at,
        timezone=ZoneInfo(author.timezone),
        speaker=Person(id=author.pk, full_name=author.full_name, email=author.email),
        directory=directory,
        locale=author.locale,
        office=office_habits(),
    )


def _shown(item: ActionItem) -> dict[str, Any]:
    person = item.assignee
    return {
        "task": item.task,
        "assignee": person.full_name if person else None,
        "assignee_id": str(person.id) if person else None,
        "due_date": f"{item.due_date:%Y-%m-%dT%H:%M:%SZ}" if item.due_date else None,
        "evidence": item.evidence,
        "start": item.start,
        "confidence": item.confidence,
        "task_id": None,
    }


@atomic()
def task_of_item(*, note: Note, index: int, by: User) -> Task:
    """Make a task of an action item of a note that the caller has locked.

    Its description holds the sentence. Raises MissingError, ConflictError when it is one already,
    and what `create_task` raises.
    """
    if not 0 <= index < len(note.action_items):
        raise MissingError("There is no such action item.")
    item = note.action_items[index]
    if item["task_id"]:
        raise ConflictError(
            "It is a task already.", code="already_a_task", extra={"task_id": item["task_id"]}
        )
    new = NewTask(
        title=item["task"],
        description=f"“{item['evidence']}”\n\nFrom the note “{note.title}”.",
        assignee_id=UUID(item["assignee_id"]) if item["assignee_id"] else by.pk,
        due_date=_still_ahead(item["due_date"]),
        timezone=by.timezone,
        source=SOURCE,
    )
    task = create_task(new=new, by=by)
    note.task_ids = [*note.task_ids, task.pk]
    note.action_items = [
        {**other, "task_id": str(task.pk)} if place == index else other
        for place, other in enumerate(note.action_items)
    ]
    note.save()
    return task


def _still_ahead(due: str | None) -> datetime | None:
    """Return when it is due; what has passed since the meeting is quoted in the sentence only."""
    moment = datetime.fromisoformat(due) if due else None
    return moment if moment and moment > timezone.now() else None


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
