"""Host names of offices' own: they lead nowhere until a word in the DNS proves them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from common.errors import ConflictError, InvalidError
from common.resolver import ResolverAwayError, texts_of
from tenants import domains
from tenants.context import public_context
from tenants.domain_models import Domain
from tenants.domains import add_domain, look_again, prove_domain, remove_domain
from tests.accounts.contract import assert_refused
from tests.conftest import PASSWORD
from tests.pages.conftest import text_of
from tests.peers.dns import serving_names

NAME, LIST = "office.acme.example", "/admin/tenants/domain/"


@pytest.fixture
def zone(settings):
    with serving_names() as zone:
        settings.DNS_SERVERS = [zone.server]
        yield zone


@pytest.fixture
def added(acme):
    return add_domain(tenant=acme, name=NAME)


def publish(zone, domain, *more):
    zone.texts[domain.challenge] = [*more, domain.token]


def state_of(domain):
    with public_context():
        return Domain.objects.get(pk=domain.pk).state


def test_an_operator_adds_proves_and_removes_a_host_name(platform, olga, acme, zone, browser, ada):
    operators, visitor = platform(olga), Client(headers={"host": NAME})
    answer = operators.post(
        f"{LIST}add/", {"tenant": acme.pk, "domain": " Office.ACME.example. "}, follow=True
    )
    page = answer.redirect_chain[-1][0]
    with public_context():
        domain = Domain.objects.get(domain=NAME)
    assert domain.token in text_of(answer)
    assert domain.challenge in text_of(answer)
    assert visitor.get("/sign-in").status_code == 404
    assert "There is no TXT record" in text_of(operators.post(f"{page[:-7]}prove/", follow=True))
    assert visitor.get("/sign-in").status_code == 404
    publish(zone, domain, "v=spf1 -all")
    assert "is proved" in text_of(operators.post(f"{page[:-7]}prove/", follow=True))
    assert visitor.get("/sign-in").status_code == 200
    assert NAME in text_of(operators.get(f"/admin/tenants/tenant/{acme.pk}/change/"))
    operators.post(f"{LIST}{domain.pk}/delete/", {"post": "yes"})
    assert visitor.get("/sign-in").status_code == 404, "from the next request on"
    with public_context():
        entries = AuditEntry.objects.filter(
            content_type__model="domain", actor_id=olga.pk, source="admin"
        )
        written = [(entry.get_action_display(), entry.changes) for entry in entries][::-1]
    assert [action for action, _changes in written] == ["create", "update", "delete"]
    assert "verified_at" in written[1][1]


def test_the_office_is_the_same_under_its_own_name(acme, added, zone):
    """Signing in, cookies, forms' tokens, links and the API, as a browser sends them."""
    publish(zone, added)
    prove_domain(domain=added)
    browser = Client(headers={"host": NAME}, enforce_csrf_checks=True)
    token = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/sign-in").content.decode()
    )[1]
    facts = {"username": "ada@acme.example", "password": PASSWORD, "csrfmiddlewaretoken": token}
    foreign = browser.post("/sign-in", facts, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    answer = browser.post("/sign-in", facts, headers={"origin": f"http://{NAME}"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert not answer.cookies["office_session"]["domain"], "the cookie is for this host alone"
    today = browser.get("/")
    assert b"Ada Admin" in today.content
    assert b"acme.localhost" not in today.content, "its links stay here"
    assert browser.get("/admin/").status_code == 200
    other = Client(headers={"host": "acme.localhost"})
    other.cookies = browser.cookies
    asked = {"email": "ada@acme.example", "password": PASSWORD}
    token = browser.post("/api/v1/auth/login", asked, content_type="application/json").json()
    headers = {"authorization": f"Bearer {token['access_token']}"}
    assert browser.get("/api/v1/auth/me", headers=headers).status_code == 200
    globex = Client(headers={"host": "globex.localhost", **headers})
    assert_refused(globex.get("/api/v1/auth/me"), 401)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(
            (bad, "invalid")
            for bad in ("", "localhost", "10.0.0.1", "::1", "a_b.example", "-.example")
        ),
        *((bad, "invalid") for bad in ("a" * 64 + ".example", "x." * 127 + "example", "a.1")),
        *((bad, "invalid") for bad in ("acme.example:8000", "http://acme.example", "*.example")),
        *(
            (bad, "reserved")
            for bad in ("globex.localhost", "localhost.localhost", "x.y.LOCALHOST")
        ),
        *((bad, "unique") for bad in (NAME, NAME.upper(), f"{NAME}.")),
    ],
)
def test_a_name_that_is_none_or_somebodys_is_refused(name, code, added, globex):
    with pytest.raises(InvalidError) as caught:
        add_domain(tenant=globex, name=name)
    assert caught.value.attr == "domain"
    assert caught.value.code == code


def test_a_name_in_other_letters_is_kept_as_browsers_send_it(acme):
    assert add_domain(tenant=acme, name="Büro.Müller.example").domain == (
        "xn--bro-hoa.xn--mller-kva.example"
    )


def test_a_refused_name_is_told_at_its_field(platform, olga, acme, added):
    answer = platform(olga).post(f"{LIST}add/", {"tenant": acme.pk, "domain": "globex.localhost"})
    assert "domain" in answer.context["adminform"].form.errors


def test_another_word_proves_nothing(added, zone, globex):
    zone.texts[added.challenge] = [added.token[:-1], f"{added.token} "]
    with pytest.raises(ConflictError, match="says something else"):
        prove_domain(domain=added)
    # Removed, and added for another: the old word is no good any more.
    publish(zone, added)
    remove_domain(domain=added)
    with pytest.raises(ConflictError, match="something else"):
        prove_domain(domain=add_domain(tenant=globex, name=NAME))


@pytest.mark.parametrize("how", ["breaks", "silent"])
def test_a_dns_that_does_not_answer_is_said_so(how, added, zone, monkeypatch):
    setattr(zone, how, True)
    monkeypatch.setattr(domains, "texts_of", lambda name: texts_of(name, patience=0.3))
    with pytest.raises(ConflictError, match="did not answer"):
        prove_domain(domain=added)
    assert state_of(added) == "not proved"
    with pytest.raises(ResolverAwayError):
        texts_of(added.challenge, patience=0.3)


def test_a_proof_that_is_gone_warns_and_closes_nothing(added, zone, platform, olga, caplog):
    publish(zone, added)
    prove_domain(domain=added)
    del zone.texts[added.challenge]
    zone.asked.clear()
    assert look_again() == 0, "it was looked at a moment ago"
    with public_context():
        Domain.objects.update(checked_at=timezone.now() - timedelta(days=2))
    assert (look_again(), zone.asked) == (1, [added.challenge])
    assert state_of(added) == "doubtful"
    assert "proof of a host name is gone" in caplog.text
    assert Client(headers={"host": NAME}).get("/sign-in").status_code == 200
    operators = platform(olga)
    assert NAME in text_of(operators.get(f"{LIST}?state=doubtful"))
    assert "Host names whose proof was not found lately 1" in text_of(operators.get("/admin/"))
    publish(zone, added)
    prove_domain(domain=added)
    assert state_of(added) == "proved"


def test_what_was_removed_meanwhile_stays_removed(added, zone):
    publish(zone, added)
    remove_domain(domain=added)
    with pytest.raises(Exception, match="removed meanwhile"):
        prove_domain(domain=added)


def test_a_form_of_another_site_proves_nothing(olga, added, zone):
    publish(zone, added)
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    with public_context():
        client.force_login(olga)
    assert client.post(f"{LIST}{added.pk}/prove/").status_code == 403
    assert state_of(added) == "not proved"
