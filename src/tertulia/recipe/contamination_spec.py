"""`[corpus.contamination]`: which evaluation texts must not be trained on."""

from __future__ import annotations

from pydantic import Field

from tertulia.recipe.section import Fraction, Section


class ContaminationSpec(Section):
    """Documents that share runs of words with evaluation suites are counted, then dropped."""

    against: tuple[str, ...] = ()
    """Files, folders or n-gram indexes of the suites in use, relative to the recipe."""
    n: int = Field(default=13, ge=5, le=50)
    """Words in a run; a text of a suite that is shorter counts as one run."""
    shortest: int = Field(default=8, ge=3, le=50)
    """Words below which a text of a suite is no evidence, and is not looked for."""
    max_ngrams: int = Field(default=0, ge=0)
    """A document stays that shares at most this many runs."""
    max_share: Fraction = 0.0
    """A document stays of whose words at most this part lies in shared runs."""
