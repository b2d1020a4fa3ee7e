"""SMS, by the platform's account with Twilio (twilio.com/docs/messaging/api/message-resource)."""

import json
from base64 import b64encode
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings

from accounts.models import Channel, User
from common.http import Answer, Deadline, Limits, NoAnswerError, get, post
from messaging.channels.base import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelThrottledError,
    ChannelUnavailableError,
    Letter,
    OutcomeUnknownError,
    Sender,
    Way,
)
from messaging.contacts import addresses_by, close, why_closed
from messaging.models import OutgoingMessage
from messaging.segments import plain
from tenants.consents import BY_PROVIDER, has_refused, note_consent
from tenants.context import atomic, current_tenant

# Body: at most 1,600 characters.
LONGEST = 1600
PATIENCE_SECONDS = 30
STATUS_PATH = "/api/v1/integrations/twilio/status"
STOPPED = "The person wrote STOP."
NO_SMS = "This office sends no SMS."
OPTED_OUT = 21610
AUTHENTICATION = 20003
TOO_MANY = (20429, 429)
QUEUE_OVERFLOW = 30001
MADE = (200, 201)
UNAUTHORIZED, FORBIDDEN, THROTTLED, SERVER_ERRORS = 401, 403, 429, 500


class SmsGateway:
    """Sends from the platform's number; Twilio knows no key against second copies, but a list."""

    idempotent = False

    @property
    def sender(self) -> Sender:
        """The platform's number, which all offices send from."""
        return Sender(f"{settings.TWILIO_API_BASE_URL}/{settings.TWILIO_PHONE_NUMBER}", shared=True)

    def send(self, letter: Letter) -> str:
        """Send the letter's short text and return Twilio's sid."""
        if why := why_refused(letter.address):
            raise ChannelRefusedError(why)
        form = {
            "To": letter.address,
            "From": settings.TWILIO_PHONE_NUMBER,
            "Body": body_of(letter),
            "StatusCallback": status_url(letter.message_id),
        }
        try:
            sent = call("POST", form)
        except OptedOutError as error:
            note_consent(
                channel=Channel.SMS,
                sender=settings.TWILIO_PHONE_NUMBER,
                address=letter.address,
                is_given=False,
                source=BY_PROVIDER,
                text=str(error),
            )
            close(channel=Channel.SMS, address=letter.address, why=str(error))
            raise
        return str(sent["sid"])

    def find(self, letter: Letter, since: datetime) -> str | None:
        """Look through what was last made for the number for the same words.

        Not by `DateSent`, which a message has only when it left Twilio.
        """
        asked = {"To": letter.address, "From": settings.TWILIO_PHONE_NUMBER, "PageSize": "200"}
        try:
            rows = call("GET", asked)["messages"]
        except ChannelRefusedError as error:
            raise OutcomeUnknownError(str(error)) from None
        body = body_of(letter)
        same = [row["sid"] for row in rows if row["body"] == body and _made_at(row) >= since]
        others = _taken_by_others(letter, same)
        return next((str(sid) for sid in same if sid not in others), None)

    def close(self) -> None:
        """Each call has a connection of its own."""


@atomic()
def _taken_by_others(letter: Letter, sids: Collection[str]) -> set[str]:
    """Return which of them belong to messages that had the same words."""
    known = OutgoingMessage.objects.exclude(pk=letter.message_id).filter(provider_id__in=sids)
    return set(known.values_list("provider_id", flat=True))


def why_refused(address: str) -> str:
    """Return why nothing may go to the number; empty for one that let us, or has said nothing.

    Asked when a message is owed, and again when it goes out: STOP may have come between.
    """
    sender = settings.TWILIO_PHONE_NUMBER
    if has_refused(channel=Channel.SMS, sender=sender, address=address):
        return STOPPED
    return why_closed(channel=Channel.SMS, address=address)


class OptedOutError(ChannelRefusedError):
    """The person has answered STOP."""


def body_of(letter: Letter) -> str:
    """Return what is sent: short, and without marks that would double its price."""
    text = plain(letter.brief.strip())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def status_url(message_id: str) -> str:
    """Return where Twilio tells what became of it; the signature covers the query."""
    return f"{settings.PUBLIC_URL}{STATUS_PATH}?m={current_tenant().pk.hex}.{message_id}"


def _made_at(row: Mapping[str, Any]) -> datetime:
    # RFC 2822, to the second; ours are finer.
    made = datetime.strptime(row["date_created"], "%a, %d %b %Y %H:%M:%S %z")
    return made + timedelta(seconds=1)


def call(method: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Make or list messages of the account. Raises a DeliveryError."""
    account = settings.TWILIO_ACCOUNT_SID
    url = f"{settings.TWILIO_API_BASE_URL}/2010-04-01/Accounts/{account}/Messages.json"
    form = urlencode(values)
    try:
        answer = _ask(method, url, form)
    except NoAnswerError as error:
        if error.sent and method == "POST":
            raise OutcomeUnknownError(f"Twilio did not answer: {error.reason}") from None
        raise ChannelDownError(f"Twilio cannot be reached: {error.reason}") from None
    told = _read(answer)
    if answer.status in MADE and told:
        return told
    raise refusal(answer, told)


def _ask(method: str, url: str, form: str) -> Answer:
    login = f"{settings.TWILIO_ACCOUNT_SID}:{settings.TWILIO_AUTH_TOKEN}".encode()
    headers = {"Authorization": f"Basic {b64encode(login).decode()}"}
    limits = Limits(Deadline.after(PATIENCE_SECONDS), inside=None)
    if method == "GET":
        return get(f"{url}?{form}", headers=headers, limits=limits)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return post(url, content=form.encode(), headers=headers, limits=limits)


def _read(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def refusal(answer: Answer, told: Mapping[str, Any]) -> Exception:
    """Return what an answer that is no message means (twilio.com/docs/api/errors)."""
    code, status = told.get("code"), answer.status
    words = f"Twilio said {code or status} {told.get('message', '')}".strip()
    if status == THROTTLED or code in TOO_MANY:
        return ChannelThrottledError(words, retry_after=_seconds(answer))
    if code == OPTED_OUT:
        return OptedOutError("The person has answered STOP and gets no SMS.")
    if status in {UNAUTHORIZED, FORBIDDEN} and code in {None, AUTHENTICATION}:
        return ChannelDownError("Twilio does not accept the account's token.")
    if status >= SERVER_ERRORS or code == QUEUE_OVERFLOW:
        return ChannelUnavailableError(words)
    return ChannelRefusedError(words)


def _seconds(answer: Answer) -> timedelta | None:
    given = answer.headers.get("retry-after", "")
    return timedelta(seconds=int(given)) if given.isascii() and given.isdigit() else None


def is_set_up() -> bool:
    """Tell whether the platform has a number to send from, and the office wants SMS."""
    given = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_PHONE_NUMBER)
    return all(given) and current_tenant().settings.sms_enabled


def open_gateway() -> SmsGateway:
    """Return the number. Raises ChannelRefusedError where nobody may send from one."""
    if not is_set_up():
        raise ChannelRefusedError(NO_SMS)
    return SmsGateway()


def _addresses(people: Collection[User]) -> Mapping[UUID, str]:
    return addresses_by(Channel.SMS, people) if is_set_up() else {}


SMS = Way(open=open_gateway, addresses=_addresses)
