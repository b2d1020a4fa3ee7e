"""Letters about accounts: said here, carried by whoever has announced itself as the carrier.

A letter never holds a link that opens something: it holds `LINK`, and the link is made when the
letter goes out, so that nobody finds it in the ledger, in an archive or in a backup.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.exceptions import ImproperlyConfigured
from django_stubs_ext import StrOrPromise

from accounts.models import User
from common.languages import speaking
from tenants.context import tenant_or_none

LINK = "[link]"


@dataclass(frozen=True, slots=True)
class Notice:
    """One letter: to a person, or to an address that is nobody's yet."""

    kind: str
    address: str
    subject: str
    # What it says, a paragraph each; the link follows, under the words of `action`.
    lines: tuple[str, ...]
    # The same occasion is owed once.
    occasion: str
    about_id: UUID | None = None
    recipient: User | None = None
    name: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """What is asked when a letter of one kind goes out, in a transaction of its own."""

    # Make the link, of what the letter is about and where it goes; empty where there is none.
    link: Callable[[UUID, str], str] = lambda _about, _address: ""
    # Tell, for those of the things that nobody is to hear of any more, why.
    objections: Callable[[Collection[UUID]], Mapping[UUID, str]] = lambda _ids: {}


Carrier = Callable[[Notice], None]
_kinds: dict[str, NoticeKind] = {}
_carriers: list[Carrier] = []


def register_notice(name: str, kind: NoticeKind) -> None:
    """Announce a kind of letter, when the apps load. Raises ImproperlyConfigured."""
    if name in _kinds:
        raise ImproperlyConfigured(f"the letter “{name}” is registered already")
    _kinds[name] = kind


def register_carrier(carrier: Carrier) -> None:
    """Announce who writes letters down to be sent."""
    _carriers.append(carrier)


def notice_kinds() -> Mapping[str, NoticeKind]:
    """Return the kinds of letters there are."""
    return _kinds


def send_notice(notice: Notice) -> None:
    """Owe the letter, in the transaction of the change that it tells of.

    The shared host has operators and no ledger: nothing is sent from there.
    """
    if tenant_or_none() is not None:
        for carrier in _carriers:
            carrier(notice)


def write_to(
    user: User,
    kind: str,
    subject: StrOrPromise,
    lines: tuple[StrOrPromise, ...],
    *,
    action: StrOrPromise = "",
    address: str = "",
) -> None:
    """Owe a letter to a person, in their language, at their address or at another one of theirs."""
    with speaking(user.locale):
        send_notice(
            Notice(
                kind=kind,
                address=address or user.email,
                recipient=user,
                name=user.full_name,
                subject=str(subject),
                lines=tuple(map(str, lines)),
                action=str(action),
                about_id=user.pk,
                occasion=str(uuid4()),
            )
        )
