"""An office with a language model on loopback."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from assistant.llm import client as client_module
from assistant.llm.models import ModelCall
from assistant.llm.services import set_language_model
from tenants.cache import tenant_cache
from tests.peers.language_model import LanguageModel, language_model


@pytest.fixture
def model() -> Iterator[LanguageModel]:
    with language_model() as running:
        yield running


@pytest.fixture
def morning() -> Iterator[Any]:
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def platform(settings, model) -> Any:
    """The operator's own endpoint is the peer; prices are a dollar for a million tokens."""
    settings.LLM_BASE_URL, settings.OPENAI_API_KEY = model.url, "sk-platform"
    settings.OPENAI_MODEL, settings.LLM_API, settings.LLM_TIMEOUT = "tiny", "auto", 5
    settings.LLM_TOKENS_PER_DAY, settings.LLM_COST_PER_DAY = 1_000_000, 1
    settings.LLM_PRICE_INPUT, settings.LLM_PRICE_OUTPUT = 1, 1
    return settings


@pytest.fixture
def office(platform, in_acme) -> Iterator[Any]:
    """Acme asks the platform's model about every sentence."""
    tenant_cache.clear()
    set_language_model(tenant=in_acme, changes={"llm_mode": "always"})
    yield in_acme
    tenant_cache.clear()


@pytest.fixture
def say(api, ada, office) -> Callable[..., Any]:
    """`say(text)` posts a sentence and returns the answer."""

    def call(text: str, *, by: Any = ada, **more: Any) -> Any:
        return api(by).post("/api/v1/tasks/from-text", {"text": text, **more})

    return call


@pytest.fixture
def pauses(monkeypatch):
    """The pauses between tries, which the tests do not make."""
    made = []
    monkeypatch.setattr(client_module.Client.__init__, "__defaults__", (made.append,))
    return made


def engine_of(answer: Any) -> str:
    """Which engine read the sentence of an answer that was not refused."""
    return answer.json()["parse"]["engine"]


def warnings_of(answer: Any) -> list[dict[str, str]]:
    """What is said of the reading of an answer that was not refused."""
    found: list[dict[str, str]] = answer.json()["parse"]["warnings"]
    return found


def the_call() -> ModelCall:
    """The only call in the ledger."""
    return ModelCall.objects.get()
