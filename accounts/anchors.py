"""The last seals, written down where whoever owns the database does not reach.

`AUDIT_ANCHORS` names the places: a file that lines are added to, a mailbox, an address of the web
that is told as webhooks are. Each office is a line: its id, the number of its last seal, and the
seal. `manage.py audit_verify --anchors FILE` asks later whether all of them still stand.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from smtplib import SMTPException
from typing import Any
from uuid import uuid4

import orjson
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from common.http import Deadline, Limits, NoAnswerError, post
from common.signing import signed
from tenants.context import public_context
from tenants.models import SealNote

logger = logging.getLogger(__name__)

# A line is about 170 bytes: so many are a letter that every server takes.
AT_ONCE = 1000
PATIENCE_SECONDS = 15
MAIL, FILE = "mailto:", "/"
EVENT, SUBJECT = "audit.sealed", "Seals of the audit trails"


class NotTakenError(Exception):
    """A place did not take what was to be written down there; the message says why."""


def anchor_seals() -> int:
    """Write down what was sealed since the last time; return how many seals that were.

    What one place does not take is brought to all of them next time: a line that stands there
    twice says the same.
    """
    made = 0
    for alias in connections if settings.AUDIT_ANCHORS else ():
        notes = _not_anchored(alias)
        for start in range(0, len(notes), AT_ONCE):
            batch = notes[start : start + AT_ONCE]
            if _bring(batch):
                _note(alias, batch)
                made += len(batch)
    return made


def _not_anchored(alias: str) -> list[SealNote]:
    with public_context(), transaction.atomic(using=alias):
        rows = SealNote.objects.using(alias).filter(Q(anchored=None) | ~Q(anchored=F("number")))
        return list(rows.order_by("pk"))


def _bring(notes: Sequence[SealNote]) -> bool:
    """Bring them to each place, also when another one does not take them."""
    at = timezone.now().isoformat(timespec="seconds")
    seals = [
        {"office": str(note.tenant_id), "number": note.number, "seal": note.seal, "at": at}
        for note in notes
    ]
    taken = True
    for place in settings.AUDIT_ANCHORS:
        try:
            _way_to(place)(place, seals)
        except NotTakenError as error:
            # Neither the address nor what an answer said: both may hold a secret.
            logger.error("seals not anchored", extra={"reason": str(error)})  # noqa: TRY400  said
            taken = False
    return taken


def _note(alias: str, notes: Sequence[SealNote]) -> None:
    """Write down what stands outside now; what was sealed meanwhile is brought next time."""
    with public_context(), transaction.atomic(using=alias):
        for note in notes:
            SealNote.objects.using(alias).filter(pk=note.pk).update(anchored=note.number)
    logger.info("seals anchored", extra={"number": len(notes)})


Seals = Sequence[dict[str, Any]]
Way = Callable[[str, Seals], None]


def _way_to(place: str) -> Way:
    if place.startswith(FILE):
        return _add_to_file
    return _send_by_mail if place.startswith(MAIL) else _tell_by_web


@contextmanager
def _taken(*errors: type[Exception]) -> Iterator[None]:
    try:
        yield
    except errors as error:
        raise NotTakenError(type(error).__name__) from error


def _lines(seals: Seals) -> str:
    return "".join(f"{orjson.dumps(seal).decode()}\n" for seal in seals)


def _add_to_file(path: str, seals: Seals) -> None:
    """Add the lines, and see them on the disk."""
    with _taken(OSError), Path(path).open("a", encoding="utf-8") as file:
        file.write(_lines(seals))
        file.flush()
        os.fsync(file.fileno())


def _send_by_mail(place: str, seals: Seals) -> None:
    letter = EmailMessage(SUBJECT, _lines(seals), to=[place.removeprefix(MAIL)])
    with _taken(SMTPException, OSError):
        letter.send()


def _tell_by_web(url: str, seals: Seals) -> None:
    """Tell an address that the operator has named; it may be inside the network."""
    now = timezone.now()
    content = orjson.dumps({"type": EVENT, "timestamp": now.isoformat(), "data": {"seals": seals}})
    headers = {"Content-Type": "application/json", "User-Agent": "AI Office Manager"}
    headers |= signed(content, pk=uuid4(), now=now, secrets=(settings.AUDIT_ANCHOR_SECRET,))
    limits = Limits(Deadline.after(PATIENCE_SECONDS), inside=None)
    with _taken(NoAnswerError):
        answer = post(url, content=content, headers=headers, limits=limits)
    if not 200 <= answer.status < 300:  # noqa: PLR2004  of HTTP
        raise NotTakenError(f"the answer was {answer.status}")
