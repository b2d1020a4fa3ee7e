"""Bringing secrets at rest to the first of ENCRYPTION_KEYS."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from common.crypto import EncryptedField
from tenants.context import tenant_transaction
from tenants.models import Tenant


def encrypted_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Return every column that holds secrets."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                yield model, field.name


def rotate_keys_of(tenant: Tenant) -> int:
    """Encrypt the tenant's secrets anew and return how many there are. Raises LostKeyError."""
    count = 0
    with tenant_transaction(tenant):
        for model, name in encrypted_fields():
            rows = model._default_manager
            for key, secret in rows.select_for_update().values_list("pk", name):
                count += rows.filter(pk=key).update(**{name: secret})
    return count
