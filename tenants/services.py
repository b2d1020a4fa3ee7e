"""Opening and closing organisations."""

from uuid import UUID, uuid4

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.utils.text import slugify

from common.errors import InvalidError
from tenants.context import public_context, wrapper_of
from tenants.models import Tenant, schema_name_of
from tenants.plan_models import Plan, Tier
from tenants.region_models import MovedAway
from tenants.template import migration_state

# Host names below the base domain that are ours.
RESERVED_SLUGS = frozenset(
    {
        *("admin", "api", "app", "assets", "auth", "docs", "ftp", "help", "mail", "media"),
        *("office", "public", "smtp", "static", "status", "support", "test", "www"),
    }
)
MAX_SLUG = 40
MAX_TRIES = 50


def open_tenant(
    *,
    name: str,
    slug: str | None = None,
    timezone: str = "UTC",
    db_alias: str = DEFAULT_DB_ALIAS,
) -> Tenant:
    """Make an organisation with its own schema, ready to be entered.

    Everything happens in one transaction: a failure leaves no row and no schema behind. In another
    database than the first the schema comes a moment before the row: a power cut in between leaves
    one that nobody points to.
    Raises InvalidError when the given slug is taken or the name gives none.
    """
    if db_alias not in connections.settings:
        raise InvalidError(f"There is no database “{db_alias}”.", attr="db_alias")
    with public_context(), transaction.atomic():
        tenant_id = uuid4()
        tenant = Tenant(
            id=tenant_id,
            name=name.strip(),
            slug=slug or "",
            schema_name=schema_name_of(tenant_id),
            timezone=timezone,
            region=settings.REGION,
            db_alias=db_alias,
        )
        _insert(tenant, wanted=slug or _slug_of(name, tenant_id), fixed=slug is not None)
        with transaction.atomic(using=db_alias):
            fill_schema(tenant)
        tenant.ready = True
        Tenant.objects.filter(pk=tenant.pk).update(ready=True)
    return tenant


def fill_schema(tenant: Tenant) -> None:
    """Have the owner's function replay the template and mark the schema as this tenant's."""
    wrapper = wrapper_of(tenant.db_alias)
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT public.office_open_schema(%s, %s)", [tenant.pk, migration_state()])
    wrapper.meet(tenant.schema_name)


def suspend_tenant(*, tenant: Tenant) -> Tenant:
    """Close the doors: no request, sign-in, job or reminder of this tenant runs from now on."""
    return _set_active(tenant, active=False)


def resume_tenant(*, tenant: Tenant) -> Tenant:
    """Open the doors again; what fell due meanwhile is done now."""
    return _set_active(tenant, active=True)


def change_tier(*, tenant: Tenant, tier: Tier) -> Tenant:
    """Move the tenant to another plan; all that it has stays, also what finds no room there."""
    with public_context(), transaction.atomic():
        tenant.plan = Plan.objects.get(tier=tier)  # which sets `subscription_tier`
        tenant.save(update_fields=["subscription_tier", "updated_at"])  # type: ignore[no-untyped-call]  # same
    return tenant


def _set_active(tenant: Tenant, *, active: bool) -> Tenant:
    with public_context(), transaction.atomic():
        tenant.is_active = active
        tenant.save(update_fields=["is_active", "updated_at"])  # type: ignore[no-untyped-call]  # same
    return tenant


def _slug_of(name: str, tenant_id: UUID) -> str:
    """Return a host name's first label: a name without Latin letters gets one from the id."""
    if not any(map(str.isalnum, name)):
        raise InvalidError("The name needs at least one letter or digit.", attr="tenant_name")
    slug = slugify(name).replace("_", "-")[:MAX_SLUG].strip("-")
    return slug or f"office-{tenant_id.hex[:8]}"


def _leads_away(slug: str) -> bool:
    return MovedAway.objects.filter(slug=slug).exists()


def _insert(tenant: Tenant, *, wanted: str, fixed: bool) -> None:
    if fixed and _leads_away(wanted):
        raise InvalidError(f"“{wanted}” is taken.", code="unique", attr="slug")
    if fixed and wanted in RESERVED_SLUGS:
        raise InvalidError(f"“{wanted}” is kept for the platform.", code="reserved", attr="slug")
    for number in range(1, MAX_TRIES):
        tenant.slug = wanted if number == 1 else f"{wanted}-{number}"
        if tenant.slug in RESERVED_SLUGS or _leads_away(tenant.slug):
            continue
        try:
            with transaction.atomic():
                tenant.save(force_insert=True)  # type: ignore[no-untyped-call]  # django-tenants
        except IntegrityError:
            if fixed:
                raise InvalidError(f"“{wanted}” is taken.", code="unique", attr="slug") from None
        else:
            return
    raise InvalidError("This name is taken too often; choose another.", attr="tenant_name")
