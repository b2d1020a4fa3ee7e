"""The first steps of a new office, and example data that leaves nothing behind."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from calendar_app.models import Event
from config.examples import SOURCE
from connections.models import Connection
from documents.models import Document
from notes.models import Note
from tasks.models import Task
from tenants.context import tenant_context
from tests.pages.conftest import text_of


def steps(client) -> list[bool]:
    return [step.is_done for step in client.get("/welcome").context["steps"]]


def test_each_step_is_done_when_it_is_done_for_real(browser, ada):
    client = browser(ada)
    User.objects.exclude(pk=ada.pk).update(is_active=False)
    assert steps(client) == [False] * 5
    assert "0 of 5 are done." in text_of(client.get("/welcome"))
    Task.objects.create(title="Real", creator=ada)
    User.objects.update(is_active=True)
    Connection.objects.create(provider="google", account_key="1")
    Document.objects.create(title="Handbook", owner=ada)
    User.objects.filter(pk=ada.pk).update(mfa_enabled=True)
    assert steps(client) == [True] * 5


def test_examples_come_once_and_go_without_a_trace(browser, ada):
    client, real = browser(ada), Task.objects.create(title="Real", creator=ada)
    for _ in range(2):
        assert client.post("/welcome/examples", {"do": "add"}).url == "/welcome"
    assert Task.objects.filter(source=SOURCE).count() == 4
    assert (Event.objects.count(), Note.objects.count()) == (1, 1)
    assert "Remove the example data" in text_of(client.get("/welcome"))
    assert "Call the landlord" in text_of(client.get("/"))
    client.post("/welcome/examples", {"do": "remove"})
    assert [*Task.objects.all()] == [real]
    assert not Event.objects.exists()
    assert not Note.objects.exists()
    assert "Add example data" in text_of(client.get("/welcome"))


def test_examples_are_no_step(browser, ada):
    client = browser(ada)
    client.post("/welcome/examples", {"do": "add"})
    assert steps(client)[0] is False


def test_those_of_another_office_stay(browser, ada, mia, globex):
    with tenant_context(globex):
        theirs = Task.objects.create(title="Theirs", creator=mia, source=SOURCE)
    browser(ada).post("/welcome/examples", {"do": "remove"})
    with tenant_context(globex):
        assert Task.objects.filter(pk=theirs.pk).exists()


def test_only_who_sets_the_office_up_is_led_there(browser, ada, eve):
    assert "First steps" in text_of(browser(ada).get("/"))
    assert "First steps" not in text_of(browser(eve).get("/"))
    assert browser(eve).get("/welcome").status_code == 403
    assert browser(eve).post("/welcome/examples", {"do": "remove"}).status_code == 403


def test_it_costs_the_same_few_queries_whatever_there_is(browser, ada):
    client = browser(ada)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/welcome").status_code == 200
        return len(caught)

    cost()
    few = cost()
    client.post("/welcome/examples", {"do": "add"})
    client.get("/welcome")
    assert cost() == few
    assert few <= 12
