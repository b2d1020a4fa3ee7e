"""Letters that people write through the office, to anybody: by e-mail or SMS."""

from collections.abc import Sequence
from uuid import uuid4

import nh3
from django.utils import timezone

from accounts.models import Channel, User
from common.errors import ConflictError, MissingError
from messaging.channels.sms import is_set_up, why_refused
from messaging.models import MessageStatus, OutgoingMessage
from messaging.owing import WAKE_AFTER
from messaging.services import send_after_commit
from tenants.context import atomic

KIND = "letter"
MOST_RECIPIENTS = 50


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

    Raises MissingError where the platform sends no SMS, and ConflictError for a number from which
    STOP was sent.
    """
    if not is_set_up():
        raise MissingError("This platform sends no SMS.", code="not_set_up")
    if why := why_refused(to):
        raise ConflictError(why, code="opted_out", attr="to")
    subject = f"SMS to {to}"
    return _send([_letter(by, Channel.SMS, to, subject=subject, text=message, brief=message)])[0]


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
        kind=KIND,
        urgent=True,
        due_at=now,
        wake_at=now + WAKE_AFTER,
        status=MessageStatus.QUEUED,
        dedupe_key=f"{KIND}:{key}",
        **more,
    )


def _send(rows: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
    made = OutgoingMessage.objects.bulk_create(rows)
    send_after_commit([row.pk for row in made])
    return made
