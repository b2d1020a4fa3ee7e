"""How often the API may be asked: an office by its plan, a person and a key by a share, strangers.

All that one request counts against is asked in one round trip to the store; when it is away each
process counts by itself. What is left is told with every answer, also with refusals.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.key_tokens import KeyClaims
from accounts.middleware import API, Access, access_of
from common.errors import RefusedError, TooManyError
from common.network import client_address
from common.refusals import refuse
from tenants.context import public_context, tenant_context
from tenants.models import Tenant
from tenants.plans import limits_of
from tenants.rates import Bucket, Level, Rate, Taken, take_turn

GetResponse = Callable[[HttpRequest], HttpResponse]
MINUTE = 60.0
SENTENCES = {
    "office": "Your plan allows {times} requests a minute, and all of them are used.",
    "person": "One person may make {times} of the office's requests a minute, and all are used.",
    "key": "One API key may make {times} of the office's requests a minute, and all are used.",
    "address": "From one address {times} requests are taken in {span}, and all of them are used.",
}
LIMIT = "requests_per_minute"


class Counted(NamedTuple):
    """A bucket and what it is to whoever hears that it is empty."""

    bucket: Bucket
    kind: str


class RateLimitMiddleware:
    """Counts each request to the API before its view begins; it stands outside TenantMiddleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Tell what is left; what no view has answered counts as well."""
        response = self.get_response(request)
        if settings.API_RATES is None or not request.path.startswith(API):
            return response
        if not hasattr(request, "office_turn"):
            access = access_of(request)
            tenant = access.tenant if access else None
            with tenant_context(tenant) if tenant else public_context():
                response = count(request, None) or response
        return _with_headers(response, request.office_turn)  # type: ignore[attr-defined]

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Count the request; a refusal is all that becomes of one too many."""
        if settings.API_RATES is None or not request.path.startswith(API):
            return None
        return count(request, getattr(view, "cls", None))


def count(request: HttpRequest, view: Any) -> HttpResponse | None:
    """Take the request's turn, and return a refusal if it has to wait."""
    counted = counted_of(access_of(request), getattr(view, "rate", None), request)
    if not counted:
        request.office_turn = Taken(0, [])  # type: ignore[attr-defined]
        sentence = "Your plan does not include the API. Ask for a larger plan."
        return refuse(request, RefusedError(sentence, code="not_in_plan", extra={"limit": LIMIT}))
    taken = take_turn([one.bucket for one in counted])
    request.office_turn = taken  # type: ignore[attr-defined]
    return refuse(request, _refusal(taken, counted)) if taken.wait else None


def counted_of(access: Access | None, rate: str | None, request: HttpRequest) -> list[Counted]:
    """Return what the request counts against; nothing where the plan has none of it.

    A view with a rate of its own stands open, and counts by address whoever asks.
    """
    if rate is None and access and access.person and access.tenant:
        times = _most_of(access.tenant)
        share = max(round(times * settings.FAIR_SHARE), 1)
        if not times:
            return []
        found = [
            Counted(Bucket("api", Rate(times, MINUTE)), "office"),
            Counted(Bucket(f"api:{access.person.pk}", Rate(share, MINUTE)), "person"),
        ]
        if isinstance(access.claims, KeyClaims):
            share = max(round(times * settings.KEY_SHARE), 1)
            key = Bucket(f"api:key:{access.claims.key_id}", Rate(share, MINUTE))
            found.append(Counted(key, "key"))
        return found
    name = rate or "stranger"
    bucket = Bucket(f"api:{name}:{_block_of(request)}", Rate(*_rates()[name]), shared=True)
    return [Counted(bucket, "address")]


def _most_of(tenant: Tenant) -> int:
    """Return the requests a minute of the office; without a limit, what the platform bears."""
    most = limits_of(tenant).requests_per_minute
    times, seconds = _rates()["unlimited"]
    return round(times * MINUTE / seconds) if most is None else most


def _rates() -> dict[str, tuple[int, float]]:
    return settings.API_RATES or {}


def _block_of(request: HttpRequest) -> str:
    """Return whom a stranger's address belongs to: of IPv6 everybody has 2^64."""
    text = client_address(request) or ""
    address = ip_address(text) if text else None
    return address.exploded[:19] if isinstance(address, IPv6Address) else text


def _refusal(taken: Taken, counted: list[Counted]) -> TooManyError:
    level, kind = min(zip(taken.levels, counted, strict=True), key=_room_before)
    rate = level.bucket.rate
    span = "a minute" if rate.seconds == MINUTE else f"{rate.seconds:,.0f} seconds"
    sentence = SENTENCES[kind.kind].format(times=f"{rate.times:,}", span=span)
    limit = {"limit": LIMIT, "maximum": rate.times} if kind.kind != "address" else {}
    return TooManyError(f"{sentence} Try again in a moment.", retry_after=taken.wait, extra=limit)


def _room_before(pair: tuple[Level, Counted]) -> int:
    """Return by how much the bucket is not empty: the smallest is what has to be waited for."""
    level = pair[0]
    return level.bucket.rate.slack - level.left


def _with_headers(response: HttpResponse, taken: Taken) -> HttpResponse:
    """Tell of the bucket in which the least is left."""
    level = min(taken.levels, key=lambda one: (one.remaining, -one.reset), default=None)
    response["X-RateLimit-Limit"] = str(level.bucket.rate.times if level else 0)
    response["X-RateLimit-Remaining"] = str(level.remaining if level and not taken.wait else 0)
    response["X-RateLimit-Reset"] = str(level.reset if level else 0)
    return response
