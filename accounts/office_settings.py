"""How an office changes what stands in its row: its name, its habits, its rules of sign-in."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from accounts.identity_models import IdentityProvider
from accounts.models import Role, User
from common.audit import record_change
from common.errors import InvalidError
from tenants.context import current_tenant, public_context, tenant_transaction
from tenants.models import Tenant
from tenants.settings import TenantSettings

# What is no setting, and an office may change itself.
OFFICE_FIELDS = frozenset({"name", "timezone"})


def change_settings(*, changes: Mapping[str, Any], by: User) -> TenantSettings:
    """Change rules of the office in force; they stand in its trail and in the platform's.

    Raises InvalidError for a role that there is not, and where it would lock its author out.
    """
    tenant = current_tenant()
    if "mfa_roles" in changes:
        _check_roles(changes["mfa_roles"], by)
    changes = _with_way_in(changes, tenant.settings)
    return _changed(changes).settings


def change_office(
    *, changes: Mapping[str, Any], check: Callable[[Tenant], None] | None = None
) -> Tenant:
    """Change name, time zone and settings of the office in force, as its admins may.

    `check` sees the row once nobody else can change it, and raises if it is not the one that was
    meant. Raises InvalidError for hours that end before they begin.
    """
    return _changed(changes, check)


def _changed(changes: Mapping[str, Any], check: Callable[[Tenant], None] | None = None) -> Tenant:
    """Write the changes into the locked row, and into both trails."""
    tenant = current_tenant()
    fields = {name: value for name, value in changes.items() if name in OFFICE_FIELDS}
    with public_context(), transaction.atomic():
        row = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if check is not None:
            check(row)
        before = row.copied()
        row.settings = _with(row.settings, {k: v for k, v in changes.items() if k not in fields})
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=["settings", *fields, "updated_at"])  # type: ignore[no-untyped-call]  # django-tenants
        with tenant_transaction(tenant):
            record_change(before, row)
    tenant.settings = row.settings
    for name in fields:
        setattr(tenant, name, getattr(row, name))
    return row


def _with(settings: TenantSettings, changes: Mapping[str, Any]) -> TenantSettings:
    new = TenantSettings.model_validate({**settings.model_dump(), **changes})
    if {"office_opens", "office_closes"} & changes.keys() and new.office_closes <= new.office_opens:
        sentence = "The office has to open before it closes."
        raise InvalidError(sentence, code="closes_before_opening", attr="settings.office_closes")
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
