"""Features that operators switch: for a tier, or for one organisation alone.

They came with the organisation, as its limits did: to ask costs no query, and a change holds from
the next request on.
"""

from common.errors import RefusedError
from tenants.context import public_context, tenant_or_none
from tenants.models import Tenant
from tenants.plan_models import Feature


class FeatureOffError(RefusedError):
    """Those who run the platform have switched it off here."""

    code = "feature_off"


def has_feature(feature: Feature, tenant: Tenant | None = None) -> bool:
    """Tell whether the tenant, or the one in force, has it; outside every office all are on."""
    tenant = tenant or tenant_or_none()
    if tenant is None:
        return True
    with public_context():
        own = getattr(getattr(tenant, "own_limits", None), feature.value, None)
        return bool(getattr(tenant.plan, feature.value) if own is None else own)


def require_feature(feature: Feature, tenant: Tenant | None = None) -> None:
    """Raise FeatureOffError where the tenant, or the one in force, does not have it."""
    if not has_feature(feature, tenant):
        sentence = f"“{feature.label}” is switched off for your office; ask who runs the platform."
        raise FeatureOffError(sentence, extra={"feature": feature.value})


def features_off(tenant: Tenant) -> list[str]:
    """Return what is switched off, as consoles show it."""
    return [str(feature.label) for feature in Feature if not has_feature(feature, tenant)]
