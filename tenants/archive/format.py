"""What an archive is: its members, its manifest, and what is left out of it."""

from pathlib import PurePosixPath
from typing import Any, Literal

from django.utils import timezone
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from common.errors import UnprocessableError
from tenants.domain_models import Domain
from tenants.models import Tenant

FORMAT: Literal["ai-office-manager/tenant"] = "ai-office-manager/tenant"
VERSION: Literal[1] = 1
MANIFEST = "manifest.json"
ROWS, FILES = "rows/", "files/"
# What the database itself says about the schema, and what ends with the old address.
_left_out = {"django_migrations", "schema_marker", "django_session"}


def leave_out(table: str) -> None:
    """Keep a table of passing things, as sign-ins, out of archives; apps call it when ready."""
    _left_out.add(table)


def is_left_out(table: str) -> bool:
    """Tell whether the table stays behind."""
    return table in _left_out


class BadArchiveError(UnprocessableError):
    """The archive cannot be taken in; the sentence says why."""

    code = "bad_archive"


class Strict(BaseModel):
    """A part of the manifest: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid")


class Member(Strict):
    """One member of the archive; files have no rows."""

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    rows: int | None = Field(default=None, ge=0)


class TenantFacts(Strict):
    """What stands about the organisation outside its schema."""

    name: str
    slug: str
    settings: dict[str, Any]
    subscription_tier: str
    region: str
    timezone: str
    domains: list[str]


class Manifest(Strict):
    """The last member: what the others must be."""

    format: Literal["ai-office-manager/tenant"] = FORMAT
    version: Literal[1] = VERSION
    product: str
    state: str
    made_at: AwareDatetime = Field(default_factory=timezone.now)
    tenant: TenantFacts
    members: dict[str, Member]


def facts_of(tenant: Tenant) -> TenantFacts:
    """Return what the manifest says about an organisation; call it outside all tenants."""
    domains = Domain.objects.filter(tenant=tenant).order_by("domain")
    return TenantFacts(
        name=tenant.name,
        slug=tenant.slug,
        settings=tenant.settings.model_dump(mode="json"),
        subscription_tier=tenant.subscription_tier,
        region=tenant.region,
        timezone=tenant.timezone,
        domains=list(domains.values_list("domain", flat=True)),
    )


def read_manifest(text: bytes) -> Manifest:
    """Return the manifest. Raises BadArchiveError."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "it is no JSON"
        raise BadArchiveError(
            f"The manifest is not one of version {VERSION}: {where[:100]}."
        ) from None


def rows_member(table: str) -> str:
    """Return the name of the member with a table's rows."""
    return f"{ROWS}{table}.jsonl"


def is_safe(name: str) -> bool:
    """Tell whether a member's name stays where it belongs."""
    path = PurePosixPath(name)
    plain = path.as_posix() == name and not path.is_absolute() and ".." not in path.parts
    return plain and name.startswith((ROWS, FILES)) and "\\" not in name and name.isprintable()
