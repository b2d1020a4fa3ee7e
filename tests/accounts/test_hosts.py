"""Which office a host name opens: its own, or none."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants.context import public_context
from tenants.domain_models import Domain
from tenants.models import Tenant
from tests.accounts.contract import assert_refused

ME, KEYS = "/api/v1/auth/me", "/.well-known/jwks.json"


@pytest.fixture
def at(api, ada):
    """`at(host)` asks for Ada's profile there."""
    caller = api(ada)
    return lambda host, **extra: caller.get(ME, HTTP_HOST=host, **extra)


@pytest.mark.parametrize(
    "host",
    [
        *("acme.localhost", "ACME.LOCALHOST", "Acme.Localhost.", "acme.localhost:8000"),
        *("acme.localhost.:443", "localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1:8000"),
        *("[::1]", "[::1]:8000"),
    ],
)
def test_the_offices_host_and_the_shared_one_open_whatever_their_spelling(at, host):
    assert at(host).json()["email"] == "ada@acme.example"


@pytest.mark.parametrize("host", ["globex.localhost", "GLOBEX.localhost:8000", "globex.localhost."])
def test_another_offices_host_contradicts_the_token(at, host):
    assert_refused(at(host), 401)


@pytest.mark.parametrize(
    "host",
    [
        *("acme.localhost.evil.test", "acme.evil.test", "evil.test", "acme", "www.localhost"),
        *("acme.acme.localhost", "x.acme.localhost", "acmelocalhost", "evil-localhost"),
        *("public.localhost", "t_x.localhost", "-.localhost", "acme-.localhost", "10.0.0.1"),
        *("[2001:db8::1]", "[::ffff:7f00:1]:8000", "0x7f.1", "acme.localhost.localhost"),
        *("a" * 300 + ".localhost", "xn--acme.localhost"),
    ],
)
def test_an_unknown_host_opens_nothing(at, host):
    answer = at(host)
    assert answer.status_code in {400, 404}
    assert_refused(answer, answer.status_code)


@pytest.mark.parametrize(
    "host",
    [
        *("", " ", ".", "..", ":", ":80", "acme.localhost:", "acme.localhost:port"),
        *("acme.localhost:80:80", "acme.localhost/", "acme.localhost#", "acme.localhost?"),
        *("user@acme.localhost", "acme.localhost@evil.test", "evil.test@acme.localhost"),
        *("acme.localhost,globex.localhost", "acme.localhost globex.localhost", "acme%2elocalhost"),
        *("acme.localhost\x00", "\x00", "acmé.localhost", "[", "[]", "[::1", "::1", "[acme]"),
        *("[::1]x", "acme_localhost", "acme\\.localhost", "'.localhost", "*.localhost", "*"),
    ],
)
def test_a_host_that_is_no_host_name_never_breaks_anything(at, host):
    answer = at(host)
    if answer.status_code == 200:
        assert answer.json()["email"] == "ada@acme.example"
    else:
        assert answer.status_code in {400, 404}
        assert_refused(answer, answer.status_code)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_HOST": "globex.localhost"},
        {"HTTP_FORWARDED": "host=globex.localhost"},
        {"HTTP_X_HOST": "globex.localhost"},
        {"HTTP_X_ORIGINAL_HOST": "globex.localhost"},
    ],
)
def test_no_other_header_names_the_host(at, headers):
    assert at("acme.localhost", **headers).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/auth/me", "/api/v1/nothing", KEYS])
def test_an_unknown_host_is_refused_in_the_contracts_shape(stranger, db, path):
    answer = stranger.get(path, HTTP_HOST="nowhere.localhost")
    assert_refused(answer, 404, code="not_found")


def test_an_offices_own_domain_opens_it(at, acme):
    with public_context():
        Domain.objects.create(
            tenant=acme, domain="office.acme.example", is_primary=True, verified_at=timezone.now()
        )
    assert at("office.acme.example").status_code == 200
    assert at("Office.ACME.example:8000").status_code == 200
    assert at("x.office.acme.example").status_code == 404


def test_a_domain_below_ours_does_not_take_anothers_slug(at, globex):
    with public_context():
        Domain.objects.create(
            tenant=globex, domain="acme.localhost", is_primary=True, verified_at=timezone.now()
        )
    assert at("acme.localhost").status_code == 200


def test_an_office_that_is_not_ready_is_closed(stranger, globex):
    with public_context():
        Tenant.objects.filter(pk=globex.pk).update(ready=False)
    answer = stranger.get(KEYS, HTTP_HOST="globex.localhost")
    assert_refused(answer, 403, code="office_closed")


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/nowhere"])
def test_an_access_token_changes_nothing_about_the_shared_hosts_pages(stranger, api, ada, path):
    """Only the API takes it: a page of the platform is never one of an office."""
    client = api(ada)
    with public_context(), CaptureQueriesContext(connection) as queries:
        answer = client.get(path, HTTP_ACCEPT="text/html")
    assert not any("schema_marker" in query["sql"] for query in queries)
    assert answer.status_code == stranger.get(path, HTTP_ACCEPT="text/html").status_code
