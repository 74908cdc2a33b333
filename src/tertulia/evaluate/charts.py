"""Two drawings for the report as inline SVG: no script, no colours of their own.

Strokes and fills are classes that the page's style sheet colours, so one drawing serves light,
dark and paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

Number = Callable[[float, int], str]
"""(value, decimals) -> how the reader writes it."""

_WIDTH = 720
_ROW = 38


@dataclass(frozen=True)
class Mark:
    """A value on a strip; with an interval it is a dot on a bar, else a tick."""

    kind: str
    """Class suffix: `base`, `instruct`, `kneser-ney`, `xz`, `uniform`."""
    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Strip:
    """One language's values."""

    label: str
    marks: Sequence[Mark]


def draw_strips(strips: Sequence[Strip], *, title: str, axis: str, number: Number) -> str:
    """A row per language, all on one axis from 0; dots with intervals are measured by document."""
    left, right, top = 120, 20, 10
    height = top + _ROW * len(strips) + 46
    reach = max((m.high or m.value for strip in strips for m in strip.marks), default=1.0) * 1.04
    scale = (_WIDTH - left - right) / reach
    parts = [_open(height, title)]
    bottom = top + _ROW * len(strips)
    for tick in _ticks(reach):
        x = left + tick * scale
        parts.append(_line("grid", x, top, x, bottom))
        parts.append(_text("tick", x, bottom + 16, number(tick, 2), "middle"))
    parts.append(_text("axis", left + (_WIDTH - left - right) / 2, height - 6, axis, "middle"))
    for row, strip in enumerate(strips):
        y = top + _ROW * (row + 0.5)
        parts.append(_text("name", left - 12, y + 4, strip.label, "end"))
        parts.append(_line("rule", left, y, _WIDTH - right, y))
        for mark in strip.marks:
            parts.append(
                _mark(mark, left, scale, y, f"{strip.label}: {mark.label} {number(mark.value, 3)}")
            )
    return "".join([*parts, "</svg>"])


def draw_loss(
    curves: Sequence[tuple[str, str, Sequence[tuple[float, float]]]],
    *,
    title: str,
    across: str,
    number: Number,
) -> str:
    """Curves (class suffix, name, points) of loss over tokens, on axes that begin at 0 across."""
    left, right, top, bottom, height = 56, 20, 14, 46, 300
    points = [point for _, _, curve in curves for point in curve]
    if not points:
        return ""
    reach = max(x for x, _ in points) or 1.0
    low, high = min(y for _, y in points), max(y for _, y in points)
    low, high = math.floor(low), max(math.ceil(high), math.floor(low) + 1)
    across_scale = (_WIDTH - left - right) / reach
    up_scale = (height - top - bottom) / (high - low)
    floor = height - bottom
    parts = [_open(height, title)]
    for tick in _ticks(reach):
        x = left + tick * across_scale
        parts.append(_text("tick", x, floor + 16, _short(tick, number), "middle"))
    for tick in _ticks(high - low):
        y = floor - tick * up_scale
        parts.append(_line("grid", left, y, _WIDTH - right, y))
        parts.append(_text("tick", left - 8, y + 4, number(low + tick, 1), "end"))
    parts.append(_text("axis", left + (_WIDTH - left - right) / 2, height - 6, across, "middle"))
    for kind, name, curve in curves:
        path = " ".join(
            f"{left + x * across_scale:.1f},{floor - (y - low) * up_scale:.1f}" for x, y in curve
        )
        parts.append(
            f'<polyline class="curve {escape(kind)}" points="{path}">'
            f"<title>{escape(name)}</title></polyline>"
        )
    return "".join([*parts, "</svg>"])


def thin_curve(points: Sequence[tuple[float, float]], most: int = 240) -> list[tuple[float, float]]:
    """At most `most` points: means of equal runs of neighbours."""
    step = max(1, math.ceil(len(points) / most))
    runs = [points[start : start + step] for start in range(0, len(points), step)]
    return [(run[-1][0], sum(y for _, y in run) / len(run)) for run in runs]


def _mark(mark: Mark, left: float, scale: float, y: float, title: str) -> str:
    x = left + mark.value * scale
    kind = f"mark {escape(mark.kind)}"
    if mark.low is None or mark.high is None or mark.kind not in ("base", "instruct"):
        shape = (
            f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 10:.1f}" y2="{y + 10:.1f}"/>'
        )
    else:
        a, b = left + mark.low * scale, left + mark.high * scale
        shape = (
            f'<line class="{kind}" x1="{a:.1f}" x2="{b:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
        )
    return f"<g><title>{escape(title)}</title>{shape}</g>"


def _ticks(reach: float) -> Iterator[float]:
    """Round values from 0 up to `reach`, some four to eight of them."""
    raw = reach / 6
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw)
    return (round(n * step, 10) for n in range(int(reach / step) + 1))


def _short(value: float, number: Number) -> str:
    """A count in thousands, millions or milliards, without needless zeros."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            digits = 0 if value % unit == 0 else 2 if value % (unit / 10) else 1
            return f"{number(value / unit, digits)} {name}"
    return number(value, 0)


def _open(height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>"
    )


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(kind: str, x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )
