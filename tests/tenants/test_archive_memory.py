"""A large organisation takes no more memory than a small one, out and in."""

import json
import os
import subprocess
import sys

from django.db import connection

from tenants.context import tenant_transaction
from tests.tenants.processes import database_url

MANY = 40_000
# What the interpreter's own bookkeeping may add.
SLACK_KB = 12 * 1024
EXPORT = """
import json, resource, sys, uuid, django
django.setup()
from pathlib import Path
from tenants.archive.writer import write_archive
from tenants.models import Tenant
tenant = Tenant.objects.get(pk=uuid.UUID(sys.argv[1]))
write_archive(tenant=tenant, path=Path(sys.argv[2]), report=lambda *_: None)
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""
IMPORT = """
import json, resource, sys, uuid, django
django.setup()
from pathlib import Path
from tenants.archive.importing import Wish, import_tenant
kilobytes = []
def finish(tenant):
    kilobytes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    raise KeyboardInterrupt
try:
    import_tenant(path=Path(sys.argv[2]), wish=Wish(slug="never-there"),
        report=lambda *_: None, finish=finish)
except KeyboardInterrupt:
    print(json.dumps(kilobytes[0]))
"""
ADD_TASKS = """
    INSERT INTO tasks_task (id, created_at, updated_at, title, description, creator_id, timezone,
        priority, status, recurrence, labels, source)
    SELECT gen_random_uuid(), now(), now(), 'Task ' || n, repeat(md5(n::text), 8), u.id, 'UTC',
        'medium', 'pending', '', '{}', 'api'
    FROM generate_series(1, %s) n, (SELECT id FROM accounts_user LIMIT 1) u"""


def kilobytes(program, *arguments):
    env = {**os.environ, "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return json.loads(subprocess.run(command, env=env, capture_output=True, check=True).stdout)


def test_memory_does_not_grow_with_the_rows(office, tmp_path):
    small, large = tmp_path / "small.zip", tmp_path / "large.zip"
    out_small = kilobytes(EXPORT, office.pk, small)
    in_small = kilobytes(IMPORT, office.pk, small)
    with tenant_transaction(office), connection.cursor() as cursor:
        cursor.execute(ADD_TASKS, [MANY])
    assert kilobytes(EXPORT, office.pk, large) < out_small + SLACK_KB
    assert large.stat().st_size > 40 * small.stat().st_size
    assert kilobytes(IMPORT, office.pk, large) < in_small + SLACK_KB
