"""What every request gets: an id, a trusted address, safe headers, and errors of one shape."""

import re

import pytest
from django.test import RequestFactory

from common.network import client_address
from tests.accounts.contract import assert_refused

ME, LOGIN = "/api/v1/auth/me", "/api/v1/auth/login"
MADE = re.compile(r"[0-9a-f]{32}\Z")


@pytest.mark.parametrize("given", ["a", "A-z_0.9", "x" * 128, "0", "-", "..."])
def test_a_sane_request_id_is_kept(stranger, in_acme, given):
    assert stranger.get(ME, headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    [
        *("", " ", "x" * 129, "a b", "a\r\nSet-Cookie: x=1", "a\n", "\na", "ä", "日本", "a\x00"),
        *("a;b", "<script>", "${jndi:x}", "a/b", "٣"),
    ],
)
def test_another_request_id_is_replaced(stranger, in_acme, given):
    assert MADE.match(stranger.get(ME, headers={"X-Request-ID": given})["X-Request-ID"])


def test_two_requests_get_two_ids(stranger, in_acme):
    assert stranger.get(ME)["X-Request-ID"] != stranger.get(ME)["X-Request-ID"]


@pytest.fixture
def broken(monkeypatch):
    """Signing in breaks, with a message that nobody may read."""

    def sign_in(**kwargs):
        raise RuntimeError("SELECT password FROM accounts_user on db.internal.test")

    monkeypatch.setattr("accounts.api.sign_in", sign_in)


def ask(client, method, path, **extra):
    return getattr(client, method)(path, **extra)


TOO_LONG = b'{"email": "' + b"x" * (1024 * 1024) + b'"}'
JSON = "application/json"
FAILURES = [
    (404, "get", "/api/v1/nothing", {}),
    (404, "get", "/api/v1/", {}),
    (404, "get", "/api/v1/auth/me/", {}),
    (404, "post", "/api/v1/auth/login%00", {}),
    (404, "get", "/api/v2/auth/me", {}),
    (401, "get", ME, {}),
    (401, "delete", ME, {}),
    (405, "get", LOGIN, {}),
    (405, "put", LOGIN, {}),
    (405, "delete", "/api/v1/auth/refresh", {}),
    (406, "post", LOGIN, {"data": "{}", "content_type": JSON, "HTTP_ACCEPT": "text/html"}),
    (406, "get", ME, {"HTTP_ACCEPT": "application/xml"}),
    (415, "post", LOGIN, {"data": "a=b", "content_type": "application/x-www-form-urlencoded"}),
    (415, "post", LOGIN, {"data": "<a/>", "content_type": "application/xml"}),
    (415, "post", LOGIN, {"data": b"x", "content_type": "multipart/form-data; boundary=x"}),
    (400, "post", LOGIN, {"data": "{", "content_type": JSON}),
    (400, "post", LOGIN, {"data": "{'a': 1}", "content_type": JSON}),
    (400, "post", LOGIN, {"data": '{"email": NaN}', "content_type": JSON}),
    (400, "post", LOGIN, {"data": b"\xff\xfe{", "content_type": JSON}),
    (400, "post", LOGIN, {"data": "9" * 5000, "content_type": JSON}),
    (400, "post", LOGIN, {"data": "[" * 100_000, "content_type": JSON}),
    (400, "post", LOGIN, {"data": '{"a":' * 50_000, "content_type": JSON}),
    (400, "post", LOGIN, {"data": "", "content_type": JSON}),
    (413, "post", LOGIN, {"data": TOO_LONG, "content_type": JSON}),
]


@pytest.mark.parametrize("failure", FAILURES, ids=range(len(FAILURES)))
@pytest.mark.parametrize("host", ["localhost", "acme.localhost"])
def test_every_failure_has_the_contracts_shape(stranger, in_acme, host, failure):
    status, method, path, extra = failure
    headers = {"X-Request-ID": "traced"}
    answer = ask(stranger, method, path, HTTP_HOST=host, headers=headers, **extra)
    assert_refused(answer, status)
    assert answer["X-Request-ID"] == "traced"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_a_method_that_does_not_exist_is_refused_to_those_who_are_known(api, eve):
    assert_refused(api(eve).delete(ME), 405, code="method_not_allowed")
    assert_refused(api(eve).post("/api/v1/admin/audit-logs", {}), 405)


def test_our_own_fault_says_nothing_about_the_inside(stranger, in_acme, broken):
    body = {"email": "a@b.example", "password": "x"}
    answer = stranger.post(LOGIN, body, headers={"X-Request-ID": "traced"})
    assert_refused(answer, 500)
    assert answer["X-Request-ID"] == "traced"
    assert "db.internal.test" not in answer.content.decode()


def test_our_own_fault_is_logged_with_the_request_id(stranger, in_acme, broken, capfd, caplog):
    stranger.post(
        LOGIN, {"email": "a@b.example", "password": "x"}, headers={"X-Request-ID": "traced"}
    )
    (record,) = [one for one in caplog.records if one.levelname == "ERROR"]
    assert record.exc_info
    assert "a@b.example" not in caplog.text


def test_a_fault_rolls_back_what_the_request_wrote(api, eve, monkeypatch):
    from accounts.models import User

    def broken(*, user, changes):
        User.objects.filter(pk=user.pk).update(full_name="Half Written")
        raise RuntimeError

    monkeypatch.setattr("accounts.api.update_profile", broken)
    assert_refused(api(eve).patch("/api/v1/auth/me", {"full_name": "x"}), 500)
    eve.refresh_from_db()
    assert eve.full_name == "Eve Employee"


def test_pages_get_a_content_policy(stranger, in_acme):
    assert "object-src 'none'" in stranger.get(ME)["Content-Security-Policy"]
    assert stranger.get(ME)["X-Frame-Options"] == "DENY"


@pytest.fixture
def address(settings):
    """`address(peer, forwarded)` is the client's address behind proxies of 10/8 and fd00::/8."""
    from ipaddress import ip_network

    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]

    def of(peer, forwarded=None):
        extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
        return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **extra))

    return of


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1,,10.0.0.2,", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("fd00::1", "2001:DB8::1", "2001:db8::1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("10.0.0.1", "'; DROP TABLE x; --", "10.0.0.1"),
        ("", "198.51.100.1", None),
        ("unix:", "198.51.100.1", None),
    ],
)
def test_a_forwarded_address_is_believed_as_far_as_our_proxies_wrote_it(
    address, peer, forwarded, client
):
    assert address(peer, forwarded) == client
