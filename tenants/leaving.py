"""An organisation leaves for another region, by an archive, while its people read on.

First nobody writes any more, as when it moves to another database; then everything is written into
an archive, which the other region takes in. It stays like that until somebody says that it has
arrived, or that it stays after all: no worker can know what happens on another machine.
"""

from typing import Any

from django.conf import settings
from django.db import transaction

from common.audit import record_access
from common.errors import ConflictError, InvalidError, MissingError
from tenants.context import public_context, tenant_transaction, wrapper_of
from tenants.directory import any_tenant
from tenants.models import Tenant
from tenants.moving import AWAY, begin, still, wait_for_hands
from tenants.operation_models import Operation
from tenants.regions import note_departure, says_yes
from tenants.turns import Turn


def be_still(turn: Turn) -> Tenant:
    """Let nobody write to the organisation any more. Raises ConflictError when it cannot be."""
    tenant = any_tenant(turn.operation.tenant_id)
    if tenant is None:
        raise MissingError("The organisation is gone.")
    if not tenant.moving_to:
        # The last entry of its trail here, which goes along.
        with tenant_transaction(tenant):
            record_access(tenant, leave=str(turn.operation.pk))
    begin(turn, tenant, AWAY + turn.operation.details["to"])
    wait_for_hands(turn, tenant)
    still(turn, tenant)
    return tenant


def arrive(*, tenant: Tenant) -> str:
    """Close it here, whose region says that it has it; return that region.

    From now on its address here leads there. Raises ConflictError when it does not say so.
    """
    region = _region_of(tenant)
    if not says_yes(region, {"slug": tenant.slug}):
        raise ConflictError(f"“{region}” does not say that {tenant.slug} is open there.")
    with public_context(), transaction.atomic():
        row = _locked(tenant)
        note_departure(tenant=row, region=region)
        row.is_active, row.moving_to = False, ""
        _store(row, "is_active", "moving_to")
    return region


def stay(*, tenant: Tenant) -> None:
    """Let people write again: it does not leave. Raises ConflictError where it was not leaving."""
    _region_of(tenant)
    stir(tenant)


def stir(tenant: Tenant) -> None:
    """Take back that nobody writes to it."""
    with wrapper_of(tenant.db_alias).cursor_without_path() as cursor:
        cursor.execute("SELECT public.office_stir_schema(%s)", [tenant.pk])
    with public_context(), transaction.atomic():
        row = _locked(tenant)
        row.moving_to = ""
        _store(row, "moving_to")


def require_region(region: str) -> None:
    """Raise InvalidError for a region that we do not know."""
    if region not in settings.REGIONS:
        raise InvalidError(f"REGIONS names no region “{region}”.", attr="to")


def _region_of(tenant: Tenant) -> str:
    busy = Operation.objects.unfinished().filter(tenant_id=tenant.pk).exists()
    if busy or not tenant.moving_to.startswith(AWAY):
        raise ConflictError(f"{tenant.slug} is not about to leave.")
    return tenant.moving_to.removeprefix(AWAY)


def _locked(tenant: Tenant) -> Tenant:
    return Tenant.objects.select_for_update(of=("self",)).get(pk=tenant.pk)


def _store(tenant: Tenant, *fields: str) -> None:
    save: Any = tenant.save
    save(update_fields=[*fields, "updated_at"])
