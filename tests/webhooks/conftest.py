"""A program outside that is told what happens."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from standardwebhooks import Webhook as Verifier

from tests.peers.loopback import Asked, Told, serving
from webhooks.delivery import deliver
from webhooks.models import EventType, Webhook, WebhookDelivery
from webhooks.services import create_webhook


class Receiver:
    """Takes what it is told, and verifies it with the specification's own package."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[Asked] = []
        self.tells: Told | None = Told(204)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=acme"

    def answer(self, asked: Asked) -> Told | None:
        self.asked.append(asked)
        return self.tells

    def read(self, secret: str, place: int = -1):
        """Return what was told, if the signature is good."""
        asked = self.asked[place]
        return Verifier(secret).verify(asked.body, asked.headers)


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.OUTGOING_NETWORKS = (ip_network("127.0.0.0/8"),)
    with serving(Receiver()) as peer:
        yield peer


@pytest.fixture
def webhook(receiver, in_acme, ada) -> Webhook:
    """A webhook of acme that wants everything but the audit trail, which everything writes to."""
    events = [name for name in EventType.values if name != EventType.AUDIT_ENTRY]
    return create_webhook(url=receiver.url, events=events, by=ada)


def tell() -> None:
    """Tell all that is to be told."""
    waiting = WebhookDelivery.objects.filter(ended_at=None).order_by("occurred_at")
    deliver(list(waiting.values_list("pk", flat=True)))
