"""Runs the measurement; see the package."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import benchmarks.http
from benchmarks.database import own_database
from benchmarks.http import product, reference
from benchmarks.http.dataset import PASSWORD, offices
from benchmarks.http.load import Target
from benchmarks.report import Report, arguments
from benchmarks.servers import Stage, servers

HASH = "from django.contrib.auth.hashers import make_password as m; print(m('{}'))"


def main() -> None:
    """Measure and print."""
    chosen = options()
    with servers() as stage, tempfile.TemporaryDirectory() as name, ExitStack() as open_still:
        os.environ["BENCH_PASSWORD_HASH"] = hashed()
        report = Report(chosen)
        targets = start(stage, Path(name), chosen, open_still)
        for target in targets:
            agree(targets[0], target)
        for connections in chosen.connections:
            table(report, targets, connections, chosen, Path(name))
        rows = [{"server": one.name, "MB per worker": " ".join(f"{mb:.0f}" for mb in one.memory())}
                for one in targets]  # fmt: skip
        report.table("Memory (proportional set size)", rows)
        report.finish()


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = arguments(benchmarks.http.__doc__)
    parser.add_argument("--reference", type=Path, help="folder of the FastAPI design")
    parser.add_argument("--many", type=int, help="also run beside so many tenants, and compare")
    parser.add_argument("--tenants", type=int, default=50)
    parser.add_argument("--tasks", type=int, default=500, help="in each tenant")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[16])
    parser.add_argument("--calls", nargs="+", default=list(product.CALLS), choices=product.CALLS)
    return parser.parse_args()


def hashed() -> str:
    """Return the hash that Django makes; the same one serves the reference."""
    command = f"import django; django.setup(); {HASH.format(PASSWORD)}"
    env = product.environment()
    return subprocess.check_output([sys.executable, "-c", command], env=env, text=True).strip()


def start(
    stage: Stage, folder: Path, chosen: argparse.Namespace, open_still: ExitStack
) -> list[Target]:
    """Start every server that was asked for; the first one is what ratios are taken of."""
    targets = []
    if chosen.reference:
        with_rows = offices(0, chosen.tenants, tasks=chosen.tasks)
        # Django names its hasher before argon2's own notation.
        password = os.environ["BENCH_PASSWORD_HASH"].removeprefix("argon2")
        open_still.enter_context(own_database("reference", empty=True))
        open_still.callback(stage.stop_programs)
        targets.append(reference.start(stage, chosen.reference.resolve(), with_rows, password))
    for name, tenants in {"product": chosen.tenants, "product-many": chosen.many}.items():
        if tenants:
            place = folder / name
            place.mkdir()
            open_still.enter_context(own_database(name.replace("-", "_")))
            open_still.callback(stage.stop_programs)
            sessions = product.seed(place, tenants=tenants, tasks=chosen.tasks)
            targets.append(product.start(stage, sessions, name=name))
    return targets


def agree(one: Target, other: Target) -> None:
    """Raise when two servers do not list the same tasks of the same tenant."""
    if list(one.sessions[0].ids) != list(other.sessions[0].ids):
        raise SystemExit(f"{other.name} does not show the rows that {one.name} shows")


def table(
    report: Report,
    targets: Sequence[Target],
    connections: int,
    chosen: argparse.Namespace,
    folder: Path,
) -> None:
    """Measure all calls with so many connections, and print them."""
    rows = []
    for call in chosen.calls:
        at_once = min(connections, 4) if call == "login" else connections
        for target in targets:
            target.run(call, connections=at_once, seconds=1, folder=folder)
        runs: list[list[dict[str, float]]] = [[] for _target in targets]
        for number in range(chosen.rounds):
            order = list(enumerate(targets))
            for n, target in order if number % 2 == 0 else order[::-1]:
                runs[n].append(
                    target.run(call, connections=at_once, seconds=chosen.seconds, folder=folder)
                )
        for n, target in enumerate(targets):
            rows.append({"call": call, "server": target.name, **summary(runs[n], runs[0])})
    report.table(f"{connections} connections (login: at most 4)", rows)


def summary(own: list[dict[str, float]], base: list[dict[str, float]]) -> dict[str, object]:
    """Return medians over the rounds, and the medians of the ratios within them."""

    def cpu(run: dict[str, float]) -> float:
        return run["app"] + run["database"]

    def of(name: str) -> float:
        return median(run[name] for run in own)

    pairs = list(zip(own, base, strict=True))
    rates = [mine["rate"] / its["rate"] for mine, its in pairs]
    return {
        "req/s": round(of("rate")),
        "p50 ms": round(of("p50"), 1),
        "p95 ms": round(of("p95"), 1),
        "p99 ms": round(of("p99"), 1),
        "app CPU ms": round(of("app"), 3),
        "db CPU ms": round(of("database"), 3),
        "bad": int(sum(run["bad"] for run in own)),
        "x req/s": f"{median(rates):.2f} ({min(rates):.2f}-{max(rates):.2f})",
        "x CPU": round(median(cpu(mine) / (cpu(its) or 1) for mine, its in pairs), 2),
    }


if __name__ == "__main__":
    main()
