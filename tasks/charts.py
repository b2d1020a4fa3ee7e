"""Bars as SVG, drawn by the server: no script, no style of its own, a table beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, BASE = 480, 140, 118
GAP = 0.3


@dataclass(frozen=True, slots=True)
class Bar:
    """One value: where its bar stands, and what is written under and above it."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars beside each other, the highest as high as there is room."""

    title: str
    bars: list[Bar]

    @property
    def says(self) -> str:
        """What the picture tells those who do not see it."""
        return ", ".join(f"{bar.name}: {bar.value}" for bar in self.bars)


def chart_of(title: str, values: Sequence[tuple[str, float | None]]) -> Chart:
    """Return the picture of some values; a missing one has no bar."""
    step = WIDTH / max(len(values), 1)
    most = max((value or 0 for _name, value in values), default=0) or 1
    bars = []
    for place, (name, value) in enumerate(values):
        height = round((value or 0) / most * (BASE - 20), 1)
        bars.append(
            Bar(
                x=round(place * step + step * GAP / 2, 1),
                y=round(BASE - height, 1),
                width=round(step * (1 - GAP), 1),
                height=height,
                middle=round(place * step + step / 2, 1),
                name=name,
                value="none" if value is None else f"{value:g}",
            )
        )
    return Chart(title, bars)
