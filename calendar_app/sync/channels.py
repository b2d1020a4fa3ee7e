"""Being told by a vendor that a calendar has changed: asked for, renewed, believed, and ended.

What a vendor tells only wakes the sync earlier; nothing of it is taken in. Whoever brings it must
know the word that the vendor was given, which also says which office it is of.
"""

import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import compare_digest, token_bytes
from time import sleep
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from calendar_app.models import CalendarSync, SyncChannel
from calendar_app.sync.providers import KINDS, CalendarProvider, Watch, provider_of
from calendar_app.sync.running import SOON, Pause, wake_at, window_now
from connections.errors import IntegrationError, NotFoundError
from connections.models import Connection
from tenants.context import atomic, current_tenant, tenant_transaction
from tenants.directory import open_tenant_or_none

logger = logging.getLogger(__name__)

DUE_KIND = "sync_channel"
TENANT_BYTES, SIZE = 16, 32
# So long before it ends it is renewed; and so soon one that could not be is tried again.
BEFORE_THE_END, AGAIN_AFTER = timedelta(hours=24), timedelta(hours=1)
FIRST = "sync"
GONE, OVER = "subscriptionRemoved", "reauthorizationRequired"


def notice_url(provider: str) -> str:
    """Return where a vendor tells of changes."""
    return f"{settings.PUBLIC_URL}/api/v1/integrations/{provider}/notifications"


def keep_watched(sync_id: UUID, *, pause: Pause = sleep) -> None:
    """Have the vendor tell of changes, unless it does. Asks the vendor: in no transaction.

    Vendors only tell addresses that are encrypted; without one, looking every quarter of an hour
    has to do. So it has to when the vendor does not want to.
    """
    if not settings.PUBLIC_URL.startswith("https://"):
        return
    with atomic():
        sync = CalendarSync.objects.running().filter(pk=sync_id).first()
        live = SyncChannel.objects.filter(sync=sync_id, ends_at__gt=timezone.now())
        if sync is None or live.exists() or not sync.connection.is_usable:
            return
    with suppress(IntegrationError):
        _open(sync, pause)


def renew(channel_id: UUID, *, pause: Pause = sleep) -> None:
    """Let a channel last longer, or open another one before it ends. In no transaction.

    A vendor that has forgotten it has told nothing since: then the calendar is looked at.
    """
    with atomic():
        found = SyncChannel.objects.select_related("sync__connection").filter(pk=channel_id)
        channel: SyncChannel | None = found.first()
    if channel is None or not channel.sync.connection.is_usable:
        return
    sync, known = channel.sync, _watch_of(channel)
    provider = _provider(sync, pause)
    try:
        longer = provider.renew(known)
    except NotFoundError:
        _forget(channel)
        with atomic():
            wake(sync.pk)
        _open(sync, pause)
        return
    if longer is not None:
        with atomic():
            _keep(channel, longer)
        return
    _open(sync, pause)
    provider.stop(known)
    _forget(channel)


def renew_due(ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Return which are to be renewed, and plan when to try again those that cannot be."""
    rows = SyncChannel.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, renew_at__lte=now).values_list("pk", flat=True))
    SyncChannel.objects.filter(pk__in=due).update(renew_at=now + AGAIN_AFTER)
    SyncChannel.objects.filter(pk__in=due, ends_at__lte=now).update(renew_at=None)
    return due


def stop_all(connection: Connection) -> None:
    """Be told no more of an account that is about to be disconnected; outside any transaction."""
    with atomic():
        rows = SyncChannel.objects.filter(sync__connection=connection)
        found = [(row.external_id, row.resource_id) for row in rows]
        CalendarSync.objects.filter(connection=connection).update(next_at=None)
    stop(connection, found)
    with atomic():
        rows.delete()


def stop(connection: Connection, watches: Sequence[Sequence[str]]) -> None:
    """Tell the vendor that nobody wants to be told any more; it may have forgotten."""
    if connection.provider not in KINDS:
        return
    provider = provider_of(connection, "", window_now())
    for name, resource in watches:
        with suppress(IntegrationError):
            provider.stop(Watch(name, resource, timezone.now()))


def _open(sync: CalendarSync, pause: Pause) -> None:
    secret = current_tenant().pk.bytes + token_bytes(SIZE)
    token = urlsafe_b64encode(secret).decode()
    # The vendor may ask our door whether it is there, before it answers this.
    watch = _provider(sync, pause).watch(token=token, url=notice_url(sync.connection.provider))
    with atomic():
        channel = SyncChannel(sync=sync, digest=_digest(secret))
        _keep(channel, watch)


def _keep(channel: SyncChannel, watch: Watch) -> None:
    channel.external_id, channel.resource_id = watch.id, watch.resource_id
    channel.ends_at, channel.renew_at = watch.ends_at, watch.ends_at - BEFORE_THE_END
    channel.save()


def _forget(channel: SyncChannel) -> None:
    with atomic():
        SyncChannel.objects.filter(pk=channel.pk).delete()


def _watch_of(channel: SyncChannel) -> Watch:
    return Watch(channel.external_id, channel.resource_id, channel.ends_at)


def _provider(sync: CalendarSync, pause: Pause) -> CalendarProvider:
    return provider_of(sync.connection, sync.remote_id, window_now(), pause)


# --- What vendors bring


def wake(sync_id: UUID) -> None:
    """Have a calendar looked at in a few seconds; many words make one look."""
    rows = CalendarSync.objects.running().filter(pk=sync_id)
    wake_at(rows, timezone.now() + SOON)


@dataclass(frozen=True, slots=True)
class Notice:
    """What Google says with a notification: all of it in headers."""

    token: str
    channel: str
    resource: str
    state: str


def told_by_google(notice: Notice) -> bool:
    """Note that a calendar has changed; tell whether the word was one that Google was given."""
    with _channel(notice.token, notice.channel) as channel:
        if channel is None or channel.resource_id != notice.resource:
            return False
        if notice.state != FIRST:
            wake(channel.sync_id)
    return True


def told_by_microsoft(items: Sequence[Any]) -> int:
    """Note which calendars have changed; return how many items were believed.

    Those of several mailboxes, and of several offices, come together: each is looked at by itself.
    """
    believed = 0
    for item in items:
        if not isinstance(item, dict):
            continue
        token, name = str(item.get("clientState")), str(item.get("subscriptionId"))
        with _channel(token, name) as channel:
            if channel is None:
                continue
            believed += 1
            _take(channel, str(item.get("lifecycleEvent", "")))
    return believed


def _take(channel: SyncChannel, event: str) -> None:
    if event == OVER:
        SyncChannel.objects.filter(pk=channel.pk).update(renew_at=timezone.now())
        return
    if event == GONE:
        # The next sync asks for another one.
        SyncChannel.objects.filter(pk=channel.pk).delete()
    wake(channel.sync_id)


@contextmanager
def _channel(token: str, name: str) -> Iterator[SyncChannel | None]:
    """Enter the office whose word it is, and give the channel that it was given for."""
    secret = _secret_of(token)
    office = open_tenant_or_none(UUID(bytes=secret[:TENANT_BYTES])) if secret else None
    if secret is None or office is None:
        yield None
        return
    with tenant_transaction(office):
        found = SyncChannel.objects.filter(external_id=name[:200]).first()
        good = found is not None and compare_digest(found.digest, _digest(secret))
        yield found if good else None


def _secret_of(text: str) -> bytes | None:
    try:
        secret = urlsafe_b64decode(text.encode("ascii"))
    except (Error, ValueError):
        return None
    return secret if len(secret) == TENANT_BYTES + SIZE else None


def _digest(secret: bytes) -> str:
    return sha256(secret).hexdigest()
