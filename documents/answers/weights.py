"""Linear models as data: `python -m benchmarks.answers --write` makes them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

FILE = Path(__file__).with_name("data") / "weights.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts for; the last weight is the bias."""

    values: tuple[float, ...]

    def score(self, features: Sequence[float]) -> float:
        """Return the weighted sum."""
        *slopes, bias = self.values
        return bias + sum(a * b for a, b in zip(slopes, features, strict=True))

    def chance(self, features: Sequence[float]) -> float:
        """Return the sum as a probability."""
        return 1 / (1 + exp(-max(-30.0, min(30.0, self.score(features)))))


@cache
def weights(name: str) -> Weights:
    """Return one of the models that come with the product."""
    return Weights(tuple(json.loads(FILE.read_text(encoding="utf-8"))[name]))
