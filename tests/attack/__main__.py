"""Scanners of others find nothing at the running product: `python -m tests.attack`.

    RATE_LIMITS=false ACCESS_TOKEN_EXPIRE_MINUTES=1440 make run     # in another terminal
    python -m tests.attack [--base http://localhost:8000] [--minutes 30] [--only pages]

Opens an office there, signs in as its admin, and lets wapiti and sqlmap loose, which have to be on
the path: the one on pages and console with the session's cookies and on the API with a token, the
other on the query of each list of the API. Prints what they were told and found; ends with 1 when
something is worse than “low”.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.report import Report, arguments
from tests.attack.office import open_office
from tests.attack.scanners import sqlmap, wapiti_of_api, wapiti_of_consoles, wapiti_of_pages

LEVELS = ("critical", "high", "medium", "low", "info")
WAYS = {"pages": wapiti_of_pages, "consoles": wapiti_of_consoles, "api": wapiti_of_api}


def main() -> None:
    """Attack, and print what was found."""
    parser = arguments(__doc__)
    parser.add_argument("--base", default="http://localhost:8000")
    parser.add_argument(
        "--minutes", type=float, default=30, help="of wapiti, for each of its walks"
    )
    parser.add_argument("--only", choices=[*WAYS, "sqlmap"])
    parser.add_argument("--keep", type=Path, help="where the scanners' own reports go")
    chosen = parser.parse_args()
    report = Report(chosen)
    office = open_office(chosen.base)
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="attack-"))
    folder.mkdir(parents=True, exist_ok=True)
    found = [
        wapiti(office, folder, minutes=chosen.minutes)
        for name, wapiti in WAYS.items()
        if chosen.only in {None, name}
    ]
    if chosen.only in {None, "sqlmap"}:
        # The other has deleted what it could.
        found.append(sqlmap(open_office(chosen.base), folder))
    for one in found:
        print(*one.words, sep="\n")
    rows = [
        {"scanner": one.name, "addresses": one.targets, "seconds": one.seconds}
        | {"cut short": one.cut_short}
        | {level: one.levels.get(level, 0) for level in LEVELS}
        for one in found
    ]
    report.table("what was found, by how bad the scanner says it is", rows)
    report.finish()
    sys.exit(1 if any(one.is_bad for one in found) else 0)


if __name__ == "__main__":
    main()
