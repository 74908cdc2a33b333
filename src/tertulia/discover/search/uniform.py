"""Random choice: every candidate alike. The yardstick of all others."""

from __future__ import annotations

from tertulia.discover.search.question import Question


def choose_uniformly(question: Question) -> list[int]:
    """Candidates drawn without replacement, whatever is known."""
    drawn = question.generator().permutation(len(question.candidates))
    return [int(place) for place in drawn[: question.count]]
