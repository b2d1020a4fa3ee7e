"""The keys that sign tokens: made once, rotated by adding a file, replaced by a secret."""

import stat

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings

from accounts import keys
from accounts.keys import key_ring
from tests.accounts.contract import assert_refused, bearer

ME = "/api/v1/auth/me"
SECRET = "a-shared-secret-of-more-than-32-bytes"


def add_key(folder, name, *, key=None):
    key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(pem)
    keys._ring.cache_clear()


def kid_of(token):
    return jwt.get_unverified_header(token)["kid"]


def published(client):
    return {key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]}


def test_the_first_key_is_made_and_readable_by_us_alone(keys_dir):
    assert len(key_ring()) == 1
    (file,) = keys_dir.iterdir()
    assert file.name == "jwt-1.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys_dir.stat().st_mode) == 0o700


def test_a_made_key_stays_the_same(keys_dir):
    first = list(key_ring())
    keys._ring.cache_clear()
    assert list(key_ring()) == first


def test_a_process_that_lost_the_race_takes_the_winners_key(keys_dir, monkeypatch):
    add_key(keys_dir, "jwt-1.pem")
    winner = (keys_dir / "jwt-1.pem").read_bytes()

    keys._make_first_key(keys_dir)
    assert [file.name for file in keys_dir.iterdir()] == ["jwt-1.pem"]
    assert (keys_dir / "jwt-1.pem").read_bytes() == winner


def test_a_new_key_signs_and_the_old_one_still_verifies(keys_dir, api, ada, stranger):
    old = api(ada).tokens
    add_key(keys_dir, "jwt-2.pem")
    new = api(ada).tokens
    assert kid_of(old["access_token"]) != kid_of(new["access_token"])
    assert published(stranger) == {kid_of(old["access_token"]), kid_of(new["access_token"])}
    for tokens in (old, new):
        assert stranger.get(ME, **bearer(tokens["access_token"])).status_code == 200


def test_a_rotation_needs_no_restart_and_the_old_key_verifies_until_its_tokens_end(
    keys_dir, api, ada, stranger, capsys
):
    """The ring is not emptied here: running servers see that the folder has changed."""
    old = api(ada).tokens
    call_command("rotate_jwt_key")
    new = api(ada).tokens
    assert kid_of(new["access_token"]) in capsys.readouterr().out
    assert published(stranger) == {kid_of(old["access_token"]), kid_of(new["access_token"])}
    assert kid_of(old["access_token"]) != kid_of(new["access_token"])
    for tokens in (old, new):
        assert stranger.get(ME, **bearer(tokens["access_token"])).status_code == 200


def test_a_key_goes_when_no_token_of_its_can_be_left(keys_dir, time_machine, capsys):
    first = next(iter(key_ring()))
    call_command("rotate_jwt_key")
    second = next(iter(key_ring()))
    time_machine.move_to(timezone.now() + api_settings.REFRESH_TOKEN_LIFETIME / 2)
    call_command("rotate_jwt_key")
    assert {first, second} < set(key_ring())
    time_machine.move_to(timezone.now() + api_settings.REFRESH_TOKEN_LIFETIME)
    call_command("rotate_jwt_key")
    assert first not in key_ring()
    assert "jwt-1.pem is taken out" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["jwt-1.pem", "jwt-9.pem", "zebra.pem"])
def test_the_new_key_sorts_last_whatever_the_others_are_called(keys_dir, name):
    add_key(keys_dir, name)
    before = next(iter(key_ring()))
    call_command("rotate_jwt_key")
    assert next(iter(key_ring())) != before


def test_a_shared_secret_is_not_rotated_like_this(settings):
    settings.JWT_ALGORITHM = "HS256"
    with pytest.raises(CommandError):
        call_command("rotate_jwt_key")


def test_a_refresh_moves_to_the_new_key(keys_dir, api, ada, stranger):
    old = api(ada).tokens
    add_key(keys_dir, "jwt-2.pem")
    new = stranger.post("/api/v1/auth/refresh", **bearer(old["refresh_token"])).json()
    assert kid_of(new["refresh_token"]) != kid_of(old["refresh_token"])
    assert kid_of(new["refresh_token"]) == kid_of(new["access_token"])


def test_a_removed_key_verifies_no_longer(keys_dir, api, ada, stranger):
    old = api(ada).tokens
    add_key(keys_dir, "jwt-2.pem")
    (keys_dir / "jwt-1.pem").unlink()
    keys._ring.cache_clear()
    assert_refused(stranger.get(ME, **bearer(old["access_token"])), 401)
    assert kid_of(old["access_token"]) not in published(stranger)


def test_a_token_under_the_kid_of_our_other_key_is_refused(keys_dir, api, ada, stranger):
    token = api(ada).tokens["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    add_key(keys_dir, "jwt-2.pem")
    new, old = key_ring().values()
    swapped = jwt.encode(claims, old.private, algorithm="RS256", headers={"kid": new.kid})
    assert_refused(stranger.get(ME, **bearer(swapped)), 401)


@pytest.mark.parametrize("pem", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_file_that_is_no_key_stops_the_start_and_is_named(keys_dir, pem):
    add_key(keys_dir, "jwt-1.pem")
    (keys_dir / "jwt-2.pem").write_bytes(pem)
    with pytest.raises(ImproperlyConfigured, match=r"jwt-2\.pem"):
        key_ring()


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(public_exponent=65537, key_size=1024),
        ec.generate_private_key(ec.SECP256R1()),
    ],
    ids=["short", "elliptic"],
)
def test_a_weak_or_foreign_kind_of_key_stops_the_start(keys_dir, key):
    add_key(keys_dir, "jwt-1.pem", key=key)
    with pytest.raises(ImproperlyConfigured, match=r"jwt-1\.pem"):
        key_ring()


@pytest.fixture
def with_secret(settings):
    settings.JWT_ALGORITHM, settings.JWT_SECRET_KEY = "HS256", SECRET


def test_a_shared_secret_can_sign_instead(with_secret, api, ada, stranger):
    tokens = api(ada).tokens
    assert jwt.get_unverified_header(tokens["access_token"])["alg"] == "HS256"
    audience = "ai-office-manager-api"
    jwt.decode(tokens["access_token"], SECRET, algorithms=["HS256"], audience=audience)
    assert stranger.get(ME, **bearer(tokens["access_token"])).status_code == 200
    answer = stranger.post("/api/v1/auth/refresh", **bearer(tokens["refresh_token"]))
    assert answer.status_code == 200


def test_a_shared_secret_is_never_published(with_secret, stranger, db):
    assert stranger.get("/.well-known/jwks.json").json() == {"keys": []}


def test_tokens_of_the_other_algorithm_are_refused(api, ada, stranger, settings):
    token = api(ada).tokens["access_token"]
    settings.JWT_ALGORITHM, settings.JWT_SECRET_KEY = "HS256", SECRET
    assert_refused(stranger.get(ME, **bearer(token)), 401)
    token = api(ada).tokens["access_token"]
    settings.JWT_ALGORITHM = "RS256"
    assert_refused(stranger.get(ME, **bearer(token)), 401)


def test_another_secret_is_refused(with_secret, api, ada, stranger, settings):
    token = api(ada).tokens["access_token"]
    settings.JWT_SECRET_KEY = SECRET[::-1]
    assert_refused(stranger.get(ME, **bearer(token)), 401)
