"""Answering what people wrote, once, whatever is killed meanwhile."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from assistant.actions import confirm_action, decline_action, undo_action
from assistant.chat import Answer, answer, settled
from assistant.models import Action, ActionStatus
from common.errors import AppError
from common.languages import speaking
from common.origin import current_origin, set_actor
from inbound.models import TOUCH, Delivery
from messaging.channels import parts_of
from messaging.due import Owed
from messaging.models import OutgoingMessage
from messaging.services import owe_messages
from tenants.context import atomic

logger = logging.getLogger(__name__)

# Longer than a language model is waited for.
LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 5
KIND_OF_REPLY = "reply"
BUTTON = re.compile(
    rf"{TOUCH}(?P<token>[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}):(?P<answer>yes|no|undo)"
)
ANSWERS: dict[str, Callable[..., Action]] = {
    "yes": confirm_action,
    "no": decline_action,
    "undo": undo_action,
}
STALE = _lazy("This button says nothing any more. Write what you would like.")
FAILED = _lazy("Something went wrong here, and nothing was written down. Please try it once more.")


class AnsweredAlreadyError(Exception):
    """Another worker was quicker: what this one is about to write is taken back."""


def answer_delivery(delivery_id: UUID) -> None:
    """Do what the message asks for and owe the answer, both or neither. Harmless when run twice."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    with speaking(delivery.person.locale):
        _answer_once(delivery)


def _answer_once(delivery: Delivery) -> None:
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
            settle(Answer(str(FAILED)))


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


def _answer(delivery: Delivery, settle: Callable[..., None]) -> None:
    if delivery.is_edit:
        place = _earlier_reply(delivery)
        if place is None:
            with atomic():
                _note_answered(delivery)
            return
        settle = partial(settle, place=place)
    if not delivery.text.startswith(TOUCH):
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
            said = _obey(delivery.text, by=delivery.person)
            # Only an outcome takes the place of the question; a refusal leaves its buttons.
            settle(said, place=delivery.place if said.actions else "")
    except AppError as error:
        with atomic():
            settle(Answer(error.sentence))


def _earlier_reply(delivery: Delivery) -> str | None:
    """Take back what was proposed for the wording before, and return where that stands in the chat.

    None where something was done already, or nothing was proposed: what is done stays, whatever is
    written over it.
    """
    said = Delivery.objects.filter(person=delivery.person, channel=delivery.channel)
    before = said.filter(address=delivery.address, place=delivery.place).exclude(pk=delivery.pk)
    rows = before.exclude(text__startswith=TOUCH).select_for_update(of=("self",))
    with atomic():
        found = list(rows) if delivery.place else []
        for earlier in found:
            if earlier.answered_at is None:
                # Nobody has read it yet; a worker that does so now comes too late.
                earlier.change(answered_at=timezone.now(), wake_at=None)
            elif replies := _replies_to(earlier):
                return _withdraw(replies[-1], by=delivery.person)
    return "" if found else None


def _replies_to(delivery: Delivery) -> list[OutgoingMessage]:
    key = f"{KIND_OF_REPLY}:{delivery.pk}:"
    return list(OutgoingMessage.objects.filter(dedupe_key__startswith=key).order_by("created_at"))


def _withdraw(reply: OutgoingMessage, *, by: User) -> str | None:
    for _label, said in reply.buttons:
        found = BUTTON.fullmatch(said)
        if found and found["answer"] == "no":
            try:
                decline_action(token=UUID(found["token"]), by=by)
            except AppError:
                return None
            return reply.provider_id.removeprefix(f"{reply.address}:")
    return None


def _obey(data: str, *, by: User) -> Answer:
    """Do what the button below an earlier answer stands for, to the very thing it was about."""
    found = BUTTON.fullmatch(data)
    if found is None:
        return Answer(str(STALE))
    return settled(ANSWERS[found["answer"]](token=UUID(found["token"]), by=by))


def _note_answered(delivery: Delivery) -> None:
    rows = Delivery.objects.select_for_update(of=("self",)).filter(answered_at=None)
    if not rows.filter(pk=delivery.pk).exists():
        raise AnsweredAlreadyError
    delivery.change(answered_at=timezone.now(), wake_at=None)


def _settle(delivery: Delivery, said: Answer, place: str = "") -> None:
    """Owe the answer and note that there is one, in the transaction of what was done."""
    _note_answered(delivery)
    parts = parts_of(said.reply, delivery.channel)
    owed = [_part(delivery, text, number) for number, text in enumerate(parts)]
    # What can be touched stands below the end.
    owed[0] = replace(owed[0], replaces=place)
    owe_messages([*owed[:-1], replace(owed[-1], buttons=buttons_of(said))])


def _part(delivery: Delivery, text: str, number: int) -> Owed:
    return Owed(
        recipient=delivery.person,
        subject=_("Answer of the office"),
        text=text,
        html="",
        brief=text,
        kind=KIND_OF_REPLY,
        about_id=None,
        due_at=timezone.now(),
        occasion=f"reply:{delivery.pk}" + (f":{number}" if number else ""),
        urgent=True,
        channel=delivery.channel,
    )


def buttons_of(said: Answer) -> tuple[tuple[str, str], ...]:
    """Return what one touch can say: yes and no to a proposal, undo to what is done.

    Each names its action, since it may be touched when something newer waits for a yes. What it
    says comes back as the text of a delivery; it has 64 bytes at most.
    """
    proposed = [one.token for one in said.actions if one.status == ActionStatus.PROPOSED]
    if proposed:
        words = {"yes": _("Yes"), "no": _("No")}
        return tuple((word, f"{TOUCH}{proposed[-1]}:{key}") for key, word in words.items())
    done = [one.undo_token for one in said.actions if one.undo_token]
    return ((_("Undo"), f"{TOUCH}{done[-1]}:undo"),) if done else ()
