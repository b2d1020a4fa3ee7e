"""The doctor says what is wrong and what to do; each thing is broken once to see it noticed."""

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from accounts.doctor import look_at_keys
from common import doctor as registry
from config.env import ROOT
from tenants import doctor
from tenants.context import public_context
from tenants.models import DueInstant


def said(look):
    """Return what is wrong, by what it is about."""
    return {found.about: found for found in look() if not found.is_good}


@contextmanager
def registered(monkeypatch, **looks):
    monkeypatch.setattr(registry, "_looks", {})
    for about, look in looks.items():
        registry.register_look(about, look, remedy=f"Mend the {about}.")
    yield


# --- The command


def run():
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_with_nothing_wrong_it_ends_well(monkeypatch):
    with registered(monkeypatch, leg=lambda: iter([registry.Finding("leg", "It is straight.")])):
        out, error = run()
    assert (out.splitlines(), error) == (["ok      leg: It is straight.", "All is well."], "")


def test_what_is_wrong_is_said_with_what_to_do_and_the_rest_is_looked_at(monkeypatch):
    def away():
        raise OSError("connection refused\nat line 7")
        yield

    well = registry.Finding("arm", "It is straight.")
    with registered(monkeypatch, leg=away, arm=lambda: iter([well])):
        out, error = run()
    assert out.splitlines() == [
        "TROUBLE leg: connection refused",
        "        → Mend the leg.",
        "ok      arm: It is straight.",
    ]
    assert error == "1 of 2 need a hand."


def test_a_fault_of_ours_is_not_put_into_words(monkeypatch):
    def broken():
        raise RuntimeError("ours")
        yield

    with registered(monkeypatch, leg=broken), pytest.raises(RuntimeError):
        run()


def test_all_are_looked_at():
    assert {*registry._looks} == {
        *("database", "migrations", "queue", "beat", "work", "mail", "disk", "store", "tls"),
        *("keys", "regions"),
    }


def test_a_database_that_is_away_ends_it_with_one(tmp_path):
    env = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody:secret-word@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "VAR_DIR": str(tmp_path),
        "EMAIL_PORT": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    for name in ("DATABASE_APP_URL", "DATABASE_SHARDS"):
        env.pop(name, None)
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 1
    for line in ("TROUBLE database:", "TROUBLE queue:", "ok      disk:", "Start Redis or Valkey"):
        assert line in done.stdout, done.stdout + done.stderr
    assert "secret-word" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


# --- What it looks at


def test_a_database_with_all_rights_is_well(db):
    assert said(doctor.look_at_databases) == {}
    assert said(doctor.look_at_migrations) == {}


def test_an_old_empty_or_closed_database_is_told_of():
    of = doctor._of_database
    assert "too old" in next(of("database", "me", 140_005, (True, True))).sentence
    assert "migrate" in next(of("database", "me", 150_000, (False, False))).remedy
    assert "DATABASE_APP_ROLE=me" in next(of("database", "me", 150_000, (True, False))).remedy


def test_clocks_that_differ_are_told_of(db, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=2), tick=False)
    assert "12" in said(doctor.look_at_databases)["clock"].sentence


def test_tenants_that_are_behind_are_named(db, acme, monkeypatch):
    monkeypatch.setattr(doctor, "tenants_behind", lambda _tenants: [acme])
    found = said(doctor.look_at_migrations)["tenants"]
    assert acme.slug in found.sentence
    assert "migrate_tenants" in found.remedy


def test_a_queue_without_workers_is_told_of():
    assert said(doctor.look_at_queue)["workers"].sentence == "None answers."


def test_a_worker_that_is_alive_and_deaf_is_told_of(db, acme, monkeypatch):
    control = SimpleNamespace(ping=lambda **_: [{"worker@here": {"ok": "pong"}}])
    monkeypatch.setattr(doctor.current_app, "control", control, raising=False)
    with public_context():
        DueInstant.objects.all().delete()
        DueInstant.objects.create(
            tenant=acme,
            kind="message",
            object_id="00000000-0000-4000-8000-000000000000",
            due_at=timezone.now() - timedelta(seconds=90),
        )
    assert "message (9" in said(doctor.look_at_work)["work"].sentence
    with public_context():
        DueInstant.objects.all().delete()
    assert said(doctor.look_at_work) == {}


def test_a_beat_that_does_not_tick_is_told_of(db):
    with public_context():
        rows = PeriodicTask.objects.filter(task="messaging.sweep")
        rows.update(last_run_at=timezone.now())
        assert said(doctor.look_at_beat) == {}
        rows.update(last_run_at=timezone.now() - timedelta(minutes=7))
        assert "celery -A config beat" in said(doctor.look_at_beat)["beat"].remedy
        rows.update(last_run_at=None)
        assert said(doctor.look_at_beat)["beat"].sentence == "No tick is known of."
        rows.update(enabled=False)
        assert "not on the schedule" in said(doctor.look_at_beat)["beat"].sentence


def test_a_mail_server_that_is_away_is_told_of(settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with registered(monkeypatch, mail=doctor.look_at_mail):
        (found,) = registry.examine()
    assert (found.about, found.is_good) == ("mail", False)


def test_a_full_or_closed_disk_is_told_of(settings, monkeypatch, tmp_path):
    settings.VAR_DIR = tmp_path
    assert said(doctor.look_at_disk) == {}
    monkeypatch.setattr(doctor, "disk_usage", lambda _path: SimpleNamespace(free=1024**2))
    assert "Make room" in said(doctor.look_at_disk)["disk"].remedy
    settings.VAR_DIR = tmp_path / "nowhere"
    with registered(monkeypatch, disk=doctor.look_at_disk):
        (found,) = registry.examine()
    assert not found.is_good


def test_the_store_of_files_is_asked():
    assert [found.sentence for found in doctor.look_at_stores()]


def test_in_production_nothing_goes_in_the_clear(settings):
    assert said(doctor.look_at_tls) == {}
    settings.APP_ENV = "production"
    settings.PUBLIC_URL = "http://office.example"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    settings.SECURE_HSTS_SECONDS = 0
    assert len([found for found in doctor.look_at_tls() if not found.is_good]) == 4
    settings.PUBLIC_URL = "https://office.example"
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 3600
    assert said(doctor.look_at_tls) == {}


def test_keys_that_are_missing_open_or_broken_are_told_of(settings, tmp_path):
    settings.JWT_ALGORITHM, settings.JWT_KEYS_DIR = "RS256", tmp_path
    assert "There is none" in said(look_at_keys)["keys"].sentence
    assert not [*tmp_path.iterdir()]
    (tmp_path / "1.pem").write_text("no key")
    (tmp_path / "1.pem").chmod(0o644)
    assert "chmod 600" in said(look_at_keys)["keys"].remedy
    (tmp_path / "1.pem").chmod(0o600)
    assert "cannot be read" in said(look_at_keys)["keys"].sentence


def test_good_keys_are_well(settings, tmp_path):
    from accounts.keys import key_ring

    settings.JWT_ALGORITHM, settings.JWT_KEYS_DIR = "RS256", tmp_path
    key_ring()
    assert said(look_at_keys) == {}
