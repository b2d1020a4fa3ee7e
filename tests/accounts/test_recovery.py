"""A forgotten password and a new address: by a letter, once, and nobody learns who is here."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from accounts.models import RefreshFamily, User
from accounts.recovery import steady_time
from messaging.models import OutgoingMessage
from tenants.context import tenant_context
from tests.accounts.contract import assert_refused
from tests.accounts.letters import letters, token_in
from tests.conftest import PASSWORD

RESET, CONFIRM = "/api/v1/auth/password/reset", "/api/v1/auth/password/reset/confirm"
MOVE, MOVED = "/api/v1/auth/email/change", "/api/v1/auth/email/change/confirm"
EVE, NEW = "eve@acme.example", "seven green umbrellas"


@pytest.fixture
def token(stranger, eve):
    assert stranger.post(RESET, {"email": "Eve@Acme.example"}).status_code == 202
    return token_in(letters("password_reset", EVE)[-1])


def confirm(stranger, token, password=NEW):
    return stranger.post(CONFIRM, {"token": token, "password": password})


def test_a_forgotten_password_is_replaced_once(stranger, token, sign_in):
    assert confirm(stranger, token).status_code == 204
    assert sign_in(EVE, NEW)
    assert_refused(confirm(stranger, token), 400, code="invalid_token")
    assert User.objects.get(email=EVE).email_verified_at is not None
    assert letters("password_changed", EVE)


def test_every_session_ends_with_the_old_password(stranger, browser, eve, token, sign_in):
    tokens, page = sign_in(EVE), browser(eve)
    # Signing in spends the link: a person who remembers needs none.
    assert_refused(confirm(stranger, token), 400, code="invalid_token")
    stranger.post(RESET, {"email": EVE})
    assert confirm(stranger, token_in(letters("password_reset", EVE)[-1])).status_code == 204
    refreshed = stranger.post("/api/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    assert refreshed.status_code == 401
    assert not RefreshFamily.objects.filter(user=eve, ended_at=None).exists()
    assert page.get("/").status_code == 302


@pytest.mark.parametrize("email", [EVE, "nobody@acme.example", "no address at all"])
def test_the_answer_is_the_same_for_everybody(stranger, browser, eve, email):
    answer = stranger.post(RESET, {"email": email})
    assert (answer.status_code, answer.content) == (202, b"")
    page = browser().post("/forgot-password", {"email": email})
    assert ("letter is on its way" in page.content.decode()) == ("@" in email)


def test_the_time_of_the_answer_is_set_and_not_measured(monkeypatch):
    slept = []
    monkeypatch.setattr("accounts.recovery.sleep", slept.append)
    with steady_time(10):
        pass
    assert 9 < slept[0] <= 10


def test_somebody_who_left_is_not_written_to(stranger, eve):
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert stranger.post(RESET, {"email": EVE}).status_code == 202
    assert letters("password_reset") == []


def test_on_an_offices_host_only_that_office_writes(stranger, mia, globex, in_acme):
    stranger.post(RESET, {"email": mia.email}, HTTP_HOST="acme.localhost")
    with tenant_context(globex):
        assert letters("password_reset") == []
    stranger.post(RESET, {"email": mia.email}, HTTP_HOST="globex.localhost")
    with tenant_context(globex):
        assert len(letters("password_reset")) == 1


def test_a_link_ends_after_an_hour(stranger, token, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    assert_refused(confirm(stranger, token), 400, code="invalid_token")


def test_a_weak_password_is_told_and_the_link_stays_good(stranger, token):
    assert_refused(confirm(stranger, token, "password"), 400, code="weak_password")
    assert confirm(stranger, token).status_code == 204


def test_another_offices_host_takes_no_link_of_ours(stranger, token, globex):
    body = {"token": token, "password": NEW}
    answer = stranger.post(CONFIRM, body, HTTP_HOST="globex.localhost")
    assert_refused(answer, 400, code="invalid_token")


@pytest.mark.parametrize("broken", ["stamp", "id", "purpose"])
def test_a_link_of_another_making_is_refused(stranger, acme, eve, mia, broken):
    claims = {"t": acme.pk.hex, "i": eve.pk.hex, "s": "0" * 32}
    if broken == "id":
        claims["i"] = mia.pk.hex
    salt = "accounts.invitation" if broken == "purpose" else "accounts.password_reset"
    assert_refused(confirm(stranger, signing.dumps(claims, salt=salt)), 400, code="invalid_token")


def test_a_mailbox_is_not_filled(stranger, eve, settings):
    settings.LOGIN_RATES = {"reset_of_email": (2, 3600)}
    for _ in range(4):
        assert stranger.post(RESET, {"email": "max@acme.example"}).status_code == 202
    assert len(letters("password_reset")) == 2


def test_who_asks_too_often_is_refused(stranger, settings, db):
    settings.LOGIN_RATES = {"reset_by_address": (2, 3600)}
    ask = {"REMOTE_ADDR": "198.51.100.7"}
    answers = [stranger.post(RESET, {"email": f"{n}@x.example"}, **ask) for n in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_the_pages_lead_to_a_new_password(browser, token):
    client = browser()
    assert client.get(f"/reset-password/{token}").status_code == 200
    assert client.post(f"/reset-password/{token}", {"password": "short"}).status_code == 400
    assert client.post(f"/reset-password/{token}", {"password": NEW}).url == "/sign-in"
    assert client.post(f"/reset-password/{token}", {"password": NEW}).status_code == 400


# --- A new address


def test_a_new_address_is_ones_own_once_confirmed(api, stranger, eve, sign_in):
    new = "eva@acme.example"
    assert api(eve).post(MOVE, {"email": new, "password": PASSWORD}).status_code == 202
    eve.refresh_from_db()
    assert eve.email == EVE
    (letter,) = letters("email_move", new)
    assert stranger.post(MOVED, {"token": token_in(letter)}).status_code == 204
    assert sign_in(new)
    assert len(letters("email_moved", EVE)) == 1
    me = api(eve).get("/api/v1/auth/me").json()
    assert (me["email"], me["email_verified_at"] is None) == (new, False)
    assert_refused(stranger.post(MOVED, {"token": token_in(letter)}), 400, code="invalid_token")


def test_it_takes_the_password(api, eve):
    answer = api(eve).post(MOVE, {"email": "eva@acme.example", "password": "wrong"})
    assert_refused(answer, 400, code="wrong_password", attr="password")
    assert not OutgoingMessage.objects.filter(kind="email_move").exists()


def test_whether_an_address_is_taken_is_told_to_its_mailbox_only(api, stranger, eve, ada):
    assert api(eve).post(MOVE, {"email": ada.email, "password": PASSWORD}).status_code == 202
    (letter,) = letters("email_move", ada.email)
    answer = stranger.post(MOVED, {"token": token_in(letter)})
    assert_refused(answer, 409, code="email_taken")


def test_a_confirmation_ends_after_a_day_and_with_another_password(
    api, stranger, eve, time_machine
):
    api(eve).post(MOVE, {"email": "eva@acme.example", "password": PASSWORD})
    (letter,) = letters("email_move")
    token = token_in(letter)
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    assert_refused(stranger.post(MOVED, {"token": token}), 400, code="invalid_token")
    fresh = token_in(letters("email_move")[0])
    eve.set_password(NEW)
    eve.save()
    assert_refused(stranger.post(MOVED, {"token": fresh}), 400, code="invalid_token")


def test_the_page_confirms_by_a_press(browser, eve):
    client = browser(eve)
    sent = client.post("/profile/email", {"email": "eva@acme.example", "password": PASSWORD})
    assert sent.url == "/profile"
    path = f"/confirm-email/{token_in(letters('email_move')[0])}"
    assert browser().get(path).status_code == 200
    eve.refresh_from_db()
    assert eve.email == EVE
    assert browser().post(path).url == "/profile"
    eve.refresh_from_db()
    assert eve.email == "eva@acme.example"
    assert browser().post(path).status_code == 400


def test_the_profile_shows_and_changes(browser, eve):
    client = browser(eve)
    assert b"Eve Employee" in client.get("/profile").content
    form = {"full_name": "Eva E", "phone": "", "timezone": "Europe/Vienna", "locale": "de"}
    assert client.post("/profile", form).url == "/profile"
    eve.refresh_from_db()
    assert (eve.timezone, eve.locale, eve.initials) == ("Europe/Vienna", "de", "EE")
    assert client.post("/profile", {**form, "phone": "0151"}).status_code == 400


def test_the_password_page_keeps_this_session_and_ends_the_others(browser, eve):
    here, there = browser(eve), browser(eve)
    form = {"current_password": PASSWORD, "new_password": NEW}
    assert here.post("/profile/password", form).url == "/profile"
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert here.post("/profile/password", form).status_code == 400
