"""How an office's own rules about sign-ins are changed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.identity_models import IdentityProvider
from accounts.models import Role, User
from common.audit import record_change
from common.errors import InvalidError
from tenants.context import current_tenant, public_context, tenant_transaction
from tenants.models import Tenant
from tenants.settings import TenantSettings


def change_settings(*, changes: Mapping[str, Any], by: User) -> TenantSettings:
    """Change rules of the office in force; they stand in its trail and in the platform's.

    Raises InvalidError for a role that there is not, and where it would lock its author out.
    """
    tenant = current_tenant()
    if "mfa_roles" in changes:
        _check_roles(changes["mfa_roles"], by)
    changes = _with_way_in(changes, tenant.settings)
    with public_context(), transaction.atomic():
        row = Tenant.objects.select_for_update().get(pk=tenant.pk)
        before = row.copied()
        new = TenantSettings.model_validate({**row.settings.model_dump(), **changes})
        row.settings = new
        row.save(update_fields=["settings", "updated_at"])  # type: ignore[no-untyped-call]  # django-tenants
        with tenant_transaction(tenant):
            record_change(before, row)
    tenant.settings = new
    return new


def _with_way_in(changes: Mapping[str, Any], now: TenantSettings) -> dict[str, Any]:
    """Return the changes; an office by its provider alone has a provider, and an admin besides."""
    values = dict(changes)
    if "sso_break_glass" in values:
        values["sso_break_glass"] = str(values["sso_break_glass"] or "")
    after = {"only": now.sso_only, "person": now.sso_break_glass}
    after |= {"only": values.get("sso_only", after["only"])}
    after |= {"person": values.get("sso_break_glass", after["person"])}
    admins = User.objects.active().filter(role__permissions__contains=["admin:settings"])
    is_named = bool(after["person"]) and admins.filter(pk=str(after["person"])).exists()
    if not is_named and (after["only"] or values.get("sso_break_glass")):
        sentence = "Name an active admin who may still use a password when the provider fails."
        raise InvalidError(sentence, code="no_break_glass", attr="sso_break_glass")
    if after["only"] and not IdentityProvider.objects.active().exists():
        raise InvalidError("Set up a provider first.", code="no_provider", attr="sso_only")
    return values


def _check_roles(names: list[str], by: User) -> None:
    known = set(Role.objects.values_list("name", flat=True))
    for name in names:
        if name not in known:
            raise InvalidError(f"There is no role “{name}”.", code="unknown_role", attr="mfa_roles")
    if by.role.name in names and not by.mfa_enabled:
        sentence = "Set up a second factor of your own before you want one of your role."
        raise InvalidError(sentence, code="own_role", attr="mfa_roles")
