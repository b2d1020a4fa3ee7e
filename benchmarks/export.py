"""What it costs to take an organisation out and in again: seconds, and the memory at its highest.

    python -m benchmarks.export [--tasks 100000]

Needs DATABASE_URL of a server where databases may be made (`python -m config.embedded servers`
starts one); it works in a database of its own, which it removes. Each way runs in a process of its
own, so that its memory can be told.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.database import own_database

LIMIT_MB = 200
ADD_TASKS = """
    INSERT INTO tasks_task (id, created_at, updated_at, title, description, creator_id, timezone,
        priority, status, recurrence, labels, source)
    SELECT gen_random_uuid(), now(), now(), 'Task ' || n, repeat(md5(n::text), 8), u.id, 'UTC',
        'medium', 'pending', '', '{}', 'api'
    FROM generate_series(1, %s) n, (SELECT id FROM accounts_user LIMIT 1) u"""
ADD_ENTRIES = """
    INSERT INTO accounts_auditentry (id, object_pk, object_repr, action, changes, timestamp,
        content_type_id, user_agent, source, changes_text)
    SELECT gen_random_uuid(), t.id, t.title, 0, jsonb_build_object('title', ARRAY[NULL, t.title],
        'description', ARRAY[NULL, t.description]), now(), c.id, '', 'api', ''
    FROM tasks_task t, django_content_type c WHERE c.model = 'task'"""


def main() -> None:
    """Prepare, or, in a process of its own, do one of the steps."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--step", choices=["prepare", "export", "import"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        work(options.step, options.tasks)
        return
    with own_database("export"), tempfile.TemporaryDirectory() as folder:
        report(options.tasks, {**os.environ, "VAR_DIR": folder})


def report(tasks: int, env: dict[str, str]) -> None:
    """Run the steps, each in its own process, and print what they took."""
    for step in ("prepare", "export", "import"):
        command = [sys.executable, "-m", "benchmarks.export", "--step", step, "--tasks", str(tasks)]
        told = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout
        if step == "prepare":
            print(f"{tasks} tasks, with an audit entry each; at most {LIMIT_MB} MB are wanted")
            print(f"{'step':<8} {'seconds':>8} {'peak MB':>8} {'archive MB':>11}")
            continue
        facts = json.loads(told)
        print(f"{step:<8} {facts['seconds']:>8.1f} {facts['peak']:>8.0f} {facts['archive']:>11.1f}")


def work(step: str, tasks: int) -> None:
    """Do one step in this process and tell what it took."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    steps = {"prepare": prepare, "export": export_office, "import": import_office}
    steps[step](tasks)


def prepare(tasks: int) -> None:
    """Make an office with that many tasks."""
    from django.core.management import call_command
    from django.db import connection

    from accounts.services import register_organisation
    from tenants.context import tenant_transaction

    call_command("migrate", verbosity=0)
    tenant, _admin = register_organisation(
        email="a@b.example", password="a long pass phrase", tenant_name="Bench", full_name="Ada"
    )
    with tenant_transaction(tenant), connection.cursor() as cursor:
        cursor.execute(ADD_TASKS, [tasks])
        cursor.execute(
            "INSERT INTO django_content_type (app_label, model) VALUES ('tasks', 'task')"
            " ON CONFLICT DO NOTHING"
        )
        cursor.execute(ADD_ENTRIES)


def export_office(_tasks: int) -> None:
    """Export it with the command that operators use."""
    measured("tenant_export", "bench", "-o", archive())


def import_office(_tasks: int) -> None:
    """Import it beside the first."""
    measured("tenant_import", archive(), "--slug", "bench-2")


def archive() -> Path:
    """Return where the archive lies between the steps."""
    return Path(os.environ["VAR_DIR"]) / "bench.zip"


def measured(*command: object) -> None:
    """Run a command and print its seconds, its highest memory and the archive's size."""
    import resource
    from io import StringIO
    from time import perf_counter

    from django.core.management import call_command

    start = perf_counter()
    call_command(*map(str, command), stdout=StringIO())
    facts = {
        "seconds": perf_counter() - start,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "archive": archive().stat().st_size / 1024**2,
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
