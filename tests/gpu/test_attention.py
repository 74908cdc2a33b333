"""On CUDA the kernel for sequences of unequal length keeps documents apart, as a mask does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tertulia.model.attention import attend, find_documents

pytestmark = pytest.mark.gpu


def _inputs(heads: int, shared: int) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(0)
    shapes = [(2, 256, count, 64) for count in (heads, shared, shared, heads)]
    return tuple(torch.randn(shape, generator=generator).cuda() for shape in shapes)


def _with_a_mask(query: Tensor, key: Tensor, value: Tensor, documents: Tensor) -> Tensor:
    seen = documents[:, :, None] == documents[:, None, :]
    return F.scaled_dot_product_attention(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        attn_mask=(seen & torch.ones_like(seen[0]).tril())[:, None],
        enable_gqa=True,
    ).transpose(1, 2)


@pytest.mark.parametrize("shared", [8, 2])
def test_in_bfloat16_values_and_gradients_are_near_those_under_a_mask(shared: int) -> None:
    *leaves, upstream = _inputs(8, shared)
    begins = torch.rand(2, 256, generator=torch.Generator().manual_seed(1)) < 0.05
    documents = begins.cumsum(dim=1).cuda()
    exact_parts = [leaf.clone().requires_grad_() for leaf in leaves]
    exact = _with_a_mask(exact_parts[0], exact_parts[1], exact_parts[2], documents)
    exact_grads = torch.autograd.grad(exact, exact_parts, upstream)
    halves = [leaf.bfloat16().requires_grad_() for leaf in leaves]
    found = find_documents(documents)
    assert found.bound_S is not None
    ours = attend(halves[0], halves[1], halves[2], found)
    grads = torch.autograd.grad(ours, halves, upstream.bfloat16())
    for one, other in zip((ours, *grads), (exact, *exact_grads), strict=True):
        assert (one.float() - other).norm() < 0.02 * other.norm()


def test_in_float32_it_is_what_the_processor_gives() -> None:
    query, key, value, _ = _inputs(8, 2)
    documents = torch.arange(256, device="cuda").div(100, rounding_mode="floor").expand(2, -1)
    on_cuda = attend(query, key, value, find_documents(documents))
    on_cpu = attend(query.cpu(), key.cpu(), value.cpu(), find_documents(documents.cpu()))
    torch.testing.assert_close(on_cuda.cpu(), on_cpu, atol=1e-4, rtol=1e-4)
