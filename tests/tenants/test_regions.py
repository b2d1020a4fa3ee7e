"""Several installations: people are led home, and an office leaves for another region."""

import json
from dataclasses import dataclass, field

import pytest
from django.core.management import CommandError
from django.test import Client

from accounts.models import User
from accounts.services import create_user
from common.errors import InvalidError
from config.env import BadEnvironmentError, load_env
from tasks.models import Task
from tenants.context import public_context, tenant_transaction
from tenants.doctor import look_at_leaving
from tenants.jobs import wake_operations
from tenants.models import Tenant
from tenants.operation_models import Operation
from tenants.operations import request_erasure
from tenants.region_models import MovedAway
from tenants.regions import address_in
from tenants.running import run_operation
from tenants.services import open_tenant, suspend_tenant
from tests.conftest import PASSWORD, api_as, forget
from tests.peers.loopback import Asked, Told, serving
from tests.tenants.office_of_everything import hashes

EMAIL = "una@umbrella.example"
SECRET = "for-the-regions-only-for-the-regions"
LOGIN = {"email": EMAIL, "password": PASSWORD}
SIGN_IN = "/api/v1/auth/login"


@dataclass
class Region:
    """Another region, which says yes to what it knows."""

    port: int = 0
    knows: dict[str, str] = field(default_factory=dict)
    asked: list[dict] = field(default_factory=list)
    is_up: bool = True

    def answer(self, asked: Asked) -> Told | None:
        if not self.is_up:
            return None
        assert (asked.path, asked.headers["x-regions-secret"]) == ("/regions/find", SECRET)
        question = json.loads(asked.body)
        self.asked.append(question)
        found = self.knows.items() <= question.items() if self.knows else False
        return Told(body=json.dumps({"found": found}).encode())


@pytest.fixture
def us(committed, settings):
    with serving(Region()) as region:
        settings.REGIONS = {"us": f"http://localhost:{region.port}"}
        settings.REGIONS_SECRET = SECRET
        yield region
    MovedAway.objects.all().delete()


@pytest.fixture
def una(committed):
    with tenant_transaction(committed):
        yield create_user(email=EMAIL, full_name="Una", role="admin", password=PASSWORD)


@pytest.fixture
def stranger():
    return Client(headers={"host": "localhost"}, raise_request_exception=False)


def post(client, path, body, **more):
    return client.post(path, body, content_type="application/json", **more)


def test_who_signs_in_at_the_wrong_region_is_told_which_is_theirs(us, una, stranger):
    elsewhere = {"email": "ute@elsewhere.example", "password": PASSWORD}
    us.knows = elsewhere
    answer = post(stranger, SIGN_IN, elsewhere)
    assert answer.status_code == 421
    assert answer.json()["errors"][0]["code"] == "wrong_region"
    assert answer.json()["home"] == address_in("us") == f"http://localhost:{us.port}"
    # Whoever only guesses learns nothing, wherever the person is; nor while the region is away.
    wrong = [post(stranger, SIGN_IN, {**elsewhere, "password": "guessed"})]
    wrong.append(post(stranger, SIGN_IN, {"email": "nobody@x.example", "password": "guessed"}))
    us.is_up = False
    wrong.append(post(stranger, SIGN_IN, elsewhere))
    assert {(one.status_code, one.content) for one in wrong} == {(401, wrong[0].content)}


def test_nobody_is_asked_about_those_who_are_at_home_here(us, una, committed, stranger):
    assert post(stranger, SIGN_IN, LOGIN).status_code == 200
    own = Client(headers={"host": f"{committed.slug}.localhost"})
    assert post(own, SIGN_IN, {**LOGIN, "password": "guessed"}).status_code == 401
    assert us.asked == []


@pytest.mark.parametrize("secret", ["", "guessed" * 6])
def test_only_a_region_may_ask(secret, us, una, stranger):
    headers = {"X-Regions-Secret": secret}
    assert post(stranger, "/regions/find", LOGIN, headers=headers).status_code == 404


def test_a_region_is_told_whether_somebody_or_an_office_is_here(us, una, committed, stranger):
    def ask(question, status=200):
        answer = post(stranger, "/regions/find", question, headers={"X-Regions-Secret": SECRET})
        assert answer.status_code == status
        return answer.json().get("found")

    assert ask({**LOGIN, "slug": None}) is True
    assert ask({**LOGIN, "slug": "other"}) is False
    assert ask({**LOGIN, "password": "guessed"}) is False
    assert (ask({"slug": committed.slug}), ask({"slug": "nowhere"})) == (True, False)
    for nonsense in ({"who": "x"}, [1], {"email": 1, "password": PASSWORD}):
        ask(nonsense, 400)


def leave(office, manage, tmp_path):
    archive = tmp_path / "office.zip"
    said = manage("tenant_leave", office.slug, "--to", "us", "-o", archive)
    assert "Nobody writes" in said
    return archive


def row_of(office):
    with public_context():
        return Tenant.objects.get(pk=office.pk)


def test_an_office_that_leaves_can_be_read_until_it_has_arrived(
    us, office, manage, stranger, tmp_path
):
    with tenant_transaction(office):
        api = api_as(User.objects.get(email__startswith="ada-"), office)
    archive = leave(office, manage, tmp_path)
    before = hashes(office)
    wake_operations()
    refused = api.post("/api/v1/tasks", {"title": "Too late"})
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert api.get("/api/v1/tasks").status_code == 200
    # Here it is a copy with another address; there it keeps its own.
    manage("tenant_import", archive, "--slug", "arrived")
    with public_context():
        copy = Tenant.objects.get(slug="arrived")
    assert hashes(copy) == before
    with pytest.raises(CommandError, match="does not say"):
        manage("tenant_leave", office.slug, "--arrived")
    us.knows = {"slug": office.slug}
    home = f"http://{office.slug}.localhost:{us.port}"
    assert home in manage("tenant_leave", office.slug, "--arrived")
    # The old home leads to the new one.
    page = Client(headers={"host": f"{office.slug}.localhost"}, raise_request_exception=False)
    answer = page.get("/tasks?status=open")
    assert (answer.status_code, answer["Location"]) == (302, f"{home}/tasks?status=open")
    assert page.post("/quick-add", {"text": "Call Eve"}).status_code == 421
    assert post(page, SIGN_IN, LOGIN).json()["home"] == home
    assert api.get("/api/v1/tasks").json()["home"] == home
    renewed = post(stranger, "/api/v1/auth/refresh", {"refresh_token": api.tokens["refresh_token"]})
    assert (renewed.status_code, renewed.json()["home"]) == (421, home)
    assert f"{home}/sign-in" in stranger.get("/go", {"office": office.slug}).content.decode()
    assert stranger.get("/go", {"office": "nowhere"}).status_code == 404


def test_what_it_left_is_erased_and_its_address_leads_on(us, office, manage, tmp_path):
    leave(office, manage, tmp_path)
    us.knows = {"slug": office.slug}
    manage("tenant_leave", office.slug, "--arrived")
    erasure = request_erasure(
        tenant=row_of(office), typed_slug=office.slug, requested_by="a test", background=False
    )
    run_operation(erasure.pk)
    assert Operation.objects.get(pk=erasure.pk).status == "done"
    page = Client(headers={"host": f"{office.slug}.localhost"})
    assert page.get("/")["Location"] == f"http://{office.slug}.localhost:{us.port}/"
    # Nobody else gets the address, but the office itself when it comes back.
    with pytest.raises(InvalidError, match="taken"):
        open_tenant(name="Somebody else", slug=office.slug)
    manage("tenant_import", tmp_path / "office.zip")
    with public_context():
        back = Tenant.objects.get(slug=office.slug)
        assert not MovedAway.objects.exists()
    assert page.get("/")["Location"].startswith("/sign-in")
    forget(back)


def test_one_that_stays_is_written_to_again(us, office, manage, tmp_path):
    leave(office, manage, tmp_path)
    assert row_of(office).moving_to == "@us"
    [told] = look_at_leaving()
    assert (told.is_good, f"write to {office.slug}:" in told.sentence) == (False, True)
    assert "stays" in manage("tenant_leave", office.slug, "--stay")
    with tenant_transaction(row_of(office)):
        Task.objects.create(title="Goes on", creator=User.objects.get(email="bob@example.com"))
    assert all(told.is_good for told in look_at_leaving())
    with pytest.raises(CommandError, match="not about to leave"):
        manage("tenant_leave", office.slug, "--arrived")


def test_only_an_open_office_leaves_and_only_for_a_region_that_is_known(us, office, manage):
    with pytest.raises(CommandError, match="names no region"):
        manage("tenant_leave", office.slug, "--to", "mars")
    suspend_tenant(tenant=office)
    with pytest.raises(CommandError, match="closed"):
        manage("tenant_leave", office.slug, "--to", "us")


def test_a_failure_lets_people_write_again(us, office, manage, tmp_path, monkeypatch):
    monkeypatch.setattr("tenants.running.write_archive", lambda **_told: 1 / 0)
    with pytest.raises(CommandError, match="Our own mistake"):
        leave(office, manage, tmp_path)
    assert row_of(office).moving_to == ""
    with tenant_transaction(row_of(office)):
        Task.objects.create(title="Goes on", creator=User.objects.get(email="bob@example.com"))
    assert all(told.is_good for told in look_at_leaving())


@pytest.mark.parametrize(
    "told",
    [
        {"REGIONS": "us=https://us.example"},
        {"REGIONS": "eu=https://eu.example", "REGIONS_SECRET": SECRET},
        {"REGIONS": "us=http://us.example", "REGIONS_SECRET": SECRET},
        {"REGIONS": "us", "REGIONS_SECRET": SECRET},
        {"REGION": "The moon"},
        {"REGIONS_SECRET": "short"},
    ],
)
def test_nonsense_about_regions_stops_the_start(told, monkeypatch):

    for name, value in told.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadEnvironmentError):
        load_env.__wrapped__()
