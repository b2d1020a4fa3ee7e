"""Another name, another address."""

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common.errors import InvalidError
from tenants.context import public_context
from tenants.models import Tenant
from tenants.services import MAX_SLUG, RESERVED_SLUGS

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def rename_tenant(*, tenant: Tenant, slug: str | None = None, name: str | None = None) -> Tenant:
    """Change the address or the name. Sessions and tokens go on; the old address is free at once.

    Raises InvalidError naming the field when the slug is malformed, kept or taken.
    """
    with public_context(), transaction.atomic():
        row = Tenant.objects.select_for_update(of=("self",)).get(pk=tenant.pk)
        if slug is not None and slug != row.slug:
            check_slug(slug)
            row.slug = slug
        if name is not None:
            row.name = _checked_name(row, name.strip())
        try:
            with transaction.atomic():
                row.save(update_fields=["slug", "name", "updated_at"])  # type: ignore[no-untyped-call]  # django-tenants
        except IntegrityError:
            raise InvalidError(f"“{slug}” is taken.", code="unique", attr="slug") from None
    return row


def check_slug(slug: str) -> None:
    """Raise InvalidError when this cannot be the first part of an office's address."""
    if len(slug) > MAX_SLUG or not SLUG.match(slug):
        raise InvalidError(
            "An address has lower case letters, digits and single hyphens, at most"
            f" {MAX_SLUG} of them.",
            attr="slug",
        )
    if slug in RESERVED_SLUGS:
        raise InvalidError(f"“{slug}” is kept for the platform.", code="reserved", attr="slug")


def _checked_name(row: Tenant, name: str) -> str:
    try:
        row._meta.get_field("name").clean(name, row)
    except ValidationError as error:
        raise InvalidError(" ".join(error.messages), attr="name") from None
    return name
