"""The shared host: opening an office, and finding one's own."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from tenants.context import public_context, tenant_context
from tenants.models import Tenant
from tenants.services import suspend_tenant
from tests.pages.conftest import sign_in, text_of

WISH = {
    "tenant_name": "Nord & Süd",
    "full_name": "Bo Boss",
    "email": "Bo@nord.example",
    "password": "correct horse battery",
}


def offices() -> int:
    with public_context():
        return Tenant.objects.count()


def test_the_front_door_offers_both_ways(visitor):
    page = text_of(visitor.get("/"))
    assert "Open an office" in page
    assert "Go to my office" in page


def test_registration_opens_an_office_that_one_can_sign_in_to(visitor):
    answer = visitor.post("/open-office", WISH)
    assert answer.status_code == 302
    assert urlsplit(answer.url).netloc == ""
    shown = visitor.get(answer.url)
    way = shown.context["way"]
    assert way.endswith("/sign-in?email=bo%40nord.example")
    assert "Nord &amp; Süd is open" in shown.content.decode()
    host = urlsplit(way).hostname
    assert host == "nord-sud.localhost"
    there = Client(HTTP_HOST=host)
    assert b'value="bo@nord.example"' in there.get("/sign-in?email=bo%40nord.example").content
    assert sign_in(there, "bo@nord.example", WISH["password"]).url == "/"
    assert "Bo Boss" in text_of(there.get("/"))
    tenant = Tenant.objects.get(slug="nord-sud")
    with tenant_context(tenant):
        assert User.objects.get().role.name == "admin"


def test_a_reload_of_the_answer_opens_no_second_office(visitor):
    answer = visitor.post("/open-office", WISH)
    before = offices()
    visitor.get(answer.url)
    assert offices() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "short"),
        ("password", "1234567890123"),
        ("tenant_name", "…"),
        ("tenant_name", " "),
        ("full_name", ""),
        ("email", "not an address"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_rest_is_kept(visitor, field, value):
    before = offices()
    answer = visitor.post("/open-office", {**WISH, field: value})
    form = answer.context["register_form"]
    assert answer.status_code == 400
    assert list(form.errors) == [field]
    kept = "Bo Boss" if field != "full_name" else "Bo@nord.example"
    assert f'value="{kept}"' in answer.content.decode()
    assert WISH["password"] not in answer.content.decode()
    assert offices() == before


@pytest.mark.parametrize("name", ["acme", "ACME", " acme ", "acme.localhost"])
def test_the_short_name_leads_to_the_sign_in(visitor, acme, name):
    answer = visitor.get("/go", {"office": name})
    assert answer.status_code == 200
    assert urlsplit(answer.context["way"])[1:3] == ("acme.localhost:8000", "/sign-in")


@pytest.mark.parametrize("name", ["nobody", "", "a.b", "../x", "x" * 101, "www"])
def test_an_unknown_name_is_refused_in_place(visitor, name):
    answer = visitor.get("/go", {"office": name})
    assert answer.status_code == 404
    assert answer.context["go_form"].errors["office"]


def test_a_closed_office_is_as_unknown_as_none(visitor, acme):
    with public_context():
        suspend_tenant(tenant=acme)
    answer = visitor.get("/go", {"office": "acme"})
    assert "There is no office of this name." in text_of(answer)


def test_the_handed_over_email_is_only_text(visitor, acme):
    answer = visitor.get("/go", {"office": "acme", "email": '"><script>x</script>&next=//evil'})
    assert b"<script>x" not in answer.content
    assert "next=" not in answer.context["way"]


def test_tenants_have_no_front_door(browser, in_acme):
    assert browser().get("/open-office").status_code == 404
    assert browser().get("/go").status_code == 404
