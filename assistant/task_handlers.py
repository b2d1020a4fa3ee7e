"""What a conversation can do with tasks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.permissions import Permission
from assistant.actions import change_thing, record_creation, undo_last
from assistant.chat import Answer, Message, handles, settled, shown
from assistant.event_listing import events_in
from assistant.finding import find_task
from assistant.interpreter import AssigneeStatus
from assistant.kinds import Change
from assistant.models import ActionStatus
from assistant.services import BLOCKING_WARNINGS, check_assignee, create_from_draft
from assistant.task_kind import COMPLETE
from common.errors import RefusedError, UnprocessableError
from common.moments import to_utc, to_wall
from tasks.models import Task, TaskQuerySet

MOST_LISTED = 10
HELP = _lazy(
    "Tell me what there is to do (“call Bob tomorrow at 3pm”, “remind finance to approve the"
    " invoice”) or to remember (“note: the door code is 4711”), ask “what is due this week?”, or"
    " change a task: “done with the invoice”, “move the invoice to Friday”, “give the invoice to"
    " Eve instead”. “Undo” takes the last one back."
)


@handles("create_task")
def create(message: Message) -> Answer:
    """Write a new task down."""
    _require(message.by, Permission.TASK_CREATE, _("You may not write tasks down."))
    task = create_from_draft(message.draft, text=message.text, by=message.by, source=message.source)
    action = record_creation(thing=task, by=message.by, conversation=message.conversation)
    facts = [_("“{title}” is written down").format(title=task.title)]
    if task.assignee is not None and task.assignee != message.by:
        facts.append(_("for {name}").format(name=task.assignee.full_name))
    if task.due_date is not None:
        facts.append(_("due {when}").format(when=_when(task.due_date, message.by)))
    return Answer(", ".join(facts) + ".", (shown(action),))


@handles("complete")
def complete(message: Message) -> Answer:
    """Mark a task done."""
    return _change(message, Change(COMPLETE, {}), _("mark it done"))


@handles("reschedule")
def reschedule(message: Message) -> Answer:
    """Move a task to another time."""
    for warning in message.draft.warnings:
        if warning.code in BLOCKING_WARNINGS:
            raise UnprocessableError(warning.sentence, code=warning.code)
    _require(message.by, Permission.TASK_UPDATE, _("You may not change tasks."))
    task = find_task(message.draft.title, by=message.by)
    due = _new_due(message, task)
    change = Change("reschedule", {"due_date": due.isoformat()})
    what = _("move it to {when}").format(when=_when(due, message.by))
    return _change(message, change, what, task)


@handles("reassign")
def reassign(message: Message) -> Answer:
    """Have somebody else do a task."""
    draft, by = message.draft, message.by
    check_assignee(draft)
    values = {"assignee_id": str(by.pk)}
    what = _("give it to you")
    if draft.assignee is not None:
        values["assignee_id"] = str(draft.assignee.user_id)
        what = _("give it to {name}").format(name=draft.assignee.full_name)
        if draft.assignee.team_id:
            values["team_id"] = str(draft.assignee.team_id)
    elif draft.assignee_status is not AssigneeStatus.SELF:
        raise UnprocessableError(_("Who shall do it?"), code="no_assignee")
    return _change(message, Change("reassign", values), what)


@handles("list")
def show(message: Message) -> Answer:
    """Name the open tasks of the person, or of who is named, and then what takes place."""
    _require(message.by, Permission.TASK_READ, _("You may not read tasks."))
    check_assignee(message.draft)
    named = message.draft.assignee
    rows, kind = _asked_for(message)
    found = list(rows.with_total().in_order_of("due_date")[:MOST_LISTED])
    of = named.user_id if named else message.by.pk
    events = events_in(message.draft.window, of=of, by=message.by)
    calendar = "\n".join(["", "", _("In the calendar:"), *events]) if events else ""
    name = named.full_name if named else ""
    if not found:
        nothing = _("{name} has no {kind}.") if named else _("You have no {kind}.")
        return Answer(nothing.format(name=name, kind=kind) + calendar)
    lines = [_line(task, message.by) for task in found]
    more = found[0].total - len(found)  # type: ignore[attr-defined]
    if more:
        lines.append(_("… and {more} more.").format(more=more))
    title = _("{name}’s {kind}:") if named else _("Your {kind}:")
    return Answer("\n".join([title.format(name=name, kind=kind), *lines]) + calendar)


@handles("undo")
def undo(message: Message) -> Answer:
    """Take back what the person did last."""
    return settled(undo_last(by=message.by))


@handles("help")
def explain(message: Message) -> Answer:
    """Say what can be said."""
    return Answer(str(HELP))


def _change(message: Message, change: Change, what: str, found: Task | None = None) -> Answer:
    _require(message.by, Permission.TASK_UPDATE, _("You may not change tasks."))
    task = found or find_task(message.draft.title, by=message.by)
    action = change_thing(
        thing=task, change=change, by=message.by, conversation=message.conversation
    )
    if action.status == ActionStatus.PROPOSED:
        reply = _("“{title}” is other people's work too. Shall I {what}? Answer yes or no.")
    else:
        reply = _("Done: “{title}”, I was to {what}.")
    return Answer(reply.format(title=task.title, what=what), (shown(action),))


def _new_due(message: Message, task: Task) -> datetime:
    """When the task is due then: at the time that was said, or so much later than it was."""
    move, due = message.draft.move, message.draft.due
    if move is None and due is not None:
        return due
    if move is None or task.due_date is None:
        raise UnprocessableError(_("To when shall it be moved?"), code="no_date")
    zone = ZoneInfo(message.by.timezone)
    days = relativedelta(months=move.months, days=move.days)
    return to_utc(to_wall(task.due_date, zone) + days, zone) + move.exact


def _asked_for(message: Message) -> tuple[TaskQuerySet, str]:
    """The open tasks that the message asks for, and what they are called."""
    by, named, window = message.by, message.draft.assignee, message.draft.window
    rows: TaskQuerySet = Task.objects.visible_to(by).open()
    rows = rows.filter(assignee=named.user_id if named else by.pk)
    if window is None or window.end is None:
        return rows, _("open tasks")
    if window.end <= timezone.now():
        return rows.overdue(), _("overdue tasks")
    rows, last = rows.filter(due_date__lt=window.end), window.end - timedelta(seconds=1)
    if window.start is None:
        return rows, _("tasks due until {day}").format(day=_day(last, by))
    rows, first, end = (
        rows.filter(due_date__gte=window.start),
        _day(window.start, by),
        _day(last, by),
    )
    if first == end:
        return rows, _("tasks due on {day}").format(day=end)
    return rows, _("tasks due from {first} to {last}").format(first=first, last=end)


def _line(task: Task, by: User) -> str:
    due = f" ({_when(task.due_date, by)})" if task.due_date else ""
    return f"- {task.title}{due}"


def _day(instant: datetime, by: User) -> str:
    return format_date(to_wall(instant, ZoneInfo(by.timezone)), _("l, j F"))


def _when(instant: datetime, by: User) -> str:
    return format_date(to_wall(instant, ZoneInfo(by.timezone)), _("D j M Y, H:i"))


def _require(by: User, grant: Permission, sentence: str) -> None:
    if not by.may(grant):
        raise RefusedError(sentence)
