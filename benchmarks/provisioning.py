"""How long it takes to make a tenant: by SQL template, by django-tenants' clone, by migrating.

    python -m benchmarks.provisioning [--rounds 5]

The three ways take turns in a database of their own, so that a slow machine is slow for all;
medians and ratios are printed.
"""

import argparse
from collections.abc import Callable
from statistics import median
from uuid import uuid4

from benchmarks.clock import timed
from benchmarks.database import own_database
from benchmarks.report import Report, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--rounds", "1"]


def main() -> None:
    """Measure and print a table."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with servers(), own_database("provisioning"):
        report = Report(chosen)
        measure(report, chosen)
        report.finish()


def measure(report: Report, chosen: argparse.Namespace) -> None:
    """Make tenants each way, in turns, and print how long each took."""
    ways = prepared()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(chosen.rounds):
        for name, make in ways.items():
            seconds[name].append(timed(make))
    base = median(seconds["template"])
    rows = [
        {
            "way": name,
            "median s": median(values),
            "min s": min(values),
            "max s": max(values),
            "x template": median(values) / base,
        }
        for name, values in seconds.items()
    ]
    report.table("Making one tenant", rows)


def prepared() -> dict[str, Callable[[], object]]:
    """Return the three ways, each of them used once."""
    set_up()
    from django_tenants.clone import CloneSchema

    from tenants.schemas import create_schema, migrate_schema
    from tenants.services import open_tenant

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

    by_clone()  # installs the clone function once
    by_template()
    return {"template": by_template, "clone": by_clone, "migrate": by_migrate}


if __name__ == "__main__":
    main()
