"""One command each: what it prints, how it ends, and what it refuses."""

import os
import subprocess
import sys
from io import StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, load_command_class
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import create_user
from tenants.context import public_context, tenant_context, tenant_transaction
from tenants.domain_models import Domain
from tenants.models import Tenant
from tests.conftest import PASSWORD, api_as
from tests.tenants.processes import database_url

COMMANDS = {
    "accounts": ["tenant_create"],
    "tenants": [
        *("tenant_export", "tenant_import", "tenant_erase"),
        *("tenant_suspend", "tenant_resume", "tenant_rename"),
    ],
}
ADMIN = ("--admin-email", "ivy@initech.example", "--admin-name", "Ivy")


def named(slug):
    with public_context():
        return Tenant.objects.filter(slug=slug).first()


@pytest.mark.parametrize(("app", "name"), [(a, n) for a, names in COMMANDS.items() for n in names])
def test_each_command_explains_itself(app, name, capsys):
    parser = load_command_class(app, name).create_parser("manage.py", name)
    with pytest.raises(SystemExit) as end:
        parser.parse_args(["--help"])
    assert end.value.code == 0
    assert load_command_class(app, name).help in " ".join(capsys.readouterr().out.split())


def test_a_refusal_is_one_sentence_and_status_1():
    env = {**os.environ, "DATABASE_URL": database_url()}
    command = [sys.executable, "manage.py", "tenant_suspend", "nobody"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.strip() == "CommandError: There is no organisation 'nobody'."


def test_create_opens_an_office_whose_admin_can_sign_in(db, manage, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("a rather long pass phrase\n"))
    said = manage("tenant_create", "Initech", "--slug", "initech", *ADMIN, "--password-stdin")
    assert "initech: Initech is at http://initech.localhost:8000" in said
    assert "a rather long pass phrase" not in said
    form = {"username": "ivy@initech.example", "password": "a rather long pass phrase"}
    client = Client(headers={"host": "initech.localhost"})
    assert client.post("/admin/login/", {**form, "next": "/admin/"}).status_code == 302


def test_create_makes_a_password_when_none_is_given(db, manage):
    said = manage("tenant_create", "Initech", *ADMIN)
    password = said.split()[-1]
    with tenant_context(named("initech")):
        assert User.objects.get(email="ivy@initech.example").check_password(password)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--slug", "acme"), "is taken"),
        (("--slug", "admin"), "kept"),
        (("--slug", "No"), "lower case"),
        (("--timezone", "Mars/Base"), "no time zone"),
        (("--admin-email", "nobody"), "no e-mail address"),
    ],
)
def test_create_refuses_what_the_form_refuses(arguments, why, acme, manage):
    with pytest.raises(CommandError, match=why):
        manage("tenant_create", "Initech", *ADMIN, *arguments)
    assert named("initech") is None


def test_suspend_and_resume_act_at_once_and_stand_in_the_trail(acme, ada, api, manage):
    caller = api(ada)
    assert manage("tenant_suspend", "acme") == "acme is suspended.\n"
    assert caller.get("/api/v1/auth/me").status_code == 401
    assert manage("tenant_resume", acme.pk) == "acme is open again.\n"
    assert caller.get("/api/v1/auth/me").status_code == 200
    with public_context():
        entries = AuditEntry.objects.filter(object_pk=str(acme.pk), source="shell")
        changes = [entry.changes["is_active"] for entry in entries if "is_active" in entry.changes]
    assert changes[:2] == [[False, True], [True, False]], "the latest first"


def test_rename_changes_the_address_at_once_and_keeps_everybody_signed_in(
    acme, ada, api, browser, manage
):
    caller, page = api(ada), browser(ada)
    assert page.get("/").status_code == 200
    said = manage("tenant_rename", "acme", "--slug", "acme-2", "--name", "Acme Two")
    assert said == "acme-2: Acme Two is at http://acme-2.localhost:8000\n"
    assert caller.get("/api/v1/auth/me").status_code == 200
    assert page.get("/", headers={"host": "acme-2.localhost"}).status_code == 200
    assert page.get("/", headers={"host": "acme.localhost"}).status_code == 404
    again = manage("tenant_create", "Acme", "--slug", "acme", *ADMIN)
    assert "acme: Acme is at" in again, "the old address is free"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--slug", "globex"), "is taken"),
        (("--slug", "api"), "kept"),
        (("--slug", "a--b"), "single hyphens"),
        (("--slug", "a" * 41), "at most 40"),
        (("--slug", ""), "lower case"),
        (("--name", " "), "blank"),
        (("--name", "x" * 121), "120"),
        ((), "Say --slug or --name"),
    ],
)
def test_rename_refuses_and_changes_nothing(arguments, why, acme, globex, manage):
    with pytest.raises(CommandError, match=why):
        manage("tenant_rename", "acme", *arguments)
    with public_context():
        acme.refresh_from_db()
    assert (acme.slug, acme.name) == ("acme", "Acme")


def test_a_host_name_of_its_own_survives_the_renaming(acme, ada, api, manage):
    with public_context():
        Domain.objects.create(tenant=acme, domain="office.acme.example", verified_at=timezone.now())
    manage("tenant_rename", "acme", "--slug", "acme-2")
    assert api(ada, host="office.acme.example").get("/api/v1/auth/me").status_code == 200


def test_every_command_on_the_data_stands_in_a_trail(office, manage, tmp_path):
    path = tmp_path / "office.zip"
    manage("tenant_export", office.slug, "-o", path)
    manage("tenant_import", path, "--slug", "umbrella-2")
    assert {("operation", "export"), ("operation", "import")} <= trail_of_the_shell()
    manage("tenant_suspend", "umbrella-2")
    manage("tenant_erase", "umbrella-2", "--yes")
    assert ("erasurecertificate", None) in trail_of_the_shell()


def trail_of_the_shell():
    entries = AuditEntry.objects.select_related("content_type").filter(source="shell")
    return {
        (entry.content_type.model, entry.changes.get("kind", [None, None])[1])
        for entry in entries
        if entry.changes
    }


def test_export_says_where_and_what(office, manage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = manage("tenant_export", office.pk)
    assert said.startswith(f"{office.slug}: {office.slug}.zip, ")
    assert ZipFile(f"{office.slug}.zip").testzip() is None
    with pytest.raises(CommandError, match="There is no folder"):
        manage("tenant_export", office.slug, "-o", "nowhere/x.zip")


def test_an_import_says_the_new_address(taken, manage):
    said = manage("tenant_import", taken.path, "--slug", "umbrella-2", "--name", "Umbrella Two")
    assert "umbrella-2: Umbrella Two is at http://umbrella-2.localhost:8000, id " in said


def test_people_of_two_offices_do_not_meet_after_an_import(office, taken, manage):
    manage("tenant_import", taken.path, "--slug", "umbrella-2")
    copy = Tenant.objects.get(slug="umbrella-2")
    with tenant_transaction(office):
        zoe = create_user(email="zoe@o.example", full_name="Zoe", role="admin", password=PASSWORD)
        token = api_as(zoe, office)
    with tenant_transaction(copy):
        assert not User.objects.filter(email="zoe@o.example").exists()
    assert token.get("/api/v1/auth/me", HTTP_HOST="umbrella-2.localhost").status_code == 401
