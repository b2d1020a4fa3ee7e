"""What follows from a note: action items that become tasks."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import ConflictError, MissingError
from notes.models import Note
from tasks.models import Task
from tasks.services import NewTask, create_task
from tenants.context import atomic

SOURCE = "note"


@atomic()
def task_of_item(*, note: Note, index: int, by: User) -> Task:
    """Make a task of an action item of a note that the caller has locked.

    Its description holds the sentence. Raises MissingError, ConflictError when it is one already,
    and what `create_task` raises.
    """
    if not 0 <= index < len(note.action_items):
        raise MissingError(_("There is no such action item."))
    item = note.action_items[index]
    if item["task_id"]:
        raise ConflictError(
            _("It is a task already."), code="already_a_task", extra={"task_id": item["task_id"]}
        )
    new = NewTask(
        title=item["task"],
        description=_("“{item}”\n\nFrom the note “{title}”.").format(
            item=item["evidence"], title=note.title
        ),
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
