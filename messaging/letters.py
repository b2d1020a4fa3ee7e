"""Letters that people write through the office, to anybody: by e-mail or SMS."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

import nh3
from django.utils import timezone

from accounts.models import Channel, User
from common.errors import ConflictError, MissingError
from common.origin import current_origin
from messaging.channels.sms import NO_SMS, is_set_up, why_refused
from messaging.models import MessageStatus, OutgoingMessage
from messaging.owing import WAKE_AFTER, write_messages
from messaging.services import send_after_commit
from tenants.context import atomic

KIND = "letter"
MOST_RECIPIENTS = 50


@dataclass(frozen=True, slots=True)
class GuestLetter:
    """What the office owes to somebody who does not belong to it, on behalf of a person."""

    sender: User
    address: str
    subject: str
    text: str
    html: str
    calendar: str
    kind: str
    about_id: UUID
    # The same occasion is owed to the same address once.
    occasion: str


@atomic()
def send_email(
    *, by: User, to: Sequence[str], subject: str, body: str, html: str = ""
) -> list[OutgoingMessage]:
    """Owe the letter to each address, and have it sent after the commit.

    HTML loses what could act in a reader's mail program; answers go to whoever wrote it.
    """
    rows = [
        _letter(by, Channel.EMAIL, address, subject=subject, text=body, html=nh3.clean(html))
        for address in dict.fromkeys(to)
    ]
    return _send(rows)


@atomic()
def send_sms(*, by: User, to: str, message: str) -> OutgoingMessage:
    """Owe the text to the number, and have it sent after the commit.

    Raises MissingError where the office sends no SMS, and ConflictError for a number from which
    STOP was sent.
    """
    if not is_set_up():
        raise MissingError(NO_SMS, code="not_set_up")
    if why := why_refused(to):
        raise ConflictError(why, code="opted_out", attr="to")
    subject = f"SMS to {to}"
    return _send([_letter(by, Channel.SMS, to, subject=subject, text=message, brief=message)])[0]


def owe_to_guests(letters: Sequence[GuestLetter]) -> None:
    """Owe the letters, and have them sent after the commit; call it in a transaction."""
    rows = []
    for one in letters:
        row = _letter(
            one.sender, Channel.EMAIL, one.address, subject=one.subject[:250], text=one.text,
            html=one.html, calendar=one.calendar, kind=one.kind,
        )  # fmt: skip
        row.about_id = one.about_id
        row.dedupe_key = f"{one.occasion}:{sha256(one.address.encode()).hexdigest()}"
        rows.append(row)
    send_after_commit([row.pk for row in write_messages(rows)])


def _letter(
    by: User, channel: Channel, address: str, *, subject: str, text: str, **more: str
) -> OutgoingMessage:
    now, key = timezone.now(), uuid4()
    return OutgoingMessage(
        id=key,
        sender=by,
        channel=channel,
        address=address,
        subject=subject,
        text=text,
        urgent=True,
        due_at=now,
        wake_at=now + WAKE_AFTER,
        status=MessageStatus.QUEUED,
        dedupe_key=f"{KIND}:{key}",
        request_id=current_origin().request_id,
        **{"kind": KIND, **more},
    )


def _send(rows: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
    made = OutgoingMessage.objects.bulk_create(rows)
    send_after_commit([row.pk for row in made])
    return made
