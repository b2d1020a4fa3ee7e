"""Docker Compose: its services are told what they need, seen by starting them without Docker."""

import os
import subprocess
from shutil import copy

import psycopg
import pytest
import yaml
from django.db import connection

from config.embedded.ports import any_port
from config.env import ROOT
from tests.image.compose import interpolated
from tests.tenants.below import pgbouncer

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_all_but_migrations_go_through_pgbouncer():
    ours = {name: one for name, one in COMPOSE.items() if one["image"] == "ai-office-manager"}
    addresses = {
        name: interpolated(one["environment"]["DATABASE_URL"], {}) for name, one in ours.items()
    }
    assert addresses.pop("migrate") == "postgresql://office_owner:office_owner@postgres:5432/office"
    assert set(addresses.values()) == {"postgresql://office_app:office_app@pgbouncer:6432/office"}
    for name in addresses:
        assert set(ours[name]["depends_on"]) >= {"pgbouncer", "migrate"}


@pytest.fixture
def bouncer(committed):
    """PgBouncer as Compose starts it, in front of the tests' database with one connection to it."""
    place, port = connection.settings_dict, any_port()
    known = {"POSTGRES_APP_PASSWORD": place["PASSWORD"]}
    env = {
        name: interpolated(text, known)
        for name, text in COMPOSE["pgbouncer"]["environment"].items()
    }
    env |= {"PATH": pgbouncer.PLACES, "POSTGRES_HOST": place["HOST"], "POSTGRES_DB": place["NAME"]}
    env |= {"POSTGRES_PORT": str(place["PORT"]), "LISTEN_ADDRESS": "127.0.0.1"}
    env |= {"LISTEN_PORT": str(port), "POOL_SIZE": "1"}
    env |= {} if pgbouncer.prepares() else {"PREPARED_STATEMENTS": ""}
    with pgbouncer.folder_of_its_own() as folder:
        copy(ROOT / "docker" / "pgbouncer.sh", folder)
        env["TMPDIR"] = str(folder)
        with pgbouncer.started(["sh", "pgbouncer.sh"], folder, port, env):
            yield {"host": "127.0.0.1", "port": port, "dbname": place["NAME"], "user": "office_app"}


@pytest.mark.skipif("office_app" not in os.environ.get("DATABASE_APP_URL", ""), reason="one role")
def test_pgbouncer_gives_one_connection_to_all_in_turn(bouncer):
    password = connection.settings_dict["PASSWORD"]
    question = "SELECT pg_backend_pid()"
    with (
        psycopg.connect(**bouncer, password=password, autocommit=True) as one,
        psycopg.connect(**bouncer, password=password, autocommit=True) as other,
    ):
        for each in (one, other):
            each.prepare_threshold = 1 if pgbouncer.prepares() else None
        seen = {each.execute(question).fetchone() for each in (one, other) * 5}
    assert len(seen) == 1
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(**bouncer, password="guessed")


@pytest.mark.parametrize("auth", ["", "operator:a-long-password"])
def test_flower_starts_for_nobody_without_a_password(auth, tmp_path):
    flower = COMPOSE["flower"]
    assert flower["ports"] == ["127.0.0.1:5555:5555"]
    celery = tmp_path / "celery"
    celery.write_text('#!/bin/sh\necho "$@" for "$FLOWER_BASIC_AUTH"\n')
    celery.chmod(0o755)
    environment = flower["environment"].items()
    env = {name: interpolated(text, {"FLOWER_BASIC_AUTH": auth}) for name, text in environment}
    env["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    command = [interpolated(word, {}) for word in flower["command"]]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    if auth:
        assert done.stdout == f"flower --port=5555 for {auth}\n"
    else:
        assert (done.stdout, done.stderr) == ("", "set FLOWER_BASIC_AUTH=user:password in .env\n")
    assert "FLOWER_BASIC_AUTH" in COMPOSE["web"]["environment"]


def test_who_is_stopped_may_finish_what_is_in_hand():
    """Docker kills after ten seconds where nothing else is said; the chart gives the same time."""
    chart = yaml.safe_load((ROOT / "k8s" / "values.yaml").read_text())
    for name in ("web", "worker"):
        grace = chart[name]["terminationGracePeriodSeconds"]
        assert COMPOSE[name]["stop_grace_period"] == f"{grace}s"
