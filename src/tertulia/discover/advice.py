"""What models of measured properties say of finalists: advice, and no ground of choice."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tertulia.discover.outcome import Candidate, Interval
from tertulia.discover.properties.surrogates import SOLUBILITY, foretell


def advised(candidates: Sequence[Candidate], finalists: Collection[str]) -> list[Candidate]:
    """All candidates in their order, the finalists (anions) with advice on their neutral acid.

    `advisory["solubility"]` is log10 mol/L in water, undissociated as the model's molecules are;
    it is not `known` where nothing alike was measured. Of others no model is asked: it costs some
    5 CPU seconds.
    """
    acids = sorted({one.smiles for one in candidates if one.anion in finalists})
    if not acids:
        return list(candidates)
    said = foretell(SOLUBILITY, acids)
    advice = {
        acid: Interval(
            value=float(said.mean[row]),
            low=float(said.low[row]),
            high=float(said.high[row]),
            known=bool(said.known[row]),
        )
        for row, acid in enumerate(acids)
    }
    return [
        one.model_copy(update={"advisory": {**one.advisory, SOLUBILITY.name: advice[one.smiles]}})
        if one.anion in finalists
        else one
        for one in candidates
    ]
