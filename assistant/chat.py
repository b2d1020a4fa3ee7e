"""A conversation with the office: each message becomes a draft, each draft goes to a handler.

Every door that talks comes through `answer`. An app that can do more than tasks adds its handler
with `handles`; what nobody handles is answered honestly, and nothing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from assistant.actions import confirm_action, decline_action
from assistant.interpreter import Draft, Intent
from assistant.local.answers import read_answer
from assistant.models import Action, ActionStatus
from assistant.services import read_text
from common.errors import AppError
from tenants.context import atomic


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said, where, and what was understood of it."""

    text: str
    by: User
    conversation: str
    source: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Shown:
    """An action as the answer names it; the id is that of the object."""

    type: str
    id: UUID
    status: str
    # What a yes, a no or an undo names.
    token: UUID

    @property
    def undo_token(self) -> UUID | None:
        """The token, where there is something to undo."""
        return self.token if self.status == ActionStatus.DONE else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the office says, and what it did or proposes."""

    reply: str
    actions: tuple[Shown, ...] = ()


Handler = Callable[[Message], Answer]
Settle = Callable[[Answer], None]
_HANDLERS: dict[Intent, Handler] = {}
# Those that may wait for somebody outside, and hold no transaction meanwhile.
_WAITING: set[Intent] = set()
SETTLED = {
    ActionStatus.DONE: _lazy("Done: “{}”."),
    ActionStatus.DECLINED: _lazy("Left as it is: “{}”."),
    ActionStatus.UNDONE: _lazy("Undone: “{}” is as it was before."),
}
UNCLEAR = _lazy("I did not understand that. Write “help” to see what I can do.")


def handles(intent: Intent, *, waits: bool = False) -> Callable[[Handler], Handler]:
    """Make a function the one that answers to an intent.

    One that `waits` writes nothing of its own and is called outside any transaction.
    """

    def register(handler: Handler) -> Handler:
        _HANDLERS[intent] = handler
        if waits:
            _WAITING.add(intent)
        return handler

    return register


def answer(
    *, text: str, by: User, source: str, conversation: str = "", settle: Settle = lambda _said: None
) -> Answer:
    """Do what a message asks for, or say in one sentence why not; then nothing is written.

    `settle` is called with the answer in the transaction that writes what was asked for: what it
    writes stands if that does, and what it raises takes both back. Not inside a transaction, as
    `read_text`.
    """
    try:
        with atomic():
            said = _confirmed(text, by, conversation)
            if said is not None:
                settle(said)
                return said
        draft = read_text(text=text, by=by)
        message = Message(text, by, conversation, source, draft)
        waited = _handled(message) if draft.intent in _WAITING else None
        with atomic():
            said = waited or _handled(message)
            settle(said)
            return said
    except AppError as error:
        said = Answer(error.sentence)
    with atomic():
        settle(said)
    return said


def shown(action: Action) -> Shown:
    """Return an action as an answer names it; what is done can be undone."""
    return Shown(type=action.type, id=action.object_id, status=action.status, token=action.pk)


def settled(action: Action) -> Answer:
    """Return what is said to a yes, a no or an undo."""
    sentence = str(SETTLED[ActionStatus(action.status)])
    return Answer(sentence.format(action.title), (shown(action),))


def _handled(message: Message) -> Answer:
    handler = _HANDLERS.get(message.draft.intent)
    if handler is None:
        return Answer(str(UNCLEAR))
    return handler(message)


def _confirmed(text: str, by: User, conversation: str) -> Answer | None:
    """Read "yes" and "no", which say something only behind a proposal."""
    said = read_answer(text, by.locale)
    if said and said.kind == "yes":
        return settled(confirm_action(by=by, conversation=conversation))
    if said and said.kind == "no":
        return settled(decline_action(by=by, conversation=conversation))
    return None
