"""An organisation out of an archive."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from common.errors import InvalidError
from common.moments import zone_names
from tenants.archive.format import BadArchiveError, TenantFacts
from tenants.archive.loader import load_files, load_rows
from tenants.archive.reader import open_archive
from tenants.archive.writer import Report
from tenants.context import public_context
from tenants.domains import add_domain
from tenants.models import Tenant
from tenants.regions import note_return
from tenants.renaming import check_slug
from tenants.services import open_tenant, suspend_tenant
from tenants.settings import TenantSettings
from tenants.stores import StoreAwayError, stores
from tenants.template import migration_state

logger = logging.getLogger(__name__)

SETTINGS = TenantSettings.model_fields
FIELDS = ("settings", "subscription_tier")


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall differ from the archive; empty names are those of the archive."""

    slug: str = ""
    name: str = ""
    suspended: bool = False
    database: str = DEFAULT_DB_ALIAS


def import_tenant(
    *, path: Path, wish: Wish, report: Report, finish: Callable[[Tenant], None]
) -> Tenant:
    """Open an organisation with the archive's rows and files; a failure leaves nothing behind.

    `finish` is called inside the transaction. Raises BadArchiveError, and InvalidError when the
    slug is taken or there is no such database.
    """
    if wish.database not in connections.settings:
        raise InvalidError(f"There is no database “{wish.database}”.", attr="database")
    with open_archive(path) as archive:
        archive.check(state=migration_state(), report=report)
        facts = archive.manifest.tenant
        tenant: Tenant | None = None
        try:
            # The rows are there a moment before the organisation that they belong to.
            with (
                public_context(),
                transaction.atomic(),
                transaction.atomic(using=wish.database),
            ):
                tenant = _open(facts, wish)
                load_rows(archive=archive, tenant=tenant, report=report)
                report(95, "Writing files.")
                load_files(archive=archive, tenant=tenant)
                if wish.suspended:
                    suspend_tenant(tenant=tenant)
                finish(tenant)
        except BaseException:
            if tenant is not None:
                _remove_files(tenant)
            raise
    return tenant


def _remove_files(tenant: Tenant) -> None:
    """Remove what has come in already; why the import failed matters more than a store's mood."""
    for store in stores():
        try:
            store.clear(tenant.pk)
        except (StoreAwayError, OSError):
            logger.exception("files of an import were left", extra={"tenant": str(tenant.pk)})


def _open(facts: TenantFacts, wish: Wish) -> Tenant:
    """Open the organisation with what the manifest knows of it, but for host names taken."""
    slug, name = wish.slug or facts.slug, wish.name or facts.name
    check_slug(slug)
    wanted = _checked(facts, name)
    note_return(slug)
    tenant = open_tenant(name=name, slug=slug, timezone=facts.timezone, db_alias=wish.database)
    for field in FIELDS:
        setattr(tenant, field, getattr(wanted, field))
    tenant.save()  # type: ignore[no-untyped-call]  # django-tenants
    for domain in facts.domains:
        # To be proved anew: the archive may be anybody's, and says what it likes.
        with suppress(InvalidError):
            add_domain(tenant=tenant, name=domain)
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
