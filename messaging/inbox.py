"""The mailbox that a person has connected: read when it is asked for, and not kept here."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import nh3
from django.utils.dateparse import parse_datetime

from accounts.models import User
from connections.asking import Ask
from connections.client import Client
from connections.errors import IntegrationError
from connections.models import Connection, ProviderName
from tenants.context import atomic

READ = "Mail.Read"
# No pictures: they would tell the sender that, when and where a letter was opened.
TAGS = nh3.ALLOWED_TAGS - {"img"}
SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as it lies in the mailbox; its HTML can do nothing."""

    id: str
    subject: str
    from_name: str
    from_address: str
    received_at: datetime | None
    preview: str
    html: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """The newest letters; without a connected mailbox there is no address."""

    address: str | None = None
    state: str | None = None
    # Why there are no letters, in words.
    trouble: str | None = None
    results: list[Mail] = field(default_factory=list)


def read_inbox(*, by: User, limit: int) -> Inbox:
    """Return the newest letters of the person's own mailbox. Asks Microsoft: in no transaction."""
    mailbox = _mailbox_of(by)
    if mailbox is None:
        return Inbox()
    ask = Ask(
        "list_inbox",
        "GET",
        "/me/mailFolders/inbox/messages",
        query={
            "$select": "id,subject,from,receivedDateTime,bodyPreview,body,internetMessageId",
            "$top": str(limit),
            "$orderby": "receivedDateTime desc",
        },
    )
    try:
        rows = Client(mailbox).ask(ask).json().get("value", [])
    except IntegrationError as error:
        with atomic():
            mailbox.refresh_from_db()
        return Inbox(mailbox.address, mailbox.state, str(error))
    once = {row.get("internetMessageId") or row["id"]: row for row in rows}
    return Inbox(mailbox.address, mailbox.state, None, [mail_of(row) for row in once.values()])


@atomic()
def _mailbox_of(person: User) -> Connection | None:
    mine = Connection.objects.usable().filter(person=person, provider=ProviderName.MICROSOFT)
    return mine.filter(scopes__contains=[READ]).order_by("created_at").first()


def mail_of(row: dict[str, Any]) -> Mail:
    """Return the letter, harmless."""
    sender = (row.get("from") or {}).get("emailAddress") or {}
    body = row.get("body") or {}
    content = str(body.get("content") or "")
    is_html = str(body.get("contentType", "")).lower() == "html"
    return Mail(
        id=str(row["id"]),
        subject=str(row.get("subject") or ""),
        from_name=str(sender.get("name") or ""),
        from_address=str(sender.get("address") or ""),
        received_at=parse_datetime(str(row.get("receivedDateTime") or "")),
        preview=str(row.get("bodyPreview") or ""),
        html=clean(content) if is_html else nh3.clean_text(content),
    )


def clean(html: str) -> str:
    """Return what of it can be shown without acting or calling home."""
    return nh3.clean(html, tags=TAGS, url_schemes=SCHEMES)
