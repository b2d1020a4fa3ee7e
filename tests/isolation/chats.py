"""Whose chats and telephones there are, and what vendors bring from them: signed as they sign."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from accounts.models import Channel, User
from inbound.models import Delivery
from inbound.telegram import webhook_secret
from messaging.contacts import link, make_code
from messaging.models import LinkCode
from tests.inbound.twilio_calls import SMS, STATUS, signature
from tests.isolation.asks import Ask
from tests.isolation.canaries import CANARY

TELEGRAM = "/api/v1/integrations/telegram/webhook"
FORGED = "forged"


@dataclass(frozen=True)
class Chats:
    """Where somebody is reached and heard, and what of theirs a vendor could be made to bring."""

    chat: int = 0
    number: str = ""
    code: str = ""
    """A code that would have linked a chat; it is good no longer."""
    update: int = 0
    sid: str = ""
    """The vendor's names of what they wrote last."""
    words: frozenset[str] = field(default_factory=frozenset)


def chats_of(person: User, number: int) -> Chats:
    """Link a chat and a telephone of somebody's own; inside the office."""
    found = Chats(chat=4711000 + number, number=f"+4916000000{number:02}")
    _link(person, found)
    return found


def plant_chats() -> Chats:
    """Link those of somebody of the other office, who has written something; inside it."""
    person = User.objects.get(full_name=f"Nina {CANARY}")
    ended = make_code(person=person, channel=Channel.TELEGRAM)
    LinkCode.objects.filter(person=person).update(expires_at=timezone.now() - timedelta(days=1))
    found = Chats(8800770011, "+4917088007700", ended.text, 881001, "SM" + "8" * 32)
    _link(person, found)
    for channel, name, address in (
        (Channel.TELEGRAM, str(found.update), str(found.chat)),
        (Channel.SMS, found.sid, found.number),
    ):
        Delivery.objects.create(
            channel=channel,
            external_id=name,
            address=address,
            person=person,
            text=f"{CANARY} text",
            wake_at=timezone.now(),
        )
    words = frozenset({str(found.chat), found.number, found.code, found.sid})
    return Chats(**{**vars(found), "words": words})


def nobodys_chats() -> Chats:
    """Return what nobody has; the code names an office that never was."""
    return Chats(9900990011, "+4917099009900", "A" * 43, 991001, "SM" + "9" * 32)


def _link(person: User, chats: Chats) -> None:
    link(person=person, channel=Channel.TELEGRAM, address=str(chats.chat))
    link(person=person, channel=Channel.SMS, address=chats.number)


def written(text: str, chat: int, *, update: int = 7001, secret: str = "") -> Ask:
    """Return what Telegram brings when somebody writes in a chat."""
    message = {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}, "text": text}
    return _update({"update_id": update, "message": message}, secret)


def touched(button: str, chat: int, *, update: int = 7002, secret: str = "") -> Ask:
    """Return what Telegram brings when somebody touches a button."""
    message = {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}}
    query = {"id": "1", "data": f"v1:{button}", "message": message}
    return _update({"update_id": update, "callback_query": query}, secret)


def _update(body: dict[str, Any], secret: str) -> Ask:
    headers = (("X-Telegram-Bot-Api-Secret-Token", secret or webhook_secret()),)
    return Ask("post", TELEGRAM, body=body, headers=headers)


def sent_sms(text: str, number: str, *, sid: str = "SM" + "7" * 32, token: str = "") -> Ask:
    """Return what Twilio brings when somebody writes an SMS."""
    form = {"MessageSid": sid, "From": number, "Body": text, "To": settings.TWILIO_PHONE_NUMBER}
    return _signed(SMS, {}, form, token)


def reported(name: str, state: str, *, sid: str = "SM" + "6" * 32, token: str = "") -> Ask:
    """Return what Twilio tells of a message: `name` stands in the callback's address."""
    form = {"MessageSid": sid, "MessageStatus": state, "ErrorCode": "30003"}
    return _signed(STATUS, {"m": name}, form, token)


def _signed(path: str, query: dict[str, str], form: dict[str, str], token: str) -> Ask:
    address = f"{path}?{urlencode(query)}" if query else path
    signed = signature(address, form, token)
    return Ask(
        "post",
        path,
        query=tuple(query.items()),
        form=tuple(form.items()),
        headers=(("X-Twilio-Signature", signed),),
    )
