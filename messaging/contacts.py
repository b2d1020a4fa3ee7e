"""Chats and telephones: how a person shows that one is theirs, and what becomes of it.

A code says which office it is of, so that the chat, which knows no office, can bring it home. Only
its digest is kept.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from accounts.models import Channel, User
from messaging.models import Contact, LinkCode
from tenants.context import atomic, current_tenant, tenant_transaction
from tenants.directory import open_tenant_or_none
from tenants.models import Tenant

PATIENCE = timedelta(minutes=15)
SIZE = 16


class Code(NamedTuple):
    """What the person is shown, and until when it is good."""

    text: str
    expires_at: datetime


def make_code(*, person: User, channel: Channel) -> Code:
    """Return a new code; the ones before it are good no longer."""
    secret = current_tenant().pk.bytes + token_bytes(SIZE)
    expires_at = timezone.now() + PATIENCE
    with atomic():
        LinkCode.objects.filter(person=person, channel=channel).delete()
        LinkCode.objects.create(
            person=person, channel=channel, digest=_digest(secret), expires_at=expires_at
        )
    return Code(urlsafe_b64encode(secret).rstrip(b"=").decode(), expires_at)


def use_code(*, text: str, channel: Channel, address: str) -> tuple[Tenant, User] | None:
    """Make the chat that of the person who was given the code; None for one that is no good."""
    secret = _secret_of(text)
    tenant = open_tenant_or_none(UUID(bytes=secret[:SIZE])) if secret else None
    if secret is None or tenant is None:
        return None
    with tenant_transaction(tenant):
        codes = LinkCode.objects.select_for_update(of=("self",)).select_related("person")
        good = codes.filter(channel=channel, expires_at__gt=timezone.now(), person__is_active=True)
        code = good.filter(digest=_digest(secret)).first()
        if code is None or code.person is None:
            return None
        code.delete()
        person = code.person
        link(person=person, channel=channel, address=address)
    return tenant, person


@atomic()
def offer_code(*, channel: Channel, address: str) -> Code:
    """Return a code for a chat of nobody yet: who shows it, signed in, says that it is theirs."""
    secret = current_tenant().pk.bytes + token_bytes(SIZE)
    expires_at = timezone.now() + PATIENCE
    LinkCode.objects.filter(person=None, channel=channel, address=address).delete()
    LinkCode.objects.create(
        channel=channel, address=address, digest=_digest(secret), expires_at=expires_at
    )
    return Code(urlsafe_b64encode(secret).rstrip(b"=").decode(), expires_at)


def offered_address(*, text: str, channel: Channel) -> str | None:
    """Return the chat that the code was offered to; None for one that is no good."""
    secret = _secret_of(text)
    if secret is None:
        return None
    good = LinkCode.objects.filter(person=None, channel=channel, expires_at__gt=timezone.now())
    return good.filter(digest=_digest(secret)).values_list("address", flat=True).first()


@atomic()
def take_offer(*, text: str, channel: Channel, person: User) -> Contact | None:
    """Make the chat that the code was offered to the person's, once; None for one no good."""
    secret = _secret_of(text)
    if secret is None:
        return None
    codes = LinkCode.objects.select_for_update(of=("self",)).filter(person=None, channel=channel)
    code = codes.filter(digest=_digest(secret), expires_at__gt=timezone.now()).first()
    if code is None:
        return None
    LinkCode.objects.filter(pk=code.pk).delete()
    return link(person=person, channel=channel, address=code.address)


def _secret_of(text: str) -> bytes | None:
    try:
        secret = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    return secret if len(secret) == 2 * SIZE else None


def _digest(secret: bytes) -> str:
    return sha256(secret).hexdigest()


def link(*, person: User, channel: Channel, address: str) -> Contact:
    """Make an address the person's one of that channel, in place of what was there."""
    here = Contact.objects.filter(channel=channel)
    here.filter(address=address).exclude(person=person).delete()
    contact = here.filter(person=person).first() or Contact(person=person, channel=channel)
    contact.address, contact.chosen_at = address, timezone.now()
    contact.closed_at, contact.closed_why = None, ""
    contact.save()
    return contact


@atomic()
def choose(*, channel: Channel, address: str) -> None:
    """Have what is said in that chat meant for the office in force from now on."""
    Contact.objects.filter(channel=channel, address=address).update(chosen_at=timezone.now())


@atomic()
def close(*, channel: Channel, address: str, why: str) -> None:
    """Send nothing there any more, and hear nothing from there, until it is linked again."""
    known = Contact.objects.filter(channel=channel, address=address, closed_at=None)
    known.update(closed_at=timezone.now(), closed_why=why[:200])


@atomic()
def reopen(*, channel: Channel, address: str) -> None:
    """Send there again, and hear it."""
    known = Contact.objects.filter(channel=channel, address=address)
    known.update(closed_at=None, closed_why="")


@atomic()
def why_closed(*, channel: Channel, address: str) -> str:
    """Return why nothing may go there any more; empty for an address that is open, or unknown.

    Asked again when a message goes out: the person may have said so after it was owed.
    """
    closed = Contact.objects.filter(channel=channel, address=address, closed_at__isnull=False)
    why = closed.values_list("closed_why", flat=True).first()
    return "" if why is None else why or "The person wants nothing there any more."


@atomic()
def unlink(*, person: User, channel: Channel) -> None:
    """Forget the person's address of that channel."""
    Contact.objects.filter(person=person, channel=channel).delete()


def addresses_by(channel: Channel, people: Collection[User]) -> Mapping[UUID, str]:
    """Return where those of the people are reached who have an open contact."""
    rows = Contact.objects.filter(channel=channel, person__in=people, closed_at=None)
    return dict(rows.values_list("person", "address"))
