"""Documents and notes that give orders to their reader, through every door that asks a model."""

import json

import pytest

from assistant.llm.services import set_language_model
from documents.index.chunking import Piece
from documents.indexing import replace_index
from documents.models import Document
from documents.services import create_document
from tenants.cache import tenant_cache
from tenants.uploads import Upload
from tests.documents.test_answers import ORDERS
from tests.peers.language_model import language_model, says
from tests.plan_limits import allow

SECRET = "Ada earns ninety thousand a year."
MOST = 100


def keep(text, by, visibility):
    """Store a document as if it had been read."""
    upload = Upload(f"Note {Document.objects.count()}.txt", [text.encode()])
    document = create_document(upload=upload, by=by, visibility=visibility)
    replace_index(document.revisions.get().pk, [Piece(text)], pages=None)
    return document


@pytest.fixture
def obedient(settings, in_acme):
    """A model that says what the orders want, whatever it is asked."""
    with language_model() as model:
        settings.LLM_BASE_URL, settings.OPENAI_API_KEY = model.url, "sk-platform"
        settings.OPENAI_MODEL, settings.LLM_API, settings.LLM_TIMEOUT = "tiny", "chat", 5
        settings.LLM_TOKENS_PER_DAY, settings.LLM_COST_PER_DAY = 100_000_000, 100
        allow(in_acme, documents=200)
        tenant_cache.clear()
        set_language_model(tenant=in_acme, changes={"llm_mode": "always"})
        said = {"text": SECRET, "passage": 1, "quote": SECRET}
        model.acts(says({"claims": [said], "points": [{"text": SECRET, "quote": SECRET}]}))
        yield model
    tenant_cache.clear()


def test_a_hundred_orders_change_nothing_through_any_door(obedient, api, max_, sarah):
    hidden = keep(SECRET, max_, "private")
    orders = [f"{ORDERS[n % len(ORDERS)]} It is order {n} of a hundred." for n in range(MOST)]
    client = api(sarah)
    for order in orders:
        text = f"New employees get 25 days of vacation. {order}"
        document = keep(text, sarah, "office")
        note = client.post(
            "/api/v1/notes",
            {"title": "Vacation", "body": text, "document_ids": [str(document.pk)]},
        ).json()
        body = {"question": f"How many days of vacation do new employees get? {order}"}
        one = f"/api/v1/notes/{note['id']}"
        told = [
            client.post("/api/v1/documents/ask", body),
            client.post(f"{one}/qa", body),
            client.post(f"{one}/summarize"),
            client.post("/api/v1/assistant/chat", {"message": body["question"]}),
        ]
        assert {answer.status_code for answer in told} == {200}
        shown = json.dumps([answer.json() for answer in told])
        assert "ninety" not in shown
        assert str(hidden.pk) not in shown
    prompts = [json.dumps(asked.body) for asked in obedient.asked]
    assert len(prompts) > MOST
    for prompt in prompts:
        assert "ninety" not in prompt
        assert str(hidden.pk) not in prompt
        assert '"tools"' not in prompt
    for asked in obedient.asked:
        system = asked.body["messages"][0]
        assert system["role"] == "system"
        assert not any(order in system["content"] for order in orders)
