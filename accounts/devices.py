"""Devices: which ones somebody signed in from before, and a letter about each new one.

A browser keeps a signed cookie that names the accounts which signed in there: it needs no table to
tell a known device, before it is known who asks. Programs are told apart by what they call
themselves.
"""

from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _lazy

from accounts.browsers import named
from accounts.identity_models import Device
from accounts.models import User
from accounts.notices import NoticeKind, register_notice, write_to
from common.origin import current_origin
from tenants.context import tenant_or_none

COOKIE, SALT = "office_device", "accounts.device"
NEW = "new_device"
KEPT_FOR = 365 * 24 * 3600
MOST_ACCOUNTS = 10


def marks_of(request: HttpRequest | None) -> dict[str, Any]:
    """Return the device's id and its accounts out of the cookie; a new id where there is none."""
    text = request.COOKIES.get("office_device", "") if request is not None else ""
    try:
        marks = signing.loads(text, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return {"d": uuid4().hex, "a": []}
    return {"d": str(marks["d"]), "a": [*marks["a"]]}


def knows(request: HttpRequest | None, email: str) -> str:
    """Return the id of a device from which this account has signed in before; empty for others."""
    marks = marks_of(request)
    return marks["d"] if _mark_of(email) in marks["a"] else ""


def mark_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Have the device remember that this account signed in there."""
    marks = marks_of(request)
    accounts = dict.fromkeys([_mark_of(user.email), *marks["a"]])
    marks = {"d": device_id(request), "a": [*accounts][:MOST_ACCOUNTS]}
    response.set_cookie(
        COOKIE,
        signing.dumps(marks, salt=SALT),
        max_age=KEPT_FOR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def device_id(request: HttpRequest) -> str:
    """Return the device's id, the same during one request."""
    known: str | None = getattr(request, "office_device", None)
    if known is None:
        known = marks_of(request)["d"]
        request.office_device = known  # type: ignore[attr-defined]
    return known


def meet_device(*, user: User, device: str) -> None:
    """Note where somebody signs in, and write to them when it was never from there before.

    Where they sign in first is not worth a letter.
    """
    origin = current_origin()
    facts = {"label": origin.user_agent[:255], "address": origin.ip, "seen_at": timezone.now()}
    mine = Device.objects.filter(user=user)
    digest = sha256(device.encode()).hexdigest()
    if mine.filter(digest=digest).update(**facts):
        return
    is_first = not mine.exists()
    _row, made = Device.objects.get_or_create(user=user, digest=digest, defaults=facts)
    if made and not is_first:
        _tell(user, facts)


def _tell(user: User, facts: dict[str, Any]) -> None:
    lines = (
        format_lazy(
            _lazy(
                "Somebody signed in as you from a device that we have not met: {label}, at"
                " {address}, {when:%Y-%m-%d %H:%M} UTC."
            ),
            label=named(facts["label"]) or "?",
            address=facts["address"] or _lazy("an unknown address"),
            when=facts["seen_at"],
        ),
        _lazy("If it was you, all is well. If not, change your password: that ends all sessions."),
    )
    write_to(user, NEW, _lazy("A new device signed in"), lines)


def _mark_of(email: str) -> str:
    office = tenant_or_none()
    return salted_hmac(SALT, f"{office.pk if office else ''}:{email.lower()}").hexdigest()[:16]


register_notice(NEW, NoticeKind())


def forget_device(*, device: Device) -> None:
    """Forget one: when somebody signs in from there again, it is news."""
    device.delete()
