"""Runs the measurement; see the package."""

import os
import tempfile
from pathlib import Path

import benchmarks.capacity
from benchmarks.capacity.costs import Costs, measured
from benchmarks.capacity.habits import Habits, Machines
from benchmarks.capacity.plan import Plan, limits
from benchmarks.capacity.simulation import play
from benchmarks.database import own_database
from benchmarks.report import Report, Row, arguments
from benchmarks.servers import servers


def main() -> None:
    """Measure, reckon, play, and print."""
    parser = arguments(benchmarks.capacity.__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[1_000, 100_000, 10_000_000])
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--tasks", type=int, default=500, help="in each tenant")
    parser.add_argument("--seconds", type=int, default=5, help="for each kind of request")
    parser.add_argument("--minutes", type=float, default=10, help="that are played")
    parser.add_argument("--cells", type=int, default=3, help="that are played")
    chosen = parser.parse_args()
    report = Report(chosen)
    with servers() as stage, own_database("capacity"), tempfile.TemporaryDirectory() as name:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "LOG_LEVEL": "ERROR"}
        try:
            costs = measured(stage, Path(name), chosen)
        finally:
            stage.stop_programs()
    report.table("What was measured", of_costs(costs))
    plans = [Plan(people, Habits(), Machines(), costs) for people in sorted(chosen.people)]
    report.table("What is needed in the busiest hour", [plan.row() for plan in plans])
    report.table("Limits, and what is added there", limits(plans))
    played = [play(plans[-1], chosen.minutes, seed) for seed in range(1, chosen.cells + 1)]
    report.table(f"Cells of {plans[-1].people:,} people, {chosen.minutes:g} minutes", played)
    report.finish()


def of_costs(costs: Costs) -> list[Row]:
    """Return a line for each cost."""
    work = [
        {"what": f"{name}: ms of processor", "ours": ours, "PostgreSQL's": theirs}
        for name, (ours, theirs) in [
            *costs.calls.items(),
            ("reminder, its office's only one", costs.alone),
            ("reminder among 20", costs.together),
        ]
    ]
    rooms = {
        **{f"row of {name}: bytes": size for name, size in costs.row.items()},
        "empty office: bytes": costs.office,
        "empty office: tables and indexes": costs.relations,
        "vector of a chunk: bytes": costs.chunk,
        "web worker: MB": costs.web_memory,
    }
    return [*work, *({"what": name, "ours": size, "PostgreSQL's": ""}
                     for name, size in rooms.items())]  # fmt: skip


if __name__ == "__main__":
    main()
