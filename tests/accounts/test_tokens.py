"""Access tokens: what they say, who can check them, and all the ways to fake one."""

import json
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import keys
from accounts.keys import key_ring
from accounts.models import Role
from tests.accounts.contract import assert_refused, bearer
from tests.conftest import api_as

ME = "/api/v1/auth/me"
CLAIMS = {"sub", "tenant_id", "role", "permissions", "exp", "iat", "jti", "iss", "aud"}
TABLE = re.compile(r'(?:FROM|JOIN|INTO|UPDATE) (?:"?t_[0-9a-f]+"?\.)?"?(\w+)')
ISSUER, AUDIENCE = "ai-office-manager", "ai-office-manager-api"


@pytest.fixture
def tokens(api, ada):
    return api(ada).tokens


@pytest.fixture
def claims(tokens):
    return jwt.decode(tokens["access_token"], options={"verify_signature": False})


def signed(claims, *, kid=None, key=None, algorithm="RS256"):
    """Sign claims as the office does, or in another way."""
    ours = next(iter(key_ring().values()))
    headers = {} if kid is False else {"kid": kid or ours.kid}
    return jwt.encode(claims, key or ours.private, algorithm=algorithm, headers=headers)


def test_the_claims_are_those_of_the_contract(claims, tokens, ada, acme):
    # The kind of token is simplejwt's: it keeps a refresh token from opening the API. The session
    # ends the token when it is ended.
    assert claims.keys() == CLAIMS | {"token_type", "sid"}
    assert (claims["sub"], claims["tenant_id"]) == (str(ada.pk), str(acme.pk))
    assert (claims["role"], claims["permissions"]) == ("admin", sorted(ada.permissions))
    assert (claims["iss"], claims["aud"]) == (ISSUER, AUDIENCE)
    assert claims["exp"] - claims["iat"] == tokens["expires_in"] == 1800
    assert UUID(claims["jti"])


def test_every_token_has_an_id_of_its_own(api, ada):
    ids = {
        jwt.decode(api(ada).tokens["access_token"], options={"verify_signature": False})["jti"]
        for _ in range(3)
    }
    assert len(ids) == 3


def test_no_token_carries_a_name_or_an_address(tokens):
    for name in ("access_token", "refresh_token"):
        payload = tokens[name].split(".")[1]
        text = urlsafe_b64decode(payload + "==").decode()
        assert "@" not in text
        assert "Ada" not in text


@pytest.mark.parametrize("host", ["localhost", "acme.localhost"])
def test_anybody_can_verify_a_token_with_the_published_keys(stranger, tokens, host):
    published = jwt.PyJWKSet.from_dict(
        stranger.get("/.well-known/jwks.json", HTTP_HOST=host).json()
    )
    header = jwt.get_unverified_header(tokens["access_token"])
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    key = published[header["kid"]]
    jwt.decode(tokens["access_token"], key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)


def test_the_published_keys_hold_no_private_number(stranger, db):
    for key in stranger.get("/.well-known/jwks.json").json()["keys"]:
        assert key.keys() == {"e", "kty", "n", "kid", "use", "alg"}


def test_a_token_signed_by_us_opens_the_api(stranger, claims):
    """So that the refusals below are refused for what they change and nothing else."""
    assert stranger.get(ME, **bearer(signed(claims))).status_code == 200


PEOPLE_OF_NO_USE = [
    *("", "0", "not-a-uuid", None, 7, [], {}, "ada@acme.example"),
    "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
]
CHANGES = [
    *({"exp": value} for value in (0, -1, "soon", None, [], 1e308)),
    *({"iat": value} for value in ("now", 4_000_000_000)),
    *({"nbf": value} for value in (4_000_000_000, "later")),
    *({"iss": value} for value in ("somebody-else", None, 7, [ISSUER, 1])),
    *({"aud": value} for value in ("another-api", None, 7, [])),
    *({"jti": value} for value in ("", "x", None, 7, {})),
    *({"sub": value} for value in PEOPLE_OF_NO_USE),
    *({"tenant_id": value} for value in PEOPLE_OF_NO_USE),
    *({"token_type": value} for value in ("refresh", None, "", 1, [])),
]


@pytest.mark.parametrize("change", CHANGES, ids=json.dumps)
def test_a_wrong_claim_is_refused(stranger, claims, change):
    assert_refused(stranger.get(ME, **bearer(forged({**claims, **change}))), 401)


@pytest.mark.parametrize("name", sorted({*CLAIMS, "token_type"} - {"role", "permissions", "iat"}))
def test_a_missing_claim_is_refused(stranger, claims, name):
    del claims[name]
    assert_refused(stranger.get(ME, **bearer(forged(claims))), 401)


def forged(claims):
    """Sign anything with our key: PyJWT alone would refuse to write some of it."""
    ours = next(iter(key_ring().values()))
    header = encoded({"alg": "RS256", "kid": ours.kid, "typ": "JWT"})
    message = f"{header}.{encoded(claims)}"
    signature = jwt.get_algorithm_by_name("RS256").sign(message.encode(), ours.private)
    return f"{message}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def encoded(part):
    return urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_a_token_ends_after_half_an_hour(api, ada):
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as clock:
        caller = api(ada)
        clock.shift(timedelta(minutes=29, seconds=59))
        assert caller.get(ME).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert_refused(caller.get(ME), 401)


def test_a_changed_payload_is_refused(stranger, tokens, claims):
    header, _payload, signature = tokens["access_token"].split(".")
    token = f"{header}.{encoded({**claims, 'role': 'owner'})}.{signature}"
    assert_refused(stranger.get(ME, **bearer(token)), 401)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
@pytest.mark.parametrize("signature", ["", "x"])
def test_an_unsigned_token_is_refused(stranger, claims, alg, signature):
    kid = next(iter(key_ring()))
    token = f"{encoded({'alg': alg, 'kid': kid, 'typ': 'JWT'})}.{encoded(claims)}.{signature}"
    assert_refused(stranger.get(ME, **bearer(token)), 401)


@pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
def test_the_public_key_is_no_shared_secret(stranger, claims, form):
    """The classic confusion: HS256 with the published key as its secret."""
    import hmac
    from hashlib import sha256

    ours = next(iter(key_ring().values()))
    secret = ours.private.public_key().public_bytes(Encoding.PEM, form)
    message = f"{encoded({'alg': 'HS256', 'kid': ours.kid})}.{encoded(claims)}"
    mac = hmac.new(secret, message.encode(), sha256).digest()
    token = f"{message}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    assert_refused(stranger.get(ME, **bearer(token)), 401)


@pytest.mark.parametrize("kid", ["unknown", "", "../jwt-1.pem", "' OR 1=1 --", "\x00", False])
def test_a_key_that_we_do_not_know_is_refused(stranger, claims, kid):
    stranger_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    token = jwt.encode(
        claims, stranger_key, algorithm="RS256", headers={} if kid is False else {"kid": kid}
    )
    assert_refused(stranger.get(ME, **bearer(token)), 401)


@pytest.mark.parametrize("kid", ["unknown", False])
def test_our_own_key_under_no_name_of_ours_is_refused(stranger, claims, kid):
    assert_refused(stranger.get(ME, **bearer(signed(claims, kid=kid))), 401)


def test_a_strangers_key_under_our_kid_is_refused(stranger, claims):
    stranger_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert_refused(stranger.get(ME, **bearer(signed(claims, key=stranger_key))), 401)


def test_a_key_that_travels_in_the_token_is_not_believed(stranger, claims):
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key(), as_dict=True)
    headers = {"kid": next(iter(key_ring())), "jwk": jwk, "jku": "https://evil.test/jwks"}
    token = jwt.encode(claims, own, algorithm="RS256", headers=headers)
    assert_refused(stranger.get(ME, **bearer(token)), 401)


@pytest.mark.parametrize("kid", [7, None, [], {}, ["a"], True])
def test_a_kid_that_is_no_text_is_refused(stranger, claims, kid):
    token = f"{encoded({'alg': 'RS256', 'kid': kid})}.{encoded(claims)}.c2ln"
    assert_refused(stranger.get(ME, **bearer(token)), 401)


GARBAGE = [
    *("", " ", ".", "..", "...", "a.b.c", "null", "é", "\x00", "Bearer", "a" * 100_000),
    "eyJhbGciOiJub25lIn0.e30.",
    ".".join(["e30"] * 3),
    ".".join(["e30"] * 5),
    f"{urlsafe_b64encode(b'[' * 75_000).decode()}.e30.e30",
    f"{urlsafe_b64encode(b'[' * 2_000).decode()}.e30.e30",
    f"{urlsafe_b64encode(b'[]').decode()}.e30.e30",
    f"{urlsafe_b64encode(b'9' * 6_000).decode()}.e30.e30",
    f"{encoded({'alg': 'RS256', 'b64': False, 'crit': ['b64']})}..c2ln",
]


@pytest.mark.parametrize("token", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize("host", ["localhost", "acme.localhost"])
def test_garbage_is_refused(stranger, in_acme, token, host):
    assert_refused(stranger.get(ME, HTTP_HOST=host, **bearer(token)), 401)


@pytest.mark.parametrize("token", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize("call", ["refresh", "logout"])
def test_garbage_is_no_refresh_token_either(stranger, in_acme, token, call):
    assert_refused(stranger.post(f"/api/v1/auth/{call}", **bearer(token)), 401)


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Token x", "Bearer", "bearerx"])
def test_another_scheme_is_no_token(stranger, in_acme, header):
    answer = stranger.get(ME, HTTP_AUTHORIZATION=header)
    assert_refused(answer, 401, code="not_authenticated")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_written_in_any_case(stranger, tokens, scheme):
    """RFC 9110, section 11.1."""
    header = f"{scheme} {tokens['access_token']}"
    assert stranger.get(ME, HTTP_AUTHORIZATION=header).status_code == 200


def test_a_refresh_token_does_not_open_the_api(stranger, tokens):
    assert_refused(stranger.get(ME, **bearer(tokens["refresh_token"])), 401)


@pytest.mark.parametrize("call", ["refresh", "logout"])
def test_an_access_token_is_not_exchanged(stranger, tokens, call):
    answer = stranger.post(f"/api/v1/auth/{call}", **bearer(tokens["access_token"]))
    assert_refused(answer, 401)


def test_a_token_that_was_found_good_once_still_ends(api, ada):
    client = api(ada)
    assert client.get(ME).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=29), tick=False):
        assert client.get(ME).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert_refused(client.get(ME), 401)


def test_a_token_that_was_found_good_once_ends_with_its_key(api, ada, keys_dir):
    client = api(ada)
    assert client.get(ME).status_code == 200
    (keys_dir / "jwt-1.pem").unlink()
    keys._ring.cache_clear()
    assert_refused(client.get(ME), 401)


@pytest.mark.parametrize("host", ["localhost", "acme.localhost", "ACME.localhost:8000"])
def test_a_token_works_on_the_shared_host_and_on_its_offices(api, ada, host):
    assert api(ada, host=host).get(ME).json()["email"] == "ada@acme.example"


def test_a_token_on_another_offices_host_reads_nothing(ada, mia, acme, globex):
    for user, home, other in ((ada, acme, globex), (mia, globex, acme)):
        caller = api_as(user, home, host=f"{other.slug}.localhost")
        with CaptureQueriesContext(connection) as queries:
            assert_refused(caller.get(ME), 401)
        read = {table for query in queries for table in TABLE.findall(query["sql"])}
        # The directory with the plans alone; no schema is so much as entered.
        assert read == {"tenants_tenant", "tenants_plan", "tenants_ownlimits"}


def test_a_token_of_one_office_never_finds_people_of_another(stranger, claims, globex):
    """Right signature, Ada's id, but globex: nobody there has it."""
    token = signed({**claims, "tenant_id": str(globex.pk)})
    assert_refused(stranger.get(ME, **bearer(token)), 401)


def test_rights_come_from_the_database_and_not_from_the_token(stranger, api, eve):
    claims = jwt.decode(api(eve).tokens["access_token"], options={"verify_signature": False})
    token = signed({**claims, "role": "admin", "permissions": ["admin:audit"]})
    assert_refused(stranger.get("/api/v1/admin/audit-logs", **bearer(token)), 403)
    assert stranger.get(ME, **bearer(token)).json()["role"] == "employee"


def test_a_bad_token_does_not_close_the_open_doors(stranger, in_acme):
    assert stranger.get("/.well-known/jwks.json", **bearer("x.y.z")).status_code == 200


def test_asking_costs_one_query_for_the_person(api, ada, django_assert_max_num_queries):
    caller = api(ada)
    Role.objects.count()
    with CaptureQueriesContext(connection) as queries:
        caller.get(ME)
    people = [query for query in queries if "accounts_user" in query["sql"]]
    assert len([query for query in people if "password" in query["sql"]]) == 1


def test_times_of_a_token_are_whole_seconds_of_now(claims):
    now = int(timezone.now().timestamp())
    assert now - 60 < claims["iat"] <= now
    assert isinstance(claims["exp"], int)
    assert time.time() < claims["exp"]
