"""Runs the measurement; see the package."""

import os
import sys
import tempfile
from http import HTTPStatus
from statistics import median

import benchmarks.scale
from benchmarks.console import places
from benchmarks.database import own_database
from benchmarks.pages import PAGES
from benchmarks.report import Report, Row, arguments
from benchmarks.scale.behind import behind, server_of, spent
from benchmarks.scale.houses import House, build
from benchmarks.servers import servers, set_up

SMALLER, MOST_MS = 100, 1000


def main() -> None:
    """Measure and print; end with 1 where something grows that should not."""
    parser = arguments(benchmarks.scale.__doc__)
    parser.add_argument("--tasks", type=int, default=200_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args()
    with servers(), own_database("scale"), tempfile.TemporaryDirectory() as folder:
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
        os.environ["LOG_LEVEL"] = "ERROR"
        set_up()
        report = Report(chosen)
        small, large = (
            build(name, chosen, part) for name, part in (("small", SMALLER), ("large", 1))
        )
        rows = [compared(small, large, *asked, chosen.times) for asked in addresses(small)]
        report.table("Pages, lists and searches", rows)
        report.table("What runs behind", behind(small, large))
        report.finish()
    if grown := [row["asked"] for row in rows if row["more queries"] or row["ms"] > MOST_MS]:
        print(f"grows: {', '.join(map(str, grown))}")
        sys.exit(1)


def addresses(house: House) -> list[tuple[str, str]]:
    """Return what is asked: pages, lists of the API, lists of the console."""
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(request=None, public=True)
    lists = [
        path
        for path, operations in schema["paths"].items()
        if "{" not in path
        and any(
            one["name"] == "page_size" for one in operations.get("get", {}).get("parameters", ())
        )
    ]
    searches = ["/api/v1/tasks?search=badges", "/api/v1/tasks?status=pending&ordering=due_date"]
    return [
        *(("page", path) for path in PAGES),
        *(("API", path) for path in [*lists, *searches]),
        *(("console", f"/admin/{place}") for place in places("no-such-id")),
    ]


def compared(small: House, large: House, kind: str, path: str, times: int) -> Row:
    """Return what an address costs in both."""
    one, many = (ask(house, kind, path, times) for house in (small, large))
    return {
        "asked": f"{kind} {path}",
        "queries": many["queries"],
        "more queries": max(many["queries"] - one["queries"], 0),
        "small CPU ms": one["cpu"],
        "large CPU ms": many["cpu"],
        "x": many["cpu"] / one["cpu"],
        "ms": many["ms"],
        "kB": many["kB"],
    }


def ask(house: House, kind: str, path: str, times: int) -> dict[str, float]:
    """Return the queries of an address, and medians of what it takes, when it is asked again."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    place = path.format(task=house.task, note=house.note)
    headers = {"authorization": f"Bearer {house.token}"} if kind == "API" else {}

    def get() -> int:
        answer = house.client.get(place, headers=headers)
        if answer.status_code != HTTPStatus.OK:
            raise SystemExit(f"{place}: {answer.status_code} {answer.content[:300]!r}")
        return len(answer.content)

    size = get()
    with CaptureQueriesContext(connection) as queries:
        get()
    count = sum(not each["sql"].startswith(("BEGIN", "COMMIT")) for each in queries)
    server = server_of(house)
    took = [spent(get, server) for _time in range(times)]
    return {
        "queries": count,
        "cpu": median(cpu for cpu, _wall in took),
        "ms": median(wall for _cpu, wall in took),
        "kB": size / 1000,
    }


if __name__ == "__main__":
    main()
