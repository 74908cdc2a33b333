"""A document as it is searched and cited: one text, its pages, headings and chunks.

All positions are offsets in characters (code points) into `Extract.text`. A citation is a span of
that text, so it can be looked up, verified and shown; nothing is cited that is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Span:
    """From `start` up to but without `end`."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the original, counted from 1; formats without pages have none."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading in the text; level 1 is the highest."""

    level: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Extract:
    """The text of an original, in Unicode NFC, with what is known of its structure."""

    text: str
    title: str
    language: str | None
    """BCP-47 tag as our identifier tells it, None where it cannot."""
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    empty_pages: tuple[int, ...] = ()
    """Pages without text, most likely scanned: they are told, not passed over in silence."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What is found: a span of a document with the headings above it."""

    ordinal: int
    start: int
    end: int
    text: str
    """Exactly `Extract.text[start:end]`."""
    headings: tuple[str, ...] = ()
    page: int | None = None
    """The page on which it begins."""
    language: str | None = None
