"""Secrets at rest: the database holds ciphertext, and keys can be changed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from assistant.llm.models import ModelKey
from common.crypto import LostKeyError, decrypt, encrypt
from tenants.context import public_context

OLD, NEW = "o" * 32, "n" * 32


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM assistant_modelkey")
        return [key for (key,) in cursor.fetchall()]


def rotate():
    out = StringIO()
    with public_context():
        call_command("rotate_keys", stdout=out)
    return out.getvalue().strip()


def test_the_database_never_sees_the_secret(in_acme):
    ModelKey.objects.create(key="sk-secret")
    [ciphertext] = stored()
    assert "sk-secret" not in ciphertext
    assert ModelKey.objects.get().key == "sk-secret"


def test_the_same_secret_is_never_written_alike(settings):
    assert encrypt("secret") != encrypt("secret")
    assert decrypt(encrypt("sécrèt")) == "sécrèt"


def test_an_empty_secret_stays_empty(in_acme):
    ModelKey.objects.create(key="")
    assert (stored(), ModelKey.objects.get().key) == ([""], "")


def test_every_key_decrypts_and_the_first_encrypts(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    old = encrypt("secret")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    new = encrypt("secret")
    assert decrypt(old) == decrypt(new) == "secret"
    settings.ENCRYPTION_KEYS = [NEW]
    assert decrypt(new) == "secret"
    with pytest.raises(LostKeyError):
        decrypt(old)


def test_after_a_rotation_the_old_key_may_go(settings, in_acme):
    settings.ENCRYPTION_KEYS = [OLD]
    ModelKey.objects.create(key="sk-secret")
    before = stored()
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert rotate() == "1 secrets are encrypted with the first key."
    assert stored() != before
    settings.ENCRYPTION_KEYS = [NEW]
    assert ModelKey.objects.get().key == "sk-secret"


def test_a_lost_key_is_named_by_its_office(settings, in_acme):
    settings.ENCRYPTION_KEYS = [OLD]
    ModelKey.objects.create(key="sk-secret")
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match="acme"):
        rotate()


def test_a_stolen_ciphertext_that_was_changed_is_no_secret():
    ciphertext = encrypt("secret")
    with pytest.raises(LostKeyError):
        decrypt(ciphertext[:-4] + "AAAA")
