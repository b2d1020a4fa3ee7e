"""Events out of sentences: in a conversation, and for the field of the calendar."""

from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from assistant.actions import make_thing, record_creation
from assistant.chat import Answer, Message, handles, shown
from assistant.event_kind import CREATE, KIND, as_values
from assistant.interpreter import Draft
from assistant.kinds import Change
from assistant.models import ActionStatus
from assistant.services import BLOCKING_WARNINGS
from calendar_app.models import Event
from calendar_app.services import NewEvent, create_event
from common.errors import InvalidError, RefusedError, UnprocessableError
from common.moments import to_wall
from tenants.context import atomic

# Who writes into the field for events wants one, also of what sounds like a task.
EVENT_INTENTS = frozenset({"create_event", "create_task"})


class WrittenEvent(NamedTuple):
    """An event that a sentence became, and what takes it back."""

    event: Event
    undo_token: UUID


@handles("create_event")
def call_meeting(message: Message) -> Answer:
    """Write an event down; one to which others are asked waits for a yes."""
    by = message.by
    if not by.may(Permission.EVENT_CREATE):
        raise RefusedError(_("You may not write events down."))
    new = new_event(message.draft, text=message.text, by=by, source=message.source)
    change = Change(CREATE, as_values(new))
    action = make_thing(
        change=change, title=new.title, by=by, kind=KIND, conversation=message.conversation
    )
    facts = _facts(message.draft, new, by)
    if action.status == ActionStatus.PROPOSED:
        reply = _("“{title}”{facts}: shall I write it down and ask them? Answer yes or no.")
    else:
        reply = _("“{title}” is in your calendar{facts}.")
    return Answer(reply.format(title=new.title, facts=facts), (shown(action),))


@atomic()
def event_from_draft(draft: Draft, *, text: str, by: User, source: str) -> WrittenEvent:
    """Store the event of a sentence that was read. Raises as `new_event` and `create_event`."""
    new = new_event(draft, text=text, by=by, source=source)
    try:
        event = create_event(new=new, by=by)
    except InvalidError as error:
        # The one field that people filled in here is the text.
        raise UnprocessableError(error.sentence, code=error.code, attr="text") from error
    return WrittenEvent(event, record_creation(thing=event, by=by, kind=KIND).pk)


def new_event(draft: Draft, *, text: str, by: User, source: str) -> NewEvent:
    """Return the event that a draft describes, with the people of the office that it names.

    Raises UnprocessableError `unclear`, `past_date`, `impossible_date` or `no_date`.
    """
    if draft.intent not in EVENT_INTENTS:
        sentence = _("It is not clear what takes place.")
        raise UnprocessableError(sentence, code="unclear", attr="text")
    for warning in draft.warnings:
        if warning.code in BLOCKING_WARNINGS:
            raise UnprocessableError(warning.sentence, code=warning.code, attr="text")
    if draft.due is None:
        raise UnprocessableError(_("When does it begin?"), code="no_date", attr="text")
    asked = dict.fromkeys(each.person.user_id for each in draft.attendees if each.person)
    before = draft.reminder_offset
    return NewEvent(
        title=draft.title,
        start=draft.due,
        end=draft.due + draft.duration if draft.duration else None,
        timezone=by.timezone,
        description=text,
        location=draft.place or "",
        recurrence=draft.recurrence or "",
        attendees=[{"user_id": pk} for pk in asked],
        reminders=[int(before.total_seconds() // 60)] if before else [10],
        source=source,
    )


def _facts(draft: Draft, new: NewEvent, by: User) -> str:
    zone = ZoneInfo(by.timezone)
    names = [each.person.full_name for each in draft.attendees if each.person]
    facts = []
    if draft.due:
        when = format_date(to_wall(draft.due, zone), _("D j M Y, H:i"))
        facts.append(_("on {when}").format(when=when))
    if names:
        facts.append(_("with {names}").format(names=", ".join(names)))
    if new.location:
        facts.append(_("at {place}").format(place=new.location))
    return "".join(f" {fact}" for fact in facts)
