"""Upper confidence bound: the mean and some standard deviations, so that the unknown is tried.

A batch is chosen one by one; each choice takes away the variance that its result will take away
(GP-BUCB: Desautels, Krause and Burdick, J. Mach. Learn. Res. 15, 4053, 2014), and so do the
pending.
"""

from __future__ import annotations

import numpy as np

from tertulia.discover.search.question import Question, best_first
from tertulia.discover.search.scalarise import random_directions
from tertulia.discover.search.shortlist import shortlisted
from tertulia.discover.search.surrogate import believed, conditioned, marginals

DEVIATIONS = 1.0
"""Standard deviations above the mean; of 0.5, 1 and 2 the best or level with it where pools of
measured solubility, lipophilicity and pKa were searched."""
SHORTLIST = 256
"""Candidates among which variances are followed; the others have a lower bound to begin with."""


def choose_by_upper_bound(question: Question, deviations: float = DEVIATIONS) -> list[int]:
    """The highest bounds; with several objectives the highest in a random direction for each."""
    mean, spread = marginals(question.surrogates, question.candidates)
    directions = random_directions(question.evidence, question.count, question.generator())
    places = shortlisted(mean + deviations * spread, directions, max(SHORTLIST, 2 * question.count))
    smiles = [question.candidates[place] for place in places]
    told = [believed(one, question.pending, smiles) for one in question.surrogates]
    means = np.stack([one for one, _ in told], axis=1)
    covariances = [covariance for _, covariance in told]
    chosen: list[int] = []
    for direction in directions:
        variances = np.stack([np.diagonal(one) for one in covariances], axis=1)
        bounds = means + deviations * np.sqrt(np.maximum(variances, 0.0))
        order = best_first(direction(bounds))
        row = next(int(place) for place in order if place not in chosen)
        chosen.append(row)
        covariances = [conditioned(one, row) for one in covariances]
    return [places[row] for row in chosen]
