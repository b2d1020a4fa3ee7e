"""The client of ours for Python is what the schema says, and works at a served office."""

import inspect
import subprocess
import sys

import pytest

from config.env import ROOT
from tasks.models import Task
from tenants.context import tenant_transaction
from tests.conftest import PASSWORD
from tests.served import serving_office

FOLDER = ROOT / "clients" / "python"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def build(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import build

    return build


@pytest.fixture
def office_client(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import office_client

    return office_client


def test_it_is_what_the_schema_makes_of_it(build):
    for name, text in build.files_for(build.schema_now()).items():
        there = (build.PACKAGE / name).read_text()
        assert there == text, f"{name} is not what the schema says: make client"


def test_another_schema_makes_another_client(build):
    schema = build.schema_now()
    schema["components"]["schemas"]["Task"]["properties"]["colour"] = {"type": "string"}
    operation = schema["paths"]["/api/v1/tasks"]["get"]
    operation["parameters"].append({"in": "query", "name": "colour", "schema": {"type": "string"}})
    made = build.files_for(schema)
    assert "colour: NotRequired[str]" in made["models.py"]
    assert "colour: str | None = None" in made["api.py"]


def test_each_operation_has_its_method(build, office_client):
    operations = [one for methods in build.schema_now()["paths"].values() for one in methods]
    own = inspect.getmembers(office_client.Client, inspect.isfunction)
    methods = [name for name, _method in own if name in vars(office_client.Client)]
    assert len(methods) == len(operations) > 150


def test_it_needs_nothing_but_python(tmp_path):
    path = f"import sys; sys.path.insert(0, {str(FOLDER)!r})"
    code = f"{path}; import office_client; print(office_client.Client.__name__)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == "Client"


def test_it_drives_a_running_office(office_client, committed):
    with serving_office(committed) as (address, token):
        open_door = office_client.Client(address, timeout=60)
        signed_in = open_door.auth_login_create({"email": "u@u.example", "password": PASSWORD})
        assert signed_in["expires_in"] == 1800
        office = office_client.Client(address, token, timeout=60)
        assert office.auth_me_retrieve()["full_name"] == "Una"
        task = office.tasks_create({"title": "Order badges", "priority": "high"})
        assert office.tasks_list(priority="high", overdue=False)["results"][0]["id"] == task["id"]
        again = [office.tasks_create({"title": "Once"}, idempotency_key="k-1") for _twice in "12"]
        assert again[0]["id"] == again[1]["id"]
        assert office.tasks_complete_create(task["id"])["status"] == "done"
        plan = office.documents_create(
            {"title": "Plan"}, files={"file": ("plan.txt", b"Badges are ordered on Mondays.")}
        )
        assert plan["filename"] == "plan.txt"
        assert office.documents_download_retrieve(plan["id"]) == b"Badges are ordered on Mondays."
        assert office.tasks_destroy(again[0]["id"]) is None
        for call, status, code in (
            (lambda: office.tasks_retrieve(NOBODYS), 404, "not_found"),
            (lambda: office.tasks_create({"title": ""}), 400, "blank"),
            (lambda: office.tasks_update(task["id"], {"title": "x"}, if_match='"old"'), 412, None),
            (lambda: office_client.Client(address, "bad", timeout=60).tasks_list(), 401, None),
        ):
            with pytest.raises(office_client.OfficeError) as refused:
                call()
            assert refused.value.status == status
            assert code in {None, refused.value.code}
    with tenant_transaction(committed):
        assert Task.objects.get().title == "Order badges"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "localhost", ""])
def test_it_asks_by_http_alone(office_client, address):
    with pytest.raises(ValueError, match="https"):
        office_client.Client(address)
