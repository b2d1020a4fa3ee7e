"""The product as a target: its database seeded, its web server as `make run` starts it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.http.dataset import PASSWORD
from benchmarks.http.load import Call, Session, Target, ask
from benchmarks.servers import Stage
from config.embedded import services
from config.embedded.paths import ROOT

IN_90_DAYS = time.gmtime(time.time() + 90 * 86_400)
SOON = time.strftime("%Y-%m-%dT09:00:00Z", IN_90_DAYS)
NEW = {
    "title": "Prepare the meeting {n}",
    "description": "Bring the contract, the budget and the plan for {slug}.",
    "priority": "high",
    "due_date": SOON,
}
TITLES = ("Prepare the yearly budget review", "Plan the client meeting", "Send the whole report")
CALLS = {
    "me": Call("GET", "/api/v1/auth/me"),
    "list": Call("GET", "/api/v1/tasks?page_size=50"),
    "detail": Call("GET", "/api/v1/tasks/{id}"),
    "login": Call(
        "POST",
        "/api/v1/auth/login",
        [{"tenant": "{slug}", "email": "user1@{slug}.example.com", "password": PASSWORD}],
        anonymous=True,
    ),
    "patch": Call(
        "PATCH",
        "/api/v1/tasks/{id}",
        [
            {"status": status, "title": title}
            for status, title in zip(("pending", "in_progress", "done"), TITLES, strict=True)
        ],
    ),
    "create": Call("POST", "/api/v1/tasks", [NEW]),
}
HOST = {"Host": "localhost"}


def seed(folder: Path, *, tenants: int, tasks: int) -> Path:
    """Bring the database of DATABASE_URL to so many tenants; return the file with their tokens."""
    sessions = folder / "sessions.json"
    command = [sys.executable, "-m", "benchmarks.http.seed", "--sessions", str(sessions)]
    subprocess.run(
        [*command, "--tenants", str(tenants), "--tasks", str(tasks)],
        check=True,
        cwd=ROOT,
        env=environment(),
    )
    return sessions


def start(stage: Stage, sessions: Path, *, name: str = "product") -> Target:
    """Start the web server on the seeded database, as the application's own role."""
    env = environment()
    env["DATABASE_URL"] = env.pop("DATABASE_APP_URL", env["DATABASE_URL"])
    env.pop("DATABASE_APP_ROLE", None)
    port = stage.ports.choose_any()
    pid = stage.start(services.web(ROOT, env, host="127.0.0.1", port=port, name=name))
    base = f"http://127.0.0.1:{port}"
    found = [
        Session(slug, token, ids_of(base, token))
        for slug, token in json.loads(sessions.read_text(encoding="utf-8")).items()
    ]
    return Target(name, base, pid, stage.database_pid, CALLS, found, HOST)


def environment() -> dict[str, str]:
    """Return the environment of the product's programs."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "ACCESS_TOKEN_EXPIRE_MINUTES": "1440",
        "PUBLIC_URL": "http://localhost",
        "LOG_LEVEL": "ERROR",
        "RATE_LIMITS": "false",
    }


def ids_of(base: str, token: str) -> list[str]:
    """Return the newest tasks that somebody sees."""
    headers = {**HOST, "Authorization": f"Bearer {token}"}
    return [row["id"] for row in ask(base, "/api/v1/tasks?page_size=20", headers)["results"]]
