"""Example data that a new office may look around in, and that goes again with one click."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from calendar_app.models import Event
from calendar_app.services import NewEvent, create_event
from notes.models import Note
from notes.services import NewNote, create_note
from tasks.models import Priority, Task
from tasks.services import NewTask, create_task
from tenants.context import atomic

# By it examples are known among what is real.
SOURCE = "example"
# Title, days until it is due, priority.
TASKS = (
    ("Read what this office can do", 0, Priority.HIGH),
    ("Call the landlord about the heating", 1, Priority.MEDIUM),
    ("Send the offer to the new client", 2, Priority.URGENT),
    ("Plan the summer party", 20, Priority.LOW),
)
MINUTES = """\
# Weekly meeting

Ada: We decided to open the second shop in Leipzig in autumn.
Max: I will send the contract to the landlord by Friday.
Eve: The old printer is broken again.
"""


def has_examples() -> bool:
    """Tell whether the office has example data."""
    return Task.objects.filter(source=SOURCE).exists()


@atomic()
def add_examples(*, by: User) -> None:
    """Write some tasks, a meeting and its minutes down, once. Raises PlanLimitError."""
    if has_examples():
        return
    now = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    for title, days, priority in TASKS:
        due = now + timedelta(days=days)
        new = NewTask(
            title=title, due_date=due, priority=priority, assignee_id=by.pk, source=SOURCE
        )
        create_task(new=new, by=by)
    start = now + timedelta(days=1)
    create_event(new=NewEvent(title="Weekly meeting", start=start, source=SOURCE), by=by)
    new_note = NewNote(title="Weekly meeting", body=MINUTES, kind="meeting", source=SOURCE)
    create_note(new=new_note, by=by)


@atomic()
def remove_examples(*, by: User) -> None:
    """Remove all of it, with what hangs on it; what people wrote themselves stays."""
    for rows in (Task.objects, Event.objects, Note.objects):
        rows.filter(source=SOURCE).delete()
