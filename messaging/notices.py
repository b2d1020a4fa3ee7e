"""Letters about accounts, in the ledger: always by e-mail, and at once."""

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Channel
from accounts.notices import LINK, Notice, notice_kinds
from common.origin import current_origin
from messaging.due import MessageKind, register_message
from messaging.models import MessageStatus, OutgoingMessage
from messaging.owing import WAKE_AFTER, write_messages
from messaging.services import send_after_commit
from tenants.context import current_tenant


def register_notices() -> None:
    """Tell the ledger what is asked before letters of each kind go out."""
    for name, kind in notice_kinds().items():
        known = MessageKind(
            objections=kind.objections, goes_on=False, to_anybody=True, link=kind.link
        )
        register_message(name, known)


def owe_notice(notice: Notice) -> None:
    """Write the letter to the ledger and have it sent after the commit."""
    office = current_tenant()
    # The frame of all letters asks for the reader's clock.
    reader = notice.recipient or {"timezone": office.timezone}
    words = {"notice": notice, "office": office, "person": reader, "link": LINK}
    now = timezone.now()
    letter = OutgoingMessage(
        recipient=notice.recipient,
        channel=Channel.EMAIL,
        address=notice.address,
        subject=notice.subject[:250],
        text=render_to_string("emails/notice.txt", words),
        html=render_to_string("emails/notice.html", words),
        kind=notice.kind,
        about_id=notice.about_id,
        request_id=current_origin().request_id,
        urgent=True,
        due_at=now,
        wake_at=now + WAKE_AFTER,
        status=MessageStatus.QUEUED,
        dedupe_key=f"{notice.kind}:{notice.occasion}",
    )
    send_after_commit([row.pk for row in write_messages([letter])])
