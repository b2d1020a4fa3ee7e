"""Data of others, which lie beside this folder and are no part of the product."""

import os
import sys
from pathlib import Path

from config.embedded.paths import ROOT


def shared_files(folder: str, pattern: str, given: Path | None = None) -> list[str]:
    """Return the files of that folder, or of one that was given instead.

    Ends the program with a word where there are none; that is no failure, but on a machine that is
    there to test (CI).
    """
    if given:
        found = sorted(given.glob(pattern))
        if not found:
            raise SystemExit(f"no {pattern} in {given}")
        return list(map(str, found))
    found = sorted(ROOT.parent.glob(f"shared/data/{folder}/{pattern}"))
    if not found:
        print(f"left out: ../shared/data/{folder} is missing")
        sys.exit(1 if os.environ.get("CI") else 0)
    return list(map(str, found))
