"""A chat of acme that names what is globex's: heard, answered by the worker, and none the wiser."""

import pytest

from accounts.models import Channel
from inbound.answering import answer_delivery
from inbound.models import Delivery
from messaging.contacts import link
from messaging.models import OutgoingMessage
from tests.conftest import outermost
from tests.isolation.arena import NOBODYS_WORD
from tests.isolation.asks import send
from tests.isolation.canaries import CANARY
from tests.isolation.chats import sent_sms, touched, written
from tests.isolation.deliveries import TOUCHED, WRITTEN
from tests.isolation.watch import fingerprint

CHAT, NUMBER = 4711, "+491600004711"
NOBODY = "6f1f8a52-0000-4000-8000-000000000000"
BRING = {
    "chat": lambda text, number: written(text, CHAT, update=number),
    "button": lambda text, number: touched(text, CHAT, update=number),
    "sms": lambda text, number: sent_sms(text, NUMBER, sid=f"SM{number:032x}"),
}


@pytest.fixture
def told(world, globex_office, globex):
    """`told(ask)` brings it, lets the worker answer, and returns all that Eve is told."""

    def bring(ask):
        link(person=world.eve, channel=Channel.TELEGRAM, address=str(CHAT))
        link(person=world.eve, channel=Channel.SMS, address=NUMBER)
        answer = send(ask)
        assert answer.status == 200
        waiting = list(Delivery.objects.filter(answered_at=None))
        with outermost():
            for delivery in waiting:
                answer_delivery(delivery.pk)
        owed = OutgoingMessage.objects.filter(dedupe_key__contains="reply").order_by("created_at")
        replies = [message.text for message in owed]
        owed.delete()
        return [answer.content.decode(), *replies], len(waiting)

    return bring


@pytest.mark.parametrize("way", BRING)
@pytest.mark.parametrize("text", [*WRITTEN, *TOUCHED])
def test_what_a_chat_names_of_theirs_is_as_absent_as_what_nobody_has(
    text, way, told, globex, globex_office
):
    before = fingerprint([globex.schema_name])
    theirs = {kind: str(pk) for kind, pk in globex_office.ids.items()} | {
        "tenant": str(globex.pk), "office": "globex", "mail": "mia@globex.example", "word": CANARY,
        "code": "globex-code",
    }  # fmt: skip
    nobodys = dict.fromkeys(theirs, NOBODY) | {
        "office": "nowhere", "mail": "zoq@nowhere.example", "word": NOBODYS_WORD,
        "code": "nobody-code",
    }  # fmt: skip
    said, counts = [], []
    for number, named in enumerate((theirs, nobodys), start=100):
        words, count = told(BRING[way](text.format(**named), number))
        words = "\n".join(words)
        for value in sorted(named.values(), key=len, reverse=True):
            words = words.replace(value, "<named>")
        said.append(words)
        counts.append(count)
    assert said[0] == said[1]
    assert counts[0] == counts[1]
    for secret in globex_office.secrets - {*theirs.values()}:
        assert secret not in said[0]
    assert fingerprint([globex.schema_name]) == before
