"""Signing in to and out of an office."""

import pytest

from tests.conftest import PASSWORD
from tests.pages.conftest import HTMX, sign_in, text_of

ADA = "ada@acme.example"


@pytest.mark.parametrize("page", ["/", "/quick-add/preview?text=hi"])
def test_a_stranger_is_sent_to_the_sign_in_and_back(browser, page):
    answer = browser().get(page)
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in?next=/")


def test_a_stranger_of_a_fragment_is_sent_there_as_a_whole_page(browser):
    answer = browser().get("/quick-add/preview", **HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in")


def test_signing_in_leads_to_today(browser, ada):
    client = browser()
    answer = sign_in(client, "Ada@ACME.example")
    assert (answer.status_code, answer.url) == (302, "/")
    assert "Ada Admin" in text_of(client.get("/"))


def test_signing_in_leads_to_where_one_wanted(browser, task):
    answer = sign_in(browser(), ADA, next=f"/tasks/{task.pk}")
    assert answer.url == f"/tasks/{task.pk}"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(browser, ada, target):
    assert sign_in(browser(), ADA, next=target).url == "/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ADA, "not the password"),
        ("nobody@acme.example", PASSWORD),
        ("mia@globex.example", PASSWORD),
    ],
)
def test_whatever_is_wrong_the_sentence_is_the_same(browser, in_acme, email, password):
    client = browser()
    answer = sign_in(client, email, password)
    assert "The e-mail or the password is not right." in text_of(answer)
    assert "office_session" not in client.cookies


def test_somebody_who_left_cannot_sign_in(browser, eve):
    eve.is_active = False
    eve.save()
    assert "The e-mail or the password is not right." in text_of(sign_in(browser(), eve.email))


def test_the_front_door_hands_the_email_over(browser, in_acme):
    answer = browser().get("/sign-in", {"email": 'x"><b>@acme.example'})
    assert b'value="x&quot;&gt;&lt;b&gt;@acme.example"' in answer.content


def test_whoever_is_signed_in_goes_on(browser, ada):
    assert browser(ada).get("/sign-in").url == "/"


def test_signing_out_ends_the_session(browser, ada):
    client = browser(ada)
    assert client.post("/sign-out").url == "/sign-in"
    assert client.get("/").status_code == 302


def test_a_link_cannot_sign_anybody_out(browser, ada):
    client = browser(ada)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").status_code == 200
