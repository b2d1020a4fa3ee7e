"""How an office's use of a language model is set."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from assistant.llm.models import ModelKey
from common.errors import InvalidError
from tenants.context import public_context, tenant_transaction
from tenants.models import Tenant
from tenants.settings import SettingsField, TenantSettings

PREFIX = "llm_"


def set_language_model(
    *, tenant: Tenant, changes: Mapping[str, Any], key: str | None = None
) -> TenantSettings:
    """Change how the office uses a language model; a key that is not given stays as it is.

    A key belongs to its address: with another one the old key is forgotten. Raises InvalidError.
    """
    if key and not (changes.get("llm_base_url") or tenant.settings.llm_base_url):
        raise InvalidError("A key needs the address that it is for.", attr="key")
    if key and not (key.isascii() and key.isprintable()):
        raise InvalidError("A key is one line of ASCII.", attr="key")
    with public_context(), transaction.atomic():
        row = Tenant.objects.select_for_update().get(pk=tenant.pk)
        old: TenantSettings = row.settings
        row.settings = new = checked(old, changes)
        row.save(update_fields=["settings", "updated_at"])  # type: ignore[no-untyped-call]  # django-tenants
        with tenant_transaction(tenant):
            if key is None and new.llm_base_url != old.llm_base_url:
                key = ""
            if key is not None:
                _store(key)
    tenant.settings = new
    return new


def checked(old: TenantSettings, changes: Mapping[str, Any]) -> TenantSettings:
    """Return the settings with the changes. Raises InvalidError naming the first bad one."""
    for name in changes:
        if not name.startswith(PREFIX):
            raise InvalidError(f"“{name}” is not about language models.", attr=name)
    try:
        return SettingsField().to_python({**old.model_dump(), **changes})
    except ValidationError as error:
        raise InvalidError(f"{error.messages[0]}.", attr="settings") from error


def _store(key: str) -> None:
    stored = ModelKey.objects.select_for_update().first()
    if not key:
        ModelKey.objects.all().delete()
    elif stored is None:
        ModelKey.objects.create(key=key)
    else:
        stored.key = key
        stored.save(update_fields=["key", "updated_at"])
