"""How an account goes from one state to the next: each time once, whoever notices it."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from connections.announcing import tell_lost
from connections.models import USABLE, Connection, State
from tenants.context import atomic

# That it works is written down no more often than this.
NOTE_EVERY = timedelta(minutes=1)


@atomic()
def note_good(pk: UUID) -> None:
    """Write down that the vendor answered well."""
    now = timezone.now()
    known = Connection.objects.filter(pk=pk, state__in=USABLE)
    stale = Q(last_ok_at=None) | Q(last_ok_at__lt=now - NOTE_EVERY) | Q(state=State.DEGRADED)
    known.filter(stale).update(last_ok_at=now, state=State.ACTIVE, last_error="")


@atomic()
def note_trouble(pk: UUID, words: str) -> None:
    """Write down that something is wrong which may pass; jobs go on."""
    known = Connection.objects.filter(pk=pk, state__in=USABLE)
    known.update(state=State.DEGRADED, last_error=words[:500])


@atomic()
def note_lost(pk: UUID, words: str) -> None:
    """Stop all jobs of the account until it is connected again, and tell its owner, once."""
    rows = Connection.objects.select_for_update(of=("self",))
    connection = rows.filter(pk=pk, state__in=USABLE).first()
    if connection is None:
        # Another job was quicker, and has told the owner.
        return
    connection.change(
        state=State.REAUTH_REQUIRED, last_error=words[:500], secrets="", refreshing_until=None
    )
    tell_lost(connection)


@atomic()
def note_revoked(pk: UUID, words: str) -> None:
    """Write down that the vendor has ended it, and tell its owner, once."""
    rows = Connection.objects.select_for_update(of=("self",))
    live = Q(state__in=USABLE) | Q(state=State.REAUTH_REQUIRED)
    connection = rows.filter(live, pk=pk).first()
    if connection is None:
        return
    connection.change(
        state=State.REVOKED, last_error=words[:500], secrets="", refreshing_until=None
    )
    tell_lost(connection)
