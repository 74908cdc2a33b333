"""Thompson sampling: each choice is the best of one world that the model holds possible."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.question import Question, best_first
from tertulia.discover.search.scalarise import random_directions
from tertulia.discover.search.shortlist import shortlisted
from tertulia.discover.search.surrogate import believed, cholesky, marginals

SHORTLIST = 1000
"""Candidates that are drawn together: those with the highest mean + OPTIMISM deviations."""
OPTIMISM = 3.0


def choose_by_sampling(question: Question) -> list[int]:
    """For each choice one joint draw of all objectives over the shortlist, and its best.

    Draws are joint: two like molecules are high together, and a batch spreads by itself.
    """
    generator = question.generator()
    mean, spread = marginals(question.surrogates, question.candidates)
    directions = random_directions(question.evidence, question.count, generator)
    places = shortlisted(mean + OPTIMISM * spread, directions, max(SHORTLIST, 2 * question.count))
    smiles = [question.candidates[place] for place in places]
    # (choices, shortlist, objectives)
    worlds = np.stack(
        [
            _draws(*believed(one, question.pending, smiles), len(directions), generator)
            for one in question.surrogates
        ],
        axis=-1,
    )
    chosen: list[int] = []
    for direction, world in zip(directions, worlds, strict=True):
        order = best_first(direction(world))
        chosen.append(next(int(row) for row in order if row not in chosen))
    return [places[row] for row in chosen]


def _draws(
    mean: NDArray[np.float64],
    covariance: NDArray[np.float64],
    count: int,
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    noise = generator.standard_normal((count, len(mean)))
    return np.asarray(mean + noise @ cholesky(covariance).T)
