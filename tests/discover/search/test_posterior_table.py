"""The model that BoTorch asks: its draws are those of the table, whatever stands behind them."""

from __future__ import annotations

import numpy as np
import pytest

from tertulia.discover.search.botorch_library import load_botorch
from tertulia.discover.search.posterior_table import posterior_table

MANY = 6


def test_draws_have_the_means_and_covariances_of_the_table() -> None:
    load_botorch()
    import torch
    from botorch.sampling.normal import SobolQMCNormalSampler

    model, means, covariances = _table()
    assert model.num_outputs == 2
    places = torch.tensor([[4.0], [1.0], [3.0]], dtype=torch.double)
    drawn = SobolQMCNormalSampler(torch.Size([4096]), seed=1)(model.posterior(places)).numpy()
    assert drawn.shape == (4096, 3, 2)
    wanted = [4, 1, 3]
    for at in range(2):
        assert drawn[:, :, at].mean(axis=0) == pytest.approx(means[at][wanted], abs=0.02)
        found = np.cov(drawn[:, :, at].T)
        assert found == pytest.approx(covariances[at][np.ix_(wanted, wanted)], abs=0.1)
    across = np.corrcoef(drawn[:, 0, 0], drawn[:, 0, 1])[0, 1]
    assert abs(across) < 0.05, "objectives are independent"


def test_a_batch_of_candidates_shares_the_baseline_that_was_drawn() -> None:
    """Without it an expected improvement would compare values of different worlds."""
    load_botorch()
    import torch
    from botorch.sampling.normal import SobolQMCNormalSampler

    model, _, _ = _table()
    sampler = SobolQMCNormalSampler(torch.Size([8]), seed=1)
    candidates = [[[0.0], [1.0], [place]] for place in (2.0, 3.0, 4.0)]
    drawn = sampler(model.posterior(torch.tensor(candidates, dtype=torch.double))).numpy()
    assert drawn.shape == (8, 3, 3, 2)
    for other in (1, 2):
        assert drawn[:, other, :2] == pytest.approx(drawn[:, 0, :2])
        assert (drawn[:, other, 2] != drawn[:, 0, 2]).all()


def test_it_draws_from_given_samples_only() -> None:
    load_botorch()
    import torch

    model, _, _ = _table()
    with pytest.raises(NotImplementedError):
        model.posterior(torch.zeros((1, 1), dtype=torch.double)).rsample()


def _table() -> tuple[object, list[np.ndarray], list[np.ndarray]]:
    generator = np.random.default_rng(3)
    means = [generator.normal(size=MANY) for _ in range(2)]
    roots = [generator.normal(size=(MANY, MANY)) for _ in range(2)]
    covariances = [root @ root.T / MANY for root in roots]
    return posterior_table(means, covariances), means, covariances
