"""Who may listen: asked at the door, and again while they stay. Called in threads."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port
from django.utils import timezone

from accounts.models import RefreshFamily, SessionKind
from tenants import live
from tenants.context import tenant_transaction
from tenants.directory import open_tenant_or_none, tenant_of_host
from tenants.features import has_feature
from tenants.models import Tenant
from tenants.plan_models import Feature

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who was let in: by which session, and to which tenant's words."""

    tenant: Tenant
    session_key: str
    channel: str


def tidily(work: Callable[[], T]) -> T:
    """Do the work in a thread, without keeping a connection that is no good."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


def admit(host: str, cookies: str, origin: str) -> Guest | None:
    """Let in whoever is signed in to the open office of the host, asked by its own pages."""
    name = split_domain_port(host)[0]
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    # Other offices are of the same site: a browser would send the cookie for their pages, too.
    if not key or not name or (origin and urlsplit(origin).hostname != name):
        return None
    tenant = None if name in settings.PUBLIC_HOSTS else tenant_of_host(name)
    if tenant is None or not (tenant.is_open and has_feature(Feature.LIVE_UPDATES, tenant)):
        return None
    with tenant_transaction(tenant):
        request = HttpRequest()
        request.session = SessionStore(key)
        if not get_user(request).is_authenticated or key not in going_on({key}):
            return None
        return Guest(tenant, key, live.channel())


def still_in(tenant: Tenant, keys: Collection[str]) -> set[str]:
    """Return those of the sessions that are still good, in two queries."""
    now = open_tenant_or_none(tenant.pk)
    if now is None or not has_feature(Feature.LIVE_UPDATES, now):
        return set()
    with tenant_transaction(tenant):
        return going_on(keys)


def going_on(keys: Collection[str]) -> set[str]:
    """Return those of the sessions that have neither ended nor lost their person."""
    now = timezone.now()
    kept = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    families = RefreshFamily.objects.going_on(now).filter(
        kind=SessionKind.PAGE, session_key__in=kept.values("session_key"), user__is_active=True
    )
    return set(families.values_list("session_key", flat=True))
