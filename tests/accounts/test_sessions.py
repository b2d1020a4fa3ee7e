"""Where people are signed in: shown, ended one by one, ended by time, told of when it is new."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.identity_models import Device
from accounts.models import RefreshFamily, Role, User
from tenants.context import public_context
from tests.accounts.contract import assert_refused, bearer
from tests.accounts.letters import letters
from tests.conftest import PASSWORD
from tests.pages.conftest import sign_in as sign_in_to_page

SESSIONS, DEVICES, ME = "/api/v1/auth/sessions", "/api/v1/auth/devices", "/api/v1/auth/me"
REFRESH, EVE = "/api/v1/auth/refresh", "eve@acme.example"


def lasting(acme, **settings):
    acme.settings = acme.settings.model_copy(update=settings)
    with public_context():
        acme.save()


def test_ones_sessions_are_listed_and_the_asking_one_is_marked(api, browser, eve):
    here = api(eve)
    browser(eve)
    rows = here.get(SESSIONS).json()["results"]
    assert sorted((row["kind"], row["current"]) for row in rows) == [("api", True), ("page", False)]


def test_an_ended_session_takes_its_access_token_along_at_once(api, eve):
    here, there = api(eve), api(eve)
    (row,) = [row for row in here.get(SESSIONS).json()["results"] if not row["current"]]
    assert there.get(ME).status_code == 200
    assert here.delete(f"{SESSIONS}/{row['id']}").status_code == 204
    assert_refused(there.get(ME), 401)
    assert_refused(there.post(REFRESH, {"refresh_token": there.tokens["refresh_token"]}), 401)
    assert here.get(ME).status_code == 200


def test_signing_out_takes_the_access_token_along(api, eve):
    here = api(eve)
    token = here.tokens["refresh_token"]
    assert here.post("/api/v1/auth/logout", {"refresh_token": token}).status_code == 204
    assert_refused(here.get(ME), 401)


def test_an_ended_page_session_is_a_strangers_at_once(api, browser, eve):
    page = browser(eve)
    assert page.get("/").status_code == 200
    (row,) = [row for row in api(eve).get(SESSIONS).json()["results"] if row["kind"] == "page"]
    assert api(eve).delete(f"{SESSIONS}/{row['id']}").status_code == 204
    assert page.get("/").status_code == 302


def test_all_others_end_at_once(api, browser, eve, max_):
    here, there, page, max_api = api(eve), api(eve), browser(eve), api(max_)
    assert here.post(f"{SESSIONS}/end-others").status_code == 204
    assert [each.get(ME).status_code for each in (here, there, max_api)] == [200, 401, 200]
    assert page.get("/").status_code == 302


def test_nobody_ends_the_session_of_somebody_else(api, eve, max_):
    session = RefreshFamily.objects.create(user=max_, expires_at=timezone.now() + timedelta(1))
    assert_refused(api(eve).delete(f"{SESSIONS}/{session.pk}"), 404)


def test_the_page_shows_sessions_and_ends_them(browser, eve):
    here, there = browser(eve), browser(eve)
    assert b"this one" in here.get("/security").content
    other = RefreshFamily.objects.filter(user=eve).exclude(pk=here.session["sid"]).get()
    assert here.post(f"/security/sessions/{other.pk}/end").status_code == 302
    assert there.get("/").status_code == 302
    again = browser(eve)
    assert here.post("/security/end-others").status_code == 302
    assert [page.get("/").status_code for page in (here, again)] == [200, 302]


def test_a_page_session_ends_without_requests_and_at_its_own_end(browser, eve, acme, time_machine):
    lasting(acme, session_idle_minutes=30, session_hours=1)
    client, start = browser(eve), timezone.now()
    for minutes, status in ((20, 200), (45, 200), (61, 302)):
        time_machine.move_to(start + timedelta(minutes=minutes))
        assert client.get("/").status_code == status, minutes
    client, start = browser(eve), timezone.now()
    time_machine.move_to(start + timedelta(minutes=31))
    assert client.get("/").status_code == 302


def test_a_family_of_tokens_ends_without_refreshing_and_at_its_own_end(
    api, stranger, eve, acme, time_machine
):
    lasting(acme, session_idle_minutes=60, session_hours=2)
    start = timezone.now()
    idle, busy = api(eve).tokens["refresh_token"], api(eve).tokens["refresh_token"]
    time_machine.move_to(start + timedelta(minutes=50))
    busy = stranger.post(REFRESH, {"refresh_token": busy}).json()["refresh_token"]
    time_machine.move_to(start + timedelta(minutes=100))
    assert_refused(stranger.post(REFRESH, {"refresh_token": idle}), 401)
    busy = stranger.post(REFRESH, {"refresh_token": busy}).json()["refresh_token"]
    time_machine.move_to(start + timedelta(minutes=121))
    assert_refused(stranger.post(REFRESH, {"refresh_token": busy}), 401)


# --- Devices


def login(agent):
    client = APIClient(HTTP_HOST="localhost", HTTP_USER_AGENT=agent)
    return client.post("/api/v1/auth/login", {"email": EVE, "password": PASSWORD})


def test_a_new_device_is_told_of_and_the_first_and_known_ones_are_not(eve, in_acme):
    for agent in ("Phone", "Phone"):
        assert login(agent).status_code == 200
    assert letters("new_device") == []
    assert login("Tablet").status_code == 200
    (letter,) = letters("new_device", EVE)
    assert "Tablet" in letter.text
    login("Tablet")
    assert len(letters("new_device")) == 1


def test_a_browser_is_known_by_its_cookie(browser, eve):
    here = browser()
    sign_in_to_page(here, EVE)
    here.post("/sign-out")
    sign_in_to_page(here, EVE)
    assert Device.objects.filter(user=eve).count() == 1
    sign_in_to_page(browser(), EVE)
    assert Device.objects.filter(user=eve).count() == 2
    assert len(letters("new_device", EVE)) == 1
    assert here.cookies["office_device"]["httponly"]


def test_a_forgotten_device_is_news_again(api, eve, in_acme):
    login("Phone")
    login("Tablet")
    client = api(eve)
    for row in client.get(DEVICES).json()["results"]:
        if row["label"] == "Tablet":
            assert client.delete(f"{DEVICES}/{row['id']}").status_code == 204
    login("Tablet")
    assert len([letter for letter in letters("new_device") if "Tablet" in letter.text]) == 2


# --- A demoted admin's next request: by token and by API key see test_rights_now, test_api_keys


def test_a_demoted_admins_next_request_by_page_session_is_refused(browser, ada):
    client = browser(ada)
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=ada.pk).update(role=Role.objects.get(name="employee"))
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/accounts/user/").status_code == 302


def test_a_token_of_before_there_were_sessions_still_opens(api, stranger, eve):
    """While a release is rolled out, old servers sign tokens that name no session."""
    import jwt

    from accounts.keys import key_ring

    claims = jwt.decode(api(eve).tokens["access_token"], options={"verify_signature": False})
    del claims["sid"]
    key = next(iter(key_ring().values()))
    old = jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})
    assert stranger.get(ME, **bearer(old)).status_code == 200
    other = jwt.encode({**claims, "sid": "x"}, key.private, "RS256", headers={"kid": key.kid})
    assert_refused(stranger.get(ME, **bearer(other)), 401)


@pytest.mark.parametrize("whose", ["another person", "nobody"])
def test_a_token_with_a_session_that_is_not_its_persons_is_refused(api, stranger, eve, max_, whose):
    import jwt

    from accounts.keys import key_ring

    claims, other = (
        jwt.decode(api(user).tokens["access_token"], options={"verify_signature": False})
        for user in (eve, max_)
    )
    claims["sid"] = other["sid"] if whose == "another person" else other["sub"]
    key = next(iter(key_ring().values()))
    token = jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})
    assert_refused(stranger.get(ME, **bearer(token)), 401)
