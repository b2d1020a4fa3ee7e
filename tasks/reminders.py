"""Turning reminders that are due into owed messages."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from accounts.models import User
from common.languages import speaking
from common.models import IsOneOf
from messaging.due import Owed
from messaging.services import owe_messages
from tasks.models import OPEN_STATUSES, Priority, Reminder
from tenants.context import current_tenant
from tenants.directory import address_of
from tenants.reads import Param, Read, RecordRead

DUE_KIND = "task_reminder"
PEOPLE = ("task__assignee", "task__creator")


def owe_due_reminders(ids: Sequence[UUID], now: datetime) -> None:
    """Owe a message for each of these reminders that is due, and note that it has fired."""
    due = _due().records({"ids": list(ids), "now": now})
    owe_messages(_owed_for(due))
    for reminder in due:
        reminder.fired_for = reminder.next_at
        reminder.save(update_fields=["fired_for"])


@cache
def _due() -> RecordRead:
    rows = Reminder.objects.filter(IsOneOf("id", Param("ids")), next_at__lte=Param("now"))
    locked = rows.order_by().select_for_update(skip_locked=True, of=("self",))
    return RecordRead(locked.select_related(*PEOPLE))


def planned_reminders(people: Collection[User], start: datetime, end: datetime) -> list[Owed]:
    """Return what the reminders as they stand will owe to these people."""
    theirs = Q(task__assignee__in=people) | Q(task__creator__in=people)
    rows = Reminder.objects.filter(theirs, next_at__lte=end).select_related(*PEOPLE)
    wanted = {person.pk for person in people}
    return [owed for owed in _owed_for(rows) if owed.recipient.pk in wanted]


def _owed_for(reminders: Iterable[Reminder]) -> list[Owed]:
    return [_owed(reminder, person) for reminder in reminders if (person := _person_of(reminder))]


def objections(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Tell of which of these nobody wants to be reminded any more, and why."""
    found = dict(_states().rows({"ids": list(ids)}, tuple))
    gone = set(ids) - found.keys()
    closed = {pk for pk, status in found.items() if status not in OPEN_STATUSES}
    return {
        **dict.fromkeys(gone, _("The task or its reminder was deleted.")),
        **dict.fromkeys(closed, _("The task is closed.")),
    }


@cache
def _states() -> Read:
    rows = Reminder.objects.filter(IsOneOf("id", Param("ids"))).order_by()
    return Read(rows.values_list("pk", "task__status"))


def _person_of(reminder: Reminder) -> User | None:
    """Return who does the task, or who wrote it down; nobody when both are gone."""
    for person in (reminder.task.assignee, reminder.task.creator):
        if person is not None and person.is_active:
            return person
    return None


def _owed(reminder: Reminder, person: User) -> Owed:
    task = reminder.task
    due = task.due_date.astimezone(ZoneInfo(person.timezone)) if task.due_date else None
    office = current_tenant()
    words = {
        "task": task,
        "person": person,
        "due": due,
        "office": office,
        "url": address_of(office),
    }
    with speaking(person.locale):
        return Owed(
            recipient=person,
            subject=_("Reminder: {title}").format(title=task.title),
            text=render_to_string("emails/reminder.txt", words),
            html=render_to_string("emails/reminder.html", words),
            kind=DUE_KIND,
            about_id=reminder.pk,
            due_at=reminder.next_at or task.created_at,
            brief=_brief(task.title, due, f"{words['url']}/tasks/{task.pk}"),
            urgent=task.priority == Priority.URGENT,
            occasion=f"reminder:{reminder.pk}:{reminder.next_at:%Y%m%dT%H%M%S%f}",
        )


def _brief(title: str, due: datetime | None, url: str) -> str:
    words = _("Reminder: {title}").format(title=title)
    return f"{words}, {format_date(due, _('D d M, H:i'))} {url}" if due else f"{words} {url}"
