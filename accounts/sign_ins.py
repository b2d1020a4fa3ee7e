"""Sessions: opened at each sign-in, and ended one by one or all at once."""

from uuid import UUID

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from accounts.devices import meet_device
from accounts.models import RefreshFamily, SessionKind, User
from accounts.session_limits import session_limits
from common.origin import current_origin
from tenants import live
from tenants.context import atomic

# By whom a session was opened that is nobody's own.
SUPPORT = "support"


def open_session(
    *,
    user: User,
    kind: SessionKind = SessionKind.API,
    method: str = "password",
    session_key: str = "",
    device: str = "",
) -> RefreshFamily:
    """Note a sign-in of the person: from where, and until when it may last."""
    now, origin = timezone.now(), current_origin()
    family = RefreshFamily.objects.create(
        user=user,
        kind=kind,
        method=method,
        session_key=session_key,
        authenticated_at=now,
        seen_at=now,
        address=origin.ip,
        user_agent=origin.user_agent[:255],
        expires_at=now + session_limits().absolute,
    )
    if method != SUPPORT:
        meet_device(user=user, device=device or f"{kind}:{origin.user_agent}")
    return family


@atomic()
def end_session(*, session: RefreshFamily, why: str = "ended") -> None:
    """End one; its tokens and its page are good no longer."""
    _end(RefreshFamily.objects.filter(pk=session.pk, ended_at=None), why)


@atomic()
def end_all_sessions(*, user: User, why: str, keep: UUID | None = None) -> int:
    """End every session of the person, but for one to keep; return how many there were."""
    rows = RefreshFamily.objects.filter(user=user, ended_at=None)
    return _end(rows if keep is None else rows.exclude(pk=keep), why)


def _end(rows: QuerySet[RefreshFamily], why: str) -> int:
    keys = [key for key in rows.values_list("session_key", flat=True) if key]
    count = rows.update(ended_at=timezone.now(), ended_why=why)
    if keys:
        Session.objects.filter(session_key__in=keys).delete()
        live.tell(live.PEOPLE)
    return count
