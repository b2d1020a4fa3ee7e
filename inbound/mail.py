"""Letters that people write to the office, as a trusted relay hands them over.

What stands in a letter anybody can write. So a letter is somebody's only if the relay says that its
`From` is genuine (RFC 8601, `dmarc=pass` for that very domain), and if that address is of a person
who works here. Of all others nothing is stored and nothing is answered; the relay hears the same.
"""

import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256

from django.conf import settings

from accounts.models import Channel, User
from calendar_app.ical.invitations import method_of
from calendar_app.replies import take_reply
from inbound.services import Heard, receive_in
from tenants.context import tenant_transaction
from tenants.directory import open_tenant_or_none, tenant_named
from tenants.features import has_feature
from tenants.models import Tenant
from tenants.plan_models import Feature

LONGEST = 4000
# What programs write back (RFC 5546); another time that one proposes is not taken.
ANSWERS = frozenset({"REPLY", "COUNTER"})
ANSWERED = re.compile(r"^((re|aw|fwd?|wg):\s*)+", re.IGNORECASE)
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
COMMENT = re.compile(r"\([^()]*\)")
# Where what the person wrote ends, and what they answer to begins.
SEPARATORS = (
    re.compile(r"^-{2,}\s*(original message|ursprüngliche nachricht)\s*-{2,}$", re.IGNORECASE),
    re.compile(r"^_{10,}$"),
    re.compile(r"^(on|am) .{6,200}(wrote|schrieb.*):$", re.IGNORECASE),
    re.compile(r"^(from|von): .+@", re.IGNORECASE),
    # The mark of a signature (RFC 3676, 4.3).
    re.compile(r"^--\s?$"),
)


def office_of_recipient(address: str) -> Tenant | None:
    """Return the open office that takes letters to an address like `office+acme@…`."""
    name, _at, domain = address.strip().lower().rpartition("@")
    prefix, plus, slug = name.partition("+")
    if not (domain and plus and prefix == "office" and domain == settings.INBOUND_MAIL_DOMAIN):
        return None
    found = tenant_named(slug)
    office = open_tenant_or_none(found.pk) if found else None
    return office if office and has_feature(Feature.INBOUND_MAIL, office) else None


def is_for_offices(address: str) -> bool:
    """Tell whether we take letters to this address at all; which offices there are is not told."""
    name, _at, domain = address.strip().lower().rpartition("@")
    return domain == settings.INBOUND_MAIL_DOMAIN and name.startswith("office+")


def take_letter(content: bytes, recipients: Sequence[str], sender: str) -> None:
    """Take a letter in for each office that it is to, once, if it is of somebody there."""
    message = message_from_bytes(content, policy=policy.default)
    address = genuine_sender(message)
    if not sender or address is None:
        return
    offices = [*filter(None, map(office_of_recipient, dict.fromkeys(recipients)))]
    if (answer := _answer_to_invitation(message)) is not None:
        # It is answered to nobody but the organizer, so it may be of a program.
        for office in offices:
            with tenant_transaction(office):
                take_reply(ics=answer, sender=address)
        return
    if _is_automatic(message):
        return
    text = text_of(message)
    name = message.get("Message-ID") or content.decode(errors="replace")
    external_id = sha256(str(name).encode()).hexdigest()
    for office in offices:
        with tenant_transaction(office):
            person = User.objects.active().filter(email=address).first()
            if person is not None and text:
                receive_in(Heard(Channel.EMAIL, external_id, address, text), person=person)


def genuine_sender(message: EmailMessage) -> str | None:
    """Return the address in `From`, if the relay has seen that its domain vouches for it."""
    if len(message.get_all("From", [])) != 1:
        return None
    address = parseaddr(str(message["From"]))[1].strip().lower()
    _name, at, domain = address.rpartition("@")
    if not at:
        return None
    # The relay puts its own on top, and takes away what claims to be its own (RFC 8601, 5).
    said = [str(each) for each in message.get_all("Authentication-Results", [])]
    ours = [each for each in said if _name_of(each) == settings.INBOUND_MAIL_AUTHSERV.lower()]
    return address if ours and _passes(ours[0], domain) else None


def _answer_to_invitation(message: EmailMessage) -> bytes | None:
    """Return the calendar object of a letter in which a program answers to an invitation."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and method_of(content) in ANSWERS:
                return content
    return None


def _name_of(result: str) -> str:
    return result.partition(";")[0].strip().split(" ")[0].lower()


def _passes(result: str, domain: str) -> bool:
    bare = QUOTED.sub("", result)
    while (shorter := COMMENT.sub("", bare)) != bare:
        bare = shorter
    for part in bare.split(";")[1:]:
        words = part.lower().split()
        if words[:1] == ["dmarc=pass"] and f"header.from={domain}" in words[1:]:
            return True
    return False


def _is_automatic(message: EmailMessage) -> bool:
    """Tell whether a program wrote it: answering would begin a conversation of programs."""
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    bulk = str(message.get("Precedence", "")).strip().lower() in {"bulk", "list", "junk"}
    return submitted != "no" or bulk or "List-Id" in message


def text_of(message: EmailMessage) -> str:
    """Return what the person wrote: without what they answer to; the subject where that is all."""
    part = message.get_body(preferencelist=("plain",))
    try:
        body = part.get_content() if part is not None else ""
    except (LookupError, ValueError):
        # A charset that nobody knows.
        body = ""
    subject = ANSWERED.sub("", str(message.get("Subject", "")))
    return (without_quotes(str(body)) or subject.strip()).replace("\x00", "")[:LONGEST]


def without_quotes(body: str) -> str:
    """Return the lines above the quoted letter and the signature."""
    kept: list[str] = []
    for line in body.splitlines():
        if any(mark.match(line.strip() or line) for mark in SEPARATORS):
            break
        if not line.startswith(">"):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()
