"""The FastAPI design as a target: in a virtual environment of its own, with the product's rows."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.http.dataset import EPOCH, PASSWORD, Office
from benchmarks.http.load import Call, Session, Target, ask
from benchmarks.http.product import CALLS
from benchmarks.servers import Stage
from config.embedded.process import Service
from config.embedded.services import answers

MAKE_TABLES = """
import asyncio
from app import Base, engine
async def make():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
asyncio.run(make())
"""
STATUS = {"pending": "todo"}
LOGIN = {"tenant": "{slug}", "email": "user1@{slug}.example.com", "password": PASSWORD}
OWN_CALLS = {
    **CALLS,
    "list": Call("GET", "/api/v1/tasks?limit=50"),
    "login": Call("POST", "/api/v1/auth/login", [LOGIN], anonymous=True),
    "patch": Call(
        "PATCH",
        "/api/v1/tasks/{id}",
        [{**body, "status": STATUS.get(body["status"], body["status"])}
         for body in CALLS["patch"].bodies],
    ),
}  # fmt: skip


def start(stage: Stage, folder: Path, offices: Iterable[Office], password_hash: str) -> Target:
    """Fill the database of DATABASE_URL and start the server, two workers as the product has."""
    python = installed(stage.folder / "reference", folder / "requirements.txt")
    env = {
        **os.environ,
        "REF_DSN": with_driver(os.environ["DATABASE_URL"]),
        "REF_KEY": str(stage.folder / "reference.pem"),
        "REF_TOKEN_TTL": str(24 * 3600),
        "REF_POOL": "10",
    }
    subprocess.run([python, "-c", MAKE_TABLES], cwd=folder, env=env, check=True)
    slugs = fill(offices, password_hash)
    port = stage.ports.choose_any()
    options = ("--workers", "2", "--no-access-log", "--loop", "uvloop", "--http", "httptools")
    service = Service(
        name="reference",
        command=(str(python), "-m", "uvicorn", "app:app", "--port", str(port), *options),
        cwd=folder,
        env=env,
        ready=answers(port, "/health"),
    )
    pid, base = stage.start(service), f"http://127.0.0.1:{port}"
    sessions = [session(base, slug) for slug in slugs]
    return Target("reference", base, pid, stage.database_pid, OWN_CALLS, sessions)


def installed(folder: Path, requirements: Path) -> Path:
    """Return the Python of a virtual environment with what the reference needs."""
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", requirements], check=True)
        (folder / "done").touch()
    return python


def with_driver(url: str) -> str:
    """Return the address as SQLAlchemy wants it."""
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql+asyncpg"))


def fill(offices: Iterable[Office], password_hash: str) -> list[str]:
    """Copy all rows in; return the tenants' names."""
    slugs = []
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        for office in offices:
            slugs.append(office.slug)
            copy(cursor, "tenants (id, slug, name, created_at)",
                 [(office.id, office.slug, office.slug, EPOCH)])  # fmt: skip
            copy(cursor,
                 "users (id, tenant_id, email, full_name, role, password_hash, is_active,"
                " created_at)",
                 [(p.id, office.id, p.email, p.full_name, "admin", password_hash, True, EPOCH)
                  for p in office.people])  # fmt: skip
            copy(cursor,
                 "tasks (id, tenant_id, title, description, status, priority, due_date,"
                 " assignee_id, created_by_id, created_at, updated_at)",
                 [(t.id, office.id, t.title, t.description, STATUS.get(t.status, t.status),
                   t.priority, t.due_date, t.assignee_id, t.creator_id, t.created_at, t.created_at)
                  for t in office.tasks])  # fmt: skip
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return slugs


def copy(cursor: psycopg.Cursor, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Write the rows into the table."""
    with cursor.copy(f"COPY {table} FROM STDIN") as copied:
        for row in rows:
            copied.write_row(row)


def session(base: str, slug: str) -> Session:
    """Sign in and look at the newest tasks."""
    body = {name: value.replace("{slug}", slug) for name, value in LOGIN.items()}
    token = ask(base, "/api/v1/auth/login", {}, body)["access"]
    headers = {"Authorization": f"Bearer {token}"}
    found = ask(base, "/api/v1/tasks?limit=20", headers)["items"]
    return Session(slug, token, [row["id"] for row in found])
