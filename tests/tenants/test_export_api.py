"""The whole office as one file, through the API: made, told about, fetched, and nobody else's."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import create_user
from common.errors import MissingError
from tenants import running
from tenants.context import public_context, tenant_transaction
from tenants.directory import any_tenant
from tenants.files import export_path
from tenants.operation_models import Operation
from tenants.operations import export_of, hand_over, request_erasure
from tenants.services import open_tenant, suspend_tenant
from tenants.turns import claim
from tests.conftest import PASSWORD, api_as
from tests.tenants.office_of_everything import CANARY

URL = "/api/v1/admin/tenant/export"


@pytest.fixture
def admin_api(office):
    with tenant_transaction(office):
        ada = User.objects.with_rights().get(full_name=f"Ada {CANARY}")
        return api_as(ada, office)


def test_the_first_call_has_an_archive_made_and_a_later_one_fetches_it(office, admin_api):
    before = Operation.objects.filter(kind="export").count()
    first = admin_api.get(URL)
    assert first.status_code == 202
    assert first.headers["Retry-After"] == "2"
    assert first.json().keys() == {"id", "status", "progress", "step"}
    assert Operation.objects.get(pk=first.json()["id"]).status == "done", "made by the job"
    second = admin_api.get(URL, HTTP_ACCEPT="application/zip")
    assert second.status_code == 200
    assert second.headers["Content-Type"] == "application/zip"
    assert second.headers["Cache-Control"] == "no-store"
    assert second.headers["Content-Disposition"].startswith(f'attachment; filename="{office.slug}-')
    with ZipFile(BytesIO(second.content)) as archive:
        assert CANARY.encode() in archive.read("rows/tasks_task.jsonl")
    assert Operation.objects.filter(kind="export").count() == before + 1


def test_each_download_stands_in_the_offices_trail(office, admin_api):
    admin_api.get(URL)
    for request_id in ("first", "second"):
        admin_api.get(URL, HTTP_X_REQUEST_ID=request_id).close()
    answer = admin_api.get("/api/v1/admin/audit-logs?action=ACCESS")
    entries = answer.json()["results"]
    assert [entry["metadata"]["request_id"] for entry in entries] == ["second", "first"]
    assert {entry["resource_id"] for entry in entries} == {str(office.pk)}
    with tenant_transaction(office):
        ada = User.objects.get(full_name=f"Ada {CANARY}")
        actors = AuditEntry.objects.filter(action=AuditEntry.Action.ACCESS)
        assert {entry.actor_id for entry in actors} == {ada.pk}


def test_a_running_and_a_failed_export_are_told(office, ask, admin_api):
    export = ask()
    turn = claim(export.pk, in_line=True)
    Operation.objects.filter(pk=export.pk).update(progress=41, step="Writing tasks.")
    answer = admin_api.get(URL)
    assert (answer.status_code, answer.json()["progress"]) == (202, 41)
    turn.fail("The disk is full.")
    answer = admin_api.get(URL)
    assert (answer.status_code, answer.json()["status"]) == (202, "failed")
    assert answer.json()["step"] == "The disk is full."
    assert answer.headers["Retry-After"] == "60"
    Operation.objects.update(ended_at=timezone.now() - timedelta(minutes=2))
    assert admin_api.get(URL).json()["id"] != str(export.pk)


def test_an_archive_older_than_an_hour_is_made_anew(office, ask):
    export = ask()
    running.run_operation(export.pk)
    assert export_of(tenant=office, requested_by="x") == export
    Operation.objects.update(ended_at=timezone.now() - timedelta(minutes=61))
    assert export_of(tenant=office, requested_by="x") != export


def test_another_office_never_gets_this_ones_archive(office, ask):
    running.run_operation(ask().pk)
    other = open_tenant(name="Other")
    with tenant_transaction(other):
        mia = create_user(email="m@o.example", full_name="Mia", role="admin", password=PASSWORD)
        api = api_as(mia, other)
    own = Operation.objects.get(kind="export")
    assert api.get(URL).status_code == 202
    for query in (f"?id={own.pk}", f"?tenant={office.pk}", f"?operation={own.pk}"):
        answer = api.get(URL + query)
        assert answer.status_code == 200
        with ZipFile(BytesIO(answer.getvalue())) as archive:
            assert json.loads(archive.read("manifest.json"))["tenant"]["slug"] == other.slug
            assert not any(CANARY.encode() in archive.read(name) for name in archive.namelist())


def test_an_erased_office_leaves_no_archive_to_fetch(office, ask):
    export = ask()
    running.run_operation(export.pk)
    done = Operation.objects.get(pk=export.pk)
    suspend_tenant(tenant=office)
    erasure = request_erasure(
        tenant=office, typed_slug=office.slug, requested_by="x", background=False
    )
    running.run_operation(erasure.pk)
    assert any_tenant(office.pk) is None
    assert not export_path(export.pk).exists()
    with pytest.raises(MissingError), public_context():
        hand_over(export=done)
