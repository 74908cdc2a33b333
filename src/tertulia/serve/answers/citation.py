"""What an answer is made of: verified statements, what they cite, and what was taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "no-citation",
    "no-such-passage",
    "quote-not-found",
    "not-supported",
    "other-language",
    "beside-the-question",
    "document-gone",
    "nothing-left",
    "too-long",
]
"""Why a statement was taken out: it cites nothing; it cites a number that stands for no passage;
it quotes what is not there; its passage does not say all of it; its passage is in another language;
what it rests on does not speak of the question; the document has gone or changed; markup was all of
it; it never ended."""


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A statement and the span of a stored document that supports it."""

    number: int
    """As it stands in the answer, counted from 1."""
    statement: str
    quote: str
    """Exactly `Extract.text[start:end]` of the document."""
    document: str
    document_name: str
    page: int | None
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Removed:
    """A statement that was taken out, and why."""

    statement: str
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class AnswerPiece:
    """A piece of an answer; nothing in it is unverified."""

    text: str
    citations: tuple[Citation, ...] = ()
    removed: tuple[Removed, ...] = ()
    abstained: bool = False
