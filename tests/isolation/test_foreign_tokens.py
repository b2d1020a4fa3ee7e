"""A token opens one office, whatever host it is shown to and whatever is written into it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import RefreshFamily
from accounts.tokens import token_pair
from tenants.context import tenant_context
from tests.isolation.samples.every import SAMPLES
from tests.isolation.test_foreign_objects import OPERATIONS, ask, cases, unharmed
from tests.isolation.tokens import forged, unsigned

TOKENLESS = {
    "register",
    "login",
    "refresh",
    "logout",
    "invitation-accept",
    "login-mfa",
    "password-reset",
    "password-reset-confirm",
    "email-change-confirm",
    "telegram-webhook",
    "twilio-sms",
    "twilio-status",
    *("slack-events", "slack-commands", "slack-actions"),
    *("google-notices", "microsoft-notices"),
    # Vendors bring browsers here: an answer of theirs is put aside by a random word.
    *("google-callback", "microsoft-callback", "slack-callback"),
    # Opens by the secret in its address alone.
    "public-feed",
}
GUARDED = [found for found in OPERATIONS if found.name not in TOKENLESS]


@pytest.mark.parametrize("found", cases(GUARDED))
def test_a_token_of_one_office_is_worth_nothing_on_the_others_host(
    found, api, world, globex_office, globex
):
    client = api(world.ada, host="globex.localhost")
    sample = SAMPLES[found.key](world, client)
    theirs = globex_office.ids["task"]
    ids = {name: 0 if isinstance(own, int) else theirs for name, own in sample.ids.items()}
    for address_ids in (ids, sample.ids):
        answer = ask(client, found, sample, ids=address_ids)
        assert answer.status_code == 401
        assert not globex_office.leaks(answer)
    unharmed(globex, globex_office)


def with_token(token, host="localhost"):
    client = APIClient(HTTP_HOST=host)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.mark.parametrize("host", ["localhost", "globex.localhost", "acme.localhost"])
@pytest.mark.parametrize("make", [forged, unsigned])
def test_a_token_with_the_others_tenant_id_written_in_is_no_token(
    make, host, client, globex, globex_office
):
    mia = globex_office.ids["user"]
    for claims in ({"tenant_id": str(globex.pk)}, {"tenant_id": str(globex.pk), "sub": str(mia)}):
        token = make(client.tokens["access_token"], **claims)
        answer = with_token(token, host).get("/api/v1/tasks")
        assert answer.status_code == 401
        assert not globex_office.leaks(answer)


@pytest.mark.parametrize("name", ["refresh", "logout"])
def test_a_refresh_token_of_one_office_is_worth_nothing_on_the_others_host(
    name, client, globex_office
):
    for token in (client.tokens["refresh_token"], client.tokens["access_token"]):
        answer = with_token(token, "globex.localhost").post(f"/api/v1/auth/{name}")
        assert answer.status_code == 401
    own = with_token(client.tokens["refresh_token"]).post("/api/v1/auth/refresh")
    assert own.status_code == 200, "the attempt abroad must not spend it"


def test_a_token_of_ours_that_names_a_person_of_another_office_is_worth_nothing(
    world, globex, globex_office
):
    """Even signed with our own key: the person is looked up in the office of the token."""
    with tenant_context(globex):
        family = RefreshFamily(user=world.ada, expires_at=timezone.now() + timedelta(days=1))
        token = token_pair(user=world.ada, family=family)["access_token"]
    for host in ("localhost", "globex.localhost", "acme.localhost"):
        answer = with_token(token, host).get("/api/v1/tasks")
        assert answer.status_code == 401
        assert not globex_office.leaks(answer)
