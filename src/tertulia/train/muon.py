"""Muon: momentum whose update is the nearest orthogonal matrix (Jordan et al. 2024).

Whole matrices only, never shards: the factor of a part is not a part of the factor. Matrices of
one shape are stacked, so that a step is a few batched products: 42 matrices of a "7m" model take
45 ms on two cores where one by one they take 50.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from tertulia.train.newton_schulz import orthogonalise


class Muon(torch.optim.Optimizer):
    """Muon with Nesterov momentum and decoupled weight decay."""

    def __init__(
        self,
        matrices: Iterable[Tensor],
        *,
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One update of every matrix that has a gradient."""
        for group in self.param_groups:
            shapes: dict[tuple[int, ...], list[Tensor]] = {}
            for matrix in group["params"]:
                if matrix.grad is not None:
                    shapes.setdefault(tuple(matrix.shape), []).append(matrix)
            for shape, matrices in shapes.items():
                self._step_shape(shape, matrices, group)

    def _step_shape(
        self, shape: tuple[int, ...], matrices: list[Tensor], group: dict[str, float]
    ) -> None:
        momentum = group["momentum"]
        gradients = [m.grad for m in matrices if m.grad is not None]
        buffers = [self._buffer(m) for m in matrices]
        torch._foreach_lerp_(buffers, gradients, 1.0 - momentum)
        looked_ahead = torch._foreach_lerp(gradients, buffers, momentum)
        update_NRC = orthogonalise(torch.stack(list(looked_ahead)))
        # A tall matrix has its columns orthonormal: the factor keeps the rows' scale equal.
        rate = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
        torch._foreach_mul_(matrices, 1.0 - group["lr"] * group["weight_decay"])
        updates = [u.to(m.dtype) for u, m in zip(update_NRC.unbind(), matrices, strict=True)]
        torch._foreach_add_(matrices, updates, alpha=-rate)

    def _buffer(self, matrix: Tensor) -> Tensor:
        state = self.state[matrix]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(matrix)
        buffer: Tensor = state["momentum"]
        return buffer
