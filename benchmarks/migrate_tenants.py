"""How long it takes to look at all tenants and to migrate them: ours, and one `migrate` for each.

    python -m benchmarks.migrate_tenants [--tenants 500] [--stock 20] [--jobs 2]

It works in a database of its own. django-tenants' `migrate_schemas` runs Django's whole `migrate`
command for each schema; so does the peer here, on --stock of the tenants, and its figures are
scaled to all of them.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.clock import timed
from benchmarks.database import own_database
from benchmarks.report import Report, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--tenants", "6", "--stock", "2"]
COLUMN = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "{last}")]
    operations = [
        migrations.AddField("task", "bench", models.CharField(max_length=9, null=True))
    ]
"""


def main() -> None:
    """Measure and print a table."""
    parser = arguments(__doc__)
    parser.add_argument("--tenants", type=int, default=500)
    parser.add_argument("--stock", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    with servers(), TemporaryDirectory() as folder, own_database("migrating"):
        report = Report(chosen)
        measure(report, Path(folder), chosen)
        report.finish()


def measure(report: Report, folder: Path, chosen: argparse.Namespace) -> None:
    """Make the tenants, then time nothing to do and one new column, ours and the peer's."""
    from django.conf import settings

    settings.MIGRATION_MODULES = {"tasks": copy_of_migrations(folder)}
    set_up()
    from django.core.management import call_command
    from django.db import connection

    from tenants.migrating import expected_migrations, migrate_tenants
    from tenants.models import Tenant
    from tenants.services import open_tenant

    for number in range(chosen.tenants):
        open_tenant(name=f"Bench {number}")
    everybody = list(Tenant.objects.all())
    some, rest = everybody[: chosen.stock], everybody[chosen.stock :]

    def compare(what: str, ours: list[Tenant]) -> dict[str, Any]:
        theirs = timed(lambda: one_by_one(some)) / len(some)
        mine = timed(lambda: migrate_tenants(ours, jobs=chosen.jobs))
        return {
            "what": what,
            "ours s": mine,
            "tenants": len(ours),
            "ours ms each": 1000 * mine / len(ours),
            "one by one ms each": 1000 * theirs,
            "x": theirs * len(ours) / mine,
        }

    rows = [compare("nothing to do", everybody)]
    add_column(folder)
    call_command("migrate", "--shared", verbosity=0)
    expected_migrations.cache_clear()
    rows.append(compare("one new column", rest))
    report.table(f"{chosen.jobs} jobs", rows)
    connection.close()


def one_by_one(tenants: list) -> None:  # type: ignore[type-arg]  # Tenant, before Django is set up
    """Run Django's own command in each schema."""
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command

    from tenants.context import wrapper_of

    for tenant in tenants:
        with wrapper_of("default").fixed_path(tenant.schema_name):
            call_command(Command(), verbosity=0, interactive=False)


def copy_of_migrations(folder: Path) -> str:
    """Copy the migrations of the tasks to where one can be added; return the module's name."""
    package = folder / "bench_tasks_migrations"
    shutil.copytree(Path(__file__).parent.parent / "tasks" / "migrations", package)
    sys.path.insert(0, str(folder))
    return package.name


def add_column(folder: Path) -> None:
    """Add one more migration."""
    package = folder / "bench_tasks_migrations"
    last = max(path.stem for path in package.glob("0*.py"))
    (package / "9999_bench.py").write_text(COLUMN.format(last=last), encoding="utf-8")


if __name__ == "__main__":
    main()
