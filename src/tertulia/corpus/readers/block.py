"""A paragraph, a heading or a table's row, as formats for word processing have them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One line of a document's text; it may hold line breaks of its own."""

    text: str
    level: int | None = None
    """Of a heading, 1 the highest; None for what is none."""
    row: bool = False
    """Whether it is a row of a table, its cells between tabs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocks:
    """All of a document's text, in its order, and what it says of itself."""

    blocks: tuple[Block, ...]
    language: str | None = None
    title: str | None = None
    date: str | None = None
