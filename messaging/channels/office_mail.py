"""E-mail: from the office's own mailbox by Microsoft Graph, else by the platform's mail server.

learn.microsoft.com/graph/api/user-sendmail: the answer is 202 without an id, and there is no key
against copies. So each letter carries our own header, and after an answer that did not come the
folder of sent letters is looked through for it.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from connections.asking import Ask
from connections.client import Client
from connections.errors import (
    AuthExpiredError,
    ConsentRevokedError,
    ForbiddenError,
    IntegrationError,
    RateLimitedError,
    TransientError,
)
from connections.models import Connection, Mode, ProviderName
from messaging.channels.base import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelThrottledError,
    ChannelUnavailableError,
    Gateway,
    Letter,
    OutcomeUnknownError,
    Sender,
    Way,
)
from messaging.channels.email import EmailGateway, addresses, mail_of
from tenants.context import current_tenant
from tenants.reads import RecordRead

HEADER = "x-office-outbox-id"
SEND = "Mail.Send"
# Gateways between us and Exchange that gave up waiting: it may have taken the letter.
NOBODY_KNOWS = frozenset({0, 502, 504})
# Exchange's clock and ours may differ.
CLOCKS = timedelta(minutes=5)
MOST_PAGES, PAGE = 5, 50


class MailboxGateway:
    """Sends from the mailbox that the office has connected; when that ends, by the mail server."""

    idempotent = False

    def __init__(self, mailbox: Connection) -> None:
        self._mailbox = mailbox
        self._client = Client(mailbox)
        self._server = EmailGateway()
        # An application has no mailbox of its own: it names one.
        is_named = mailbox.mode == Mode.APPLICATION
        self._place = f"/users/{mailbox.address}" if is_named else "/me"

    @property
    def sender(self) -> Sender:
        """The office's own mailbox."""
        return Sender(f"graph:{self._mailbox.account_key}", shared=False, rates="mailbox")

    def send(self, letter: Letter) -> str:
        """Hand the letter to Exchange, or to the mail server when the mailbox is not ours now."""
        try:
            self._client.ask(self._asked(letter))
        except (ConsentRevokedError, AuthExpiredError, ForbiddenError):
            # Exchange has taken nothing, and the office's admins have heard of it.
            return self._server.send(letter)
        except IntegrationError as error:
            raise _meaning(error) from error
        return letter.message_id

    def _asked(self, letter: Letter) -> Ask:
        path = f"{self._place}/sendMail"
        if not letter.calendar:
            body = {"message": message_of(letter), "saveToSentItems": True}
            return Ask("send_mail", "POST", path, json=body)
        # JSON has no room for alternatives; the letter as it stands is kept among those sent too.
        mail = mail_of(letter, sender=self._mailbox.address).message()
        headers = {"Content-Type": "text/plain"}
        content = b64encode(mail.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's
        return Ask("send_mail", "POST", path, content=content, headers=headers)

    def find(self, letter: Letter, since: datetime) -> str | None:
        """Look through what was sent since then for our header."""
        moment = (since - CLOCKS).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        ask = Ask(
            "find_mail",
            "GET",
            f"{self._place}/mailFolders/sentitems/messages",
            query={
                "$select": "id,internetMessageId,internetMessageHeaders,sentDateTime",
                "$filter": f"sentDateTime ge {moment}",
                "$orderby": "sentDateTime desc",
                "$top": str(PAGE),
            },
        )
        try:
            for _page in range(MOST_PAGES):
                told = self._client.ask(ask).json()
                for row in told.get("value", ()):
                    if _is_ours(row, letter.message_id):
                        return str(row.get("internetMessageId") or row["id"])
                if "@odata.nextLink" not in told:
                    return None
                ask = Ask("find_mail", "GET", told["@odata.nextLink"])
        except (RateLimitedError, TransientError) as error:
            raise _meaning(error, looked=True) from error
        except IntegrationError as error:
            raise OutcomeUnknownError(f"The mailbox cannot be looked through: {error}") from error
        raise OutcomeUnknownError("There are too many letters in the mailbox to look through.")

    def close(self) -> None:
        """Say goodbye to the mail server, if it was needed."""
        self._server.close()


def message_of(letter: Letter) -> dict[str, Any]:
    """Return the letter as Graph wants it; it takes HTML or plain text, not both."""
    kind, content = ("html", letter.html) if letter.html else ("text", letter.text)
    message: dict[str, Any] = {
        "subject": " ".join(letter.subject.split()),
        "body": {"contentType": kind, "content": content},
        "toRecipients": [{"emailAddress": {"address": letter.address}}],
        "internetMessageHeaders": [{"name": HEADER, "value": letter.message_id}],
    }
    if letter.reply_to:
        message["replyTo"] = [{"emailAddress": {"address": letter.reply_to}}]
    return message


def _is_ours(row: Mapping[str, Any], message_id: str) -> bool:
    headers = row.get("internetMessageHeaders") or ()
    return any(
        str(header.get("name", "")).lower() == HEADER and header.get("value") == message_id
        for header in headers
    )


def _meaning(error: IntegrationError, *, looked: bool = False) -> Exception:
    """Return what the trouble means for the letter."""
    seconds = error.retry_after
    wait = None if seconds is None else timedelta(seconds=seconds)
    if isinstance(error, RateLimitedError):
        return ChannelThrottledError(str(error), retry_after=wait)
    if not isinstance(error, TransientError):
        return ChannelRefusedError(str(error))
    if not error.facts.sent:
        return ChannelDownError(str(error), retry_after=wait)
    if not looked and error.facts.status in NOBODY_KNOWS:
        return OutcomeUnknownError(str(error))
    return ChannelUnavailableError(str(error), retry_after=wait)


def mailbox_of_office() -> Connection | None:
    """Return the mailbox that the office sends from, if one is connected and works."""
    found: list[Connection] = _mailboxes().records({})
    return found[0] if found else None


@cache
def _mailboxes() -> RecordRead:
    rows = Connection.objects.usable().of_office().filter(provider=ProviderName.MICROSOFT)
    able = rows.filter(scopes__contains=[SEND]) | rows.filter(mode=Mode.APPLICATION)
    return RecordRead(able.order_by("created_at"))


def open_gateway() -> Gateway:
    """Return the office's mailbox, or the mail server where it has none or does not want it."""
    wanted = current_tenant().settings.email_provider == "microsoft"
    mailbox = mailbox_of_office() if wanted else None
    return EmailGateway() if mailbox is None else MailboxGateway(mailbox)


EMAIL = Way(open=open_gateway, addresses=addresses)
