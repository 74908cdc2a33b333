"""Cross-entropy of the output matrix without a table of all logits.

A step of 8,192 tokens over 8,192 entries would write 268 MB of float32 logits and read them back
several times; computed in chunks of rows, with the gradient taken while the chunk is in cache, the
output layer costs its three matrix products and little else. Shapes: N tokens, D width, V
vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

IGNORED = -100
"""A target with this value is not part of the loss."""

_CHUNK_ROWS = 1024


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Sum over tokens of -log p(target), with both gradients computed in the forward pass."""

    @staticmethod
    def forward(
        ctx: Any, hidden_ND: Tensor, weight_VD: Tensor, target_N: Tensor
    ) -> tuple[Tensor, Tensor]:
        total = torch.zeros((), dtype=torch.float32, device=hidden_ND.device)
        losses, hidden_gradients = [], []
        weight_gradient_VD = torch.zeros(
            weight_VD.shape, dtype=torch.float32, device=weight_VD.device
        )
        matrix_VD = weight_VD.to(hidden_ND.dtype)
        for start in range(0, hidden_ND.shape[0], _CHUNK_ROWS):
            rows_nD = hidden_ND[start : start + _CHUNK_ROWS]
            target_n = target_N[start : start + _CHUNK_ROWS]
            valid_n = target_n != IGNORED
            index_n1 = torch.where(valid_n, target_n, 0).unsqueeze(1)
            logits_nV = (rows_nD @ matrix_VD.t()).float()
            peak_n1 = logits_nV.amax(dim=1, keepdim=True)
            exp_nV = (logits_nV - peak_n1).exp()
            sum_n1 = exp_nV.sum(dim=1, keepdim=True)
            picked_n1 = logits_nV.gather(1, index_n1)
            loss_n = (sum_n1.log() + peak_n1 - picked_n1).squeeze(1)
            loss_n = torch.where(valid_n, loss_n, 0.0)
            total = total + loss_n.sum()
            losses.append(loss_n)
            column_1V = torch.arange(weight_VD.shape[0], device=weight_VD.device).unsqueeze(0)
            gradient_nV = exp_nV / sum_n1 - (column_1V == index_n1).float()
            gradient_nV = (gradient_nV * valid_n.unsqueeze(1)).to(hidden_ND.dtype)
            hidden_gradients.append(gradient_nV @ matrix_VD)
            weight_gradient_VD = weight_gradient_VD + (gradient_nV.t() @ rows_nD).float()
        ctx.save_for_backward(torch.cat(hidden_gradients), weight_gradient_VD)
        loss_N = torch.cat(losses)
        ctx.mark_non_differentiable(loss_N)
        return total, loss_N

    @staticmethod
    def backward(ctx: Any, scale: Tensor, _: Tensor) -> tuple[Tensor, Tensor, None]:
        hidden_gradient_ND, weight_gradient_VD = ctx.saved_tensors
        return (
            hidden_gradient_ND * scale.to(hidden_gradient_ND.dtype),
            weight_gradient_VD * scale,
            None,
        )


def cross_entropy(hidden_ND: Tensor, weight_VD: Tensor, target_N: Tensor) -> tuple[Tensor, Tensor]:
    """The sum, in nats, of -log p(target) over the targets that are not `IGNORED`; and each (N,).

    Gradients flow from the sum alone; an ignored token's loss is zero.
    """
    found: tuple[Tensor, Tensor] = _ChunkedCrossEntropy.apply(hidden_ND, weight_VD, target_N)  # type: ignore[no-untyped-call]
    return found
