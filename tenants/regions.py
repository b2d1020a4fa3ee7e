"""Other installations of ours, each with its own databases: who is at home where.

What this one knows by itself are those who went from here. Of all others it asks the regions, one
after the other, over a line that only they can speak on (REGIONS_SECRET).
"""

import json
import logging
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from common.errors import ElsewhereError
from common.http import Deadline, Limits, NoAnswerError, post
from tenants.context import public_context
from tenants.models import Tenant
from tenants.region_models import MovedAway

logger = logging.getLogger(__name__)

PATH = "/regions/find"
HEADER = "X-Regions-Secret"
PATIENCE_SECONDS = 5.0
OK = 200


def address_in(region: str, slug: str = "") -> str:
    """Return where a region's shared host is, or an office of it; empty for an unknown region."""
    address: str = settings.REGIONS.get(region, "")
    if not address or not slug:
        return address
    parts = urlsplit(address)
    return f"{parts.scheme}://{slug}.{parts.netloc}"


def hash_of_id(tenant_id: UUID) -> str:
    """Return what stands for an organisation's id here once it has gone."""
    return sha256(str(tenant_id).encode()).hexdigest()


def require_here(*, slug: str | None = None, tenant_id: UUID | None = None) -> None:
    """Raise ElsewhereError for an office that went to another region."""
    if not settings.REGIONS:
        return
    known = {"slug": slug} if slug else {"id_hash": hash_of_id(tenant_id)} if tenant_id else None
    if known is None:
        return
    with public_context():
        gone = MovedAway.objects.filter(**known).first()
    if gone is not None and (home := address_in(gone.region, gone.slug)):
        raise ElsewhereError(home)


def note_departure(*, tenant: Tenant, region: str) -> None:
    """Write down that it is at home there from now on; call it outside all tenants."""
    there = {"region": region, "id_hash": hash_of_id(tenant.pk)}
    MovedAway.objects.update_or_create(slug=tenant.slug, defaults=there)


def note_return(slug: str) -> None:
    """Forget that an office of this address went; call it outside all tenants."""
    MovedAway.objects.filter(slug=slug).delete()


def region_of(question: dict[str, Any]) -> str | None:
    """Return the first other region that says yes. One that does not answer says no."""
    return next((name for name in settings.REGIONS if says_yes(name, question)), None)


def says_yes(region: str, question: dict[str, Any]) -> bool:
    """Ask a region. Call it in no transaction."""
    try:
        answer = post(
            address_in(region) + PATH,
            content=json.dumps(question).encode(),
            headers={"Content-Type": "application/json", HEADER: settings.REGIONS_SECRET},
            limits=Limits(Deadline.after(PATIENCE_SECONDS), inside=None),
        )
        return answer.status == OK and json.loads(answer.body)["found"] is True
    except (NoAnswerError, ValueError, KeyError, TypeError):
        logger.warning("a region does not answer", extra={"region": region}, exc_info=True)
        return False


def is_asked_by_a_region(request: HttpRequest) -> bool:
    """Tell whether one of ours asks."""
    told = request.headers.get(HEADER, "").encode()
    return bool(settings.REGIONS_SECRET) and compare_digest(told, settings.REGIONS_SECRET.encode())
