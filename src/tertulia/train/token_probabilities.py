"""The log-probability of each token with its gradient, without a table of all logits.

Preferences compare sums of log-probabilities, so a token's gradient is known only once the whole
loss is: unlike cross-entropy's, it cannot be taken in the forward pass. Logits are made a chunk of
rows at a time, thrown away, and made again in the backward pass. Shapes: N tokens, D width, V
vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tertulia.train.loss import IGNORED

_CHUNK_ROWS = 1024


class _ChunkedLogProbabilities(torch.autograd.Function):
    """Keeps what the products were made of, and one sum a token; never the logits."""

    @staticmethod
    def forward(ctx: Any, hidden_ND: Tensor, weight_VD: Tensor, target_N: Tensor) -> Tensor:
        matrix_VD = weight_VD.to(hidden_ND.dtype)
        found, normalisers = [], []
        for start in range(0, hidden_ND.shape[0], _CHUNK_ROWS):
            rows_nD = hidden_ND[start : start + _CHUNK_ROWS]
            target_n = target_N[start : start + _CHUNK_ROWS]
            valid_n = target_n != IGNORED
            logits_nV = (rows_nD @ matrix_VD.t()).float()
            normaliser_n = logits_nV.logsumexp(dim=1)
            picked_n = logits_nV.gather(1, torch.where(valid_n, target_n, 0).unsqueeze(1))[:, 0]
            found.append(torch.where(valid_n, picked_n - normaliser_n, 0.0))
            normalisers.append(normaliser_n)
        ctx.save_for_backward(hidden_ND, weight_VD, target_N, torch.cat(normalisers))
        return torch.cat(found)

    @staticmethod
    def backward(ctx: Any, gradient_N: Tensor) -> tuple[Tensor, Tensor | None, None]:
        hidden_ND, weight_VD, target_N, normaliser_N = ctx.saved_tensors
        matrix_VD = weight_VD.to(hidden_ND.dtype)
        weight_gradient_VD = None
        if ctx.needs_input_grad[1]:
            weight_gradient_VD = torch.zeros_like(weight_VD, dtype=torch.float32)
        hidden_gradients = []
        for start in range(0, hidden_ND.shape[0], _CHUNK_ROWS):
            part = slice(start, start + _CHUNK_ROWS)
            rows_nD, target_n1 = hidden_ND[part], target_N[part].unsqueeze(1)
            valid_n1 = target_n1 != IGNORED
            index_n1 = torch.where(valid_n1, target_n1, 0)
            # d log p(target) / d logits = one at the target, minus the probabilities.
            change_nV = (rows_nD @ matrix_VD.t()).float().sub_(normaliser_N[part, None])
            change_nV.exp_().neg_()
            change_nV.scatter_(1, index_n1, change_nV.gather(1, index_n1) + 1.0)
            change_nV.mul_(torch.where(valid_n1, gradient_N[part].unsqueeze(1), 0.0))
            logit_gradient_nV = change_nV.to(hidden_ND.dtype)
            hidden_gradients.append(logit_gradient_nV @ matrix_VD)
            if weight_gradient_VD is not None:
                weight_gradient_VD += (logit_gradient_nV.t() @ rows_nD).float()
        return torch.cat(hidden_gradients), weight_gradient_VD, None


def log_probabilities(hidden_ND: Tensor, weight_VD: Tensor, target_N: Tensor) -> Tensor:
    """log p(target) of each token in nats, float32 (N,); zero where the target is `IGNORED`."""
    found: Tensor = _ChunkedLogProbabilities.apply(hidden_ND, weight_VD, target_N)  # type: ignore[no-untyped-call]
    return found
