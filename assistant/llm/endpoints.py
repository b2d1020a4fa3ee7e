"""Which model an office uses, when, and for how much."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings

from tenants.models import Tenant
from tenants.settings import ModelApi

Mode = Literal["unsure", "always"]
OPENAI = "https://api.openai.com/v1"
MILLION = Decimal(1_000_000)


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


def profile_of(tenant: Tenant) -> Profile | None:
    """Return how the office uses a model, without the key to one of its own; None when it does not.

    On the platform's endpoint an office may lower the platform's limits; on its own it sets them.
    """
    chosen = tenant.settings
    endpoint = _own(tenant) if chosen.llm_base_url else _ours(tenant)
    if chosen.llm_mode == "off" or endpoint is None:
        return None
    tokens, cost = settings.LLM_TOKENS_PER_DAY, settings.LLM_COST_PER_DAY
    if chosen.llm_tokens_per_day is not None:
        wanted = chosen.llm_tokens_per_day
        tokens = min(tokens, wanted) if endpoint.is_ours else wanted
    if chosen.llm_cost_per_day is not None:
        limit = chosen.llm_cost_per_day
        cost = min(cost, limit) if endpoint.is_ours else limit
    return Profile(chosen.llm_mode, endpoint, tokens, cost)


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
