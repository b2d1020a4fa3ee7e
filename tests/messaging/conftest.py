"""A mail server on this machine, and things that are due."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.utils import timezone

from messaging.models import OutgoingMessage
from messaging.sweep import sweep_due
from tasks.models import Reminder, Task
from tenants.context import public_context

NOW = datetime(2024, 5, 14, 10, tzinfo=UTC)
OK = "250 OK"


@dataclass
class Received:
    """One letter as the server got it."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def letter(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class MailServer:
    """Answers as it is told, and keeps what it accepted; part of aiosmtpd's handler protocol."""

    received: list[Received] = field(default_factory=list)
    mail: Callable[[str], str] = lambda _sender: OK
    rcpt: Callable[[str], str] = lambda _address: OK
    data: Callable[[Received], str] = lambda _letter: OK

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.mail(address)
        if answer == OK:
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.rcpt(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        letter = Received(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        answer = self.data(letter)
        if answer == OK:
            self.received.append(letter)
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def smtp(settings) -> Any:
    """Send by real SMTP, at first to a port where nobody listens."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    return settings


@pytest.fixture
def server(smtp) -> Iterator[MailServer]:
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=smtp.EMAIL_PORT)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def remind(ada, eve) -> Callable[..., Reminder]:
    """`remind("Water the plants")` plans a reminder for Eve that is due now."""

    def plan(title: str = "Water the plants", **values: Any) -> Reminder:
        values = {"creator": ada, "assignee": eve, **values}
        task = Task.objects.create(title=title, **values)
        return Reminder.objects.create(task=task, at=timezone.now())

    return plan


@pytest.fixture
def owe(remind, clock) -> Callable[..., OutgoingMessage]:
    """`owe(title)` has the sweep turn a due reminder into an owed message, not yet sent."""

    def owed(title: str = "Water the plants", **values: Any) -> OutgoingMessage:
        reminder = remind(title, **values)
        sweep()
        return OutgoingMessage.objects.get(about_id=reminder.pk)

    return owed


def sweep(**options: Any) -> int:
    """Sweep as the job does: from outside any office."""
    with public_context():
        return sweep_due(**options)


def later(**delta: float) -> datetime:
    return NOW + timedelta(**delta)
