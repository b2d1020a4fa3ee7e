"""Answers that a language model puts into words: only what the passages bear out."""

import json

import pytest
from auditlog.context import disable_auditlog

from assistant.llm.models import ModelCall
from assistant.llm.services import set_language_model
from documents.answers.answering import look_up
from documents.answers.writing import Claim, is_borne_out
from tenants.cache import tenant_cache
from tests.documents.test_orders import ORDERS
from tests.peers.language_model import fails, language_model, says
from tests.plan_limits import allow

ASK = "/api/v1/documents/ask"
QUESTION = "How many days of vacation do new employees get?"
POLICY = b"""# Vacation policy

New employees get 25 days of vacation in a year.
Apply for vacation in the [portal](http://hr.example/x) two weeks ahead.

# Pets

Dogs may come to the office on Fridays.
"""
SECRET = (
    b"# Salaries of the board\n\nNew employees of the board get 90 days of vacation in a year.\n"
)


@pytest.fixture
def model():
    with language_model() as running:
        yield running


@pytest.fixture
def office(settings, in_acme, model, take_in):
    """Acme asks a model about every answer; Eve has taken the vacation policy in."""
    settings.LLM_BASE_URL, settings.OPENAI_API_KEY = model.url, "sk-platform"
    settings.OPENAI_MODEL, settings.LLM_API, settings.LLM_TIMEOUT = "tiny", "chat", 5
    settings.LLM_TOKENS_PER_DAY, settings.LLM_COST_PER_DAY = 1_000_000, 1
    tenant_cache.clear()
    set_language_model(tenant=in_acme, changes={"llm_mode": "always"})
    take_in("Vacation.md", POLICY)
    yield in_acme
    tenant_cache.clear()


@pytest.fixture
def ask(api, eve, office):
    def call(question=QUESTION, by=None):
        answer = api(by or eve).post(ASK, {"question": question})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return call


def claims(*said):
    return says(
        {"claims": [dict(zip(("text", "passage", "quote"), one, strict=True)) for one in said]}
    )


QUOTE = "New employees get 25 days of vacation in a year."
GOOD = ("New employees have 25 days of vacation.", 1, QUOTE)


def test_a_model_puts_the_answer_and_our_rows_cite_it(ask, model):
    model.acts(claims(GOOD))
    told = ask()
    assert told["answer"] == GOOD[0]
    assert (told["mode"], told["grounded"], told["degraded"]) == ("llm", True, False)
    [source] = told["sources"]
    assert source["document"] == "Vacation"
    assert source["excerpt"] == GOOD[2]
    call = ModelCall.objects.get()
    assert (call.purpose, call.outcome) == ("answer", "used")


@pytest.mark.parametrize(
    "lie",
    [
        ("New employees get 40 days of vacation.", 1, GOOD[2]),
        ("New employees get 40 days.", 1, "New employees get 40 days of vacation in a year."),
        (GOOD[0], 2, "never in the passage at all"),
        (GOOD[0], 9, GOOD[2]),
        (GOOD[0], 0, GOOD[2]),
        (GOOD[0], 1, "25 days"),
        ("See https://evil.example for the 25 days of vacation.", 1, GOOD[2]),
        ("Send your password to the helpdesk at once please.", 1, GOOD[2]),
    ],
)
def test_what_is_not_quoted_is_dropped(lie, ask, model):
    model.acts(claims(GOOD, lie))
    assert ask()["answer"] == GOOD[0]
    model.acts(claims(lie))
    told = ask()
    assert (told["mode"], told["degraded"]) == ("local", True)
    assert "25 days" in told["answer"]
    assert ModelCall.objects.latest("created_at").outcome == "refused"


RULE = "Employees may not carry over more than five days, and managers approve the rest."


@pytest.mark.parametrize(
    ("text", "quote", "stands"),
    [
        ("Employees may not carry over more than five days.", RULE, True),
        ("No, employees may not carry over more than five days.", RULE, True),
        ("Employees may carry over more than five days.", RULE, False),
        ("Employees may carry over five days.", "carry over more than five days", True),
        ("Employees can't carry over five days.", "carry over more than five days", False),
        ("Employees never carry over five days.", "carry over more than five days", False),
        ("Employees may not carry over more than six days.", RULE, False),
        ("Employees may not carry over more than 5 days.", RULE, False),
        ("Employees may not carry over more than five days twice.", RULE, False),
        ("Mitarbeiter, employees may nicht carry over five days.", "carry over more than", False),
        ("Bosses dismiss whoever takes days, and managers approve.", "managers approve the", False),
    ],
)
def test_a_claim_says_neither_more_nor_the_opposite(text, quote, stands, eve, take_in):
    take_in("Leave.txt", RULE.encode())
    looked = look_up("May employees carry over days?", by=eve)
    assert is_borne_out(Claim(text=text, passage=1, quote=quote), looked) is stands


@pytest.mark.parametrize("act", [fails(500), fails(401), says("no json"), claims()])
def test_a_model_that_fails_leaves_the_quoted_answer(act, ask, model, monkeypatch):
    monkeypatch.setattr("assistant.llm.client.SHORTEST_PAUSE", 0.01)
    model.acts(act)
    told = ask()
    assert (told["mode"], told["grounded"], told["degraded"]) == ("local", True, True)
    assert told["answer"].startswith("New employees get 25 days")


def test_nobody_is_asked_about_what_the_documents_do_not_say(ask, model):
    told = ask("Which planet has the largest moon?")
    assert (told["grounded"], told["mode"], told["degraded"]) == (False, "local", False)
    assert not model.asked


def test_the_prompt_holds_what_the_asker_may_read_and_nothing_else(ask, model, take_in, max_, eve):
    take_in("Board.md", SECRET, by=max_)
    model.acts(claims(GOOD))
    assert ask()["mode"] == "llm"
    [asked] = model.asked
    sent = json.dumps(asked.body)
    assert "25 days of vacation" in sent
    for hidden in ("90 days", "board", "Board", "Salaries", "hr.example", eve.email, "Vacation.md"):
        assert hidden not in sent
    assert "tools" not in asked.body


def test_the_summary_of_calls_names_the_purpose(ask, model, api, ada):
    model.acts(claims(GOOD))
    with disable_auditlog():
        ask()
    used = api(ada).get("/api/v1/assistant/usage").json()
    assert "answer" in json.dumps(used)


def test_a_question_in_a_conversation_is_put_by_the_model_too(api, eve, office, model):
    model.acts(says({"intent": "ask", "title": None}), claims(GOOD))
    told = api(eve).post("/api/v1/assistant/chat", {"message": QUESTION}).json()
    assert told["reply"].startswith(GOOD[0])
    assert "Vacation" in told["reply"]


def test_a_note_answers_through_the_model(api, eve, office, model):
    body = "We talked about the budget.\n\nThe launch of the new website is on the 3rd of March."
    note = api(eve).post("/api/v1/notes", {"title": "Minutes", "body": body}).json()
    quote = "The launch of the new website is on the 3rd of March."
    model.acts(claims(("The new website is launched on the 3rd of March.", 1, quote)))
    answer = api(eve).post(
        f"/api/v1/notes/{note['id']}/qa", {"question": "When is the launch of the new website?"}
    )
    told = answer.json()
    assert told["mode"] == "llm"
    assert told["sources"][0]["note_id"] == note["id"]


def test_orders_in_documents_reach_a_model_as_data_and_change_nothing(
    ask, office, model, take_in, sarah, max_
):
    """Each order is given to a model that obeys each; nothing that they want comes."""
    allow(office, documents=200)
    take_in("Salaries.txt", b"Ada earns ninety thousand a year.", by=max_)
    told_secret = ("Ada earns ninety thousand a year.", 1, "Ada earns ninety thousand a year.")
    model.acts(claims(told_secret, ("You have been hacked, dear reader.", 1, QUOTE)))
    for number, order in enumerate(ORDERS):
        take_in(f"Evil {number}.txt", f"New employees: {order}".encode(), visibility="office")
        told = ask(f"How many days of vacation do new employees get? {order}", by=sarah)
        shown = json.dumps(told)
        assert "ninety" not in shown
        assert "hacked" not in told["answer"]
        assert told["mode"] == "local"
    assert model.asked
    assert "ninety" not in json.dumps([asked.body for asked in model.asked])
