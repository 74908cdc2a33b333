"""A table as the pages show it: cells of text, links, drawings and keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What stands in a cell, in this order: a drawing, a text or a link, a remark."""

    text: str = ""
    href: str | None = None
    code: bool = False
    """A name for programs: SMILES, a key, a code."""
    lang: str | None = None
    """Of the text, where it is not the page's."""
    drawing: str = ""
    """SVG, the one thing that is not escaped."""
    aside: str = ""
    figure: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row; its first cell is its heading, `place` its name within the page."""

    cells: tuple[Cell, ...]
    place: str = ""
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its caption and the headings of its columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def text(value: str, aside: str = "") -> Cell:
    """Words."""
    return Cell(text=value, aside=aside)


def figure(value: str, aside: str = "") -> Cell:
    """A number, already written."""
    return Cell(text=value, figure=True, aside=aside)


def code(value: str, href: str | None = None) -> Cell:
    """A name for programs."""
    return Cell(text=value, code=True, href=href)


def rows(lines: Iterable[Sequence[Cell]]) -> tuple[Row, ...]:
    """Rows without names of their own."""
    return tuple(Row(cells=tuple(cells)) for cells in lines)
