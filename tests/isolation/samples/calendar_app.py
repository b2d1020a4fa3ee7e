"""Events, calendars, feeds and syncs: a good request for each operation."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.utils import timezone

from calendar_app.feeds import open_feed
from calendar_app.models import Attendee, SyncChannel
from tenants.context import tenant_or_none
from tests.conftest import Api
from tests.isolation.belongings import SYNCED, followed_by
from tests.isolation.samples.sample import (
    Sample,
    Samples,
    askers,
    nothing,
    who_asks,
    with_body,
)
from tests.isolation.world import World

ICS = "\n".join(
    [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:watering@example.com"),
        *("SUMMARY:Watering", "DTSTART:20340515T090000Z", "END:VEVENT", "END:VCALENDAR"),
    ]
)


def _event(world: World, api: Api | None, **body: Any) -> Sample:
    """Look at what the person who asks has called, or change it."""
    return Sample({"pk": askers(world.events, world, api)}, body=body or None)


def _invitation(world: World, api: Api | None) -> Sample:
    """Answer for what the person who asks was asked to."""
    event, asker = askers(world.events, world, api), who_asks(api)
    if asker is not None and str(asker.pk) not in world.events:
        Attendee.objects.get_or_create(event_id=event, person=asker)
    return Sample({"pk": event}, body={"answer": "tentative"})


def _calendar(world: World, api: Api | None, **body: Any) -> Sample:
    return Sample({"pk": askers(world.calendars, world, api)}, body=body or None)


def _feed(world: World, api: Api | None) -> Sample:
    """Close a feed of the person who asks."""
    asker = who_asks(api)
    if asker is not None and str(asker.pk) not in world.feeds:
        made, _url = open_feed(name="Watering", calendar_id=None, detail="full", by=asker)
        return Sample({"pk": made.pk})
    return Sample({"pk": askers(world.feeds, world, api)})


def _held_back(world: World, api: Api | None) -> Sample:
    """Accept what is held back of an address that the person who asks follows."""
    asker = who_asks(api)
    if asker is not None and str(asker.pk) not in world.subscriptions:
        return Sample({"pk": followed_by(asker)})
    return Sample({"pk": askers(world.subscriptions, world, api)})


def _sync(kind: str) -> Callable[[World, Api | None], Sample]:
    """Look at a sync of the person who asks, or do something with it."""
    return lambda world, api: Sample({"pk": _own_sync(kind, world, api)})


def _own_sync(kind: str, world: World, api: Api | None) -> str:
    things, asker = getattr(world, kind), who_asks(api)
    if asker is not None and str(asker.pk) not in things:
        things[str(asker.pk)] = SYNCED[kind](asker)
    return askers(things, world, api)


def _new_sync(world: World, api: Api | None) -> Sample:
    connection = _own_sync("connections", world, api)
    return Sample(body={"connection_id": connection, "remote_id": "holidays"})


def _sync_now(world: World, api: Api | None) -> Sample:
    assert _own_sync("syncs", world, api)
    return Sample(body={"provider": "google"})


def _from_google(world: World, api: Api | None) -> Sample:
    """Bring what Google brings first, with the word that it was given."""
    office = tenant_or_none()
    if office is None:
        # Where no row can be made nobody was given a word.
        return Sample()
    secret = office.pk.bytes + bytes(32)
    SyncChannel.objects.get_or_create(
        external_id=f"channel of {world.ada.pk}",
        defaults={
            "sync_id": world.syncs[str(next(iter(world.syncs), world.ada.pk))],
            "resource_id": "resource",
            "digest": sha256(secret).hexdigest(),
            "ends_at": timezone.now(),
        },
    )
    return Sample(
        headers={
            "X-Goog-Channel-ID": f"channel of {world.ada.pk}",
            "X-Goog-Channel-Token": urlsafe_b64encode(secret).decode(),
            "X-Goog-Resource-ID": "resource",
            "X-Goog-Resource-State": "sync",
        }
    )


CALENDAR: Samples = {
    ("GET", "events"): nothing,
    ("POST", "events"): with_body(title="Planning", start="2034-05-15T09:00:00+02:00"),
    ("GET", "event"): _event,
    ("PATCH", "event"): lambda world, api: _event(world, api, title="Watering, again"),
    ("DELETE", "event"): _event,
    ("POST", "event-respond"): _invitation,
    ("GET", "free-busy"): lambda world, _api: Sample(
        query={
            "users": str(world.max.pk),
            "start": "2034-05-15T00:00:00Z",
            "end": "2034-05-16T00:00:00Z",
        }
    ),
    ("POST", "find-slot"): lambda world, _api: Sample(
        body={"duration_minutes": 30, "users": [str(world.eve.pk)]}
    ),
    ("GET", "feeds"): nothing,
    ("POST", "feeds"): with_body(name="Holidays", detail="busy"),
    ("DELETE", "feed"): _feed,
    ("GET", "public-feed"): lambda world, _api: Sample({"secret": world.secret}),
    ("GET", "subscriptions"): nothing,
    ("POST", "subscriptions"): with_body(name="Holidays", url="https://calendars.example/1.ics"),
    ("POST", "subscription-accept"): _held_back,
    ("GET", "syncs"): nothing,
    ("POST", "syncs"): _new_sync,
    ("GET", "sync"): _sync("syncs"),
    ("DELETE", "sync"): _sync("syncs"),
    ("POST", "sync-start"): _sync("drafts"),
    ("POST", "sync-accept"): _sync("held_syncs"),
    ("POST", "sync-stop"): _sync("syncs"),
    ("GET", "sync-conflicts"): lambda world, api: Sample(
        {"sync_id": _own_sync("syncs", world, api)}
    ),
    ("POST", "sync-now"): _sync_now,
    ("GET", "sync-status"): nothing,
    ("POST", "google-notices"): _from_google,
    ("POST", "microsoft-notices"): with_body(value=[]),
    ("POST", "calendar-import"): with_body(text=ICS),
    ("GET", "calendars"): nothing,
    ("POST", "calendars"): with_body(name="Holidays"),
    ("GET", "calendar"): _calendar,
    ("PATCH", "calendar"): lambda world, api: _calendar(world, api, name="Plants"),
    ("DELETE", "calendar"): _calendar,
}
