"""`manage.py receive_mail`: takes letters to the offices in from a relay, by LMTP or SMTP."""

import asyncio
import logging
import signal
import threading
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from inbound.mail import is_for_offices, take_letter

logger = logging.getLogger(__name__)
LARGEST = 1024 * 1024
TAKEN, LATER, NOT_HERE = "250 taken", "451 not now, try again", "550 no such address"


class Taker:
    """Says yes once a letter is stored, or is of nobody here; the relay hears no difference."""

    async def handle_RCPT(  # noqa: N802  what aiosmtpd calls
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Take addresses of offices, whichever there are."""
        if not is_for_offices(address):
            return NOT_HERE
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  what aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Store it, in a thread: the database is waited for. What fails, the relay brings again."""
        try:
            await asyncio.to_thread(store, envelope)
        except Exception:
            # A letter that we cannot store must not be lost: whatever it was, it comes again.
            logger.exception("letter not taken")
            return LATER
        return TAKEN


def store(envelope: Envelope) -> None:
    """Take the letter in on a connection of its own: letters are rare, and threads come and go."""
    content = envelope.content or b""
    raw = content.encode() if isinstance(content, str) else content
    try:
        take_letter(raw, envelope.rcpt_tos, envelope.mail_from or "")
    finally:
        connections.close_all()


class LmtpController(Controller):
    """Listens for LMTP, which relays speak to whoever keeps letters."""

    def factory(self) -> LMTP:
        """Return one conversation."""
        return LMTP(self.handler, **self.SMTP_kwargs)


def listener(*, host: str, port: int, is_smtp: bool = False) -> Controller:
    """Return the listener, not started yet."""
    kind = Controller if is_smtp else LmtpController
    return kind(Taker(), hostname=host, port=port, data_size_limit=LARGEST, ident="office")


class Command(BaseCommand):
    """Runs until it is told to stop."""

    help = "Take letters to the offices in from a relay that checks who wrote them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where it listens."""
        parser.add_argument("--host", default="127.0.0.1", help="for the relay alone")
        parser.add_argument("--port", type=int, default=2424)
        parser.add_argument("--smtp", action="store_true", help="speak SMTP in place of LMTP")

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen. Raises CommandError where nobody could be believed."""
        if not (settings.INBOUND_MAIL_DOMAIN and settings.INBOUND_MAIL_AUTHSERV):
            raise CommandError("Set INBOUND_MAIL_DOMAIN and INBOUND_MAIL_AUTHSERV.")
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        door = listener(host=options["host"], port=options["port"], is_smtp=options["smtp"])
        door.start()
        ended.wait()
        door.stop()
