"""What happens at the same time stands side by side: where in its day each thing is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

QUARTER = 15
A_DAY = 24 * 60
# More side by side could not be read.
MOST_LANES = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its day: hours and quarters from midnight, and beside whom."""

    hour: int
    quarter: int
    hours: int
    quarters: int
    lane: int
    lanes: int


class Timed(Protocol):
    """Something that begins at a minute of its day, and takes some."""

    @property
    def minute(self) -> int:
        """When it begins."""

    @property
    def minutes(self) -> int:
        """How long it takes."""


T = TypeVar("T", bound=Timed)


def places_of(items: Sequence[T]) -> list[tuple[T, Place]]:
    """Return the places of what happens on a day, given in the order of the clock."""
    found: list[tuple[T, Place]] = []
    group: list[tuple[T, int, int, int]] = []
    ends: list[int] = []
    for item in items:
        first, last = _stretch(item)
        if all(end <= first for end in ends):
            found += _placed(group, len(ends))
            group, ends = [], []
        lane = next((n for n, end in enumerate(ends) if end <= first), len(ends))
        if lane == len(ends) < MOST_LANES:
            ends.append(last)
        lane = min(lane, MOST_LANES - 1)
        ends[lane] = max(ends[lane], last)
        group.append((item, first, last, lane))
    return [*found, *_placed(group, len(ends))]


def hours_of(places: Sequence[Place]) -> tuple[int, int]:
    """Return the hours of a day that are drawn: those of an office, and what lies beside them."""
    opens = min([7, *(place.hour for place in places)])
    ends = (place.hour * 4 + place.quarter + place.hours * 4 + place.quarters for place in places)
    return opens, max([20, *(-(-end // 4) for end in ends)])


def _stretch(item: Timed) -> tuple[int, int]:
    """Return the first quarter that something takes, and the one after its last."""
    first = min(item.minute // QUARTER, A_DAY // QUARTER - 1)
    last = -(-(item.minute + item.minutes) // QUARTER)
    # What takes no time could not be seen.
    return first, min(max(last, first + 2), A_DAY // QUARTER)


def _placed(group: Sequence[tuple[T, int, int, int]], lanes: int) -> list[tuple[T, Place]]:
    return [
        (item, Place(*divmod(first, 4), *divmod(last - first, 4), lane, lanes))
        for item, first, last, lane in group
    ]
