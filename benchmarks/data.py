"""Data of others, which lie beside this folder and are no part of the product."""

import os
import sys

from config.embedded.paths import ROOT


def shared_files(folder: str, pattern: str) -> list[str]:
    """Return the files of that folder; ends the program with a word where it is missing.

    That is no failure, but on a machine that is there to test (CI).
    """
    found = sorted(ROOT.parent.glob(f"shared/data/{folder}/{pattern}"))
    if not found:
        print(f"left out: ../shared/data/{folder} is missing")
        sys.exit(1 if os.environ.get("CI") else 0)
    return list(map(str, found))
