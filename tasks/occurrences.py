"""What follows on a recurring task that is done."""

from uuid import uuid5
from zoneinfo import ZoneInfo

from django.utils import timezone

from common.recurrence import next_occurrence
from tasks.models import Reminder, Task


def make_next_occurrence(done: Task) -> Task | None:
    """Return the successor of a recurring task: the same, due at the next time ahead.

    Its id follows from the task's, so that a task that is reopened and done again has one. The plan
    is not asked: the one that is done has made room.
    """
    if not done.recurrence or done.due_date is None:
        return None
    zone, successor_id = ZoneInfo(done.timezone), uuid5(done.pk, "next")
    found = next_occurrence(done.recurrence, done.due_date, zone)
    while found and found[0] <= timezone.now():
        found = next_occurrence(found[1], found[0], zone)
    if not found or Task.objects.filter(pk=successor_id).exists():
        return None
    successor = Task.objects.create(
        id=successor_id,
        title=done.title,
        description=done.description,
        assignee_id=done.assignee_id,
        creator_id=done.creator_id,
        team_id=done.team_id,
        due_date=found[0],
        timezone=done.timezone,
        priority=done.priority,
        recurrence=found[1],
        labels=done.labels,
        parent_id=done.parent_id,
        source=done.source,
    )
    for minutes in done.reminders.filter(at=None).values_list("minutes_before", flat=True):
        Reminder.objects.create(task=successor, minutes_before=minutes)
    return successor
