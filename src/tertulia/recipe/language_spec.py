"""How a recipe has languages identified: `[corpus.language]`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tertulia.recipe.section import Fraction, Section


class LanguageSpec(Section):
    """What identification does with the language that a source declares."""

    identify: Literal["never", "missing", "check", "always"] = "missing"
    """`never` looks at nothing and trusts the sources. `missing` gives a language to documents
    that have none. `check` drops a document that is confidently in another language than the one
    it declares, with the reason `language-disagrees`. `always` puts what was identified in the
    place of what was declared; a region such as es-AR stays where the language agrees."""
    min_confidence: Fraction = 0.8
    """Below it a document counts as `und`, and no document is called another language's."""
    segment: bool = False
    """Splits a document in several of the languages into one document for each passage."""
    min_segment: int = Field(default=100, ge=1)
    """Characters: a shorter passage belongs to its neighbours."""
