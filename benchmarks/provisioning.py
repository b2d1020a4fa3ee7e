"""How long it takes to make a tenant: by SQL template, by django-tenants' clone, by migrating.

    python -m benchmarks.provisioning [--rounds 5]

Needs DATABASE_URL of a role that may make databases (`python -m config.embedded servers` starts a
server and prints one); it works in a database of its own, which it removes. The three ways take
turns, so that a slow machine is slow for all; medians and ratios are printed.
"""

import argparse
import os
from statistics import median
from time import perf_counter
from uuid import uuid4

from benchmarks.database import own_database


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with own_database("provisioning"):
        report(measure(rounds))


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each way, one figure a round."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django_tenants.clone import CloneSchema

    from tenants.schemas import create_schema, migrate_schema
    from tenants.services import open_tenant

    call_command("migrate", verbosity=0)
    create_schema("clone_source", tenant_id=uuid4())
    migrate_schema("clone_source")

    def by_template() -> None:
        open_tenant(name=f"Bench {uuid4().hex}")

    def by_clone() -> None:
        CloneSchema().clone_schema("clone_source", f"c_{uuid4().hex}", set_connection=False)

    def by_migrate() -> None:
        name = f"m_{uuid4().hex}"
        create_schema(name, tenant_id=uuid4())
        migrate_schema(name)

    ways = {"template": by_template, "clone": by_clone, "migrate": by_migrate}
    by_clone()  # installs the clone function once
    by_template()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(rounds):
        for name, make in ways.items():
            start = perf_counter()
            make()
            seconds[name].append(perf_counter() - start)
    connection.close()
    return seconds


def report(seconds: dict[str, list[float]]) -> None:
    """Print medians and how many times slower each way is than the template."""
    base = median(seconds["template"])
    print(f"{'way':<10} {'median s':>9} {'min s':>8} {'max s':>8} {'x template':>11}")
    for name, values in seconds.items():
        middle = median(values)
        print(
            f"{name:<10} {middle:>9.3f} {min(values):>8.3f} {max(values):>8.3f}"
            f" {middle / base:>11.1f}"
        )


if __name__ == "__main__":
    main()
