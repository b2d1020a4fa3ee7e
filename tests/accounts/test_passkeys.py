"""Passkeys: good at one address, for one challenge, unlocked by the person."""

import json

import pytest

from accounts.identity_models import Authenticator
from accounts.models import RefreshFamily, User
from tests.accounts.soft_passkey import PRESENT, SoftPasskey
from tests.conftest import PASSWORD

NEW, GET = "/security/passkeys", "/sign-in/passkey"


def post(client, path, body=None, **more):
    asked = {"accept": "application/json"}
    body = json.dumps({} if body is None else body)
    return client.post(path, body, content_type="application/json", headers=asked, **more)


def register(client, passkey, name="Laptop"):
    options = post(client, f"{NEW}/begin").json()
    return post(client, NEW, {"answer": passkey.create(options), "name": name})


def sign_in(client, passkey, query=""):
    options = post(client, f"{GET}/begin{query}").json()
    return post(client, GET, {"answer": passkey.get(options)})


@pytest.fixture
def passkey(browser, eve):
    made = SoftPasskey()
    assert register(browser(eve), made).status_code == 200
    return made


def test_a_passkey_signs_in_without_a_password(browser, passkey, eve):
    client = browser()
    answer = sign_in(client, passkey, "?next=/messages")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"next": "/messages"}
    assert client.get("/").status_code == 200
    assert RefreshFamily.objects.filter(user=eve, method="passkey").exists()
    assert User.objects.get(pk=eve.pk).mfa_enabled


def test_the_first_one_comes_with_a_sheet_of_codes(browser, stranger, eve):
    """Where no passkey can be shown, as by the API, the sheet lets its person in."""
    client = browser(eve)
    register(client, SoftPasskey())
    codes = client.get("/security/second-factor").context["codes"]
    assert len(codes) == 10
    assert client.get("/security/second-factor").context["codes"] == []
    login = {"email": eve.email, "password": PASSWORD}
    token = stranger.post("/api/v1/auth/login", login).json()["mfa_token"]
    body = {"mfa_token": token, "code": codes[0]}
    assert stranger.post("/api/v1/auth/login/mfa", body).status_code == 200


def test_who_came_out_of_an_archive_shows_the_password(stranger, passkey, eve):
    """Second factors stay out of archives."""
    Authenticator.objects.filter(user=eve).delete()
    login = {"email": eve.email, "password": PASSWORD}
    assert stranger.post("/api/v1/auth/login", login).status_code == 200
    assert not User.objects.get(pk=eve.pk).mfa_enabled


def test_a_challenge_is_good_once(browser, passkey):
    client = browser()
    options = post(client, f"{GET}/begin").json()
    body = {"answer": passkey.get(options)}
    assert post(client, GET, body).status_code == 200
    client.post("/sign-out")
    assert post(client, GET, body).status_code == 400
    assert post(browser(), GET, body).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://globex.localhost"},
        {"host": "globex.localhost"},
        {"flags": PRESENT},
        {"flags": 0},
        {"handle": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"id": b"x" * 32},
        {"key": SoftPasskey().key},
    ],
    ids=["site", "office", "rp", "not unlocked", "not there", "person", "unknown", "signature"],
)
def test_what_is_not_just_right_is_refused(browser, passkey, change):
    for name, value in change.items():
        setattr(passkey, name, value)
    client = browser()
    answer = sign_in(client, passkey)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "bad_passkey"
    assert client.get("/").status_code == 302


def test_a_copy_shows_by_its_counter(browser, passkey):
    passkey.counter = 7
    assert sign_in(browser(), passkey).status_code == 200
    assert sign_in(browser(), passkey).status_code == 400
    passkey.counter = 8
    assert sign_in(browser(), passkey).status_code == 200


def test_somebody_who_left_is_refused(browser, passkey, eve):
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert sign_in(browser(), passkey).status_code == 400


@pytest.mark.parametrize("body", [{}, {"answer": 1}, {"answer": {}}, {"answer": {"id": "x"}}, []])
def test_nonsense_is_refused(browser, eve, body):
    client = browser()
    post(client, f"{GET}/begin")
    assert post(client, GET, body).status_code == 400


def test_a_passkey_belongs_to_one_person(browser, passkey, max_):
    assert register(browser(max_), passkey).status_code == 400
    assert Authenticator.objects.filter(kind="passkey").count() == 1


def test_a_new_one_without_its_challenge_is_refused(browser, eve):
    client, made = browser(eve), SoftPasskey()
    options = post(client, f"{NEW}/begin").json()
    body = {"answer": made.create(options), "name": "x"}
    other = browser(eve)
    assert post(other, NEW, body).status_code == 400
    made.origin = "http://evil.localhost"
    assert post(client, NEW, {"answer": made.create(options)}).status_code == 400


def test_adding_one_asks_who_one_is(browser, eve):
    client = browser(eve)
    session = client.session
    session["sid_shown"] -= 16 * 60
    session.save()
    answer = post(client, f"{NEW}/begin")
    assert answer.status_code == 403
