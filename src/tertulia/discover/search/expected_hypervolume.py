"""Expected hypervolume: what is likely to push the Pareto front outwards, whatever the direction.

BoTorch's qLogNEHVI (Daulton, Balandat and Bakshy, NeurIPS 2021; its logarithm: Ament et al.,
NeurIPS 2023) over the candidates as they are; with one objective its sister qLogNEI. A batch is
chosen one by one, each choice as pending for the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.botorch_library import load_botorch
from tertulia.discover.search.evidence import Evidence
from tertulia.discover.search.pareto import hypervolume_gains, reference_point
from tertulia.discover.search.posterior_table import posterior_table
from tertulia.discover.search.question import Question, best_first
from tertulia.discover.search.surrogate import marginals

FloatArray = NDArray[np.float64]

SHORTLIST = 256
"""Candidates whose expected gain is worked out: those that an optimist sees gain most."""
OPTIMISM = 2.0
"""Standard deviations above the mean at which the optimist looks."""
BASELINE = 48
"""Measured molecules, at most, that may be on the front; the model takes them for uncertain too."""
SAMPLES = 64
"""Quasi-random draws over which an expectation is a mean."""
_CHUNK = 64
"""Candidates worked out together: memory grows with it."""


def choose_by_hypervolume(question: Question) -> list[int]:
    """The highest expected gain in hypervolume, one after the other."""
    centre, scale = _units(question.evidence)
    known = Evidence(question.evidence.smiles, (question.evidence.values - centre) / scale)
    reference = reference_point(known.values)
    mean, spread = marginals(question.surrogates, question.candidates)
    places = _shortlist(
        (mean - centre) / scale,
        spread / scale,
        known,
        reference,
        max(SHORTLIST, 2 * question.count),
    )
    baseline = _baseline(question, known, centre, scale)
    smiles = [*baseline, *question.pending, *(question.candidates[place] for place in places)]
    told = [one.joint(smiles) for one in question.surrogates]
    model = posterior_table(
        [(mean - centre[at]) / scale[at] for at, (mean, _) in enumerate(told)],
        [covariance / scale[at] ** 2 for at, (_, covariance) in enumerate(told)],
    )
    begin = len(smiles) - len(places)
    with _one_thread():
        chosen = _one_by_one(
            model,
            reference,
            baseline=list(range(len(baseline))),
            pending=list(range(len(baseline), begin)),
            open_=list(range(begin, len(smiles))),
            count=question.count,
            seed=question.seed,
        )
    return [places[row - begin] for row in chosen]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Torch on one thread: on a busy machine two that wait for each other take ten times longer,
    and sums come out alike wherever they are made."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _units(evidence: Evidence) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of each objective; 1 where it has no spread."""
    spread = evidence.values.std(axis=0)
    return evidence.values.mean(axis=0), np.where(spread > 0, spread, 1.0)


def _shortlist(
    mean: FloatArray, spread: FloatArray, known: Evidence, reference: FloatArray, size: int
) -> list[int]:
    """Places of the `size` candidates that gain most at mean and OPTIMISM deviations, ascending.

    Those that gain nothing even so come in the order of their means.
    """
    gains = hypervolume_gains(mean + OPTIMISM * spread, known.values, reference)
    order = best_first(gains)
    gaining = [int(place) for place in order if gains[place] > 0]
    if len(gaining) < size:
        gaining += [int(place) for place in best_first(mean.sum(axis=1)) if gains[place] <= 0]
    return sorted(gaining[:size])


def _baseline(
    question: Question, known: Evidence, centre: FloatArray, scale: FloatArray
) -> list[str]:
    """Measured molecules that may truly be on the front, at most BASELINE.

    BoTorch's own pruning draws its samples without a seed. Here those stay that gain, by their
    optimistic values, beside the rest of the front; the most hopeful first.
    """
    mean, spread = marginals(question.surrogates, known.smiles)
    hopeful = (mean - centre) / scale + OPTIMISM * spread / scale
    cautious = (mean - centre) / scale - OPTIMISM * spread / scale
    beaten = np.array(
        [((cautious >= one).all(axis=1) & (cautious > one).any(axis=1)).any() for one in hopeful]
    )
    rows = np.flatnonzero(~beaten)
    gains = hypervolume_gains(hopeful[rows], np.empty((0, known.objectives)), hopeful.min(axis=0))
    rows = rows[best_first(gains)][:BASELINE]
    return [known.smiles[row] for row in sorted(int(row) for row in rows)]


def _one_by_one(
    model: Any,
    reference: FloatArray,
    *,
    baseline: Sequence[int],
    pending: list[int],
    open_: list[int],
    count: int,
    seed: int,
) -> list[int]:
    """`count` of the open places of the model's table, each with those before it pending."""
    import torch

    chosen: list[int] = []
    acquisition = None
    while len(chosen) < min(count, len(open_)):
        waiting = [*pending, *chosen]
        at = torch.tensor(waiting, dtype=torch.double).reshape(-1, 1) if waiting else None
        if acquisition is None:
            acquisition = _acquisition(model, reference, baseline, at, seed)
        else:
            acquisition.set_X_pending(at)
        left = [place for place in open_ if place not in chosen]
        points = torch.tensor(left, dtype=torch.double).reshape(-1, 1, 1)
        with torch.no_grad():
            values = torch.cat([acquisition(part) for part in torch.split(points, _CHUNK)])
        # Where no sample gains anything the logarithm is far below, but finite.
        chosen.append(left[int(best_first(values.numpy())[0])])
    return chosen


def _acquisition(
    model: Any, reference: FloatArray, baseline: Sequence[int], pending: Any, seed: int
) -> Any:
    """BoTorch's acquisition function of this table."""
    load_botorch()
    import torch
    from botorch.acquisition.logei import qLogNoisyExpectedImprovement
    from botorch.acquisition.multi_objective import logei
    from botorch.sampling.normal import SobolQMCNormalSampler

    sampler = SobolQMCNormalSampler(torch.Size([SAMPLES]), seed=seed % 2**31)
    at = torch.tensor(list(baseline), dtype=torch.double).reshape(-1, 1)
    if len(reference) == 1:
        return qLogNoisyExpectedImprovement(
            model, at, sampler=sampler, X_pending=pending, prune_baseline=False, cache_root=False
        )
    return logei.qLogNoisyExpectedHypervolumeImprovement(
        model,
        torch.tensor(reference, dtype=torch.double),
        at,
        sampler=sampler,
        X_pending=pending,
        prune_baseline=False,
        cache_root=False,
    )
