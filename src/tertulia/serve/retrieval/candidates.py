"""What the first searches found, with the scores by which it is ranked again."""

from __future__ import annotations

from dataclasses import dataclass

from tertulia.serve.database.records import Hit


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question with its language, None where it could not be told."""

    text: str
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A chunk that words or vectors found."""

    hit: Hit
    fused: float
    """Of reciprocal rank fusion."""
    bm25: float
    """0 where words did not find it."""
    product: float
    """Of the question's vector with the chunk's; 0 without an embedder."""
