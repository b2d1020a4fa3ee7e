"""How long something takes."""

from collections.abc import Callable
from time import perf_counter


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds the work took."""
    start = perf_counter()
    work()
    return perf_counter() - start
