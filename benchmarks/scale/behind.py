"""What runs behind the pages: the sweep, the trail's seals, the export."""

import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.processor import backend, cpu_of
from benchmarks.report import Row
from benchmarks.scale.houses import House


def behind(small: House, large: House) -> list[Row]:
    """Return what each piece of work takes in both offices."""
    return [_row(name, work, small, large) for name, work in WORK.items()]


def _row(name: str, work: Callable[[House], Callable[[], object]], *houses: House) -> Row:
    took = []
    for house in houses:
        ready = work(house)
        took.append(spent(ready, server_of(house)))
    (one, _wall), (many, wall) = took
    return {
        "work": name,
        "small CPU ms": one,
        "large CPU ms": many,
        "x": many / max(one, 0.001),
        "large s": wall / 1000,
    }


def server_of(house: House) -> int:
    """Return PostgreSQL's process for an office."""
    from tenants.context import tenant_transaction

    with tenant_transaction(house.office.tenant):
        return backend()


def spent(work: Callable[[], object], server: int) -> tuple[float, float]:
    """Return the milliseconds that work takes: of both processors, and by the clock."""
    cpu, wall = process_time() + cpu_of(server), perf_counter()
    work()
    return (process_time() + cpu_of(server) - cpu) * 1000, (perf_counter() - wall) * 1000


def one_reminder(house: House) -> Callable[[], object]:
    """Leave one reminder due; return the sweep."""
    from benchmarks.reminder_offices import execute
    from messaging import sweep
    from tasks.models import Reminder, Task
    from tenants.context import tenant_transaction

    with tenant_transaction(house.office.tenant):
        Reminder.objects.create(task=Task.objects.get(pk=house.task), minutes_before=0)
        now = "UPDATE tasks_task SET due_date = now(), status = 'pending', completed_at = NULL"
        execute(f"{now} WHERE id = %s", [house.task])
    return sweep.sweep_due


def sealing(house: House) -> Callable[[], object]:
    """Return what seals the trail to its end."""
    from accounts.seals import seal_entries
    from tenants.context import tenant_transaction

    def seal() -> None:
        made = 1
        while made:
            with tenant_transaction(house.office.tenant):
                made = seal_entries()

    return seal


def verifying(house: House) -> Callable[[], object]:
    """Return what verifies the trail."""
    from accounts.seal_check import verify_trail
    from tenants.context import tenant_transaction

    def verify() -> None:
        with tenant_transaction(house.office.tenant):
            if broken := verify_trail().broken:
                raise SystemExit(f"broken: {broken}")

    return verify


def exporting(house: House) -> Callable[[], object]:
    """Return what writes the office's archive."""
    from django.core.management import call_command

    slug = house.office.tenant.slug
    place = str(Path(os.environ["VAR_DIR"]) / f"{slug}.zip")
    return lambda: call_command("tenant_export", slug, "-o", place, stdout=StringIO())


WORK = {
    "sweep of one due reminder": one_reminder,
    "seal the trail": sealing,
    "verify the trail": verifying,
    "export": exporting,
}
