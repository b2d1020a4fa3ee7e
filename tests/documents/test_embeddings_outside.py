"""Vectors of an endpoint that an office's admins have chosen: over real HTTP, and never mixed."""

import json
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone

from assistant.llm.models import ModelCall, ModelKey
from assistant.llm.services import set_language_model
from documents.index.spaces import LOCAL
from documents.indexing import read_revision
from documents.models import Chunk, Revision
from documents.reembedding import coverage
from tenants.cache import tenant_cache
from tests.peers.embeddings import changed, embeds
from tests.peers.language_model import Told, described, drips, fails, language_model, raw, unless
from tests.plan_limits import allow

ASK, SETTINGS = "/api/v1/documents/ask", "/api/v1/assistant/language-model"
POLICY = b"# Vacation policy\n\nNew employees get 25 days of vacation in a year.\n"
QUESTION = "How many days of vacation do new employees get?"
OUTSIDE = {"embeddings": True, "embedding_model": "vectors", "embedding_size": 16}


@pytest.fixture
def model():
    with language_model() as running:
        running.acts(embeds())
        yield running


@pytest.fixture
def office(settings, in_acme, model, monkeypatch):
    """Acme may reach an endpoint of its own on loopback, and has not said what for."""
    settings.OUTGOING_NETWORKS = (ip_network("127.0.0.0/8"),)
    settings.LLM_TOKENS_PER_DAY, settings.LLM_COST_PER_DAY = 10_000_000, 1
    monkeypatch.setattr("assistant.llm.client.SHORTEST_PAUSE", 0.01)
    monkeypatch.setattr("assistant.llm.client.LONGEST_PAUSE", 0.01)
    allow(in_acme, ai_calls_per_month=1000)
    tenant_cache.clear()
    changes = {"llm_base_url": model.url}
    set_language_model(tenant=in_acme, changes=changes, key="sk-own")
    yield in_acme
    tenant_cache.clear()


@pytest.fixture
def switch(api, ada, office):
    """`switch(embeddings=True)` is what an admin sends."""

    def send(**changes):
        answer = api(ada).patch(SETTINGS, changes)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return send


@pytest.fixture
def ask(api, eve):
    def call(question=QUESTION, by=None):
        answer = api(by or eve).post(ASK, {"question": question})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return call


def work_on_all():
    for row in Revision.objects.exclude(wake_at=None):
        row.change(leased_until=None)
        read_revision(row.pk)


def spaces():
    """Which models' vectors there are, without what tells their addresses apart."""
    rows = Chunk.objects.values_list("model", "size")
    return {(model.partition("@")[0], size) for model, size in rows}


def test_nothing_leaves_before_an_admin_switches_it_on(office, model, take_in, ask):
    take_in("Vacation.md", POLICY)
    assert ask()["grounded"]
    assert model.asked == []
    assert spaces() == {LOCAL}


def test_texts_and_questions_become_vectors_there(switch, model, take_in, ask):
    switch(**OUTSIDE)
    take_in("Vacation.md", POLICY)
    assert spaces() == {("vectors", 16)}
    assert len(Chunk.objects.first().vector) == 32
    told = ask()
    assert (told["grounded"], told["degraded"]) == (True, False)
    assert "25 days" in told["answer"]
    chunks, question = model.asked
    assert chunks.path == question.path == "/v1/embeddings"
    assert chunks.headers["authorization"] == "Bearer sk-own"
    assert question.body["input"] == [QUESTION]
    assert set(chunks.body) == {"model", "input", "encoding_format"}
    calls = ModelCall.objects.all()
    assert {(call.purpose, call.model, call.outcome) for call in calls} == {
        ("embedding", "vectors", "used")
    }
    assert all(call.tokens_in > 0 and call.tokens_out == 0 for call in calls)


def test_a_change_embeds_what_is_there_anew_and_back_again(switch, model, take_in, ask):
    for number in range(3):
        take_in(f"{number}.md", POLICY)
    switch(**OUTSIDE)
    assert (coverage().chunks, coverage().embedded) == (3, 0)
    assert ask()["grounded"], "words find it meanwhile"
    assert model.asked == [], "there is nothing to compare a question with"
    work_on_all()
    assert spaces() == {("vectors", 16)}
    model.acts(embeds(24))
    switch(embedding_size=24)
    work_on_all()
    assert spaces() == {("vectors", 24)}
    switch(embedding_model="other")
    work_on_all()
    assert spaces() == {("other", 24)}
    switch(embeddings=False)
    asked = len(model.asked)
    work_on_all()
    assert spaces() == {LOCAL}
    assert ask()["grounded"]
    assert len(model.asked) == asked


def test_another_address_is_another_model(switch, model, take_in):
    switch(**OUTSIDE)
    take_in("Vacation.md", POLICY)
    before = set(Chunk.objects.values_list("model", flat=True))
    switch(base_url=f"{model.url}/other", embedding_model="vectors")
    assert coverage().embedded == 0
    work_on_all()
    assert before.isdisjoint(Chunk.objects.values_list("model", flat=True))
    assert model.asked[-1].path == "/v1/other/embeddings"


def test_a_change_of_anything_else_embeds_nothing(switch, take_in):
    take_in("Vacation.md", POLICY)
    switch(mode="unsure", price_embedding="0.5", tokens_per_day=5)
    assert not Revision.objects.exclude(wake_at=None).exists()


def test_a_job_that_was_killed_amid_a_change_of_models_goes_on_with_the_new_one(
    switch, model, take_in
):
    """Half of it has vectors of the one before; neither is compared with the other."""
    switch(**OUTSIDE)
    take_in("Long.md", b"\n\n".join(b"%d days of vacation. " % n * 45 for n in range(40)))
    count = Chunk.objects.count()
    assert count > 16
    model.acts(embeds(), raw(Told(500, b"")))
    switch(embedding_model="other")
    work_on_all()
    rows = Chunk.objects.values_list("model", flat=True)
    by_model = [sum(row.startswith(name) for row in rows) for name in ("other@", "vectors@")]
    assert by_model == [16, count - 16]
    revision = Revision.objects.get()
    assert revision.embedded == 16
    assert revision.wake_at > timezone.now() + timedelta(minutes=4), "it waits, and is not lost"
    tenant_cache.clear()
    model.acts(embeds())
    asked = len(model.asked)
    work_on_all()
    assert spaces() == {("other", 16)}
    assert sum(len(each.body["input"]) for each in model.asked[asked:]) == count - 16


BAD = {
    "out of order": fails(500),
    "wrong key": fails(401),
    "no such door": fails(404),
    "cut": raw(Told(200, b'{"data": [')),
    "no vectors": embeds(data=[]),
    "one too many": changed(embeds(), lambda data: [*data, {**data[0], "index": 9}]),
    "twice the same": changed(embeds(), lambda data: [*data, *data]),
    "of nothing": changed(embeds(), lambda data: [{**x, "embedding": [0.0] * 16} for x in data]),
    "no numbers": changed(embeds(), lambda data: [{**x, "embedding": ["x"] * 16} for x in data]),
    "endless": changed(embeds(), lambda data: [{**x, "embedding": [1e999] * 16} for x in data]),
    "of another size": embeds(12),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_failure_leaves_words_and_says_so(bad, switch, model, take_in, ask):
    switch(**OUTSIDE)
    take_in("Vacation.md", POLICY)
    model.acts(BAD[bad])
    told = ask()
    assert (told["grounded"], told["degraded"], told["mode"]) == (True, True, "local")
    assert "25 days" in told["answer"]
    assert ModelCall.objects.latest("created_at").outcome == "failed"
    take_in("Other.md", POLICY)
    revision = Revision.objects.latest("created_at")
    assert (revision.status, revision.embedded) == ("ready", 0)
    assert revision.wake_at > timezone.now() + timedelta(minutes=4)
    assert len(ask()["sources"]) >= 1


def test_a_slow_endpoint_keeps_nobody_waiting(switch, model, take_in, ask, monkeypatch):
    switch(**OUTSIDE)
    take_in("Vacation.md", POLICY)
    monkeypatch.setattr("documents.index.spaces.QUESTION_WAITS", 0.3)
    model.acts(drips(embeds()))
    told = ask()
    assert (told["grounded"], told["degraded"]) == (True, True)


def test_an_endpoint_that_can_choose_is_told_the_size(switch, model, take_in, ask):
    """One that does not know the word is never bothered with it; what helped is remembered."""
    model.acts(embeds(1536, obeys=True))
    switch(**OUTSIDE)
    take_in("Vacation.md", POLICY)
    assert spaces() == {("vectors", 16)}
    assert [each.body.get("dimensions") for each in model.asked] == [None, 16]
    ask()
    assert model.asked[-1].body["dimensions"] == 16


def test_a_passing_failure_is_tried_again(switch, model, take_in):
    switch(**OUTSIDE)
    model.acts(fails(503), embeds())
    take_in("Vacation.md", POLICY)
    assert spaces() == {("vectors", 16)}
    assert ModelCall.objects.get().outcome == "used"


def test_over_the_budget_nobody_is_asked(switch, model, take_in, ask):
    switch(**OUTSIDE, tokens_per_day=10)
    document = take_in("Vacation.md", POLICY)
    assert model.asked == []
    assert document.revisions.get().wake_at > timezone.now() + timedelta(minutes=50)
    assert ask()["grounded"]


def test_a_key_of_the_platform_goes_to_the_platforms_endpoint_alone(
    switch, model, take_in, settings, api, ada
):
    settings.LLM_BASE_URL, settings.OPENAI_API_KEY = "http://127.0.0.1:1/v1", "sk-platform"
    switch(**OUTSIDE)
    ModelKey.objects.all().delete()
    take_in("Vacation.md", POLICY)
    assert "authorization" not in model.asked[0].headers
    settings.LLM_BASE_URL, settings.LLM_EMBEDDING_SIZE = model.url, 16
    settings.LLM_EMBEDDING_MODEL = "theirs"
    switch(base_url="", embedding_model="")
    work_on_all()
    assert model.asked[-1].headers["authorization"] == "Bearer sk-platform"
    assert spaces() == {("theirs", 16)}


def test_what_one_may_not_read_is_in_no_request_for_a_question(
    switch, model, take_in, ask, max_, eve
):
    switch(**OUTSIDE)
    take_in("Board.md", b"The board gets 90 days of vacation.", by=max_)
    take_in("Vacation.md", POLICY)
    before = len(model.asked)
    told = ask()
    assert "90 days" not in json.dumps(told)
    sent = json.dumps([each.body for each in model.asked[before:]])
    assert "90" not in sent
    assert eve.email not in sent
    assert "board" not in sent.lower()


def test_an_address_needs_the_name_of_its_model(api, ada, office):
    answer = api(ada).patch(SETTINGS, {"embeddings": True})
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == ["embedding_model"]


def test_a_note_with_documents_asks_there_too(switch, model, take_in, api, eve):
    switch(**OUTSIDE)
    document = take_in("Vacation.md", POLICY)
    body = {"title": "Minutes", "body": "We met.", "document_ids": [str(document.pk)]}
    note = api(eve).post("/api/v1/notes", body).json()
    model.acts(fails(500))
    told = api(eve).post(f"/api/v1/notes/{note['id']}/qa", {"question": QUESTION}).json()
    assert (told["grounded"], told["degraded"]) == (True, True)
    assert model.asked[-1].body["input"] == [QUESTION]


def test_requests_and_answers_are_as_openai_describes_them(switch, model, take_in):
    switch(**OUTSIDE)
    take_in("Vacation.md", POLICY)
    [asked] = model.asked
    described("CreateEmbeddingRequest").validate(asked.body)
    described("CreateEmbeddingResponse").validate(json.loads(embeds()(asked).body))


def test_a_server_that_knows_no_dimensions_is_left_alone_with_them(switch, model, take_in):
    model.acts(unless(lambda asked: "dimensions" in asked.body, 400, embeds()))
    switch(**OUTSIDE)
    take_in("Vacation.md", POLICY)
    assert spaces() == {("vectors", 16)}
