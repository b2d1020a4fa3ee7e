"""Where the time of one piece of work goes: the clock and the processor, stage by stage."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from time import perf_counter, process_time
from typing import Any

from benchmarks.processor import cpu_of

REST = "rest"


@dataclass
class Stages:
    """Watches named functions; what one spends in another stage counts there alone."""

    # The pid whose processor is watched beside ours: that of PostgreSQL for our connection.
    beside: int
    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0] * 3))
    _open: list[str] = field(default_factory=lambda: [REST])
    _since: list[float] = field(default_factory=list)

    @contextmanager
    def watching(self, *watched: tuple[str, Any, str]) -> Iterator[None]:
        """Watch (stage, owner, name of the function) for as long as this lasts."""
        before = [(owner, name, getattr(owner, name)) for _stage, owner, name in watched]
        for stage, owner, name in watched:
            setattr(owner, name, self._watch(stage, getattr(owner, name)))
        self._since = self._now()
        try:
            yield
        finally:
            self._turn()
            for owner, name, function in before:
                setattr(owner, name, function)

    def _watch(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            self._open.append(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._open.pop()

        return watched

    def _turn(self) -> None:
        """Book what has passed to the stage that was going on."""
        now = self._now()
        booked = self.spent[self._open[-1]]
        for place, (after, before) in enumerate(zip(now, self._since, strict=True)):
            booked[place] += after - before
        self._since = now

    def _now(self) -> list[float]:
        return [perf_counter(), process_time(), cpu_of(self.beside)]
