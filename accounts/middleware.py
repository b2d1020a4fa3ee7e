"""The doorman: which tenant a request works in, decided once, before anything is read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils.translation import gettext as _

from accounts import page_sessions
from accounts.bearers import bearer
from accounts.key_tokens import KeyClaims, read_key
from accounts.models import User
from accounts.support import support_in
from accounts.tokens import Claims, bearer_token, read_access_token
from common.errors import (
    AppError,
    MissingError,
    ReadOnlyError,
    RefusedError,
    UnauthenticatedError,
)
from common.origin import current_origin
from common.refusals import refuse
from tenants.context import public_context, tenant_context
from tenants.directory import open_tenant_or_none, slug_of_host, tenant_of_host
from tenants.memory import recall, remember
from tenants.models import Tenant
from tenants.regions import require_here

GetResponse = Callable[[HttpRequest], HttpResponse]
# Asked by load balancers and Prometheus, under whatever name they know the machine.
OPERATIONS = ("/health", "/metrics")
# Where programs ask, with a token or a key and without cookies.
API = ("/api/", "/scim/", "/mcp")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """What the Authorization header came to; without a person it is no good here."""

    claims: Claims | KeyClaims | None = None
    tenant: Tenant | None = None
    person: User | None = None


def access_of(request: HttpRequest) -> Access | None:
    """Return what TenantMiddleware made of the request's access token."""
    return getattr(request, "office_access", None)


class TenantMiddleware:
    """Enters the tenant that host name and access token name together, or none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside the tenant; unknown hosts and closed offices get no further."""
        host = split_domain_port(request.get_host())[0]
        claims = claims_of(request)
        access = recalled_access(host, claims) if claims else None
        if access is not None:
            host_tenant = None if host in settings.PUBLIC_HOSTS else access.tenant
            return self.answer(request, host_tenant, access)
        host_tenant = None
        try:
            if host not in settings.PUBLIC_HOSTS and not request.path.startswith(OPERATIONS):
                host_tenant = open_office_of(host)
            access = read_access(claims, host_tenant)
        except AppError as error:
            return refuse(request, error)
        return self.answer(request, host_tenant, access)

    def answer(
        self, request: HttpRequest, host_tenant: Tenant | None, access: Access | None
    ) -> HttpResponse:
        """Answer inside the tenant of the host or, on the shared one, of the token."""
        tenant = host_tenant or (access.tenant if access else None)
        request.office_access = access  # type: ignore[attr-defined]
        request.urlconf = settings.ROOT_URLCONF if host_tenant else settings.PUBLIC_SCHEMA_URLCONF
        request.tenant = tenant  # type: ignore[attr-defined]
        request.host_tenant = host_tenant  # type: ignore[attr-defined]
        if tenant and tenant.moving_to and request.method not in READING:
            return refuse(request, ReadOnlyError())
        with tenant_context(tenant) if tenant else public_context():
            return self.get_response(request)


def open_office_of(host: str) -> Tenant:
    """Return the office that the host names. Raises AppError where there is no open one."""
    tenant = tenant_of_host(host)
    if tenant is not None and tenant.is_open:
        return tenant
    require_here(slug=slug_of_host(host))
    if tenant is None:
        raise MissingError(_("There is no office at this address."))
    raise RefusedError(_("This office is closed."), code="office_closed")


def claims_of(request: HttpRequest) -> Claims | KeyClaims | Literal[False] | None:
    """Return what the request's access token or API key says: False for bad ones, None for none.

    Pages take no access token: on the shared host one shall not show them as those of its office.
    """
    token = bearer_token(request) if request.path.startswith(API) else None
    if token is None:
        return None
    if key := read_key(token):
        return key
    try:
        return read_access_token(token)
    except UnauthenticatedError:
        return False


def recalled_access(host: str, claims: Claims | KeyClaims) -> Access | None:
    """Return the access to an office that we remember rightly; None to look it up instead."""
    tenant = recall(claims.tenant_id)
    if tenant is None or not (host in settings.PUBLIC_HOSTS or slug_of_host(host) == tenant.slug):
        return None
    with tenant_context(tenant):
        found = bearer(claims)
    if found.person is None or found.version != tenant.version:
        return None
    return Access(claims, tenant, found.person)


def read_access(
    claims: Claims | KeyClaims | Literal[False] | None, host_tenant: Tenant | None
) -> Access | None:
    """Find the open tenant of a token, which the host must not contradict, and the person.

    Raises ElsewhereError where it has gone to another region.
    """
    if claims is None:
        return None
    if claims is False or (host_tenant is not None and claims.tenant_id != host_tenant.pk):
        return Access(tenant=host_tenant)
    tenant = host_tenant or open_tenant_or_none(claims.tenant_id)
    if tenant is None:
        require_here(tenant_id=claims.tenant_id)
        return Access()
    with tenant_context(tenant):
        found = bearer(claims)
    if found.version is not None and found.version == tenant.version:
        remember(tenant)
    return Access(claims, tenant, found.person)


def host_context(request: HttpRequest) -> AbstractContextManager[Tenant | None]:
    """Work for the office that the host names, whatever the access token says."""
    tenant: Tenant | None = getattr(request, "host_tenant", None)
    return tenant_context(tenant) if tenant else public_context()


class PersonMiddleware:
    """Makes the signed-in person the author of what a page writes, and follows the session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the lazy user: it is looked up when the first write happens, not before."""
        origin = current_origin()
        origin.actor = request.user
        origin.closer = lambda: "support" if support_in(request) else ""
        response = self.get_response(request)
        page_sessions.follow(request, response)
        return response
