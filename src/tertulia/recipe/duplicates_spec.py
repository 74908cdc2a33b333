"""What the recipe says about duplicates: `[corpus.duplicates]`."""

from __future__ import annotations

from pydantic import Field

from tertulia.recipe.section import Fraction, Section


class DuplicatesSpec(Section):
    """Which copies are looked for; which of them stays is no setting."""

    exact: bool = True
    """Whether equal texts are kept once."""
    near: Fraction | None = 0.8
    """Least Jaccard similarity of two texts' shingles that makes them near-duplicates; 0 is off."""
    lines: int | None = Field(default=None, ge=2)
    """A line of more documents than this is taken out of all of them; off unless it is given."""
    line_letters: int = Field(default=20, ge=1)
    """Lines of fewer UTF-8 bytes of letters and digits are never counted nor taken out."""
    shingle_words: int = Field(default=5, ge=1, le=16)
    """Successive words that make one shingle."""
    permutations: int = Field(default=84, ge=16, le=512)
    """Hash functions at most; bands and rows follow from it and from `near`."""

    @property
    def threshold(self) -> float | None:
        """`near`, or None where near-duplicates are not looked for."""
        return self.near or None
