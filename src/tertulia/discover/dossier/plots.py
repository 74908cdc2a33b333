"""The dossier's drawings: the Pareto plot, acidities with intervals, the search's progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tertulia.discover.dossier.axes import Axis, across, line, opened, upward, words

_WIDTH = 720
_LINE = 15


@dataclass(frozen=True, kw_only=True)
class Point:
    """A candidate in two quantities; `kind` is a class: `found`, `front`, `finalist`, `anchor`."""

    x: float
    y: float
    kind: str
    title: str
    mark: str = ""
    """Its number or name, as it stands in the drawing."""
    written_x: float | None = None
    """Where the acid as written would stand, if it is another."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A value with its interval in a row of its own."""

    label: str
    value: float
    low: float
    high: float
    kind: str
    title: str


def draw_scatter(points: Sequence[Point], *, title: str, x_name: str, y_name: str) -> str:
    """All points on two axes: finalists numbered, anchors named, the rest faint."""
    if not points:
        return ""
    moved = [one.written_x for one in points if one.written_x is not None]
    x_axis = Axis.around([*(one.x for one in points), *moved], start=58, end=_WIDTH - 20)
    y_axis = Axis.around([one.y for one in points], start=400, end=34)
    parts = [
        opened(_WIDTH, 446, title),
        across(x_axis, 34, 400, x_name),
        upward(y_axis, 58, _WIDTH - 20, y_name),
    ]
    order = {"found": 0, "front": 1, "anchor": 2, "finalist": 3}
    for one in sorted(points, key=lambda point: order[point.kind]):
        if one.written_x is not None:
            y = y_axis.at(one.y)
            parts.append(line("written", x_axis.at(one.written_x), y, x_axis.at(one.x), y))
        parts.append(_point(one, x_axis.at(one.x), y_axis.at(one.y)))
    anchors = [(x_axis.at(one.x), y_axis.at(one.y), one.mark) for one in points if _named(one)]
    return "".join([*parts, *_names(anchors), "</svg>"])


def _named(one: Point) -> bool:
    return one.kind == "anchor"


def _names(anchors: Sequence[tuple[float, float, str]]) -> list[str]:
    """The anchors' names beside their marks, moved down where they would cover one another."""
    parts, lowest = [], float("-inf")
    for x, y, mark in sorted(anchors, key=lambda one: (one[1], one[0], one[2])):
        lowest = max(y + 4, lowest + _LINE)
        # Near the right edge they stand to the left of their mark.
        near_edge = x > _WIDTH * 0.7
        parts.append(
            words(
                "name",
                x - 11 if near_edge else x + 11,
                lowest,
                mark,
                "end" if near_edge else "start",
            )
        )
    return parts


def _point(one: Point, x: float, y: float) -> str:
    title = f"<title>{escape(one.title)}</title>"
    if one.kind == "finalist":
        shape = f'<circle class="{one.kind}" cx="{x:.1f}" cy="{y:.1f}" r="9">{title}</circle>'
        return shape + words("number", x, y + 4, one.mark)
    if one.kind == "anchor":
        corners = f"{x:.1f},{y - 7:.1f} {x + 7:.1f},{y:.1f} {x:.1f},{y + 7:.1f} {x - 7:.1f},{y:.1f}"
        return f'<polygon class="anchor" points="{corners}">{title}</polygon>'
    radius = 4 if one.kind == "front" else 2.5
    return f'<circle class="{one.kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">{title}</circle>'


def draw_spans(spans: Sequence[Span], *, title: str, name: str) -> str:
    """A row for each value, its interval as a bar, all on one axis."""
    if not spans:
        return ""
    row, top, left = 26, 8, 210
    bottom = top + row * len(spans)
    ends = [end for one in spans for end in (one.low, one.value, one.high)]
    axis = Axis.around(ends, start=left, end=_WIDTH - 20)
    parts = [opened(_WIDTH, bottom + 46, title), across(axis, top, bottom, name)]
    for place, one in enumerate(spans):
        y = top + row * (place + 0.5)
        parts.append(words("name", left - 10, y + 4, one.label, "end"))
        parts.append(line(f"span {one.kind}", axis.at(one.low), y, axis.at(one.high), y))
        parts.append(
            f'<circle class="{one.kind}" cx="{axis.at(one.value):.1f}" cy="{y:.1f}" r="5">'
            f"<title>{escape(one.title)}</title></circle>"
        )
    return "".join([*parts, "</svg>"])


def draw_progress(
    steps: Sequence[tuple[int, float]], *, title: str, x_name: str, y_name: str
) -> str:
    """How a figure grew with the calculations; empty where there is one step or none."""
    if len(steps) < 2:
        return ""
    x_axis = Axis.around([float(count) for count, _ in steps], start=58, end=_WIDTH - 20)
    y_axis = Axis.around([0.0, *(value for _, value in steps)], start=230, end=34)
    points = " ".join(f"{x_axis.at(count):.1f},{y_axis.at(value):.1f}" for count, value in steps)
    return "".join(
        [
            opened(_WIDTH, 276, title),
            across(x_axis, 34, 230, x_name),
            upward(y_axis, 58, _WIDTH - 20, y_name),
            f'<polyline class="curve" points="{points}"/>',
            "</svg>",
        ]
    )
