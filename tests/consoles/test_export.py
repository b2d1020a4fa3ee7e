"""The office as one file, from its console: made by a job, found again, fetched, nobody else's."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.page_sessions import SHOWN
from accounts.services import create_user
from tenants.context import public_context, tenant_transaction
from tenants.operation_models import Operation
from tests.conftest import PASSWORD
from tests.pages.conftest import text_of

PLACE = "/admin/office-export/"


@pytest.fixture
def office(committed, settings, tmp_path):
    """An office that really commits: its archive is made on a connection's own transaction."""
    settings.VAR_DIR = tmp_path
    yield committed
    Operation.objects.all().delete()


def signed_in(office, role):
    email = f"{role}@u.example"
    with tenant_transaction(office):
        create_user(email=email, full_name="U", role=role, password=PASSWORD)
    client = Client(headers={"host": f"{office.slug}.localhost"}, raise_request_exception=True)
    client.post("/admin/login/", {"username": email, "password": PASSWORD, "next": "/admin/"})
    return client


@pytest.fixture
def admins(office):
    return signed_in(office, "admin")


def an_export(office, **values):
    with public_context():
        facts = {"status": "running", "progress": 40, "step": "tasks", "lease": uuid4(), **values}
        facts["lease_until"] = timezone.now() + timedelta(minutes=1)
        return Operation.objects.create(
            kind="export", tenant_id=office.pk, label=office.slug, requested_by="x", **facts
        )


def test_an_admin_has_the_office_made_a_file_and_fetches_it(office, admins):
    page = text_of(admins.get(PLACE))
    assert "None was made yet" in page
    assert f"Tell them that the office at the address {office.slug}" in page
    assert admins.post(PLACE).status_code == 302
    export = Operation.objects.get(kind="export")
    assert (export.status, export.tenant_id) == ("done", office.pk)
    page = admins.get(f"{PLACE}?look=3")
    assert ("?fetch=1" in page.content.decode(), "Refresh" in page) == (True, False)
    answer = admins.get(PLACE, {"fetch": "1"})
    assert "no-store" in answer["Cache-Control"]
    with ZipFile(BytesIO(answer.getvalue())) as archive:
        assert "manifest.json" in archive.namelist()
    with tenant_transaction(office):
        entry = AuditEntry.objects.filter(action=AuditEntry.Action.ACCESS).latest("timestamp")
        assert (entry.source, entry.additional_data) == ("admin", {"export": str(export.pk)})


def test_one_under_way_is_found_again_with_its_progress(office, admins):
    an_export(office)
    page = admins.get(PLACE)
    assert 'id="export-progress" max="100" value="40">' in page.content.decode()
    assert (page["Refresh"], "Make the file" in text_of(page)) == ("5; url=?look=1", False)
    admins.post(PLACE)
    assert Operation.objects.filter(kind="export").count() == 1


def test_a_page_that_stands_open_looks_less_often_and_then_no_more(office, admins):
    an_export(office)
    assert admins.get(f"{PLACE}?look=20")["Refresh"] == "15; url=?look=21"
    assert admins.get(f"{PLACE}?look=37")["Refresh"] == "60; url=?look=38"
    page = admins.get(f"{PLACE}?look=38")
    assert ("Refresh" in page, "no longer looks by itself" in text_of(page)) == (False, True)
    assert admins.get(f"{PLACE}?look=-1")["Refresh"] == "5; url=?look=1"


def test_that_of_another_office_is_neither_shown_nor_fetched(office, admins):
    with public_context():
        Operation.objects.create(
            kind="export", tenant_id=uuid4(), label="else", requested_by="x", status="done"
        )
    assert "None was made yet" in text_of(admins.get(PLACE))
    assert admins.get(PLACE, {"fetch": "1"}).status_code == 302


def test_it_asks_first_who_one_is(office, admins):
    with tenant_transaction(office):
        session = admins.session
        del session[SHOWN]
        session.save()
    for answer in (admins.get(PLACE), admins.post(PLACE), admins.get(PLACE, {"fetch": "1"})):
        assert answer["Location"].startswith("/security/show-again")
    assert not Operation.objects.exists()


@pytest.mark.parametrize("role", ["manager", "employee"])
def test_nobody_else_has_it_made_or_fetches_it(role, office):
    client = signed_in(office, role)
    assert client.get(PLACE, {"fetch": "1"}).status_code in {302, 403}
    assert client.post(PLACE).status_code in {302, 403}
    assert not Operation.objects.exists()
