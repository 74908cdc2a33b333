"""Muon: momentum whose update is the nearest orthogonal matrix (Jordan et al. 2024).

Whole matrices only, never shards: the factor of a part is not a part of the factor. Where several
processes hold the rows of a matrix, one of them gathers it, and the work is shared matrix by
matrix. Those of one shape are stacked, so that a step is a few batched products: 42 matrices of a
"7m" model take 45 ms on two cores where one by one they take 50.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from tertulia.train.newton_schulz import orthogonalise
from tertulia.train.sharding import MatrixExchange, Part

STACK_ENTRIES = 64 * 2**20
"""Matrix entries that are made orthogonal together: a bound on memory, out of small models' way."""


class Muon(torch.optim.Optimizer):
    """Muon with Nesterov momentum and decoupled weight decay."""

    def __init__(
        self,
        matrices: Sequence[Part],
        *,
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        dtype: torch.dtype = torch.bfloat16,
    ) -> None:
        """`dtype` is that of the products in which an update is made orthogonal."""
        super().__init__(
            [part.local for part in matrices],
            {"lr": lr, "momentum": momentum, "weight_decay": weight_decay},
        )
        self._exchange, self._dtype = MatrixExchange(matrices), dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One update of every matrix; each has to have a gradient."""
        group = self.param_groups[0]
        momentum, matrices = group["momentum"], group["params"]
        gradients = [matrix.grad for matrix in matrices]
        buffers = [self._buffer(matrix) for matrix in matrices]
        torch._foreach_lerp_(buffers, gradients, 1.0 - momentum)
        looked_ahead = torch._foreach_lerp(gradients, buffers, momentum)
        whole = self._exchange.gather(list(looked_ahead))
        updates = self._exchange.scatter(self._orthogonal(whole))
        torch._foreach_mul_(matrices, 1.0 - group["lr"] * group["weight_decay"])
        for shape, of_shape in self._by_shape(range(len(matrices))).items():
            # A tall matrix has its columns orthonormal: the factor keeps the rows' scale equal.
            rate = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
            torch._foreach_add_(
                [matrices[i] for i in of_shape],
                [updates[i].to(matrices[i].dtype) for i in of_shape],
                alpha=-rate,
            )

    def _orthogonal(self, whole: dict[int, Tensor]) -> dict[int, Tensor]:
        """The orthogonal factor of each matrix."""
        found: dict[int, Tensor] = {}
        for (rows, columns), of_shape in self._by_shape(whole).items():
            together = max(1, STACK_ENTRIES // (rows * columns))
            for first in range(0, len(of_shape), together):
                stack = of_shape[first : first + together]
                update_NRC = orthogonalise(torch.stack([whole[i] for i in stack]), self._dtype)
                found |= zip(stack, update_NRC.unbind(), strict=True)
        return found

    def _by_shape(self, indexes: Iterable[int]) -> dict[tuple[int, int], list[int]]:
        shapes: dict[tuple[int, int], list[int]] = {}
        for index in indexes:
            shapes.setdefault(self._exchange.shape(index), []).append(index)
        return shapes

    def _buffer(self, matrix: Tensor) -> Tensor:
        state = self.state[matrix]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(matrix)
        buffer: Tensor = state["momentum"]
        return buffer
