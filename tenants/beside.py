"""The directories that stand beside a schema, in the database where it stands."""

from typing import Any

from django.db import transaction

from tenants.context import public_context
from tenants.models import (
    AccountEntry,
    ChatEntry,
    DueInstant,
    LoginEntry,
    SealNote,
    Tenant,
    WantedEvent,
)

# That of people's addresses is kept by its trigger alone, also while a copy is loaded.
COPIED: tuple[Any, ...] = (AccountEntry, ChatEntry, DueInstant, SealNote, WantedEvent)
ALL_BESIDE: tuple[Any, ...] = (LoginEntry, *COPIED)
BATCH = 1000


def copy_beside(tenant: Tenant, target: str) -> None:
    """Have another database's directories, which forgot the tenant, say what its home's say."""
    for model in COPIED:
        rows = list(model.objects.using(tenant.db_alias).filter(tenant_id=tenant.pk))
        for row in rows:
            if not isinstance(row, DueInstant):
                row.pk = None
            if isinstance(row, SealNote):
                # The other server counts anew.
                row.inserted = None
        model.objects.using(target).bulk_create(rows, batch_size=BATCH)


def forget_beside(tenant: Tenant, alias: str) -> None:
    """Take the tenant out of the directories of one database."""
    with public_context(), transaction.atomic(using=alias):
        for model in ALL_BESIDE:
            model.objects.using(alias).filter(tenant_id=tenant.pk).delete()
