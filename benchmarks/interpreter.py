"""How well and how fast the local engine reads, beside the date libraries that are installed.

    python -m benchmarks.interpreter [--gold FILE[,FILE…]] [--pred OUT] [--errors N]

Needs no database. Without --gold it reads the development split, where that lies beside this
folder. The libraries come with `pip install ".[bench]"`; one that is missing is left
out. Times are of CPU: what else the machine does is no matter. That of importing, and the added
memory, are taken in a fresh process for each, after its first call.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import process_time

from benchmarks.data import shared_files
from benchmarks.readers import READERS, Reader, Record
from benchmarks.report import Report, Row, arguments
from benchmarks.scoring import Figures, Score, score

QUICK = ["--only", "office"]
FIRST = {"text": "Call Bob tomorrow at 3pm", "now": "2024-05-14T10:00", "tz": None}
COSTS = ("ms_median", "ms_p95", "import_ms", "added_mb")


def main() -> None:
    """Measure, print, and write our predictions where asked."""
    parser = arguments(__doc__)
    parser.add_argument("--gold", help="JSON lines; several files with commas between")
    parser.add_argument("--pred", type=Path, help="where to write our predictions")
    parser.add_argument("--errors", type=int, default=0, help="how many of our errors to print")
    parser.add_argument("--only", choices=READERS, help="measure this one alone")
    parser.add_argument("--cost", choices=READERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cost:
        print(json.dumps(cost_of(options.cost)))
        return
    report = Report(options)
    gold = load(options.gold or ",".join(shared_files("nl-tasks", "*.jsonl")))
    names = [options.only] if options.only else list(READERS)
    columns: dict[str, Figures] = {}
    for name in names:
        answers = answers_of(name, gold)
        if answers is None:
            continue
        verdict = score(gold, answers)
        columns[name] = verdict.figures() | costs(name, answers)
        if name == names[0]:
            keep(answers, options.pred)
            show_errors(verdict, options.errors)
    report.table(f"{len(gold)} sentences", list(rows_of(columns)))
    report.finish()


def load(files: str) -> list[Record]:
    """Return the records of all files."""
    paths = [Path(name) for name in files.split(",")]
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.strip()]


def answers_of(name: str, gold: Iterable[Record]) -> list[Record] | None:
    """Return what a reader answers to each record, with its time; None if it is not installed."""
    try:
        read = READERS[name]()
    except ImportError:
        print(f"{name} is not installed and left out.", file=sys.stderr)
        return None
    read(FIRST)
    return [timed(read, record) for record in gold]


def timed(read: Reader, record: Record) -> Record:
    """Return the answer with its milliseconds; a reader that raises has found nothing."""
    start = process_time()
    try:
        answer = read(record)
    except Exception as error:  # noqa: BLE001 — a library that breaks on a text is part of the measure
        answer = {"error": repr(error)}
    milliseconds = 1000 * (process_time() - start)
    return {"id": record["id"], **answer, "ms": round(milliseconds, 3)}


def costs(name: str, answers: list[Record]) -> Figures:
    """Return times per call, and import time and memory from a process of their own."""
    times = [answer["ms"] for answer in answers]
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.interpreter", "--cost", name],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    fresh = json.loads(told)
    figures = {
        "ms_median": median(times),
        "ms_p95": quantiles(times, n=20)[-1] if len(times) > 1 else times[0],
        "import_ms": fresh["import_ms"],
        "added_mb": fresh["added_mb"],
    }
    return {key: (round(value, 2), len(times)) for key, value in figures.items()}


def cost_of(name: str) -> dict[str, float]:
    """Return what importing a reader and its first call cost this fresh process."""
    before, start = resident_mb(), process_time()
    read = READERS[name]()
    import_ms = 1000 * (process_time() - start)
    read(FIRST)
    return {"import_ms": import_ms, "added_mb": resident_mb() - before}


def resident_mb() -> float:
    """Return the memory this process holds now."""
    with Path("/proc/self/status").open(encoding="utf-8") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def keep(answers: list[Record], path: Path | None) -> None:
    """Write the answers, one a line."""
    if path:
        lines = (json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
        path.write_text("".join(lines), encoding="utf-8")


def show_errors(verdict: Score, count: int) -> None:
    """Print the first errors: the kind, the text, what was wanted, what was answered."""
    for error in verdict.errors[:count]:
        print(json.dumps(error, ensure_ascii=False))


def rows_of(columns: dict[str, Figures]) -> Iterator[Row]:
    """Give the figures side by side."""
    names = list(dict.fromkeys(key for figures in columns.values() for key in figures))
    for key in sorted(names, key=lambda one: (one in COSTS, one)):
        cells = {name: figures.get(key) for name, figures in columns.items()}
        count = next(cell[1] for cell in cells.values() if cell)
        shown = {name: round(cell[0], 1) if cell else "-" for name, cell in cells.items()}
        yield {"figure": key, **shown, "n": count}


if __name__ == "__main__":
    main()
