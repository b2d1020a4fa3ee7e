"""A backup brings everything back: restored into a second database, each row is the same."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from accounts.services import create_user
from config.env import ROOT
from tasks.services import NewTask, create_task
from tenants.context import tenant_transaction
from tests.conftest import APP, OWNER, PASSWORD, as_owner
from tests.tenants.processes import database_url

DUMP, TEXT = "database-default.dump", b"Badges are ordered on Mondays."
TABLES = """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)' ORDER BY 1, 2"""
ROWS = """SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))
    FROM {} t"""
TRIGGERS = """SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger
    WHERE NOT tgisinternal"""
RIGHTS = """SELECT grantee, table_schema, table_name, privilege_type
    FROM information_schema.table_privileges"""


def seen_in(url):
    """Return by table how many rows stand there and their hash, and what guards them."""
    found = {}
    with psycopg.connect(url) as connection:
        for schema, table in connection.execute(TABLES).fetchall():
            name = sql.Identifier(schema, table)
            found[schema, table] = connection.execute(sql.SQL(ROWS).format(name)).fetchone()
        for question in (TRIGGERS, RIGHTS):
            found[question] = sorted(map(str, connection.execute(question).fetchall()))
    return found


@pytest.fixture
def owners_url(committed):
    """The address of the tests' database for the role that owns it."""
    with as_owner():
        return database_url()


@pytest.fixture
def second(owners_url):
    """Another database on the same server, empty."""
    name = f"restored_{uuid4().hex[:8]}"
    make, drop = (sql.SQL(f"{word} DATABASE {{}}") for word in ("CREATE", "DROP"))
    with psycopg.connect(owners_url, autocommit=True) as connection:
        connection.execute(make.format(sql.Identifier(name)))
        yield urlsplit(owners_url)._replace(path=f"/{name}").geturl()
        connection.execute(drop.format(sql.Identifier(name)))


def manage(*words, url, var):
    env = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(var), "DATABASE_SHARDS": ""}
    env |= {"DATABASE_APP_ROLE": APP["USER"] if APP != OWNER else ""}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "SECRET_KEY": "x" * 50}
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, words)],
        check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=500,
    )  # fmt: skip


@pytest.fixture
def here(committed, tmp_path):
    """The VAR_DIR of the office, with a file and a key; the office has a task."""
    with tenant_transaction(committed):
        una = create_user(email="u@u.example", full_name="Una", role="admin", password=PASSWORD)
        create_task(new=NewTask(title="Order badges"), by=una)
    folder = tmp_path / "here" / "files" / str(committed.pk) / "documents"
    folder.mkdir(parents=True)
    (folder / "plan").write_bytes(TEXT)
    (tmp_path / "here" / "keys").mkdir()
    (tmp_path / "here" / "keys" / "jwt-1.pem").write_text("a secret")
    return tmp_path / "here"


@pytest.fixture
def kept(owners_url, here, tmp_path):
    """A backup of it."""
    made = manage("backup", tmp_path / "kept", url=owners_url, var=here)
    assert made.returncode == 0, made.stderr
    return tmp_path / "kept"


def refusal(*words, **where):
    done = manage(*words, **where)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_each_row_and_file_comes_back(committed, owners_url, second, kept, tmp_path):
    assert {path.name for path in kept.iterdir()} == {DUMP, "files.tar", "manifest.json"}
    assert kept.stat().st_mode & 0o077 == 0
    there = tmp_path / "there"
    done = manage("restore", kept, url=second, var=there)
    assert done.returncode == 0, done.stderr
    before, after = seen_in(owners_url), seen_in(second)
    assert before.keys() == after.keys()
    assert {key: value for key, value in after.items() if before[key] != value} == {}
    assert after[committed.schema_name, "tasks_task"][0] == 1
    [file] = [path for path in (there / "files").rglob("*") if path.is_file()]
    assert (file.parent.parent.name, file.read_bytes()) == (str(committed.pk), TEXT)
    # Keys are kept apart from what they open.
    assert not (there / "keys").exists()
    # What is there is left alone.
    assert "is not empty" in refusal("restore", kept, url=second, var=tmp_path / "third")
    assert "is not empty" in refusal("backup", kept, url=owners_url, var=there)


def test_half_a_backup_and_a_touched_one_are_none(kept, second, tmp_path):
    dump, manifest = kept / DUMP, kept / "manifest.json"
    whole, said = dump.read_bytes(), manifest.read_text()
    dump.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    there = tmp_path / "there"
    assert f"{DUMP} is not what was written" in refusal("restore", kept, url=second, var=there)
    dump.write_bytes(whole)
    manifest.unlink()
    assert "no whole backup" in refusal("restore", kept, url=second, var=there)
    manifest.write_text(json.dumps({**json.loads(said), "format": 2}))
    assert "another version" in refusal("restore", kept, url=second, var=there)
    assert seen_in(second).keys() == {TRIGGERS, RIGHTS}
    assert not (there / "files").exists()


def test_files_that_are_there_are_not_mixed_with_those_that_come(kept, second, here):
    assert "holds files already" in refusal("restore", kept, url=second, var=here)
    assert seen_in(second).keys() == {TRIGGERS, RIGHTS}


def test_a_server_that_refuses_leaves_no_backup(owners_url, tmp_path):
    wrong = urlsplit(owners_url)._replace(path="/nowhere").geturl()
    said = refusal("backup", tmp_path / "kept", url=wrong, var=tmp_path)
    assert "pg_dump on “default”" in said
    assert OWNER["PASSWORD"] not in said
    assert not (tmp_path / "kept" / "manifest.json").exists()
