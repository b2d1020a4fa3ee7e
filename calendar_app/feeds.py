"""Opening and reading feeds."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from calendar_app.exchange import Detail, Feed, Tombstone
from calendar_app.ical.writing import calendar_text
from calendar_app.models import Answer, Attendee, Calendar, Event, EventQuerySet, EventStatus
from common.errors import InvalidError
from common.languages import speaking
from tenants.context import atomic, current_tenant, tenant_or_none
from tenants.directory import address_of, open_tenant_or_none, uuid_or_none
from tenants.models import Tenant

# How far a feed looks back, and for how long it tells of what was cancelled.
BEHIND, TELL_CANCELLED = timedelta(days=366), timedelta(days=30)
MOST = 5_000
MOST_FEEDS = 50


@atomic()
def open_feed(*, name: str, calendar_id: UUID | None, detail: str, by: User) -> tuple[Feed, str]:
    """Open a feed; return it with its address, which is not shown again. Raises InvalidError."""
    if calendar_id and not Calendar.objects.visible_to(by).filter(pk=calendar_id).exists():
        raise InvalidError("There is no such calendar.", code="does_not_exist", attr="calendar_id")
    if Feed.objects.visible_to(by).count() >= MOST_FEEDS:
        raise InvalidError(f"One has at most {MOST_FEEDS} feeds.", code="too_many", attr="name")
    office = current_tenant()
    # Says whose it is as well: the shared host serves it too.
    secret = f"{office.pk.hex}-{token_urlsafe(32)}"
    feed = Feed.objects.create(
        person=by, calendar_id=calendar_id, name=name, detail=detail, digest=digest_of(secret)
    )
    return feed, f"{address_of(office)}/api/v1/calendar/feeds/{secret}.ics"


@atomic()
def close_feed(*, feed: Feed) -> None:
    """Close the feed: its address leads nowhere at once."""
    feed.delete()


def digest_of(secret: str) -> str:
    """Return what is kept of a secret that nobody can guess."""
    return sha256(secret.encode()).hexdigest()


def office_of_secret(secret: str) -> Tenant | None:
    """Return the open office that the secret names; the host's own, if it names that one."""
    office_id, here = uuid_or_none(secret.partition("-")[0]), tenant_or_none()
    if office_id is None or (here is not None and here.pk != office_id):
        return None
    return here or open_tenant_or_none(office_id)


def feed_of_secret(secret: str) -> Feed | None:
    """Return the feed at an address, while its owner may read events."""
    rows = Feed.objects.select_related("person__role", "calendar")
    feed: Feed | None = rows.filter(digest=digest_of(secret), person__is_active=True).first()
    return feed if feed is not None and feed.person.may(Permission.EVENT_READ) else None


def text_of_feed(feed: Feed) -> bytes:
    """Return the calendar that the feed shows, with what its owner may read of it."""
    rows = events_of(feed)
    whole = rows if feed.detail == Detail.BUSY else rows.open_to(feed.person)
    found = list(whole.for_reading().select_related("series")[:MOST])
    gone = list(gone_from(feed)[:MOST])
    with speaking(feed.person.locale):
        return calendar_text(found, name=feed.name, busy_only=feed.detail == Detail.BUSY, gone=gone)


def gone_from(feed: Feed) -> QuerySet[Tombstone]:
    """Return what was deleted of a feed's events, unless it is there again."""
    again = Event.objects.filter(calendar=OuterRef("calendar"), ical_uid=OuterRef("ical_uid"))
    mine = Q(calendar__owner=feed.person_id) | Q(people__contains=[feed.person_id])
    where = Q(calendar=feed.calendar_id) if feed.calendar_id else mine
    rows = Tombstone.objects.filter(where, forget_at__gt=timezone.now())
    return rows.exclude(Exists(again))


def events_of(feed: Feed) -> EventQuerySet:
    """Return the events of a feed: not long over, and cancelled ones for some weeks."""
    now = timezone.now()
    theirs = Attendee.objects.filter(event=OuterRef("pk"), person=feed.person_id)
    coming = Exists(theirs.exclude(answer=Answer.DECLINED))
    mine = Q(calendar__owner=feed.person_id) | coming
    where = Q(calendar=feed.calendar_id) if feed.calendar_id else mine
    not_over = Q(ends_at__isnull=True) | Q(ends_at__gt=now - BEHIND)
    gone = Q(status=EventStatus.CANCELLED, updated_at__lt=now - TELL_CANCELLED)
    rows: EventQuerySet = Event.objects.filter(where, not_over | Q(series__isnull=False))
    return rows.exclude(gone).order_by("start", "id")
