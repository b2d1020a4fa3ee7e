"""An archive that is not whole, not ours or not honest is refused, and nothing is left of it."""

import json
import struct
from hashlib import sha256
from uuid import uuid4
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from django.core.management import CommandError
from django.db import connection, connections
from django.test import override_settings

from tenants.archive import reader
from tenants.files import files_folder
from tenants.models import DueInstant, LoginEntry, Tenant
from tenants.operation_models import Operation
from tenants.services import open_tenant
from tests.conftest import forget
from tests.tenants.conftest import forgetting, take
from tests.tenants.office_of_everything import CANARY, fill

TASKS = "rows/tasks_task.jsonl"
COMMENTS = "rows/tasks_comment.jsonl"


class Contents:
    """The members of an archive, to be spoiled and written again."""

    def __init__(self, path, spoiled):
        with ZipFile(path) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}
        self.manifest = json.loads(self.members.pop("manifest.json"))
        self.path = spoiled

    def put(self, name, content, *, state=True):
        """Replace a member, and have the manifest say so as well."""
        self.members[name] = content
        if state:
            stated = {"bytes": len(content), "sha256": sha256(content).hexdigest()}
            if name.startswith("rows/"):
                stated["rows"] = content.count(b"\n")
            self.manifest["members"][name] = stated

    def change_rows(self, name, change):
        """Have each row changed; the manifest stays true to the bytes."""
        rows = [change(json.loads(line)) for line in self.members[name].splitlines()]
        self.put(name, b"".join(json.dumps(row).encode() + b"\n" for row in rows if row))

    def write(self, method=ZIP_DEFLATED):
        with ZipFile(self.path, "w", method) as archive:
            for name, content in self.members.items():
                archive.writestr(name, content)
            archive.writestr("manifest.json", json.dumps(self.manifest))
        return self.path


@pytest.fixture(scope="module")
def standing_archive(django_db_setup, django_db_blocker, tmp_path_factory):
    """The office of everything and its archive; no import, refused or not, changes either."""
    folder = tmp_path_factory.mktemp("standing")
    with django_db_blocker.unblock():
        tenant = open_tenant(name="Umbrella")
        try:
            with override_settings(VAR_DIR=folder / "var"):
                fill(tenant)
                archive = take(tenant, folder / "office.zip")
            yield tenant, archive
        finally:
            forget(tenant)
            Operation.objects.all().delete()
            connections.close_all()


@pytest.fixture
def office(standing_archive):
    with forgetting():
        yield standing_archive[0]


@pytest.fixture
def taken(standing_archive, office):
    return standing_archive[1]


@pytest.fixture
def contents(taken, tmp_path):
    return Contents(taken.path, tmp_path / "spoiled.zip")


@pytest.fixture
def refused(manage, office):
    """`refused(path)` returns why the import was refused, and sees that nothing is left of it."""

    def everything():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace ORDER BY 1")
            schemas = cursor.fetchall()
        folders = sorted(files_folder().iterdir()) if files_folder().exists() else []
        counts = [model.objects.count() for model in (Tenant, LoginEntry, DueInstant)]
        return schemas, folders, counts

    def run(path, *arguments):
        before = everything()
        with pytest.raises(CommandError) as caught:
            manage("tenant_import", path, "--slug", f"x-{uuid4().hex[:8]}", *arguments)
        assert everything() == before
        operation = Operation.objects.filter(kind="import").latest("created_at")
        assert operation.status == "failed"
        assert operation.error in str(caught.value)
        return operation.error

    return run


def test_the_unspoiled_contents_are_accepted(contents, manage):
    """Otherwise the refusals below would prove nothing."""
    manage("tenant_import", contents.write(), "--slug", "umbrella-2")
    assert Tenant.objects.filter(slug="umbrella-2").exists()


def test_a_file_that_is_not_there_or_no_archive(refused, tmp_path):
    assert "There is no file" in refused(tmp_path / "nowhere.zip")
    (tmp_path / "letter.zip").write_text("Dear office,")
    assert "no archive" in refused(tmp_path / "letter.zip")


@pytest.mark.parametrize("part", [0.02, 0.5, 0.98, 0.9999])
def test_an_archive_that_was_cut_off(part, taken, refused, tmp_path):
    whole = taken.path.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: int(len(whole) * part)])
    assert "cut off" in refused(cut)


def test_flipped_bits_anywhere_in_a_member(taken, refused, tmp_path):
    whole = bytearray(taken.path.read_bytes())
    with ZipFile(taken.path) as archive:
        info = archive.getinfo(TASKS)
    whole[info.header_offset + 120] ^= 0x40
    spoiled = tmp_path / "flipped.zip"
    spoiled.write_bytes(whole)
    assert TASKS in refused(spoiled)


def test_a_member_that_is_not_what_the_manifest_says(contents, refused):
    content = contents.members[TASKS].replace(b"Parent", b"Stolen")
    contents.put(TASKS, content, state=False)
    assert refused(contents.write()) == f"{TASKS} is not what the manifest says."


def test_a_missing_a_further_and_a_doubled_member(contents, refused):
    comments = contents.members.pop(COMMENTS)
    assert refused(contents.write()) == f"{COMMENTS} is missing."
    contents.members[COMMENTS] = comments
    contents.members["surprise.txt"] = b"!"
    assert "not in the manifest" in refused(contents.write())
    del contents.members["surprise.txt"]
    path = contents.write()
    with ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(TASKS, b"")
    assert refused(path) == "A member is there twice."


def test_no_manifest_or_a_broken_one(contents, refused):
    whole = contents.manifest
    for broken in ([], {}, {**whole, "members": 7}, {**whole, "extra": 1}, "text"):
        contents.manifest = broken
        assert "The manifest is not one of version 1" in refused(contents.write())
    with ZipFile(contents.path, "w") as archive:
        archive.writestr("rows/tasks_task.jsonl", b"")
    assert "no manifest" in refused(contents.path)


def test_another_version_of_the_format(contents, refused):
    contents.manifest["version"] = 2
    assert refused(contents.write()) == "The manifest is not one of version 1: version."


def test_another_migration_state_names_both(contents, refused):
    ours = contents.manifest["state"]
    contents.manifest["state"] = "0" * 64
    why = refused(contents.write())
    assert "000000000000" in why
    assert ours[:12] in why


@pytest.mark.parametrize(
    "name",
    [
        "files/../../../etc/cron.d/x",
        "files//etc/passwd",
        "/etc/passwd",
        "files/a/../b",
        "files/..\\b",
        "files/a\nb",
        "rows/../x.jsonl",
        "elsewhere/x",
    ],
)
def test_a_name_that_leads_out_of_the_folder(name, contents, refused, tmp_path):
    contents.put(name, b"owned")
    assert "not a name that an archive may hold" in refused(contents.write())
    assert not list(tmp_path.rglob("passwd"))


def test_a_link_is_written_as_the_plain_file_that_it_is(contents, manage):
    """Unix links hide in the attributes of a member; nothing of us reads those."""
    contents.put("files/link", b"/etc/passwd")
    with ZipFile(contents.path, "w") as archive:
        for name, content in contents.members.items():
            info = ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, content)
        archive.writestr("manifest.json", json.dumps(contents.manifest))
    manage("tenant_import", contents.path, "--slug", "umbrella-2")
    link = files_folder() / str(Tenant.objects.get(slug="umbrella-2").pk) / "link"
    assert not link.is_symlink()
    assert link.read_bytes() == b"/etc/passwd"


def test_a_bomb_is_refused_before_it_is_unpacked(contents, refused, monkeypatch):
    monkeypatch.setattr(reader, "ALWAYS_ALLOWED", 1024 * 1024)
    contents.put("files/zeros", bytes(500 * 1024 * 1024))
    monkeypatch.setattr(reader.Archive, "pieces", lambda *_args: pytest.fail("it was unpacked"))
    assert "grow more than 200 times" in refused(contents.write())


def test_a_member_that_grows_past_what_it_says(contents, refused, tmp_path):
    """Both the directory of the archive and the manifest lie about the length."""
    zeros = bytes(50 * 1024 * 1024)
    contents.put("files/zeros", zeros)
    contents.manifest["members"]["files/zeros"]["bytes"] = 10
    path = contents.write()
    content = path.read_bytes()
    with ZipFile(path) as archive:
        info = archive.getinfo("files/zeros")
    old = struct.pack("<L", info.file_size)
    assert content.count(old) == 2
    spoiled = tmp_path / "spoiled-2.zip"
    spoiled.write_bytes(content.replace(old, struct.pack("<L", 10)))
    assert "files/zeros" in refused(spoiled)


def test_members_that_share_their_bytes(contents, refused):
    """How a small archive holds a thousand copies of a big member."""
    contents.put("files/a", bytes(1000))
    contents.put("files/b", bytes(1000))
    with ZipFile(contents.path, "w", ZIP_DEFLATED) as archive:
        for name, content in contents.members.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(contents.manifest))
        archive.getinfo("files/b").header_offset = archive.getinfo("files/a").header_offset
    assert "files/b" in refused(contents.path)


def test_a_way_of_packing_that_we_do_not_use(contents, refused):
    assert "packed in a way" in refused(contents.write(ZIP_BZIP2))


def test_a_row_that_points_to_nothing(contents, refused):
    ghost = str(uuid4())
    contents.change_rows(COMMENTS, lambda row: {**row, "task_id": ghost})
    assert refused(contents.write()) == "A row points to one that is not in the archive."


def test_rows_that_break_a_constraint_or_a_type(contents, refused):
    good = contents.members[TASKS]
    for broken in ({"title": ""}, {"title": None}, {"due_date": "some day"}, {"id": 7}):
        contents.members[TASKS] = good
        contents.change_rows(TASKS, lambda row, broken=broken: {**row, **broken})
        assert refused(contents.write()) == "The rows of tasks_task do not fit its table."
    contents.put(TASKS, b"no json\n")
    assert refused(contents.write()) == "The rows of tasks_task do not fit its table."
    contents.put(TASKS, b"\xff\xfe\n")
    assert refused(contents.write()) == "The rows of tasks_task do not fit its table."


def test_rows_that_would_come_out_otherwise(contents, refused):
    """A column that is not there, and a value that a trigger computes."""
    good = contents.members[TASKS]
    contents.change_rows(TASKS, lambda row: {**row, "colour": "blue"})
    assert "did not come out as they went in" in refused(contents.write())
    contents.put(TASKS, good)
    reminders = "rows/tasks_reminder.jsonl"
    contents.change_rows(reminders, lambda row: {**row, "next_at": None})
    assert "tasks_reminder did not come out" in refused(contents.write())


def test_a_table_too_many_or_too_few(contents, refused):
    contents.put("rows/pg_authid.jsonl", b"{}\n")
    assert "rows/pg_authid.jsonl is not in both" in refused(contents.write())
    del (
        contents.members["rows/pg_authid.jsonl"],
        contents.manifest["members"]["rows/pg_authid.jsonl"],
    )
    del contents.members[COMMENTS], contents.manifest["members"][COMMENTS]
    assert f"{COMMENTS} is not in both" in refused(contents.write())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("timezone", "x" * 65), ("timezone", "Mars/Base"), ("name", ""), ("name", "x" * 121)),
        *(("subscription_tier", "golden"), ("settings", {"sms_enabled": "?"})),
    ],
)
def test_nonsense_about_the_organisation(field, value, contents, refused):
    contents.manifest["tenant"][field] = value
    assert "nonsense" in refused(contents.write())


def test_an_address_that_is_taken_kept_or_malformed(taken, manage, office):
    for slug, why in ((office.slug, "is taken"), ("admin", "kept"), ("No Way", "lower case")):
        with pytest.raises(CommandError, match=why):
            manage("tenant_import", taken.path, "--slug", slug)
    assert Tenant.objects.filter(name=office.name).count() == 1


@pytest.mark.parametrize("place", ["archive.importing.load_files", "turns.Turn.finish"])
def test_a_failure_at_the_very_end_takes_everything_back(place, taken, refused, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"tenants.{place}", full)
    assert "No space left on device" in refused(taken.path)


def test_no_word_of_the_archive_stands_in_a_refusal(contents, refused):
    contents.change_rows(TASKS, lambda row: {**row, "title": None})
    assert CANARY not in refused(contents.write())
