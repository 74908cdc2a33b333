"""Blocked attention gives what torch's own gives, values and gradients, with documents apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tertulia.model.attention import attend, document_bounds, find_documents
from tertulia.model.blocked_attention import blocked_attention


def inputs(tokens: int, heads: int, shared: int, width: int = 16) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(tokens)
    shapes = [(2, tokens, count, width) for count in (heads, shared, shared, heads)]
    return tuple(torch.randn(shape, generator=generator) for shape in shapes)


def with_a_mask(query: Tensor, key: Tensor, value: Tensor, documents: Tensor) -> Tensor:
    seen = documents[:, :, None] == documents[:, None, :]
    return F.scaled_dot_product_attention(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        attn_mask=(seen & torch.ones_like(seen[0]).tril())[:, None],
        enable_gqa=True,
    ).transpose(1, 2)


def random_documents(tokens: int) -> Tensor:
    begins = torch.rand(2, tokens, generator=torch.Generator().manual_seed(1)) < 0.05
    return begins.cumsum(dim=1)


def differentiated(
    attention: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor],
    leaves: Sequence[Tensor],
    documents: Tensor,
    upstream: Tensor,
) -> list[Tensor]:
    """The output, then the gradients of query, key and value."""
    query, key, value = (leaf.clone().requires_grad_() for leaf in leaves)
    out = attention(query, key, value, documents)
    return [out.detach(), *torch.autograd.grad(out, (query, key, value), upstream)]


# One block, whole blocks, a short last block, and more tokens than a block of the least size holds.
@pytest.mark.parametrize("tokens", [1, 12, 128, 256, 300, 1030])
@pytest.mark.parametrize("heads, shared", [(4, 4), (4, 2), (4, 1)])
def test_values_and_gradients_are_those_under_a_mask(tokens: int, heads: int, shared: int) -> None:
    *leaves, upstream = inputs(tokens, heads, shared)
    documents = random_documents(tokens)
    ours = differentiated(blocked_attention, leaves, find_documents(documents).start_BT, upstream)
    expected = differentiated(with_a_mask, leaves, documents, upstream)
    torch.testing.assert_close(ours, expected, atol=2e-5, rtol=1e-4)


# torch's compiler itself uses what torch deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_compiled_it_gives_the_same_and_the_same_again() -> None:
    *leaves, upstream = inputs(192, 4, 2)
    start = find_documents(random_documents(192)).start_BT
    compiled = torch.compile(blocked_attention, dynamic=False)
    first = differentiated(compiled, leaves, start, upstream)
    torch.testing.assert_close(first, differentiated(blocked_attention, leaves, start, upstream))
    again = differentiated(compiled, leaves, start, upstream)
    torch.testing.assert_close(first, again, atol=0, rtol=0)


def test_in_bfloat16_it_is_no_further_from_float32_than_torch_is() -> None:
    query, key, value, _ = inputs(256, 4, 4, width=64)
    documents = torch.zeros(2, 256, dtype=torch.int64)
    exact = with_a_mask(query, key, value, documents)
    query, key, value = (x.bfloat16() for x in (query, key, value))
    ours = (blocked_attention(query, key, value, None).float() - exact).abs().mean()
    torchs = (with_a_mask(query, key, value, documents).float() - exact).abs().mean()
    assert ours < 1.5 * torchs


@pytest.mark.parametrize("tokens", [64, 1100])
def test_beyond_the_longest_blocked_rows_torch_attends_and_documents_stay_apart(
    tokens: int,
) -> None:
    query, key, value, _ = inputs(tokens, 4, 2)
    documents = random_documents(tokens)
    found = attend(query, key, value, find_documents(documents))
    torch.testing.assert_close(found, with_a_mask(query, key, value, documents))
    alone = attend(query, key, value, None)
    torch.testing.assert_close(alone, with_a_mask(query, key, value, torch.zeros_like(documents)))


def test_documents_begin_where_the_number_changes() -> None:
    documents = torch.tensor([[3, 3, 3, 0, 0, 3], [1, 1, 1, 1, 1, 1]])
    starts = find_documents(documents).start_BT
    assert starts.tolist() == [[0, 0, 0, 3, 3, 5], [0, 0, 0, 0, 0, 0]]


def test_bounds_of_documents_run_through_the_rows_and_end_in_repeats() -> None:
    begins = torch.tensor([[True, False, False, True], [True, False, True, False]])
    bounds = document_bounds(begins)
    assert bounds.tolist()[:6] == [0, 3, 4, 6, 8, 8]
    assert len(bounds) == 64 and set(bounds.tolist()[5:]) == {8}
    assert len(document_bounds(torch.ones(2, 64, dtype=torch.bool))) == 256
