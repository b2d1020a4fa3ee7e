"""How an office's use of a language model is set."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from assistant.llm.models import ModelKey
from common.audit import record_change
from common.errors import InvalidError
from tenants.context import public_context, tenant_transaction
from tenants.features import require_feature
from tenants.models import Tenant
from tenants.plan_models import Feature
from tenants.settings import TenantSettings

PREFIX = "llm_"
# What decides of which model an office's vectors are.
OF_VECTORS = ("llm_embeddings", "llm_base_url", "llm_embedding_model", "llm_embedding_size")
_followers: list[Callable[[], object]] = []


def follow_vectors(act: Callable[[], object]) -> None:
    """Have something done, in the office's transaction, when another model is to make its vectors.

    Apps call it when they are ready.
    """
    _followers.append(act)


def set_language_model(
    *, tenant: Tenant, changes: Mapping[str, Any], key: str | None = None
) -> TenantSettings:
    """Change how the office uses a language model; a key that is not given stays as it is.

    A key belongs to its address: with another one the old key is forgotten. What changed stands in
    the office's own trail as well as in the platform's. Raises InvalidError.
    """
    _require_may(tenant, changes, key)
    with public_context(), transaction.atomic():
        row = Tenant.objects.select_for_update().get(pk=tenant.pk)
        before, old = row.copied(), row.settings
        row.settings = new = checked(old, changes)
        if key and not new.llm_base_url:
            raise InvalidError("A key needs the address that it is for.", attr="key")
        if new.llm_embeddings and new.llm_base_url and not new.llm_embedding_model:
            raise InvalidError("Name the model that makes vectors.", attr="embedding_model")
        row.save(update_fields=["settings", "updated_at"])  # type: ignore[no-untyped-call]  # django-tenants
        with tenant_transaction(tenant):
            record_change(before, row)
            if key is None and new.llm_base_url != old.llm_base_url:
                key = ""
            if key is not None:
                _store(key)
            if any(getattr(old, name) != getattr(new, name) for name in OF_VECTORS):
                for act in _followers:
                    act()
    tenant.settings = new
    return new


def checked(old: TenantSettings, changes: Mapping[str, Any]) -> TenantSettings:
    """Return the settings with the changes. Raises InvalidError naming the first bad one."""
    for name in changes:
        if not name.startswith(PREFIX):
            raise InvalidError(f"“{name}” is not about language models.", attr=name)
    try:
        return TenantSettings.model_validate({**old.model_dump(), **changes})
    except ValidationError as error:
        bad = error.errors()[0]
        name = str(bad["loc"][0]).removeprefix(PREFIX)
        why = bad["msg"].removeprefix("Value error, ")
        raise InvalidError(f"{name}: {why}.", attr=name) from error


def _store(key: str) -> None:
    stored = ModelKey.objects.select_for_update().first()
    if not key:
        ModelKey.objects.all().delete()
    elif stored is None:
        ModelKey.objects.create(key=key)
    else:
        stored.key = key
        stored.save(update_fields=["key", "updated_at"])


def _require_may(tenant: Tenant, changes: Mapping[str, Any], key: str | None) -> None:
    if key and not (key.isascii() and key.isprintable()):
        raise InvalidError("A key is one line of ASCII.", attr="key")
    if changes.get("llm_mode", "off") != "off" or changes.get("llm_embeddings"):
        require_feature(Feature.LANGUAGE_MODEL, tenant)
