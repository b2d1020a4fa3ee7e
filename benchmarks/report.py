"""What a measurement says: a table to read, the same as JSON, and on what machine it was."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# From here on a number has no places behind the point.
LONG = 1000
Row = Mapping[str, Any]


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """Return the parser that all measurements share."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument(
        "--out", type=Path, help="also write what was measured to this file or folder, as JSON"
    )
    return parser


def machine() -> dict[str, Any]:
    """Return what a reader of figures has to know about the machine."""
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),  # noqa: TID251 - no settings here
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


class Report:
    """Collects tables, prints each at once, and writes all of them at the end."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.out: Path | None = options.out
        chosen = {key: str(value) for key, value in vars(options).items() if key != "out"}
        self.content: dict[str, Any] = {"machine": machine(), "options": chosen, "tables": {}}
        facts = self.content["machine"]
        print(f"{facts['cores']} cores, {facts['processor']}, Python {facts['python']},"
              f" load {facts['load']} at the start")  # fmt: skip

    def table(self, title: str, rows: Sequence[Row]) -> None:
        """Print rows of the same columns as a Markdown table."""
        names = list(rows[0])
        cells = [names, *([_text(row[name]) for name in names] for row in rows)]
        widths = [max(len(line[n]) for line in cells) for n in range(len(names))]
        lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
                 for line in cells]  # fmt: skip
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        print(f"\n{title}\n", *lines, sep="\n")
        sys.stdout.flush()
        self.content["tables"][title] = [dict(row) for row in rows]

    def finish(self) -> None:
        """Write the file, if one was asked for."""
        self.content["machine"]["load_at_end"] = round(os.getloadavg()[0], 2)
        if self.out:
            file = self.out if self.out.suffix else self._in_folder("report.json")
            file.write_text(json.dumps(self.content, indent=2) + "\n", encoding="utf-8")

    def run(self, name: str, rows: Sequence[Row]) -> None:
        """Write what was answered, a line each, where `--out` names a folder: for scorers."""
        if self.out and not self.out.suffix:
            lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            self._in_folder(name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _in_folder(self, name: str) -> Path:
        assert self.out is not None
        self.out.mkdir(parents=True, exist_ok=True)
        return self.out / name


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= LONG else f"{value:.3g}"
    return str(value)
