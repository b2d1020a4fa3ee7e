"""What the audit trail costs a write, and how long it takes to verify its seals.

    python -m benchmarks.audit [--entries 1000000] [--writes 300]

Writes are made in one transaction, in turns with and without the trail, so that whatever else the
machine does meets both. A write in an office whose trail is sealed costs what it costs elsewhere:
seals are made by a job.
"""

import argparse
import resource
from collections.abc import Callable
from statistics import median
from time import process_time

from benchmarks.clock import timed
from benchmarks.database import own_database
from benchmarks.processor import backend, cpu_of
from benchmarks.report import Report, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--entries", "3000", "--writes", "20", "--rounds", "2"]
LIMIT_SECONDS, LIMIT_RATIO = 60, 1.6
ADD_ENTRIES = """
    INSERT INTO accounts_auditentry (id, object_pk, object_repr, action, changes, timestamp,
        content_type_id, user_agent, source, changes_text, actor_id, actor_email, cid, remote_addr)
    SELECT gen_random_uuid(), gen_random_uuid(), 'Task ' || n, 1,
        jsonb_build_object('title', ARRAY['Task ' || n, 'Order badges ' || n]),
        now() - interval '1 day' + n * interval '1 millisecond', c.id, 'Mozilla/5.0 (X11; Linux)',
        'api', '', u.id, u.email, md5(n::text), '192.0.2.1'
    FROM generate_series(1, %s) n, django_content_type c, accounts_user u
    WHERE c.model = 'task'"""


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--writes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    with servers(), own_database("audit"):
        set_up()
        report = Report(chosen)
        run(report, chosen)
        report.finish()


def run(report: Report, chosen: argparse.Namespace) -> None:
    """Measure the writes, then the seals, then the writes again."""
    from accounts.services import register_organisation
    from tenants.context import tenant_context

    tenant, ada = register_organisation(
        email="a@b.example", password="a long pass phrase", tenant_name="Bench", full_name="Ada"
    )
    allow_all(tenant)
    with tenant_context(tenant):
        before = write_in_turns(ada, chosen)
        sealing = seal(chosen.entries)
        after = write_in_turns(ada, chosen)
    title = f"a row in one transaction; at most {LIMIT_RATIO} times a plain one are wanted"
    report.table(title, [{"trail": "not sealed", **before}, {"trail": "sealed", **after}])
    title = f"the seals of {chosen.entries} entries; at most {LIMIT_SECONDS} s are wanted"
    report.table(title, sealing)


def allow_all(tenant: object) -> None:
    """Lift the plan's limits."""
    from tenants.context import public_context

    with public_context():
        tenant.subscription_tier = "enterprise"  # type: ignore[attr-defined]
        tenant.save()  # type: ignore[attr-defined]


def write_in_turns(ada: object, chosen: argparse.Namespace) -> dict[str, float]:
    """Return milliseconds of a write without and with the trail, and how many times it is."""
    from contextlib import nullcontext

    from auditlog.context import disable_auditlog

    seconds: dict[str, list[float]] = {"plain": [], "audited": []}
    for _round in range(chosen.rounds):
        for name, context in (("plain", disable_auditlog), ("audited", nullcontext)):
            with context():
                seconds[name].append(timed(lambda: write(ada, chosen.writes)))
    plain, audited = (1000 * median(seconds[name]) / chosen.writes for name in seconds)
    return {"plain ms": plain, "audited ms": audited, "times": audited / plain}


def write(ada: object, number: int) -> None:
    """Create and change so many tasks in one transaction, as the services do."""
    from tasks.models import Task
    from tenants.context import atomic

    with atomic():
        for each in range(number):
            task = Task.objects.create(title=f"Task {each}", creator=ada, assignee=ada)
            task.title = "Order badges"
            task.save(update_fields=["title", "updated_at"])


def seal(entries: int) -> list[dict[str, object]]:
    """Fill the trail, seal it, and verify it."""
    from django.db import connection

    from accounts.seal_check import verify_trail
    from accounts.seals import seal_entries
    from tenants.context import atomic

    with atomic(), connection.cursor() as cursor:
        cursor.execute(ADD_ENTRIES, [entries])
        # As autovacuum has done long before a trail is as long.
        cursor.execute("ANALYZE accounts_auditentry")

    def sealed() -> None:
        made = 1
        while made:
            with atomic():
                made = seal_entries()

    def verified() -> None:
        with atomic():
            verdict = verify_trail()
        if verdict.broken or verdict.entries < entries:
            raise SystemExit(f"not as it was sealed: {verdict}")

    return [measured(name, work) for name, work in (("seal", sealed), ("verify", verified))]


def measured(name: str, work: Callable[[], None]) -> dict[str, object]:
    """Return how long a step took, and the processor that it took: steadier on a busy machine."""
    from tenants.context import atomic

    with atomic():
        pid = backend()
    server, own = cpu_of(pid), process_time()
    seconds = timed(work)
    own, server = process_time() - own, cpu_of(pid) - server
    row = {"step": name, "seconds": seconds, "app CPU s": own, "db CPU s": server}
    return row | {"peak MB": peak()}


def peak() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
