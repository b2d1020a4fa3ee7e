"""Which model an office uses, when, and for how much."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings

from tenants.features import has_feature
from tenants.models import Tenant
from tenants.plan_models import Feature
from tenants.settings import ModelApi, TenantSettings

Mode = Literal["unsure", "always"]
OPENAI = "https://api.openai.com/v1"
MILLION = Decimal(1_000_000)
# Of a model's name where it stands beside each vector.
LONGEST = 47


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at an address; `is_ours` when the operator named it and not a tenant."""

    base_url: str
    model: str
    api: ModelApi
    price_input: Decimal
    price_output: Decimal
    is_ours: bool
    key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """The host name, for the ledger and for logs."""
        return urlsplit(self.base_url).hostname or ""

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        """What so many tokens cost, in dollars."""
        return (tokens_in * self.price_input + tokens_out * self.price_output) / MILLION


@dataclass(frozen=True, slots=True)
class Profile:
    """How an office uses a model."""

    mode: Mode
    endpoint: Endpoint
    tokens_per_day: int
    cost_per_day: Decimal


@dataclass(frozen=True, slots=True)
class EmbeddingProfile(Profile):
    """How an office has texts turned into vectors, of so many numbers."""

    size: int

    @property
    def name(self) -> str:
        """What tells the model from every other one: elsewhere another may have the same name."""
        where = f"{self.endpoint.base_url} {self.endpoint.model}"
        return f"{self.endpoint.model[:LONGEST]}@{sha256(where.encode()).hexdigest()[:12]}"


def profile_of(tenant: Tenant) -> Profile | None:
    """Return how the office uses a model, without the key to one of its own; None when it does not.

    On the platform's endpoint an office may lower the platform's limits; on its own it sets them.
    """
    chosen = tenant.settings
    endpoint = _chosen(tenant)
    if chosen.llm_mode == "off" or endpoint is None:
        return None
    return Profile(chosen.llm_mode, endpoint, *_limits(chosen, endpoint))


def _chosen(tenant: Tenant) -> Endpoint | None:
    """Return whom the office asks, if it may ask anybody."""
    if not has_feature(Feature.LANGUAGE_MODEL, tenant):
        return None
    return _own(tenant) if tenant.settings.llm_base_url else _ours(tenant)


def embedding_profile_of(tenant: Tenant) -> EmbeddingProfile | None:
    """Return how the office has texts embedded; None where its admins have not switched that on.

    It does not matter whether a model reads sentences as well; the limits of a day hold for both.
    """
    chosen = tenant.settings
    endpoint = _chosen(tenant)
    if not chosen.llm_embeddings or endpoint is None:
        return None
    model, size, price = (
        (settings.LLM_EMBEDDING_MODEL, settings.LLM_EMBEDDING_SIZE, settings.LLM_PRICE_EMBEDDING)
        if endpoint.is_ours
        else (chosen.llm_embedding_model, chosen.llm_embedding_size, chosen.llm_price_embedding)
    )
    if not model:
        return None
    endpoint = replace(endpoint, model=model, price_input=price, price_output=Decimal(0))
    return EmbeddingProfile("always", endpoint, *_limits(chosen, endpoint), size)


def _limits(chosen: TenantSettings, endpoint: Endpoint) -> tuple[int, Decimal]:
    """Return how many tokens and dollars a day may use."""
    tokens, cost = settings.LLM_TOKENS_PER_DAY, settings.LLM_COST_PER_DAY
    if chosen.llm_tokens_per_day is not None:
        wanted = chosen.llm_tokens_per_day
        tokens = min(tokens, wanted) if endpoint.is_ours else wanted
    if chosen.llm_cost_per_day is not None:
        limit = chosen.llm_cost_per_day
        cost = min(cost, limit) if endpoint.is_ours else limit
    return tokens, cost


def _own(tenant: Tenant) -> Endpoint:
    """The tenant's own; the platform's key never goes there."""
    chosen = tenant.settings
    return Endpoint(
        base_url=chosen.llm_base_url,
        model=chosen.llm_model or settings.OPENAI_MODEL,
        api=chosen.llm_api,
        price_input=chosen.llm_price_input,
        price_output=chosen.llm_price_output,
        is_ours=False,
    )


def _ours(tenant: Tenant) -> Endpoint | None:
    """The platform's, always with the model that its prices are for."""
    if not (settings.OPENAI_API_KEY or settings.LLM_BASE_URL):
        return None
    return Endpoint(
        base_url=settings.LLM_BASE_URL or OPENAI,
        model=settings.OPENAI_MODEL,
        api=settings.LLM_API,
        price_input=settings.LLM_PRICE_INPUT,
        price_output=settings.LLM_PRICE_OUTPUT,
        is_ours=True,
        key=settings.OPENAI_API_KEY,
    )
