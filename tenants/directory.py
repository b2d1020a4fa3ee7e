"""Finding the organisation: by id, by host name, by e-mail."""

import logging
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, models
from django.db.models import QuerySet

from tenants.context import public_context
from tenants.domain_models import Domain
from tenants.models import AccountEntry, ChatEntry, LoginEntry, Tenant

M = TypeVar("M", bound=models.Model)
logger = logging.getLogger(__name__)

# One person may work in several offices; nobody signs in to more than this at once.
MAX_OFFICES = 20


def open_tenant_or_none(tenant_id: UUID) -> Tenant | None:
    """Return the tenant if it may be entered now."""
    with public_context():
        return Tenant.objects.open().for_entering().filter(pk=tenant_id).first()


def working_tenant_or_none(tenant_id: UUID) -> Tenant | None:
    """Return the tenant if something may be written in it now."""
    with public_context():
        return Tenant.objects.working().for_entering().filter(pk=tenant_id).first()


def any_tenant(tenant_id: UUID | None) -> Tenant | None:
    """Return the tenant, open or not."""
    with public_context():
        return Tenant.objects.filter(pk__in=[tenant_id]).first()


def tenant_named(name: str) -> Tenant | None:
    """Return the tenant with this slug or id, open or not: how operators name one."""
    if tenant_id := uuid_or_none(name):
        return any_tenant(tenant_id)
    with public_context():
        return Tenant.objects.filter(slug=name).first()


def uuid_or_none(text: str) -> UUID | None:
    """Return the id that the text spells."""
    try:
        return UUID(text)
    except ValueError:
        return None


def tenant_of_host(host: str) -> Tenant | None:
    """Return whose host name this is, open or not; `host` is lower case and without a port."""
    with public_context():
        slug = slug_of_host(host)
        if slug is not None:
            return Tenant.objects.for_entering().filter(slug=slug).first()
        proved = Domain.objects.proved().filter(domain=host)
        return Tenant.objects.for_entering().filter(domains__in=proved).first()


def slug_of_host(host: str) -> str | None:
    """Return `acme` of `acme.<base domain>`, or None for a foreign name."""
    slug, dot, rest = host.partition(".")
    return slug if dot and rest == settings.BASE_DOMAIN else None


def offices_of_email(email: str, *, slug: str | None = None) -> list[Tenant]:
    """Return the open organisations where somebody has this e-mail."""
    with public_context():
        found = Tenant.objects.open().filter(pk__in=_tenants_with(email.lower()))
        if slug is not None:
            found = found.filter(slug=slug)
        return list(found.order_by("slug")[:MAX_OFFICES])


def people_at(channel: str, address: str, *, closed: bool = False) -> list[tuple[Tenant, UUID]]:
    """Return whose chat or telephone it is in each open organisation, the last chosen first.

    With `closed` those are returned instead who closed it.
    """
    with public_context():
        known = ChatEntry.objects.filter(channel=channel, address=address, is_closed=closed)
        entries = _everywhere(known)
        entries.sort(key=lambda entry: entry.chosen_at, reverse=True)
        offices = Tenant.objects.open().for_entering().in_bulk({e.tenant_id for e in entries})
    return [(offices[e.tenant_id], e.person_id) for e in entries if e.tenant_id in offices]


def office_of_account(provider: str, account_key: str) -> UUID | None:
    """Return the id of the organisation that has connected this workspace, open or not."""
    with public_context():
        known = AccountEntry.objects.filter(provider=provider, account_key=account_key)
        return next((entry.tenant_id for entry in _everywhere(known)), None)


def _tenants_with(email: str) -> list[UUID]:
    entries = _everywhere(LoginEntry.objects.filter(email=email))
    return [entry.tenant_id for entry in entries]


def _everywhere(entries: QuerySet[M]) -> list[M]:
    """Return the entries of every database; one that does not answer is left out."""
    found: list[M] = []
    for alias in connections:
        try:
            found += entries.using(alias)[:MAX_OFFICES]
        except (OperationalError, InterfaceError):
            if alias == DEFAULT_DB_ALIAS:
                raise
            logger.exception("database does not answer", extra={"database": alias})
    return found


def address_of(tenant: Tenant) -> str:
    """Return where the tenant's pages stand, as `https://acme.example.com`."""
    scheme, _, host = settings.PUBLIC_URL.partition("://")
    _name, colon, port = host.partition(":")
    return f"{scheme}://{tenant.slug}.{settings.BASE_DOMAIN}{colon}{port}"
