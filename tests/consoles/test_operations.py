"""Exporting, erasing and renaming organisations from the platform console."""

import json
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.identity_models import Device
from accounts.models import AuditEntry, RefreshFamily, User
from accounts.services import create_user
from tenants.context import public_context, tenant_transaction
from tenants.erasing import certificate_path
from tenants.files import export_path, exports_folder
from tenants.models import Tenant
from tenants.operation_models import Operation
from tenants.operations import request_export, retry_operation
from tenants.running import run_operation
from tenants.services import suspend_tenant
from tests.conftest import PASSWORD, api_as, forget
from tests.consoles.conftest import operator_with

LIST = "/admin/tenants/tenant/"


@pytest.fixture
def office(committed, settings, tmp_path):
    """An office that really commits: its archive is made on a connection's own transaction."""
    settings.VAR_DIR = tmp_path
    yield committed
    Operation.objects.all().delete()


@pytest.fixture
def operators(office):
    """The platform console as a committed operator sees it."""
    olga = operator_with("admin")
    client = Client(headers={"host": "localhost"}, raise_request_exception=True)
    client.force_login(olga)
    yield client
    remove(olga)


def remove(person):
    """Delete the row alone: Django would look for the tasks that no operator has."""
    for kind in (RefreshFamily, Device):
        kind.objects.filter(user=person.pk)._raw_delete("default")
    User.objects.filter(pk=person.pk)._raw_delete("default")


def act(client, action, *tenants):
    form = {
        "action": action,
        "_selected_action": [str(tenant.pk) for tenant in tenants],
        "post": "yes",
    }
    return client.post(LIST, form, follow=True)


def test_an_export_is_asked_for_watched_and_fetched(office, operators):
    assert b"is being exported" in act(operators, "export", office).content
    operation = Operation.objects.get(kind="export")
    assert (operation.status, operation.requested_by) == ("done", "olga-admin@office.example")
    listing = operators.get("/admin/tenants/operation/").content.decode()
    place = f"/admin/tenants/operation/{operation.pk}/archive/"
    assert place in listing
    answer = operators.get(place)
    assert "no-store" in answer["Cache-Control"]
    with ZipFile(BytesIO(answer.getvalue())) as archive:
        assert json.loads(archive.read("manifest.json"))["tenant"]["slug"] == office.slug
    platform = AuditEntry.objects.get(action=AuditEntry.Action.ACCESS, object_pk=operation.pk)
    with tenant_transaction(office):
        own = AuditEntry.objects.get(action=AuditEntry.Action.ACCESS)
        assert {own.actor_email, platform.actor_email} == {"olga-admin@office.example"}


@pytest.mark.parametrize("role", ["manager", None])
def test_nobody_else_fetches_an_archive(role, office):
    export = request_export(tenant=office, requested_by="x", background=False)
    run_operation(export.pk)
    client = Client(headers={"host": "localhost"})
    person = operator_with(role) if role else None
    try:
        if person:
            client.force_login(person)
        answer = client.get(f"/admin/tenants/operation/{export.pk}/archive/")
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")
    finally:
        if person:
            remove(person)


def test_an_offices_admin_does_not_reach_the_platforms_archives(office):
    export = request_export(tenant=office, requested_by="x", background=False)
    run_operation(export.pk)
    with tenant_transaction(office):
        admin = create_user(email="u@u.example", full_name="U", role="admin", password=PASSWORD)
        api = api_as(admin, office)
    place = f"/admin/tenants/operation/{export.pk}/archive/"
    assert api.get(place).status_code == 302
    own = Client(headers={"host": f"{office.slug}.localhost"})
    own.post("/admin/login/", {"username": admin.email, "password": PASSWORD, "next": "/admin/"})
    assert own.get("/admin/").status_code == 200
    assert own.get(place).status_code == 404


def test_erasing_asks_for_the_typed_address_of_a_suspended_office(office, operators):
    answer = act(operators, "erase", office)
    place = f"{LIST}{office.pk}/erase/"
    assert answer.redirect_chain[-1][0] == place
    assert b"Suspend it first" in answer.content
    assert b"Suspend it first" in operators.post(place, {"slug": office.slug}).content
    assert not Operation.objects.exists()
    suspend_tenant(tenant=office)
    assert b"not the organisation" in operators.post(place, {"slug": "wrong"}).content
    assert not Operation.objects.exists()
    answer = operators.post(place, {"slug": office.slug})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/tenants/operation/")
    assert Operation.objects.get(kind="erase").status == "done"
    assert not Tenant.objects.filter(pk=office.pk).exists()
    assert certificate_path(office.pk).exists()
    digest = sha256(str(office.pk).encode()).hexdigest()
    assert digest in operators.get("/admin/tenants/erasurecertificate/").content.decode()


def test_one_office_is_erased_at_a_time(operators, office):
    with public_context():
        other = Tenant.objects.exclude(pk=office.pk).first()
    assert b"Select one organisation" in act(operators, "erase", office, other).content


def test_a_running_operations_page_cannot_be_saved(operators, office):
    export = request_export(tenant=office, requested_by="x", background=False)
    place = f"/admin/tenants/operation/{export.pk}/change/"
    assert operators.get(place).status_code == 200
    assert operators.post(place, {"status": "done"}).status_code == 403
    assert operators.get(f"/admin/tenants/operation/{export.pk}/history/").status_code == 200


def test_a_queued_operation_is_cancelled_and_a_failed_one_begun_again(operators, office):
    export = request_export(tenant=office, requested_by="x", background=False)
    listing = "/admin/tenants/operation/"
    form = {"action": "cancel", "_selected_action": [str(export.pk)], "post": "yes"}
    assert b"is cancelled" in operators.post(listing, form, follow=True).content
    assert b"cannot be stopped now" in operators.post(listing, form, follow=True).content
    Operation.objects.update(status="failed", error="The disk was full.")
    form["action"] = "retry"
    assert b"is begun again" in operators.post(listing, form, follow=True).content
    export.refresh_from_db()
    assert export.status == "done"


def change_form(tenant, **values):
    form = {"name": tenant.name, "slug": tenant.slug, "timezone": "UTC"}
    form |= {"subscription_tier": "free", "domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0}
    form |= {"own_limits-TOTAL_FORMS": 0, "own_limits-INITIAL_FORMS": 0}
    return {**form, **values}


def test_an_office_is_renamed_through_its_form(platform, olga, acme):
    operators = platform(olga)
    place = f"{LIST}{acme.pk}/change/"
    assert (
        operators.post(place, change_form(acme, slug="acme-new", name="Acme New")).status_code
        == 302
    )
    with public_context():
        acme.refresh_from_db()
        entry = AuditEntry.objects.filter(object_pk=str(acme.pk)).first()
    assert (acme.slug, acme.name) == ("acme-new", "Acme New")
    assert (entry.changes["slug"], entry.actor_id) == (["acme", "acme-new"], olga.pk)


@pytest.mark.parametrize("slug", ["globex", "admin", "No Way"])
def test_a_bad_new_address_is_told_at_its_field(slug, platform, olga, acme, globex):
    answer = platform(olga).post(f"{LIST}{acme.pk}/change/", change_form(acme, slug=slug))
    assert answer.status_code == 200
    assert "slug" in answer.context["adminform"].form.errors


def test_the_console_suspends_what_the_command_resumes(operators, office):
    act(operators, "suspend", office)
    assert not Tenant.objects.get(pk=office.pk).is_open
    call_command("tenant_resume", office.slug, verbosity=0)
    assert Tenant.objects.get(pk=office.pk).is_open


# --- Importing


IMPORT = "/admin/tenants/operation/import/"


@pytest.fixture
def archive(office):
    """The office's archive as an operator has it on the own machine."""
    export = request_export(tenant=office, requested_by="x", background=False)
    run_operation(export.pk)
    return export_path(export.pk).read_bytes()


@pytest.fixture
def moved(office):
    """Where the imported office will be; it is removed again."""
    yield "umbrella-two"
    for tenant in Tenant.objects.filter(slug="umbrella-two"):
        forget(tenant)


def sent(content, **values):
    return {"archive": SimpleUploadedFile("office.zip", content), **values}


def test_an_archive_is_sent_and_imported_by_a_worker(office, operators, archive, moved):
    listing = operators.get("/admin/tenants/operation/").content.decode()
    assert IMPORT in listing
    assert b'enctype="multipart/form-data"' in operators.get(IMPORT).content
    answer = operators.post(IMPORT, sent(archive, slug=moved, suspended="on"), follow=True)
    assert b"is being imported" in answer.content
    operation = Operation.objects.get(kind="import")
    assert (operation.status, operation.progress, operation.label) == ("done", 100, moved)
    tenant = Tenant.objects.get(slug=moved)
    assert (tenant.pk, tenant.is_active) == (operation.tenant_id, False)
    assert not [*exports_folder().glob("*.upload.zip")], "it is not needed any more"


def test_an_archive_that_is_none_is_refused_and_can_be_tried_again(office, operators, archive):
    operators.post(IMPORT, sent(b"this is no archive"))
    operation = Operation.objects.get(kind="import")
    assert operation.status == "failed"
    assert operation.error
    [kept] = exports_folder().glob("*.upload.zip")
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.unlink()
    retry_operation(operation=operation)
    operation.refresh_from_db()
    assert operation.error == "The archive is not here any more; send it again."


def test_a_form_without_an_archive_or_with_nonsense_asks_nothing_of_a_worker(operators, archive):
    for form in ({}, {"slug": "x"}, sent(archive, slug="Not An Address"), sent(b"")):
        assert operators.post(IMPORT, form).status_code == 200
    assert not Operation.objects.filter(kind="import").exists()
    assert not [*exports_folder().glob("*.upload.zip")]


@pytest.mark.parametrize("role", ["manager", "employee"])
def test_only_who_may_change_organisations_imports_one(role, office, archive):
    person = operator_with(role)
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    try:
        assert client.post(IMPORT, sent(archive)).status_code in {302, 403}
        assert not Operation.objects.filter(kind="import").exists()
    finally:
        remove(person)
