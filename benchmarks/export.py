"""What it costs to take an organisation out and in again: seconds, and the memory at its highest.

    python -m benchmarks.export [--tasks 100000]

It works in a database of its own, each way in a process of its own, so that its memory can be told.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.clock import timed
from benchmarks.database import own_database
from benchmarks.report import Report, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--tasks", "500"]
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
    parser = arguments(__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--step", choices=["prepare", "export", "import"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        work(chosen.step, chosen.tasks)
        return
    with servers(), own_database("export"), tempfile.TemporaryDirectory() as folder:
        report = Report(chosen)
        run(report, chosen.tasks, {**os.environ, "VAR_DIR": folder})
        report.finish()


def run(report: Report, tasks: int, env: dict[str, str]) -> None:
    """Run the steps, each in its own process, and print what they took."""
    rows = []
    for step in ("prepare", "export", "import"):
        command = [sys.executable, "-m", "benchmarks.export", "--step", step, "--tasks", str(tasks)]
        told = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout
        if step != "prepare":
            rows.append({"step": step, **json.loads(told)})
    title = f"{tasks} tasks with an audit entry each; at most {LIMIT_MB} MB are wanted"
    report.table(title, rows)


def work(step: str, tasks: int) -> None:
    """Do one step in this process and tell what it took."""
    set_up()
    steps = {"prepare": prepare, "export": export_office, "import": import_office}
    steps[step](tasks)


def prepare(tasks: int) -> None:
    """Make an office with that many tasks."""
    from django.db import connection

    from accounts.services import register_organisation
    from tenants.context import tenant_transaction

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

    from django.core.management import call_command

    seconds = timed(lambda: call_command(*map(str, command), stdout=StringIO()))
    facts = {
        "seconds": seconds,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "archive MB": archive().stat().st_size / 1024**2,
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
