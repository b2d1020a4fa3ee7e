"""What Twilio brings: SMS that people write, and what became of ours.

Consent comes first: STOP, START and HELP are obeyed before anything is read as an answer or as
work. Of strangers only that is stored: people write to numbers that are nobody's here.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha1, sha256
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.conf import settings

from accounts.models import Channel
from inbound.services import Heard, receive
from messaging.channels.sms import STOPPED
from messaging.contacts import close, reopen
from messaging.services import take_receipt
from tenants.consents import BY_PERSON, has_refused, note_consent
from tenants.context import tenant_transaction
from tenants.directory import open_tenant_or_none, people_at

SMS = Channel.SMS
PORTS = {"https": 443, "http": 80}
DIGESTS = {"": sha1, "HMAC_SHA256": sha256}
# twilio.com/docs/messaging/tutorials/advanced-opt-out: the words that carriers know.
STOP = frozenset(
    "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT".split()  # noqa: SIM905  a list of words
)
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})
HELP_TEXT = (
    "AI Office Manager: write what there is to do, as: remind finance to approve the invoice"
    " tomorrow at 3pm. STOP ends all messages, START begins again."
)
# What an operator or a person has to hear of (twilio.com/docs/api/errors).
REASONS = {
    "30003": "The telephone cannot be reached.",
    "30004": "The telephone's owner or provider blocks it.",
    "30005": "The number does not exist.",
    "30006": "The number is a landline and gets no SMS.",
    "30007": "The provider took it for unwanted mail.",
    "30034": "The platform's number is not registered with US carriers.",
    "21610": "The person has answered STOP and gets no SMS.",
}

LONGEST_SENDER, LONGEST_ADDRESS = 50, 254
Values = Mapping[str, Sequence[str]]


def is_signed(
    *,
    path: str,
    values: Values | None,
    signature: str,
    settings_header: str = "",
    body: bytes = b"",
) -> bool:
    """Tell whether a request to this path and query comes from Twilio (X-Twilio-Signature).

    twilio.com/docs/usage/security: the HMAC is over the address that Twilio called and each name
    with its value, sorted by name. A body that is no form (`values` is None) is signed by its hash
    in the query.
    """
    algorithm = dict(
        part.strip().partition("=")[::2] for part in settings_header.split(",") if "=" in part
    ).get("algorithm", "")
    tokens = [settings.TWILIO_AUTH_TOKEN, settings.TWILIO_PREVIOUS_AUTH_TOKEN]
    if algorithm not in DIGESTS or not signature:
        return False
    url = settings.PUBLIC_URL + path
    _before, found, hash_of_body = path.partition("bodySHA256=")
    if found:
        expected = hash_of_body.partition("&")[0].lower()
        if not hmac.compare_digest(sha256(body).hexdigest().encode(), expected.encode()):
            return False
    elif values is None:
        return False
    fields = {} if found or values is None else values
    given = signature.encode()
    return any(
        hmac.compare_digest(_sign(token, text, algorithm), given)
        for token in tokens
        if token
        for text in _texts(url, fields)
    )


def _texts(url: str, values: Values) -> Iterator[str]:
    """Return what may have been signed: proxies add the usual port, or take it away."""
    rest = "".join(name + value for name in sorted(values) for value in sorted({*values[name]}))
    parts = urlsplit(url)
    bare, port = parts.hostname or "", parts.port
    usual = PORTS.get(parts.scheme)
    hosts = [bare, f"{bare}:{usual}"] if port in {None, usual} else [parts.netloc]
    for host in hosts:
        yield urlunsplit(parts._replace(netloc=host)) + rest


def _sign(token: str, text: str, algorithm: str) -> bytes:
    return b64encode(hmac.new(token.encode(), text.encode(), DIGESTS[algorithm]).digest())


def take_sms(values: Mapping[str, str]) -> str:
    """Take an SMS in and return what is to be answered at once; empty for nothing."""
    number, text = values.get("From", ""), values.get("Body", "").strip()
    sid = values.get("MessageSid", "")
    if not (number and sid):
        return ""
    word = text.upper()
    if word in STOP or values.get("OptOutType") == "STOP":
        _change_consent(values, is_given=False)
        # The carrier answers STOP itself; another SMS would break it.
        return ""
    if word in START and _has_stopped(values):
        _change_consent(values, is_given=True)
        return ""
    if not people_at(SMS, number):
        return ""
    if word in HELP:
        return HELP_TEXT
    if text:
        receive(Heard(SMS, sid[:100], number, text))
    return ""


def _has_stopped(values: Mapping[str, str]) -> bool:
    number = values["From"]
    if has_refused(channel=SMS, sender=_sender_of(values), address=number):
        return True
    return bool(people_at(SMS, number, closed=True))


def _change_consent(values: Mapping[str, str], *, is_given: bool) -> None:
    """Keep what was said to our number, and open or close what it is anywhere."""
    number = values["From"]
    note_consent(
        channel=SMS,
        sender=_sender_of(values),
        address=number[:LONGEST_ADDRESS],
        is_given=is_given,
        source=BY_PERSON,
        text=values.get("Body", ""),
    )
    for tenant, _person in people_at(SMS, number, closed=is_given):
        with tenant_transaction(tenant):
            if is_given:
                reopen(channel=SMS, address=number)
            else:
                close(channel=SMS, address=number, why=STOPPED)


def _sender_of(values: Mapping[str, str]) -> str:
    """Return the number of ours that it was written to."""
    return values.get("To", "")[:LONGEST_SENDER] or str(settings.TWILIO_PHONE_NUMBER)


def take_status(name: str, values: Mapping[str, str]) -> None:
    """Note what became of the message that the callback's query names: `tenant.message`."""
    try:
        tenant_id, message_id = (UUID(part) for part in name.split("."))
    except ValueError:
        return
    tenant = open_tenant_or_none(tenant_id)
    if tenant is None:
        return
    code, status = values.get("ErrorCode", ""), values.get("MessageStatus", "")
    why = REASONS.get(code, f"Twilio said {code}." if code else "")
    with tenant_transaction(tenant):
        take_receipt(message_id=message_id, status=status, why=why)
