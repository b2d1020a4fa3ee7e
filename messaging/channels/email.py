"""E-mail over SMTP (RFC 5321): 4yz replies pass, 5yz replies are final."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from email.header import Header
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from accounts.models import User
from messaging.channels.base import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelUnavailableError,
    Letter,
    Sender,
)
from messaging.channels.kept_lines import has_been_left, keep_line, take_line

PERMANENT = range(500, 600)
METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)


class EmailGateway:
    """Sends through EMAIL_HOST and keeps the line for the next letter, also of another office."""

    idempotent = False

    def __init__(self) -> None:
        self.connection: Any = None
        # Whether the last letter ended as it should: then the server waits for the next one.
        self._is_clean = False

    @property
    def sender(self) -> Sender:
        """The platform's mail server."""
        return Sender(f"smtp:{settings.EMAIL_HOST}:{settings.EMAIL_PORT}", shared=True)

    def send(self, letter: Letter) -> str:
        """Hand over the letter. A repeated try carries the same Message-ID (RFC 5322, 3.6.4)."""
        mail = mail_of(letter)
        mail.connection = self._open_line()
        try:
            self.connection.open()
            mail.send()
        except SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            self._give_up(code, reply, error)
        except (SMTPSenderRefused, SMTPResponseException) as error:
            self._give_up(error.smtp_code, error.smtp_error, error)
        except (SMTPServerDisconnected, SMTPException, OSError) as error:
            self._hang_up()
            raise ChannelDownError(f"the mail server does not answer: {error}") from error
        self._is_clean = True
        return message_id_of(letter)

    def _open_line(self) -> Any:
        """Return the line to send on: ours, one that another job has left, or a new one."""
        if self.connection is not None and has_been_left(self.connection):
            self._hang_up()
        if self.connection is None:
            self.connection = take_line()
        self._is_clean = False
        return self.connection

    def find(self, letter: Letter, since: datetime) -> str | None:
        """Have it sent again: nobody can look into a mailbox; a second copy has the same id."""
        return None

    def close(self) -> None:
        """Leave the line to whoever sends next, or hang up where it is not known what it holds."""
        if self._is_clean:
            keep_line(self.connection)
            self.connection, self._is_clean = None, False
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        """Say goodbye, if there is still somebody to say it to."""
        if self.connection is not None:
            self.connection.close()
        self.connection, self._is_clean = None, False

    def _give_up(self, code: int, reply: bytes | str, error: Exception) -> None:
        words = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
        self._hang_up()
        text = f"the mail server said {code} {words}"
        if code in PERMANENT:
            raise ChannelRefusedError(text) from error
        raise ChannelUnavailableError(text) from error


def message_id_of(letter: Letter) -> str:
    """Return the Message-ID that every try of the letter carries."""
    return f"<{letter.message_id}@{settings.BASE_DOMAIN}>"


def mail_of(letter: Letter, *, sender: str | None = None) -> EmailMultiAlternatives:
    """Return the letter in its parts; a calendar object is one of them, and a file as well."""
    mail = EmailMultiAlternatives(
        subject=_subject(letter.subject),
        body=letter.text,
        from_email=sender,
        to=[letter.address],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": message_id_of(letter), "X-Office-Outbox-Id": letter.message_id}
        | _unsubscribing(letter.unsubscribe_url),
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        named = METHOD.search(letter.calendar)
        method = f"; method={named[1]}" if named else ""
        # Programs that know invitations read the part, others offer the file.
        mail.attach_alternative(letter.calendar, f"text/calendar{method}")
        mail.attach("invite.ics", letter.calendar.encode(), "application/ics")
    return mail


def _unsubscribing(url: str) -> dict[str, str]:
    """Return the headers of one-click unsubscribing (RFC 8058)."""
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def addresses(people: Collection[User]) -> Mapping[UUID, str]:
    """Return where each person gets mail: everybody has an address, but for services."""
    return {person.pk: person.email for person in people if not person.is_service}


def _subject(text: str) -> str:
    """Return the subject in one line; what looks like an encoded word is meant as it stands."""
    line = " ".join(text.split())
    return Header(line, "utf-8").encode(maxlinelen=0) if "=?" in line else line
