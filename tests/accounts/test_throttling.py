"""Guessing passwords is slow, and locks nobody out for long."""

from time import monotonic
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.passwords import is_breached
from tenants.cache import outage
from tests.accounts.contract import assert_refused
from tests.conftest import PASSWORD
from tests.pages.conftest import sign_in as sign_in_to_page

LOGIN = "/api/v1/auth/login"
EVE = OURS = THEIRS = ""


def somewhere():
    """An address of the net that no other test asks from: what is counted outlives a test."""
    return f"2001:db8::{uuid4().hex[:4]}:{uuid4().hex[:4]}"


@pytest.fixture(autouse=True)
def counted(settings, monkeypatch, eve):
    settings.LOGIN_RATES = {
        "login_pair": (3, 900),
        "login_by_address": (8, 900),
        "login_of_account": (6, 900),
    }
    eve.email = f"{uuid4().hex}@acme.example"
    eve.save()
    names = {"EVE": eve.email, "OURS": somewhere(), "THEIRS": somewhere()}
    for name, value in names.items():
        monkeypatch.setitem(globals(), name, value)


def login(password=PASSWORD, *, email=None, ip=None):
    body = {"email": email or EVE, "password": password}
    return APIClient(HTTP_HOST="localhost", REMOTE_ADDR=ip or OURS).post(LOGIN, body)


def statuses(times, password="wrong", **more):
    return [login(password, **more).status_code for _ in range(times)]


def test_wrong_passwords_from_one_address_are_soon_refused(eve):
    assert statuses(4) == [401, 401, 401, 429]
    answer = login()
    assert_refused(answer, 429, code="throttled")
    assert 0 < int(answer["Retry-After"]) <= 900


def test_the_answer_is_the_same_for_an_account_that_is_not_there(eve):
    assert statuses(4, email=f"{uuid4().hex}@acme.example") == [401, 401, 401, 429]


def test_a_stranger_elsewhere_does_not_lock_the_person_out(eve):
    assert statuses(4, ip=THEIRS)[-1] == 429
    assert login().status_code == 200


def test_right_passwords_do_not_count(eve):
    assert [login().status_code for _ in range(12)] == [200] * 12


def test_one_address_guesses_few_accounts(eve):
    found = [login("wrong", email=f"{n}.{EVE}", ip=THEIRS).status_code for n in range(9)]
    assert found == [401] * 8 + [429]
    assert login().status_code == 200


def test_many_addresses_guess_one_account_slowly(eve):
    assert [login("wrong", ip=somewhere()).status_code for n in range(7)] == [401] * 6 + [429]


def test_a_known_device_passes_what_strangers_used_up(browser, eve):
    home = browser()
    assert sign_in_to_page(home, EVE, REMOTE_ADDR=OURS).status_code == 302
    home.post("/sign-out")
    for _n in range(8):
        sign_in_to_page(browser(), EVE, "wrong", REMOTE_ADDR=somewhere())
    assert sign_in_to_page(browser(), EVE, REMOTE_ADDR=OURS).status_code == 429
    assert sign_in_to_page(home, EVE, REMOTE_ADDR=OURS).status_code == 302


def test_a_known_device_guesses_no_more_than_others(browser, eve):
    home = browser()
    sign_in_to_page(home, EVE)
    home.post("/sign-out")
    found = [sign_in_to_page(home, EVE, "wrong").status_code for _ in range(4)]
    assert found == [200, 200, 200, 429]


def test_a_forged_cookie_makes_no_known_device(browser, eve):
    client = browser()
    client.cookies["office_device"] = "eyJkIjoieCIsImEiOltdfQ:1abc:nonsense"
    for _n in range(8):
        sign_in_to_page(browser(), EVE, "wrong", REMOTE_ADDR=somewhere())
    assert sign_in_to_page(client, EVE).status_code == 429


def test_without_the_store_each_process_counts_for_itself(eve, monkeypatch):
    monkeypatch.setattr(outage, "ask_again_at", monotonic() + 60)
    assert statuses(4, email=f"{uuid4().hex}@acme.example")[-1] == 429


@pytest.mark.parametrize(
    "password",
    ["password123456", "P@ssw0rd2024!", "qwertyuiop123", "iloveyou iloveyou", "1q2w3e4r5t6y"],
)
def test_what_everybody_tries_first_is_refused_however_it_is_dressed(api, eve, password):
    body = {"current_password": PASSWORD, "new_password": password}
    answer = api(eve).post("/api/v1/auth/password/change", body)
    assert_refused(answer, 400, code="weak_password", attr="new_password")


@pytest.mark.parametrize("password", ["acme-acme-1", "Acme2024!!"])
def test_the_offices_name_is_no_password(api, eve, password):
    body = {"current_password": PASSWORD, "new_password": password}
    answer = api(eve).post("/api/v1/auth/password/change", body)
    assert_refused(answer, 400, code="weak_password", attr="new_password")


@pytest.mark.parametrize(
    "password",
    ["seven green umbrellas", "kollektiv-birne-42", "gR8 walks at dawn", "ünïcödé wörds"],
)
def test_length_is_enough(password):
    assert not is_breached(password)
