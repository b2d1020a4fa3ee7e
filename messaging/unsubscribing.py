"""The way out of digests: a link that works without signing in (RFC 8058)."""

from uuid import UUID

from django.core import signing

from tenants.context import current_tenant
from tenants.directory import address_of


def unsubscribe_url(person_id: UUID) -> str:
    """Return the address at which this person's digests are stopped."""
    token = signing.dumps(str(person_id), salt=_salt())
    return f"{address_of(current_tenant())}/unsubscribe/{token}"


def person_of_token(token: str) -> UUID | None:
    """Return whose digests the token stops; None for what we did not sign for this office."""
    try:
        return UUID(signing.loads(token, salt=_salt()))
    except signing.BadSignature:
        return None


def _salt() -> str:
    return f"unsubscribe:{current_tenant().pk}"
