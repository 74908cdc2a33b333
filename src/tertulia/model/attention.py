"""Attention of whole sequences, in which packed documents do not see one another.

On a processor by blocks (`blocked_attention`), on CUDA by the kernel for sequences of unequal
length, which skips what lies outside a document. Shapes: B batch, T tokens, H query heads, J
key-value heads, K head width.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from tertulia.model.blocked_attention import blocked_attention

_LONGEST_BLOCKED = 1024
"""Beyond, the weights that blocked attention keeps outgrow all other activations."""

_HALVES = (torch.bfloat16, torch.float16)


@dataclass(frozen=True, kw_only=True)
class Documents:
    """Where documents begin in a batch of rows."""

    start_BT: Tensor
    """The position (int32) in its row at which each token's document begins."""
    bound_S: Tensor | None = None
    """On CUDA: bounds (int32) of the documents in the rows laid end to end. The last is repeated
    up to a power of two, so that compiled code meets few lengths."""
    both_ways: bool = False
    """Whether a token also sees what follows it, as in a model of sentence vectors."""


def find_documents(documents_BT: Tensor) -> Documents:
    """Finds documents as runs of equal numbers."""
    place_T = torch.arange(documents_BT.shape[1], dtype=torch.int32, device=documents_BT.device)
    begins_BT = torch.ones_like(documents_BT, dtype=torch.bool)
    begins_BT[:, 1:] = documents_BT[:, 1:] != documents_BT[:, :-1]
    start_BT = torch.where(begins_BT, place_T, 0).cummax(dim=1).values
    if documents_BT.device.type != "cuda":
        return Documents(start_BT=start_BT)
    return Documents(start_BT=start_BT, bound_S=document_bounds(begins_BT))


def document_bounds(begins_BT: Tensor) -> Tensor:
    """The bounds of `Documents`, from where documents begin."""
    begin_N = begins_BT.flatten().nonzero().flatten().to(torch.int32)
    length = max(64, 1 << len(begin_N).bit_length())
    return F.pad(begin_N, (0, length - len(begin_N)), value=begins_BT.numel())


def attend(
    query_BTHK: Tensor, key_BTJK: Tensor, value_BTJK: Tensor, documents: Documents | None
) -> Tensor:
    """Attention (B, T, H, K) of each token to its document: up to itself, or to all of it."""
    both_ways = documents is not None and documents.both_ways
    if (
        query_BTHK.device.type == "cpu"
        and query_BTHK.shape[1] <= _LONGEST_BLOCKED
        and not both_ways
    ):
        start_BT = documents.start_BT if documents is not None else None
        return blocked_attention(query_BTHK, key_BTJK, value_BTJK, start_BT)
    if documents is not None and documents.bound_S is not None and query_BTHK.dtype in _HALVES:
        return _attend_varlen(query_BTHK, key_BTJK, value_BTJK, documents.bound_S, both_ways)
    return F.scaled_dot_product_attention(
        query_BTHK.transpose(1, 2),
        key_BTJK.transpose(1, 2),
        value_BTJK.transpose(1, 2),
        attn_mask=None if documents is None else _mask(documents),
        is_causal=documents is None,
        enable_gqa=query_BTHK.shape[2] != key_BTJK.shape[2],
    ).transpose(1, 2)


def _attend_varlen(
    query_BTHK: Tensor, key_BTJK: Tensor, value_BTJK: Tensor, bound_S: Tensor, both_ways: bool
) -> Tensor:
    from torch.nn.attention.varlen import varlen_attn

    longest = query_BTHK.shape[1]
    out = varlen_attn(
        query_BTHK.flatten(0, 1),
        key_BTJK.flatten(0, 1),
        value_BTJK.flatten(0, 1),
        bound_S,
        bound_S,
        longest,
        longest,
        # Causal: no window to the right of a query.
        window_size=(-1, -1 if both_ways else 0),
        enable_gqa=query_BTHK.shape[2] != key_BTJK.shape[2],
    )
    assert isinstance(out, Tensor), "a pair only where the sums are asked for"
    return out.view(query_BTHK.shape)


def _mask(documents: Documents) -> Tensor:
    """Whether a query (rows) sees a key (columns), (B, 1, T, T)."""
    start_BT = documents.start_BT
    if documents.both_ways:
        return (start_BT[:, :, None] == start_BT[:, None])[:, None]
    place_T = torch.arange(start_BT.shape[1], dtype=torch.int32, device=start_BT.device)
    seen_BTT = (place_T >= start_BT[:, :, None]) & (place_T <= place_T[:, None])
    return seen_BTT[:, None]
