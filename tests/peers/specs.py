"""The vendors' own descriptions, which lie beside the checkout; in CI they have to."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from config.env import ROOT

SPECS = ROOT.parent / "shared" / "specs"
VECTORS = "signature-vectors"


@cache
def spec(name: str) -> Any:
    """Return the description, or None where it is not there. Raises FileNotFoundError in CI."""
    path = Path(SPECS / f"{name}.json")
    if path.exists():
        return json.loads(path.read_text())
    if os.environ.get("CI") == "true":
        raise FileNotFoundError(f"CI checks what we send by {path.name}, which is not there")
    return None


def vectors(vendor: str) -> list[dict[str, Any]]:
    """Return requests with signatures that the vendor's own library made; none where absent."""
    return list((spec(VECTORS) or {}).get(vendor, []))


def why(vector: dict[str, Any]) -> str:
    """Return what a vector is about, as the name of a test."""
    return str(vector.get("why", "good" if vector["valid"] else "bad"))[:30]
