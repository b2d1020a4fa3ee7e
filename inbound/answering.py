"""Answering what people wrote, once, whatever is killed meanwhile."""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.utils import timezone

from assistant.actions import undo_action
from assistant.chat import Answer, Settle, answer
from assistant.models import ActionStatus
from common.errors import AppError
from common.origin import current_origin, set_actor
from inbound.models import Delivery
from messaging.due import Owed
from messaging.services import owe_messages
from tenants.context import atomic

logger = logging.getLogger(__name__)

# Longer than a language model is waited for.
LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 5
KIND_OF_REPLY = "reply"
UNDO = "undo "
FAILED = "Something went wrong here, and nothing was written down. Please try it once more."


class AnsweredAlreadyError(Exception):
    """Another worker was quicker: what this one is about to write is taken back."""


def answer_delivery(delivery_id: UUID) -> None:
    """Do what the message asks for and owe the answer, both or neither. Harmless when run twice."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    person, settle = delivery.person, partial(_settle, delivery)
    set_actor(person)
    current_origin().source = "channel"
    try:
        _answer(delivery, settle)
    except AnsweredAlreadyError:
        return
    except Exception:
        if delivery.attempts < MOST_ATTEMPTS:
            raise
        # It would fail for ever: the person hears of it, and the sweep forgets it.
        logger.exception("message not answered", extra={"delivery": str(delivery.pk)})
        with atomic():
            settle(Answer(FAILED))


def _claim(delivery_id: UUID) -> Delivery | None:
    """Hold it for a while, so that the sweep does not give it to somebody else meanwhile."""
    with atomic():
        rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        waiting = rows.filter(pk=delivery_id, answered_at=None).select_related("person__role")
        delivery: Delivery | None = waiting.first()
        if delivery is not None:
            attempts = delivery.attempts + 1
            delivery.change(wake_at=timezone.now() + LEASE, attempts=attempts)
    return delivery


def _answer(delivery: Delivery, settle: Settle) -> None:
    token = _token_of(delivery.text)
    if token is None:
        answer(
            text=delivery.text,
            by=delivery.person,
            source=delivery.channel,
            conversation=delivery.conversation,
            settle=settle,
        )
        return
    try:
        with atomic():
            action = undo_action(token=token, by=delivery.person)
            settle(Answer(f"Undone: “{action.title}”."))
    except AppError as error:
        with atomic():
            settle(Answer(error.sentence))


def _token_of(text: str) -> UUID | None:
    """Return what the button below an earlier answer takes back."""
    try:
        return UUID(text.removeprefix(UNDO)) if text.startswith(UNDO) else None
    except ValueError:
        return None


def _settle(delivery: Delivery, said: Answer) -> None:
    """Owe the answer and note that there is one, in the transaction of what was done."""
    rows = Delivery.objects.select_for_update(of=("self",)).filter(answered_at=None)
    if not rows.filter(pk=delivery.pk).exists():
        raise AnsweredAlreadyError
    now = timezone.now()
    delivery.change(answered_at=now, wake_at=None)
    reply = Owed(
        recipient=delivery.person,
        subject="Answer of the office",
        text=said.reply,
        html="",
        brief=said.reply,
        kind=KIND_OF_REPLY,
        about_id=None,
        due_at=now,
        occasion=f"reply:{delivery.pk}",
        urgent=True,
        channel=delivery.channel,
        buttons=buttons_of(said),
    )
    owe_messages([reply])


def buttons_of(said: Answer) -> tuple[tuple[str, str], ...]:
    """Return what one touch can say: yes and no to a proposal, undo to what is done."""
    if any(action.status == ActionStatus.PROPOSED for action in said.actions):
        return (("Yes", "yes"), ("No", "no"))
    tokens = [action.undo_token for action in said.actions if action.undo_token]
    return (("Undo", f"{UNDO}{tokens[-1]}"),) if tokens else ()
