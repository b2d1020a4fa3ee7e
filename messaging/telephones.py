"""Telephones: a person shows that a number is theirs by a code that was sent to it."""

import hmac
from hashlib import sha256
from secrets import randbelow

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Channel, User
from common.errors import ConflictError, InvalidError, MissingError, TooManyError
from messaging.channels.sms import NO_SMS, is_set_up, why_refused
from messaging.contacts import PATIENCE, link
from messaging.due import Owed
from messaging.models import Contact, LinkCode
from messaging.services import owe_messages
from tenants.context import atomic, current_tenant
from tenants.rates import Bucket, Rate, take

KIND = "telephone_code"
MOST_ATTEMPTS = 5


@atomic()
def send_code(*, person: User, number: str) -> None:
    """Send six digits to the number, good for 15 minutes; codes before it are good no longer.

    Raises MissingError where the office sends no SMS, ConflictError for a number whose person
    answered STOP, and TooManyError after five in an hour: each costs money, and strangers' peace.
    """
    if not is_set_up():
        raise MissingError(NO_SMS, code="not_set_up")
    if why_refused(number):
        raise ConflictError(_("From this number STOP was sent; send START from it first."))
    if wait := _wait_for_turn(person):
        raise TooManyError(_("So many codes are not sent in an hour."), retry_after=wait)
    now, code = timezone.now(), f"{randbelow(10**6):06}"
    LinkCode.objects.filter(person=person, channel=Channel.SMS).delete()
    made = LinkCode(person=person, channel=Channel.SMS, address=number, expires_at=now + PATIENCE)
    made.digest = digest_of(made, code)
    made.save(force_insert=True)
    text = _("{code} is your code for {name}. Nobody will ask you for it.").format(
        code=code, name=current_tenant().name
    )
    owe_messages(
        [
            Owed(
                recipient=person,
                subject=_("Code for your telephone"),
                text=text,
                html="",
                brief=text,
                kind=KIND,
                about_id=None,
                due_at=now,
                occasion=f"code:{made.pk}",
                urgent=True,
                channel=Channel.SMS,
                address=number,
            )
        ]
    )


def _wait_for_turn(person: User) -> float:
    if settings.TELEPHONE_CODES is None:
        return 0
    return take([Bucket(f"telephone:{person.pk}", Rate(*settings.TELEPHONE_CODES))])


def confirm_code(*, person: User, code: str) -> Contact:
    """Make the number that of the person. Raises InvalidError naming `code`.

    After five wrong ones the code is good no longer.
    """
    with atomic():
        rows = LinkCode.objects.select_for_update(of=("self",))
        mine = rows.filter(person=person, channel=Channel.SMS, expires_at__gt=timezone.now())
        waiting = mine.filter(attempts__lt=MOST_ATTEMPTS).first()
        if waiting is not None and hmac.compare_digest(waiting.digest, digest_of(waiting, code)):
            waiting.delete()
            return link(person=person, channel=Channel.SMS, address=waiting.address)
        # The wrong one counts, although the answer is an error.
        mine.update(attempts=F("attempts") + 1)
    raise InvalidError(_("This is not the code, or it is good no longer."), attr="code")


def digest_of(made: LinkCode, code: str) -> str:
    """Return what is kept of a code; it is worth nothing for another number."""
    return sha256(f"{made.pk}:{made.address}:{code}".encode()).hexdigest()
