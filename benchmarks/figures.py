"""Figures in words: a median with its range, a Markdown table, bytes and seconds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """`median (min to max)`; a lone value stands by itself."""
    middle = format(statistics.median(values), form)
    if len(values) == 1:
        return middle
    return f"{middle} ({format(min(values), form)} to {format(max(values), form)})"


def mean_spread(values: Sequence[float], form: str = ".3f") -> str:
    """`mean (min to max)`, for a handful of seeds."""
    middle = format(statistics.fmean(values), form)
    if len(values) == 1:
        return middle
    return f"{middle} ({format(min(values), form)} to {format(max(values), form)})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table; all columns but the first are set to the right."""
    for row in rows:
        assert len(row) == len(head), f"{row} does not fit {head}"
    rule = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]


def mebibytes(count: float) -> str:
    """A number of bytes in MiB."""
    return f"{count / 2**20:,.0f} MiB"
