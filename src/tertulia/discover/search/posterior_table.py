"""A model for BoTorch whose posterior over a list of molecules was worked out beforehand.

BoTorch asks for posteriors at points; here a point is a place in the list, as one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tertulia.discover.search.botorch_library import load_botorch

if TYPE_CHECKING:
    import torch

FloatArray = NDArray[np.float64]

_JITTER = 1e-8
"""Beside objectives of variance 1: makes a covariance of like molecules positive definite."""


def posterior_table(means: Sequence[FloatArray], covariances: Sequence[FloatArray]) -> Any:
    """A `botorch.models.model.Model` of independent objectives.

    `means` are (n,) and `covariances` (n, n), one of each for an objective; objectives should be
    scaled to a variance about 1. Its points are (..., q, 1), places from 0 to n - 1.
    """
    import torch

    mean = torch.tensor(np.stack(means, axis=-1), dtype=torch.double)
    covariance = torch.tensor(np.stack(covariances), dtype=torch.double)
    return _model_class()(mean, covariance)


def _drawn(mean: torch.Tensor, covariance: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Draws (samples, ..., q, m) from standard normal `noise` of the same shape.

    A lower root keeps the values of the first molecules whatever others stand behind: the
    acquisition compares a candidate with the very baseline that it has drawn before.
    """
    import torch

    ridge = _JITTER * torch.eye(covariance.shape[-1], dtype=covariance.dtype)
    root = torch.linalg.cholesky(covariance + ridge)
    # (m, ..., q, samples): one product for all samples, not one for each.
    drawn = root @ noise.movedim(-1, 0).movedim(1, -1)
    values: torch.Tensor = mean + drawn.movedim(-1, 0).movedim(1, -1)
    return values


@cache
def _posterior_class() -> Any:
    """The posterior's class; made on demand, since its base costs seconds to import."""
    load_botorch()
    import torch
    from botorch.posteriors.posterior import Posterior

    class TablePosterior(Posterior):
        """Normal, of q molecules: `mean` (..., q, m) and `covariance` (m, ..., q, q)."""

        def __init__(self, mean: torch.Tensor, covariance: torch.Tensor) -> None:
            self.mean, self._covariance = mean, covariance

        @property
        def device(self) -> torch.device:
            return self.mean.device

        @property
        def dtype(self) -> torch.dtype:
            return self.mean.dtype

        @property
        def batch_shape(self) -> torch.Size:
            return self.mean.shape[:-2]

        @property
        def base_sample_shape(self) -> torch.Size:
            return self.mean.shape

        @property
        def batch_range(self) -> tuple[int, int]:
            return (0, -2)

        def _extended_shape(self, sample_shape: torch.Size = torch.Size()) -> torch.Size:  # noqa: B008
            return sample_shape + self.mean.shape

        def rsample_from_base_samples(
            self, sample_shape: torch.Size, base_samples: torch.Tensor
        ) -> torch.Tensor:
            return _drawn(self.mean, self._covariance, base_samples)

        def rsample(self, sample_shape: torch.Size | None = None) -> torch.Tensor:
            raise NotImplementedError("drawn from given base samples only, never from a clock")

    return TablePosterior


@cache
def _model_class() -> Any:
    """The model's class, on demand too."""
    load_botorch()
    import torch
    from botorch.models.model import Model

    class TableModel(Model):
        """Means (n, m) and covariances (m, n, n) of a list of molecules."""

        def __init__(self, mean: torch.Tensor, covariance: torch.Tensor) -> None:
            super().__init__()
            self.mean, self.covariance = mean, covariance

        @property
        def num_outputs(self) -> int:
            return int(self.mean.shape[-1])

        @property
        def batch_shape(self) -> torch.Size:
            return torch.Size()

        def posterior(self, X: torch.Tensor, *unused: Any, **also_unused: Any) -> Any:
            places = X.squeeze(-1).round().long()
            covariance = self.covariance[:, places.unsqueeze(-1), places.unsqueeze(-2)]
            return _posterior_class()(self.mean[places], covariance)

    return TableModel
