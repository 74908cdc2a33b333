"""The steps that decide, by what is written beside the documents and by nothing else."""

from __future__ import annotations

from tertulia.corpus.contamination.step import contamination_decision
from tertulia.corpus.quality.decision import quality_decision
from tertulia.corpus.selection import language
from tertulia.corpus.step import Step
from tertulia.recipe.stages import CorpusStage


def deciding_steps(spec: CorpusStage) -> tuple[Step, ...]:
    """Languages that are wanted, thresholds of quality, bounds of contamination."""
    steps = [language(spec.languages)]
    if spec.corpus.quality.asks:
        steps.append(quality_decision(spec.corpus.quality))
    if spec.corpus.contamination.against:
        steps.append(contamination_decision(spec.corpus.contamination))
    return tuple(steps)
