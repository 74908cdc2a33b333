"""What the recipe says of the tokenizer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tertulia.recipe.section import LanguageTag, PositiveCount, Section

Weight = Annotated[float, Field(gt=0.0, le=1000.0)]


class TokenizerSpec(Section):
    """Byte-level BPE over the words of a sample that is balanced by language and by source."""

    from_: Literal["corpus", "base"] | None = Field(default=None, alias="from")
    """Whose: learnt from the corpus, or the base model's; the base's where there is one and no
    `vocabulary` is asked for. A new one for a base has the embeddings carried over."""
    vocabulary: int = Field(default=8192, ge=384, le=262_144)
    """Padded to a multiple of 128; the 64 reserved ids are part of it."""
    sample_bytes: PositiveCount = 100_000_000
    """Text per language that merges are learnt from, at most."""
    language_weights: dict[LanguageTag, Weight] = Field(default_factory=dict)
    """How much a language counts when merges are learnt; 1 where it is not named."""
    source_weights: dict[str, Weight] = Field(default_factory=dict)
    """Times what a source counts by itself, which grows with the words it shares with others."""
