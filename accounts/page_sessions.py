"""Page sessions as people see them: each has a row that says where it is, and can be ended.

Django keeps the session itself; whoever ends one deletes Django's row, and the next request of
that browser is a stranger's.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.devices import device_id, mark_device
from accounts.models import RefreshFamily, SessionKind, User
from accounts.session_limits import session_limits
from accounts.sign_ins import SUPPORT, open_session
from common.origin import current_origin
from tenants import live
from tenants.context import atomic, tenant_or_none

ID, KEY, SEEN, ENDS, SHOWN = "sid", "sid_key", "sid_seen", "sid_ends", "sid_shown"
# How exactly it is known when a session was last used.
NOTED_EVERY = 300


def begin(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Note a page session that was just opened; connected to Django's signal."""
    session = request.session
    if not session.session_key:
        session.create()
    family = open_session(
        user=user,
        kind=SessionKind.PAGE,
        method=getattr(request, "office_method", "password"),
        session_key=session.session_key or "",
        device=device_id(request),
    )
    session[ID], session[ENDS] = str(family.pk), family.expires_at.timestamp()
    if family.method != SUPPORT:
        request.office_met = user  # type: ignore[attr-defined]
    note_shown(request)
    _stay(request)


def end(sender: Any, request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    """Note that a page session was closed; connected to Django's signal."""
    pk = session_id(request)
    if pk is not None:
        rows = RefreshFamily.objects.filter(pk=pk, ended_at=None)
        rows.update(ended_at=timezone.now(), ended_why="logout")
        live.tell(live.PEOPLE)


def is_refresh(request: HttpRequest) -> bool:
    """Tell whether a page asks by itself what has changed, and nobody did anything."""
    return request.headers.get("X-Refresh") == "1"


def writes_by_reading(request: HttpRequest) -> bool:
    """Tell whether a page that is read may note so: somebody opened it, and nothing is frozen."""
    office = tenant_or_none()
    return not is_refresh(request) and (office is None or not office.moving_to)


def follow(request: HttpRequest, response: HttpResponse) -> None:
    """Keep the row of a session that goes on up to date, every few minutes, and mark the device.

    A page that only stands open does not keep a session from ending.
    """
    if not writes_by_reading(request):
        return
    met = getattr(request, "office_met", None)
    if met is not None:
        mark_device(request, response, met)
    session = getattr(request, "session", None)
    pk = session_id(request) if session is not None and session.accessed else None
    if session is None or pk is None:
        return
    now = timezone.now()
    moved = session.session_key != session.get(KEY)
    if not moved and now.timestamp() - session.get(SEEN, 0) < NOTED_EVERY:
        return
    _stay(request)
    with atomic():
        RefreshFamily.objects.filter(pk=pk).update(
            seen_at=now, session_key=session.session_key or "", address=current_origin().ip
        )


def keep(request: HttpRequest) -> None:
    """Store the session of somebody who is not known yet, in a transaction.

    Django's middleware would look for a free key after the last one has ended.
    """
    with atomic():
        request.session.save()


def session_id(request: HttpRequest) -> UUID | None:
    """Return the id of the page session's row."""
    found = request.session.get(ID)
    return UUID(found) if found else None


def note_shown(request: HttpRequest) -> None:
    """Note that the person has shown just now who they are."""
    request.session[SHOWN] = timezone.now().timestamp()


def _stay(request: HttpRequest) -> None:
    """Let the session end after the office's time without a request, or at its own end."""
    session, now = request.session, timezone.now().timestamp()
    session[SEEN], session[KEY] = now, session.session_key
    left = session.get(ENDS, now) - now
    session.set_expiry(max(1, int(min(session_limits().idle.total_seconds(), left))))


def connect() -> None:
    """Listen to sign-ins and sign-outs of pages; called once, when the apps load."""
    user_logged_in.connect(begin, dispatch_uid="accounts.page_sessions.begin")
    user_logged_out.connect(end, dispatch_uid="accounts.page_sessions.end")
