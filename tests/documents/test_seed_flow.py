"""The first hour of an office: real policies are uploaded, and real questions asked.

`pytest -s` prints each answer with its document, page or heading, and probability.
"""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from assistant.llm.services import set_language_model
from documents.language.stems import terms_of
from tenants.cache import tenant_cache
from tests.conftest import in_office, person
from tests.documents.conftest import URL, taken_in
from tests.peers.language_model import language_model, says

SHARED = Path(__file__).parents[3] / "shared" / "data" / "policy-docs"
FILES = {
    "tts-leave-types.md": "Leave types",
    "tts-work-schedules.md": "Work schedules",
    "tts-travel-guide-faq.pdf": "Travel guide",
    "civicactions-security-policy.docx": "Security policy",
    "civicactions-benefits-and-holidays.md": "Benefits and holidays",
    "github-gifts-and-entertainment-policy.txt": "Gifts and entertainment",
}
# What is asked, which document says it, on which pages where it has any, and in which words.
QUESTIONS = [
    ("What is the vacation policy for new employees?", "Benefits and holidays", (), "vacation"),
    ("How many hours of sick leave do employees earn?", "Leave types", (), "four hours"),
    ("How much advanced sick leave can I request?", "Leave types", (), "240 hours"),
    ("How long is parental leave?", "Benefits and holidays", (), "arental leave"),
    ("When is a holiday observed that falls on a weekend?", "Benefits and holidays", (), "Friday"),
    ("Are gifts acceptable for government officials?", "Gifts and entertainment", (), "no gifts"),
    ("Do I need receipts for expenses of less than $75?", "Travel guide", (12, 13), "$75"),
    ("Within how many days are vouchers approved?", "Travel guide", (7,), "3-5 business days"),
    ("How many hours a day do I work on flexitour?", "Work schedules", (), "8 hours a day"),
    ("Do I have to use a password manager?", "Security policy", (), "assword"),
]


@pytest.fixture(scope="module")
def shelf(standing):
    """Eve has taken the policies in; neither test changes anything there."""
    if not SHARED.exists():
        assert os.environ.get("CI") != "true", "../shared/data/policy-docs is missing"
        pytest.skip("../shared/data/policy-docs is missing")
    with in_office("acme"):
        eve = person("eve@acme.example")
        for name, title in FILES.items():
            content = (SHARED / name).read_bytes()
            document = taken_in(name, content, eve, title=title, visibility="office")
            assert document.status == "ready"


@pytest.fixture
def office(in_acme, shelf):
    """The test works in that office."""


def ask(client, question):
    told = client.post(f"{URL}/ask", {"question": question}).json()
    lines = [f"\n{question}", f"  {told['answer']} ({told['mode']}, {told['confidence']:.2f})"]
    for source in told["sources"]:
        place = f"page {source['page']}" if source["page"] else source["heading"]
        lines.append(f"  - {source['document']}, revision {source['revision']}, {place}")
    sys.stdout.write("\n".join(lines) + "\n")
    return told


def test_real_questions_are_answered_from_real_policies(office, api, sarah):
    for question, document, pages, words in QUESTIONS:
        told = ask(api(sarah), question)
        assert told["grounded"] is True
        assert words in told["answer"]
        places = {(source["document"], source["page"]) for source in told["sources"]}
        assert places & {(document, page) for page in pages or (None,)}
    told = ask(api(sarah), "What does the canteen serve on Mondays?")
    assert (told["grounded"], told["mode"]) == (False, "local")


def quoting(asked):
    """Answer as a model does that reads well: quote the sentence that has most of the words."""
    data = json.loads(asked.body["messages"][1]["content"])
    wanted = set(terms_of(data["question"]))
    sentences = [
        (len(wanted & set(terms_of(sentence))) / (10 + len(sentence)), passage["number"], sentence)
        for passage in data["passages"]
        for sentence in re.split(r"(?<=[.!?]) ", passage["text"])
        if len(sentence.split()) > 2
    ]
    _fit, number, quote = max(sentences, key=lambda found: found[0])
    return says({"claims": [{"text": quote, "passage": number, "quote": quote}]})(asked)


def test_a_language_model_answers_them_with_the_same_documents(
    office, api, sarah, settings, in_acme
):
    with language_model() as model:
        settings.LLM_BASE_URL, settings.OPENAI_API_KEY = model.url, "sk-platform"
        settings.OPENAI_MODEL, settings.LLM_API, settings.LLM_TIMEOUT = "tiny", "chat", 5
        settings.LLM_TOKENS_PER_DAY, settings.LLM_COST_PER_DAY = 10_000_000, 10
        tenant_cache.clear()
        set_language_model(tenant=in_acme, changes={"llm_mode": "always"})
        model.acts(quoting)
        for question, document, pages, _words in QUESTIONS:
            told = ask(api(sarah), question)
            assert (told["mode"], told["degraded"]) == ("llm", False)
            cited = {source["document"] for source in told["sources"]}
            assert len(cited) == 1
            if pages:
                assert (cited, told["sources"][0]["page"] is None) == ({document}, False)
        assert len(model.asked) == len(QUESTIONS)
    tenant_cache.clear()
