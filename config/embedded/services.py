"""What a run consists of, as data: the commands of the office and the servers below them."""

import http.client
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from config.embedded.process import Service

PYTHON = sys.executable
MIGRATE = (PYTHON, "manage.py", "migrate", "--no-input")
SEED = (PYTHON, "manage.py", "seed_demo")
# Threads take turns in Python anyway: memory of their own would only lie about half used.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
# A web worker that holds so many MiB is replaced; its requests are answered first.
RECYCLING = ("--workers-max-rss", "700", "--workers-kill-timeout", "5")
SERVER = (PYTHON, "-m", "config.web", "--interface", "wsgi", "--respawn-failed-workers")
WEB = (*SERVER, "--workers", "2", "--blocking-threads", "4", *RECYCLING)
# One process holds thousands of lines; whoever is still on one at the end is let go.
LIVE = (PYTHON, "-m", "granian", "--interface", "asgi", "--workers", "1", *RECYCLING)
APPLICATION = "config.wsgi:application"
CELERY = (PYTHON, "-m", "celery", "-A", "config")
WORKER = (*CELERY, "worker", "--concurrency", "2", "--loglevel", "info")
QUIETLY = ("--without-gossip", "--without-mingle")
SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
BEAT = (*CELERY, "beat", "--loglevel", "info", "--scheduler", SCHEDULER, "--pidfile", "")
LETTERS = (PYTHON, "manage.py", "receive_mail")
MAILBOX = (PYTHON, "-m", "config.embedded.mailbox")
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


def migrate(root: Path, env: Mapping[str, str]) -> Service:
    """Bring the tables up to date."""
    return Service(name="migrate", command=MIGRATE, cwd=root, env=env)


def seed(root: Path, env: Mapping[str, str]) -> Service:
    """Make the demo office."""
    return Service(name="seed_demo", command=SEED, cwd=root, env=env)


def web(root: Path, env: Mapping[str, str], *, host: str, port: int, name: str = "web") -> Service:
    """Pages and API."""
    return Service(
        name=name,
        command=(*WEB, "--host", host, "--port", str(port), APPLICATION),
        cwd=root,
        env={**FEW_ARENAS, **env},
        stop="TERM:8",
        ready=answers(port, "/health/live", host=ANYWHERE.get(host, host)),
    )


def live(root: Path, env: Mapping[str, str], *, host: str, port: int) -> Service:
    """What tells open pages of changes."""
    return Service(
        name="live",
        command=(*LIVE, "--host", host, "--port", str(port), "config.asgi:application"),
        cwd=root,
        env={**FEW_ARENAS, **env},
        stop="TERM:5",
        ready=answers(port, "/health/live", host=ANYWHERE.get(host, host)),
    )


def worker(root: Path, env: Mapping[str, str]) -> Service:
    """Background jobs; at the end it may finish what it has begun."""
    command = (*WORKER, *QUIETLY)
    return Service(name="worker", command=command, cwd=root, env=env, stop="TERM:15")


def beat(root: Path, env: Mapping[str, str]) -> Service:
    """The clock of the background jobs."""
    return Service(name="beat", command=BEAT, cwd=root, env=env, stop="TERM:5")


def letters(root: Path, env: Mapping[str, str], *, port: int) -> Service:
    """Where a relay hands letters to the offices over."""
    return Service(
        name="letters",
        command=(*LETTERS, "--port", str(port)),
        cwd=root,
        env=env,
        stop="TERM:10",
        ready=lambda: greets(port),
    )


def mail(root: Path, env: Mapping[str, str], *, smtp: int, page: int) -> Service:
    """The mailbox that takes all mail."""
    folder = str(Path(env["VAR_DIR"]) / "mail")
    ports = ("--smtp-port", str(smtp), "--http-port", str(page))
    page_answers = answers(page, "/messages.json")
    return Service(
        name="mail",
        command=(*MAILBOX, "--folder", folder, *ports),
        cwd=root,
        env=env,
        stop="TERM:3",
        ready=lambda: greets(smtp) and page_answers(),
    )


def greets(port: int) -> bool:
    """Tell whether a mail server is there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def answers(port: int, path: str, *, host: str = "127.0.0.1") -> Callable[[], bool]:
    """Return what tells whether the page answers with 200."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask
