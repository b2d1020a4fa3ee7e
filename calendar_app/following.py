"""Following an address: asked outside any transaction, taken in at once or not at all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from calendar_app.calendars import create_calendar
from calendar_app.ical.reading import MOST_BYTES, File, read_file
from calendar_app.importing import HeldBackError, Valve, import_events
from calendar_app.models import FOLLOWED, Subscription
from common.errors import ConflictError, InvalidError
from common.http import Answer, Deadline, Limits, NoAnswerError, get
from messaging.due import Owed
from messaging.services import owe_messages
from tenants.context import atomic, attempt, current_tenant

DUE_KIND, HELD = "subscription", "subscription_held"
EVERY = timedelta(hours=1)
PATIENCE_SECONDS = 15
MOST_REDIRECTS = 3
MOST_SUBSCRIPTIONS = 20
GOOD, UNCHANGED, REDIRECTS = 200, 304, frozenset({301, 302, 303, 307, 308})
LONGEST_TAG, LONGEST_DATE = 500, 100
WORDS = {
    "forbidden_address": "The address leads into a network that the office may not reach.",
    "not_encrypted": "The address is not encrypted; it has to begin with https.",
    "too_large": "The calendar is larger than 5 MB.",
    "timeout": "The server did not answer in time.",
}


class NotFollowedError(Exception):
    """A fetch that changes nothing; the message says why, in words for the person."""


@atomic()
def follow(*, name: str, url: str, by: User) -> Subscription:
    """Make a calendar of one's own that follows the address, to be fetched at once.

    Raises InvalidError for what is no address of the web.
    """
    address = url.strip()
    if address.lower().startswith("webcal://"):
        address = f"https{address[6:]}"
    host = _host_of(address)
    if not host:
        raise InvalidError("This is no address of a calendar.", code="invalid", attr="url")
    if Subscription.objects.visible_to(by).count() >= MOST_SUBSCRIPTIONS:
        sentence = f"One follows at most {MOST_SUBSCRIPTIONS} addresses."
        raise InvalidError(sentence, code="too_many", attr="url")
    calendar = create_calendar(values={"name": name}, by=by)
    made: Subscription = Subscription.objects.create(
        calendar=calendar, person=by, url=address, host=host, next_at=timezone.now()
    )
    return made


@atomic()
def accept(*, subscription: Subscription) -> Subscription:
    """Let the next fetch delete as many events as the last one would have, and have it at once.

    Call it with the row locked. Raises ConflictError where nothing is held back.
    """
    if not subscription.held_deletions:
        raise ConflictError("Nothing is held back here.", code="nothing_held")
    subscription.may_delete = subscription.held_deletions
    subscription.next_at = timezone.now()
    subscription.save()
    return subscription


def fetch(subscription_id: UUID) -> None:
    """Ask the address and take in what is new. Harmless when run twice."""
    with atomic():
        rows = Subscription.objects.select_related("person", "calendar")
        row: Subscription | None = rows.filter(pk=subscription_id).first()
    if row is None:
        return
    try:
        answer = _ask(row)
        file = None if answer.status == UNCHANGED else _read(answer)
    except NotFollowedError as error:
        _note(row, trouble=str(error))
        return
    if file is None:
        _note(row, trouble="")
    else:
        _take(row, answer, file)


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    good = parts.scheme in {"http", "https"} and port != 0 and not parts.username
    return (parts.hostname or "")[:255] if good and url.isascii() and " " not in url else ""


def _ask(row: Subscription) -> Answer:
    headers = {"Accept": "text/calendar", "User-Agent": "AI Office Manager"}
    known = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
    headers |= {name: value for name, value in known.items() if value}
    # Each address on the way is looked at anew, and there is one time for all of them.
    limits = Limits(
        Deadline.after(PATIENCE_SECONDS),
        read_seconds=PATIENCE_SECONDS,
        most_bytes=MOST_BYTES,
        inside=settings.OUTGOING_NETWORKS,
    )
    url = row.url
    for _hop in range(MOST_REDIRECTS + 1):
        try:
            answer = get(url, headers=headers, limits=limits)
        except NoAnswerError as error:
            words = WORDS.get(error.reason, "The server cannot be reached.")
            raise NotFollowedError(words) from error
        if answer.status not in REDIRECTS:
            return answer
        url = urljoin(url, answer.headers.get("location", ""))
        if not _host_of(url):
            raise NotFollowedError("The address leads to one that is none of the web.")
    raise NotFollowedError("The address leads on and on.")


def _read(answer: Answer) -> File:
    if answer.status != GOOD:
        raise NotFollowedError(f"The server said {answer.status}.")
    try:
        file = read_file(answer.body, zone=current_tenant().timezone)
    except InvalidError as error:
        raise NotFollowedError(f"{error.sentence} Nothing was changed.") from error
    if not file.events:
        raise NotFollowedError("There are no events at the address; nothing was deleted.")
    return file


def _note(row: Subscription, **values: Any) -> None:
    """Write how a fetch went; what the audit trail knows of a subscription is not in it."""
    with atomic():
        Subscription.objects.filter(pk=row.pk).update(fetched_at=timezone.now(), **values)


@atomic()
def _take(row: Subscription, answer: Answer, file: File) -> None:
    # Not by two jobs at once, and not when it was given up meanwhile.
    found = Subscription.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        return
    valve = Valve(may_delete=found.may_delete)
    try:
        with attempt():
            report = import_events(
                file=file, calendar=row.calendar, by=row.person, source=FOLLOWED, valve=valve
            )
    except HeldBackError as error:
        _note(found, trouble=str(error), held_deletions=error.number, may_delete=0)
        if error.number != found.held_deletions:
            _ask_person(row, error)
        return
    number = len(report.problems)
    _note(
        found,
        trouble=f"{number} events could not be understood." if number else "",
        held_deletions=0,
        may_delete=0,
        etag=_short(answer, "etag", LONGEST_TAG),
        last_modified=_short(answer, "last-modified", LONGEST_DATE),
    )


def _short(answer: Answer, name: str, longest: int) -> str:
    value = answer.headers.get(name, "")
    return value if len(value) <= longest else ""


def _ask_person(row: Subscription, error: HeldBackError) -> None:
    subject = f"“{row.calendar.name}” would lose {error.number} events"
    text = f"{error} Look at the calendar's subscription and accept it if it is meant."
    owed = Owed(
        recipient=row.person,
        subject=subject,
        text=text,
        html="",
        brief=f"{subject}. {text}",
        kind=HELD,
        about_id=row.pk,
        due_at=timezone.now(),
        occasion=f"{HELD}:{row.pk}:{timezone.now():%Y%m%d}:{error.number}",
    )
    owe_messages([owed])


def due_now(ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Return which of them are to be fetched, and plan the next time of each."""
    rows = Subscription.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, next_at__lte=now).values_list("pk", flat=True))
    Subscription.objects.filter(pk__in=due).update(next_at=now + EVERY)
    return due
