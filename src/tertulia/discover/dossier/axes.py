"""Axes of the dossier's drawings: inline SVG whose colours are the style sheet's."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from tertulia.discover.dossier.numbers import number


@dataclass(frozen=True, kw_only=True)
class Axis:
    """From values to places: `low` and `high` in the quantity's unit, `start` and `end` in px."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def around(cls, values: Iterable[float], *, start: float, end: float) -> Axis:
        """An axis that holds all values with a little room; of none or one it is 1 wide."""
        found = list(values) or [0.0]
        low, high = min(found), max(found)
        room = (high - low) * 0.05 or 0.5
        return cls(low=low - room, high=high + room, start=start, end=end)

    def at(self, value: float) -> float:
        """The place of a value, in px."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round values within, some five of them."""
        rough = (self.high - self.low) / 5
        power = 10 ** math.floor(math.log10(rough))
        step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough)
        first = math.ceil(self.low / step)
        count = math.floor(self.high / step) - first + 1
        return [(first + place) * step for place in range(count)]

    def digits(self) -> int:
        """Decimals that tell the ticks apart."""
        ticks = self.ticks()
        step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
        return max(0, -math.floor(math.log10(step) + 1e-9))


def opened(width: int, height: int, title: str) -> str:
    """The beginning of a drawing that a screen reader hears as `title`."""
    return (
        f'<svg class="plot" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>'
    )


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """A stroke of a class of the style sheet."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def words(kind: str, x: float, y: float, text: str, anchor: str = "middle") -> str:
    """A text; `anchor` is `start`, `middle` or `end`."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def across(axis: Axis, top: float, bottom: float, name: str) -> str:
    """Ticks, rules and the name of a horizontal axis."""
    parts = []
    for tick in axis.ticks():
        x = axis.at(tick)
        parts.append(line("grid", x, top, x, bottom))
        parts.append(words("tick", x, bottom + 16, number(tick, axis.digits())))
    parts.append(words("axis", (axis.start + axis.end) / 2, bottom + 36, name))
    return "".join(parts)


def upward(axis: Axis, left: float, right: float, name: str) -> str:
    """The same of a vertical axis; its name stands above it."""
    parts = []
    for tick in axis.ticks():
        y = axis.at(tick)
        parts.append(line("grid", left, y, right, y))
        parts.append(words("tick", left - 6, y + 4, number(tick, axis.digits()), "end"))
    parts.append(words("axis", 4, axis.end - 10, name, "start"))
    return "".join(parts)
