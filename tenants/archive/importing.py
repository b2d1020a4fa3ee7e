"""An organisation out of an archive."""

import shutil
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction

from common.moments import zone_names
from tenants.archive.format import BadArchiveError, TenantFacts
from tenants.archive.loader import load_files, load_rows
from tenants.archive.reader import open_archive
from tenants.archive.writer import Report
from tenants.context import public_context
from tenants.files import folder_of
from tenants.models import Domain, Tenant
from tenants.renaming import check_slug
from tenants.services import open_tenant, suspend_tenant
from tenants.settings import TenantSettings
from tenants.template import migration_state

SETTINGS = TenantSettings.model_fields
FIELDS = ("settings", "subscription_tier", "region")


def import_tenant(
    *,
    path: Path,
    slug: str,
    name: str,
    suspended: bool,
    report: Report,
    finish: Callable[[Tenant], None],
) -> Tenant:
    """Open an organisation with the archive's rows and files; a failure leaves nothing behind.

    `finish` is called inside the transaction. Raises BadArchiveError, and InvalidError when the
    slug is taken.
    """
    with open_archive(path) as archive:
        archive.check(state=migration_state(), report=report)
        facts = archive.manifest.tenant
        folder: Path | None = None
        try:
            with public_context(), transaction.atomic():
                tenant = _open(facts, slug=slug or facts.slug, name=name or facts.name)
                folder = folder_of(tenant.pk)
                load_rows(archive=archive, tenant=tenant, report=report)
                report(95, "Writing files.")
                load_files(archive=archive, folder=folder)
                if suspended:
                    suspend_tenant(tenant=tenant)
                finish(tenant)
        except BaseException:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
    return tenant


def _open(facts: TenantFacts, *, slug: str, name: str) -> Tenant:
    """Open the organisation with what the manifest knows of it; host names that are taken stay."""
    check_slug(slug)
    wanted = _checked(facts, name)
    tenant = open_tenant(name=name, slug=slug, timezone=facts.timezone)
    for field in FIELDS:
        setattr(tenant, field, getattr(wanted, field))
    tenant.save()  # type: ignore[no-untyped-call]  # django-tenants
    taken = set(Domain.objects.filter(domain__in=facts.domains).values_list("domain", flat=True))
    for number, domain in enumerate(name for name in facts.domains if name not in taken):
        Domain.objects.create(tenant=tenant, domain=domain, is_primary=number == 0)
    return tenant


def _checked(facts: TenantFacts, name: str) -> Tenant:
    known = {key: facts.settings[key] for key in facts.settings if key in SETTINGS}
    try:
        wanted = Tenant(
            name=name,
            settings=TenantSettings(**known),
            subscription_tier=facts.subscription_tier,
            region=facts.region,
            timezone=facts.timezone,
        )
        wanted.clean_fields(exclude={"settings", "slug", "schema_name"})
    except (ValueError, ValidationError, ObjectDoesNotExist) as error:
        raise BadArchiveError("The manifest says nonsense about the organisation.") from error
    if facts.timezone not in zone_names():
        raise BadArchiveError("The manifest names a time zone that is nonsense.")
    return wanted
