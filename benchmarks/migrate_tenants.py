"""How long it takes to look at all tenants and to migrate them: ours, and one `migrate` for each.

    python -m benchmarks.migrate_tenants [--tenants 500] [--stock 20] [--jobs 2]

Needs DATABASE_URL of a server where databases may be made (`python -m config.embedded servers`
starts one); it works in a database of its own, which it removes. django-tenants' `migrate_schemas`
runs Django's whole `migrate` command for each schema; so does the peer here, on --stock of the
tenants, and its figures are scaled to all of them.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.database import own_database

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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tenants", type=int, default=500)
    parser.add_argument("--stock", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder, own_database("migrating"):
        measure(Path(folder), chosen)


def measure(folder: Path, chosen: argparse.Namespace) -> None:
    """Make the tenants, then time nothing to do and one new column, ours and the peer's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.environ.pop("DATABASE_APP_ROLE", None)
    import django
    from django.conf import settings

    settings.MIGRATION_MODULES = {"tasks": copy_of_migrations(folder)}
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tenants.migrating import expected_migrations, migrate_tenants
    from tenants.models import Tenant
    from tenants.services import open_tenant

    call_command("migrate", verbosity=0)
    seconds = timed(lambda: [open_tenant(name=f"Bench {n}") for n in range(chosen.tenants)])
    print(f"{chosen.tenants} tenants made in {seconds:.1f} s; {chosen.jobs} jobs")
    everybody = list(Tenant.objects.all())
    some, rest = everybody[: chosen.stock], everybody[chosen.stock :]
    report("nothing to do", timed(lambda: migrate_tenants(everybody, jobs=chosen.jobs)),
           len(everybody), timed(lambda: one_by_one(some)), chosen.stock)  # fmt: skip
    add_column(folder)
    call_command("migrate", "--shared", verbosity=0)
    expected_migrations.cache_clear()
    peer = timed(lambda: one_by_one(some))
    ours = timed(lambda: migrate_tenants(rest, jobs=chosen.jobs))
    report("one new column", ours, len(rest), peer, chosen.stock)
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


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds the work took."""
    start = perf_counter()
    work()
    return perf_counter() - start


def report(name: str, ours: float, mine: int, peer: float, its: int) -> None:
    """Print both per tenant, and how many times slower the peer is."""
    each, other = ours / mine, peer / its
    print(
        f"{name:<16} ours {ours:7.2f} s for {mine} ({each * 1000:7.1f} ms each)   one by one"
        f" {other * mine:8.1f} s scaled from {its} ({other * 1000:7.1f} ms each)"
        f"   {other / each:6.1f} x"
    )


if __name__ == "__main__":
    main()
