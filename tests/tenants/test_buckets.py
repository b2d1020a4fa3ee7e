"""Archives and erasures of an office whose documents lie in a bucket."""

from uuid import uuid4

import pytest
from django.core.management import CommandError

from documents.models import Revision
from tasks.models import TaskFile
from tenants.context import tenant_transaction
from tenants.files import folder_of
from tenants.models import Tenant
from tenants.services import open_tenant, suspend_tenant
from tenants.traces import Words, traces_of
from tests.peers.s3 import contents, free_port, new_bucket, s3_server, storages_with
from tests.tenants.office_of_everything import CANARY, fill, hashes


@pytest.fixture(scope="module")
def server():
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture(params=[False, True], ids=["plain", "versions"])
def bucket(request, server, settings):
    made = new_bucket(server, keeps_versions=request.param)
    made.plain = settings.STORAGES
    settings.STORAGES = storages_with(made.plain, server, made.name)
    return made


def documents_of(bucket, tenant):
    """Return what lies below the office's id, by the rest of the name."""
    top = f"{tenant.pk}/"
    found = contents(bucket).items()
    return {key.removeprefix(top): data for key, data in found if key.startswith(top)}


def words_of(tenant):
    return Words(tenant.pk, tenant.schema_name, (CANARY,))


@pytest.fixture
def others(bucket, office):
    """Another office with a document there; `office` removes it in the end."""
    tenant = open_tenant(name="Neighbour")
    fill(tenant, "Q0-other-77aa")
    return tenant


def test_an_archive_carries_them_out_of_a_bucket_and_into_it(bucket, office, manage, tmp_path):
    before, path, rows = documents_of(bucket, office), tmp_path / "office.zip", hashes(office)
    assert sorted(name.partition("/")[0] for name in before) == ["documents", "task-files"]
    manage("tenant_export", office.slug, "-o", path)
    manage("tenant_import", path, "--slug", "from-bucket")
    copy = Tenant.objects.get(slug="from-bucket")
    assert documents_of(bucket, copy) == before
    assert hashes(copy) == rows
    with tenant_transaction(copy):
        ids = {"documents": Revision, "task-files": TaskFile}
        assert {f"{name}/{row.pk}" for name, kind in ids.items() for row in kind.objects.all()} == {
            *before
        }


def test_an_archive_moves_them_from_a_bucket_to_a_folder(
    bucket, office, manage, tmp_path, settings
):
    before, path = documents_of(bucket, office), tmp_path / "office.zip"
    manage("tenant_export", office.slug, "-o", path)
    settings.STORAGES = bucket.plain
    manage("tenant_import", path, "--slug", "from-bucket")
    folder = folder_of(Tenant.objects.get(slug="from-bucket").pk)
    for name, data in before.items():
        assert (folder / name).read_bytes() == data
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert (folder / name).parent.stat().st_mode & 0o777 == 0o700


def test_an_import_that_fails_leaves_nothing_there(bucket, office, manage, tmp_path, monkeypatch):
    path, before = tmp_path / "office.zip", contents(bucket)
    manage("tenant_export", office.slug, "-o", path)
    monkeypatch.setattr("tenants.archive.importing.suspend_tenant", _fail)
    with pytest.raises(CommandError, match="Our own mistake"):
        manage("tenant_import", path, "--slug", "from-bucket", "--suspended")
    assert contents(bucket) == before


def test_an_erased_office_is_gone_there_too_and_others_lose_nothing(bucket, office, others, manage):
    kept = documents_of(bucket, others)
    # What was written over is an older version, where there are any.
    name = next(iter(documents_of(bucket, office)))
    bucket.put_object(Key=f"{office.pk}/{name}", Body=CANARY.encode())
    suspend_tenant(tenant=office)
    manage("tenant_erase", office.slug, "--yes", "--canary", CANARY)
    keys = {each.object_key for each in bucket.object_versions.all()}
    assert keys == {f"{others.pk}/{name}" for name in kept}
    assert documents_of(bucket, others) == kept
    assert traces_of(words_of(office), operation_id=uuid4()) == {}


def test_what_is_left_there_is_found(bucket, office):
    gone = Words(uuid4(), "t_gone", ("a-word-of-theirs",))
    assert traces_of(gone, operation_id=uuid4()) == {}
    left = {f"{gone.tenant_id}/documents/x": b"x", "stray": b"x a-word-of-theirs x"}
    for key, data in left.items():
        bucket.put_object(Key=key, Body=data)
    # Below its own id, once as what is left and once for its name.
    assert traces_of(gone, operation_id=uuid4()) == {"store": 3}


def test_an_erasure_while_it_is_away_fails_with_the_reason_and_goes_on(
    bucket, office, server, manage, settings
):
    there = settings.STORAGES
    suspend_tenant(tenant=office)
    settings.STORAGES = storages_with(bucket.plain, f"http://127.0.0.1:{free_port()}", bucket.name)
    with pytest.raises(CommandError, match="store of files cannot be reached"):
        manage("tenant_erase", office.slug, "--yes")
    assert Tenant.objects.filter(pk=office.pk).exists()
    assert documents_of(bucket, office)
    settings.STORAGES = there
    manage("tenant_erase", office.slug, "--yes")
    assert not documents_of(bucket, office)


def _fail(**_arguments):
    raise RuntimeError("on purpose")
