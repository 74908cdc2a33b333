"""Causal attention by blocks of queries, as batched products of matrices that processors do fast.

torch's own CPU kernel runs at a tenth of the speed of its matrix products. Here the scores of a
block of queries against all keys up to the block's end are one batched product, and what lies
between the products is left to the compiler to fuse. The weights are kept for the backward pass:
about H * T bytes a token and layer in bfloat16.

Shapes: B batch, T tokens, H query heads, J key-value heads, G = H / J, K head width, N = B * J,
q queries of a block, g = G * q, e keys up to the block's end.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

_SMALLEST_BLOCK = 128
_MOST_BLOCKS = 8
"""Smaller blocks skip more of what lies above the diagonal, and take longer to compile."""


def blocked_attention(
    query_BTHK: Tensor, key_BTJK: Tensor, value_BTJK: Tensor, start_BT: Tensor | None
) -> Tensor:
    """Attention (B, T, H, K) of each token to those from `start_BT` (else the first) to itself."""
    if start_BT is None:
        start_BT = torch.zeros(query_BTHK.shape[:2], dtype=torch.int32, device=query_BTHK.device)
    out: Tensor = _BlockedAttention.apply(query_BTHK, key_BTJK, value_BTJK, start_BT)  # type: ignore[no-untyped-call]
    return out


class _BlockedAttention(torch.autograd.Function):
    """Keeps exp(score - peak) of each block, unnormalised, and the sums of its rows."""

    @staticmethod
    def forward(
        ctx: Any, query_BTHK: Tensor, key_BTJK: Tensor, value_BTJK: Tensor, start_BT: Tensor
    ) -> Tensor:
        batch, tokens, heads, width = query_BTHK.shape
        shared = key_BTJK.shape[2]
        outs, weights, totals = [], [], []
        for begin, end in _blocks(tokens):
            query_NgK = _by_head(query_BTHK[:, begin:end], shared)
            key_NeK, value_NeK = (_by_head(x[:, :end], shared) for x in (key_BTJK, value_BTJK))
            product_Nge = torch.bmm(query_NgK, key_NeK.mT)
            score_BJGqe = _scores(product_Nge, width, start_BT, begin, end)
            weight = torch.exp(score_BJGqe - score_BJGqe.amax(-1, keepdim=True))
            totals.append(weight.sum(-1).view(*query_NgK.shape[:2], 1))
            weights.append(weight.to(value_NeK.dtype).view(*query_NgK.shape[:2], end))
            out_NgK = torch.bmm(weights[-1], value_NeK).float() / totals[-1]
            outs.append(_by_token(out_NgK.to(query_BTHK.dtype), batch, heads))
        out_BTHK = torch.cat(outs, dim=1)
        ctx.save_for_backward(query_BTHK, key_BTJK, value_BTJK, out_BTHK, *weights, *totals)
        return out_BTHK

    @staticmethod
    def backward(ctx: Any, grad_BTHK: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        query_BTHK, key_BTJK, value_BTJK, out_BTHK, *kept = ctx.saved_tensors
        batch, tokens, heads, width = query_BTHK.shape
        shared, blocks = key_BTJK.shape[2], _blocks(tokens)
        query_grads, key_parts, value_parts = [], [], []
        for (begin, end), weight_Nge, total_Ng1 in zip(
            blocks, kept[: len(blocks)], kept[len(blocks) :], strict=True
        ):
            query_NgK, out_NgK, grad_NgK = (
                _by_head(x[:, begin:end], shared) for x in (query_BTHK, out_BTHK, grad_BTHK)
            )
            key_NeK, value_NeK = (_by_head(x[:, :end], shared) for x in (key_BTJK, value_BTJK))
            # The rows' sums divide the few columns of the gradient and not the many of a weight.
            scaled_NgK = grad_NgK.float() / total_Ng1
            along_Ng1 = (scaled_NgK * out_NgK.float()).sum(-1, keepdim=True)
            scaled_NgK = scaled_NgK.to(grad_NgK.dtype)
            pull_Nge = torch.bmm(scaled_NgK, value_NeK.mT).float()
            slope_Nge = weight_Nge.float() * (pull_Nge - along_Ng1) * width**-0.5
            slope_Nge = slope_Nge.to(key_NeK.dtype)
            query_grads.append(_by_token(torch.bmm(slope_Nge, key_NeK), batch, heads))
            key_parts.append(torch.bmm(slope_Nge.mT, query_NgK))
            value_parts.append(torch.bmm(weight_Nge.mT, scaled_NgK))
        return (
            torch.cat(query_grads, dim=1),
            _sum_of_prefixes(key_parts, blocks, batch),
            _sum_of_prefixes(value_parts, blocks, batch),
            None,
        )


def _blocks(tokens: int) -> list[tuple[int, int]]:
    size = max(_SMALLEST_BLOCK, -(-tokens // _MOST_BLOCKS))
    return [(begin, min(begin + size, tokens)) for begin in range(0, tokens, size)]


def _scores(product_Nge: Tensor, width: int, start_BT: Tensor, begin: int, end: int) -> Tensor:
    """Scaled scores (B, J, G, q, e) in float32, minus infinity where a query may not look."""
    batch, queries, groups = len(start_BT), end - begin, product_Nge.shape[1] // (end - begin)
    score_BJGqe = product_Nge.view(batch, -1, groups, queries, end).float() * width**-0.5
    # Whole numbers up to 2**24 are exact in float32, which compares fastest beside float32 scores.
    place_e = torch.arange(end, dtype=torch.float32, device=start_BT.device)
    start_Bq1 = start_BT[:, begin:end, None].float()
    seen_Bqe = (place_e >= start_Bq1) & (place_e <= place_e[begin:, None])
    return torch.where(seen_Bqe[:, None, None], score_BJGqe, float("-inf"))


def _by_head(x_BtHK: Tensor, shared: int) -> Tensor:
    """(N, t or g, K), the queries of heads that share keys under one another; dense.

    Trap: a slice that is not dense is copied by the product itself, and if transposed as well
    the product runs at a quarter of its speed.
    """
    batch, _, _, width = x_BtHK.shape
    return x_BtHK.transpose(1, 2).contiguous().view(batch * shared, -1, width)


def _by_token(x_NgK: Tensor, batch: int, heads: int) -> Tensor:
    """Back to (B, q, H, K)."""
    return x_NgK.view(batch, heads, -1, x_NgK.shape[-1]).transpose(1, 2)


def _sum_of_prefixes(parts: list[Tensor], blocks: list[tuple[int, int]], batch: int) -> Tensor:
    """The sum (B, T, J, K) of gradients (N, e, K) that each reach to their own block's end."""
    pieces = []
    for first, (begin, end) in enumerate(blocks):
        piece_NqK = parts[first][:, begin:end].float()
        for part_NeK in parts[first + 1 :]:
            piece_NqK = piece_NqK + part_NeK[:, begin:end].float()
        pieces.append(piece_NqK.to(parts[0].dtype))
    whole_NTK = torch.cat(pieces, dim=1)
    return _by_token(whole_NTK, batch, whole_NTK.shape[0] // batch)
